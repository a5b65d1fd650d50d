"""A rule's digest names every file that decides what the rule sees, and no other: rescans go by it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import detectors
from detectors.known import NOTHING_KNOWN

HERE = Path(detectors.__file__).parent


class Code(NamedTuple):
    """A copy of the code that rules share, and the digests of all rules with it."""

    folder: Path
    digests: dict[str, str]

    def changed_by(self, name: str) -> set[str]:
        """The rules whose digests are others after a change in one file."""
        path = self.folder / name
        before = path.read_bytes()
        path.write_bytes(before + b"# one more line\n")
        now = digests()
        path.write_bytes(before)
        return {rule for rule, digest in now.items() if digest != self.digests[rule]}


def digests() -> dict[str, str]:
    return detectors._digests(list(detectors._modules()), (), None, NOTHING_KNOWN)


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Code]:
    """The rules stay where they are; what they share is read from the copy."""
    folder = tmp_path_factory.mktemp("code") / "detectors"
    shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("__pycache__", "rules"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(detectors, "__file__", str(folder / "__init__.py"))
        yield Code(folder, digests())


@pytest.mark.parametrize("name", sorted(path.name for path in (HERE / "pii").glob("*.py")))
def test_the_room_of_personal_data_is_in_the_digests_of_its_rules_alone(code: Code, name: str) -> None:
    """A change in any of its files has the rules about personal data run again, and lets the others be taken over."""
    assert {rule for rule in code.digests if rule.startswith("pii.")} == code.changed_by(f"pii/{name}")


@pytest.mark.parametrize("name", sorted(path.name for path in HERE.glob("*.py")))
def test_what_all_rules_share_is_in_every_digest(code: Code, name: str) -> None:
    """Reading, folding, matching: a change there may change what any rule sees."""
    assert code.digests.keys() == code.changed_by(name)


def test_nothing_changed_changes_no_digest(code: Code) -> None:
    """A copy of the same code says the same."""
    assert set() == code.changed_by("spelling/shapes.txt")
