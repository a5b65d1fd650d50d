"""Lists as files, and the command line of words."""

from __future__ import annotations

import contextlib
import csv
import io
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from app.__main__ import cli
from app.words import files
from app.words.lists import WORDS, Editable, ListError, encoded
from detectors import lexicon
from detectors.lexicon import Lexicon, LexiconError

WORDS_LIST = Editable("spelling.wrong-character", "双音词错别字", WORDS, {})
GOOD = """id = "expression.unit-words"
title = "本单位用词"
why = "为什么"
basis = ["第一条"]
examples = ["⟦临江大乔⟧通车。", "临江大桥通车。"]
[terms]
"临江大乔" = "临江大桥"
"临江大侨" = { then = "临江大桥", unless = ["临江大侨乡"] }
"""


@settings(deadline=None)
@given(
    st.dictionaries(
        st.text("甲乙丙丁=+-@'，、\"", min_size=1, max_size=6), st.text("甲乙=+-@", max_size=4), max_size=6
    )
)
def test_what_goes_out_comes_in_again(words: dict[str, str]) -> None:
    """Also words that a spreadsheet would take for a formula; and no cell that it would compute."""
    standing = {
        word: (word, encoded(then or True), 1)
        for word, then in words.items()
        if word.strip() and not word.startswith("'")
    }

    out = files.written(WORDS_LIST, standing)

    assert not [
        cell for row in csv.reader(io.StringIO(out)) for cell in row if cell.startswith(("=", "+", "-", "@"))
    ]
    back = files.wishes(WORDS_LIST, files.lines(out.encode()))
    assert {word: words[word] for word in standing} == {one.word: one.value or "" for one in back}


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    """Never another error than the one with the reason."""
    with contextlib.suppress(ListError):
        files.wishes(WORDS_LIST, files.lines(raw))


@settings(deadline=None)
@given(st.integers(0, len(GOOD.encode()) - 1), st.integers(0, 255))
def test_a_damaged_lexicon_file_is_whole_or_refused(
    tmp_path_factory: pytest.TempPathFactory, at: int, byte: int
) -> None:
    """F20: one byte changed, or cut there: all terms, or an error that names the file; never some of them."""
    raw = GOOD.encode()
    path: Path = tmp_path_factory.mktemp("lexicon") / "unit-words.toml"
    for damaged in (raw[:at] + bytes([byte]) + raw[at + 1 :], raw[:at]):
        path.write_bytes(damaged)
        found, reason = loaded(path)
        assert (
            "unit-words.toml" in reason
            if found is None
            else len(found.terms) == len(tomllib.loads(damaged.decode())["terms"])
        )


def loaded(path: Path) -> tuple[Lexicon | None, str]:
    """A lexicon, or why there is none."""
    try:
        return lexicon.load(path), ""
    except LexiconError as error:
        return None, str(error)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder."""
    monkeypatch.setenv("XIANSHEN_HOME", str(tmp_path / "home"))
    return tmp_path


def test_check_previews_import_and_export(home: Path) -> None:
    """A bad file and a bad word end with 3 and the reason; a good import waits for the second person."""
    run = CliRunner()
    good, bad = home / "unit-words.toml", home / "other.toml"
    good.write_text(GOOD, encoding="utf-8")
    bad.write_text("[terms]", encoding="utf-8")

    assert 0 == run.invoke(cli, ["lexicon", "check", str(good)]).exit_code
    assert 3 == run.invoke(cli, ["lexicon", "check", str(good), str(bad)]).exit_code
    (home / "empty").mkdir()
    assert 3 == run.invoke(cli, ["lexicon", "check", str(home / "empty")]).exit_code
    assert 3 == run.invoke(cli, ["lexicon", "preview", "spelling.wrong-character", "工作"]).exit_code
    assert (
        0
        == run.invoke(
            cli, ["lexicon", "preview", "spelling.wrong-character", "临江大乔", "--then", "临江大桥"]
        ).exit_code
    )
    table = home / "words.csv"
    table.write_text("词,改为\n临江大乔,临江大桥\n", encoding="utf-8")
    options = ["--reason", "常见", "--basis", "第九条", "--name", "张三"]
    done = run.invoke(cli, ["lexicon", "import", "spelling.wrong-character", str(table), *options])
    assert (0, True) == (done.exit_code, "等第二人批准" in done.output)
    table.write_text("词\n工作\n", encoding="utf-8")
    assert (
        3
        == run.invoke(cli, ["lexicon", "import", "spelling.wrong-character", str(table), *options]).exit_code
    )
    out = run.invoke(cli, ["lexicon", "export", "spelling.wrong-character"])
    assert (0, True) == (out.exit_code, out.output.startswith("词,改为"))
    assert 3 == run.invoke(cli, ["lexicon", "export", "no.such"]).exit_code
