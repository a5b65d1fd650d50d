"""The command line as people and scripts use it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


def run(*arguments: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    """One command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        input=stdin,
        capture_output=True,
        check=False,
        timeout=120,
        env={**os.environ, "COLUMNS": "120", "XIANSHEN_UNIT_KIND": "department", **environment},
    )


@pytest.mark.parametrize(
    ("code", "letters"),
    [(0, "全县各项工作有序推进。"), (1, "截至2月30日。"), (2, "机密★10年\n关于有关情况的报告")],
)
def test_exit_codes(code: int, letters: str) -> None:
    """0 nothing found, 1 review, 2 block."""
    assert code == run("screen", stdin=letters.encode()).returncode


def test_gb18030_is_understood(tmp_path: Path) -> None:
    """Old files are read; the format follows the file's name."""
    path = tmp_path / "稿件.html"
    path.write_bytes("<p>截至2月<b>30</b>日。</p>".encode("gb18030"))
    done = run("screen", str(path), "--json")

    assert 1 == done.returncode
    assert "2月30日" == json.loads(done.stdout)["findings"][0]["quote"]


@pytest.mark.parametrize(
    ("words", "arguments", "stdin"),
    [
        ("无法读取", ("screen", "no-such-file.txt"), b""),
        ("没有制度", ("screen", "--checklist", "nowhere"), b"x"),
        ("不能为空", ("screen",), b""),
        ("没有规则", ("explain", "number.nothing"), b""),
        ("编码无法识别", ("screen",), b"\xff\xff\xff\xff"),
        (
            "编码无法识别",
            ("screen",),
            "縣政府召開會議，絕密，不得公開，請勿外傳".encode("big5"),
        ),  # would read as GB18030
    ],
)
def test_errors_are_clear_and_exit_3(words: str, arguments: tuple[str, ...], stdin: bytes) -> None:
    """One Chinese line on standard error, never a traceback."""
    done = run(*arguments, stdin=stdin)

    assert 3 == done.returncode
    assert words in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_a_fault_of_the_program_is_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's own exit code is 1, which says “review”."""
    from app import __main__ as command

    def broken() -> None:
        raise RuntimeError

    monkeypatch.setattr(command, "cli", broken)
    with pytest.raises(SystemExit) as end:
        command.main()

    assert 3 == end.value.code


def test_broken_data_stops_the_start(tmp_path: Path) -> None:
    """A broken lexicon names file, word and reason."""
    (tmp_path / "trial.toml").write_text(
        'id="spelling.trial"\ntitle="t"\nwhy="w"\nbasis=["b"]\nexamples=["⟦x⟧","y"]\n[terms]\n"按时"=3\n',
        encoding="utf-8",
    )
    for command in (("serve", "--port", "0"), ("screen",)):
        done = run(*command, stdin=b"x", XIANSHEN_LEXICONS=str(tmp_path))

        assert 3 == done.returncode
        assert (
            "trial.toml: '按时': expected true, a replacement or a table, got 3"
            in done.stderr.decode().replace("\n", "")
        )


def test_unknown_words_are_no_words(tmp_path: Path) -> None:
    """While the database is away nobody knows which words hold: the command says so instead of passing a post."""
    done = run(
        "screen",
        stdin="全县各项工作有序推进。".encode(),
        XIANSHEN_HOME=str(tmp_path),
        XIANSHEN_DATABASE_URL="postgresql://office@127.0.0.1:1/nowhere",
    )

    assert (3, True) == (done.returncode, "登记簿无法读取" in done.stderr.decode())


def test_ndjson_streams_in_order() -> None:
    """One answer a line, in the order of the lines; a bad line does not stop the rest."""
    twice = '{"body": "绝密★20年", "body": "好"}'
    lines = [json.dumps({"body": "好"}), "{", json.dumps({"body": "截至2月30日"}), "", twice]
    done = run("screen", "--ndjson", stdin="\n".join(lines).encode())
    answers = [json.loads(line) for line in done.stdout.splitlines()]

    assert 3 == done.returncode
    assert ["pass", 400, "review", 400] == [one.get("verdict", one.get("status")) for one in answers]


def test_explain_prints_the_rule() -> None:
    """Why, article and examples, marked."""
    printed = run("explain", "number.impossible-date").stdout.decode()

    assert "日期不存在" in printed
    assert "✗" in printed
    assert "✓" in printed


def test_settings_are_listed() -> None:
    """Every variable with its default and meaning."""
    assert "XIANSHEN_CHECKLISTS" in run("settings").stdout.decode()
