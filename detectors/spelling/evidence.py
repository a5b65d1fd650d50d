"""Odd forms that are meant: what the unit's own published pages attest, and words that the model wrongly takes for others.

``xianshen learn ARCHIVE`` writes the file (``app/learn.py``), the detector takes it as evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from detectors.spelling.model import HERE

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "xianshen-attested 1"
_WIDEST = 8


class EvidenceError(ValueError):
    """A file of attested forms that cannot be used: names the file, the line and the reason."""


@dataclass(frozen=True)
class Evidence:
    """Forms of two to eight characters that are no errors where they stand."""

    forms: frozenset[str] = frozenset()

    def attests(self, plain: str, start: int, end: int) -> bool:
        """Whether an attested form covers this range."""
        if not self.forms:
            return False
        first, last = max(0, end - _WIDEST), min(len(plain), start + _WIDEST)
        return any(
            plain[begin:stop] in self.forms
            for begin in range(first, start + 1)
            for stop in range(max(end, begin + 2), min(last, begin + _WIDEST) + 1)
        )


NOTHING_LEARNT = Evidence()


@cache
def always() -> Evidence:
    """Words that are right wherever they stand (``meant.txt``)."""
    lines = (HERE / "meant.txt").read_text(encoding="utf-8").splitlines()
    return Evidence(frozenset(word for line in lines if not line.startswith("#") for word in line.split()))


def read(path: Path) -> Evidence:
    """Forms of a file, one a line with the number of pages that attest it.

    Raises:
        EvidenceError: not such a file, or a line that is neither form nor number.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise EvidenceError(f"{path}：无法读取（{error}）") from error
    if not lines or lines[0] != HEAD:
        raise EvidenceError(f"{path}：第1行应为 {HEAD!r}；请用 xianshen learn 生成")
    forms = set()
    for number, line in enumerate(lines[1:], 2):
        form, _, pages = line.partition("\t")
        if not 2 <= len(form) <= _WIDEST or not pages.isdecimal():
            raise EvidenceError(f"{path}：第{number}行应为“词语<制表符>篇数”，得到 {line!r}")
        forms.add(form)
    return Evidence(frozenset(forms))


def write(path: Path, counts: dict[str, int]) -> None:
    """Write forms and their numbers of pages, most pages first."""
    rows = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    path.write_text("\n".join([HEAD, *(f"{form}\t{pages}" for form, pages in rows)]) + "\n", encoding="utf-8")
