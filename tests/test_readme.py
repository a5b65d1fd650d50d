"""The README's commands do what it says."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

from app.settings import table

if TYPE_CHECKING:
    from fastapi.testclient import TestClient

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)


def commands(word: str) -> list[str]:
    """Command lines of the README that begin with a word, continuation lines joined."""
    lines = "".join(body for kind, body in BLOCKS if kind == "sh")
    return re.findall(rf"^{word} (?:[^'\n]|'[^']*')*", lines, re.MULTILINE)


def test_the_curl_answers_as_said(client: TestClient) -> None:
    """The one curl of the README is sent word for word, and finds the day that does not exist."""
    (line,) = commands("curl")
    words = shlex.split(line)
    answer = client.post(
        "/screen", content=words[words.index("-d") + 1].encode(), headers={"content-type": "application/json"}
    )

    assert 200 == answer.status_code
    assert "2月30日" in {one["quote"] for one in answer.json()["findings"]}


def test_the_commands_run(tmp_path: Path) -> None:
    """Every xianshen command of the README, on files of the names it uses."""
    (tmp_path / "稿件.html").write_text("<p>参保登记截至2月30日。</p>", encoding="utf-8")
    (tmp_path / "稿件.txt").write_text("参保登记截至2月30日。", encoding="utf-8")
    (tmp_path / "posts.jsonl").write_text(json.dumps({"body": "截至2月30日。"}) + "\n", encoding="utf-8")
    lines = commands("xianshen")
    assert len(lines) >= 4
    for line in lines:
        shell = line.replace("xianshen", f"{shlex.quote(sys.executable)} -m app", 1)
        done = subprocess.run(  # noqa: S602 the README's own lines
            shell, shell=True, cwd=tmp_path, capture_output=True, check=False, timeout=120, env=_environment()
        )

        assert done.returncode in {0, 1, 2}, (line, done.stderr.decode())
        assert b"Traceback" not in done.stderr
    assert "2月30日" in (tmp_path / "verdicts.jsonl").read_text(encoding="utf-8")


def _environment() -> dict[str, str]:
    import os

    return {**os.environ, "PYTHONPATH": str(ROOT)}


def test_make_targets_exist() -> None:
    """The README names no target that the Makefile lacks."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for line in commands("make"):
        assert re.search(rf"^{line.split()[1]}:", makefile, re.MULTILINE), line


def test_settings_named_exist() -> None:
    """Every variable the README names is a setting."""
    known = {name for name, _, _ in table()} | {"XIANSHEN_DATA"}

    assert set(re.findall(r"XIANSHEN_[A-Z_]+[A-Z]", README)) <= known


def test_the_lexicon_sample_is_valid(tmp_path: Path) -> None:
    """The words shown load as they stand."""
    from detectors import lexicon

    (sample,) = [body for kind, body in BLOCKS if kind == "toml"]
    head = 'id = "spelling.sample"\ntitle = "t"\nwhy = "w"\nbasis = ["b"]\nexamples = ["⟦既使→即使⟧", "好"]\n'
    path = tmp_path / "sample.toml"
    path.write_text(head + sample, encoding="utf-8")

    assert len(tomllib.loads(sample)["terms"]) == len(lexicon.load(path).terms)
