"""Lexicon files: strict reading, and when a word counts."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest

from detectors import lexicon, load
from detectors.lexicon import LexiconError
from detectors.text import About, Text, fold

if TYPE_CHECKING:
    from pathlib import Path

HEAD = 'id = "spelling.trial"\ntitle = "试"\nwhy = "试"\nbasis = ["试"]\nexamples = ["⟦既使⟧", "即使"]\n'


def written(folder: Path, body: str, name: str = "trial.toml") -> Path:
    """A lexicon file in a folder."""
    path = folder / name
    path.write_text(HEAD + body, encoding="utf-8")
    return path


def found(folder: Path, body: str, line: str, about: About | None = None) -> list[tuple[str, str | None]]:
    """Quotes and proposals of the trial rule in a line."""
    finder = lexicon.Words([lexicon.load(written(folder, body))])
    return [(one.quote, one.suggestion) for one in finder(Text.of(line, about or About()))]


@pytest.mark.parametrize(
    ("reason", "body"),
    [
        ("expected true, a replacement or a table, got 3", '[terms]\n"按时" = 3'),
        ("unknown attribute 'thn'", '[terms]\n"按时" = { thn = "x" }'),
        ("one character alone", '[terms]\n"的" = true'),
        ("nothing is left", '[terms]\n"\u200b" = true'),
        ("same word as", '[terms]\n"ＡＢ" = true\n"ab" = true'),
        ("does not hold the word", '[terms]\n"机密" = { unless = ["秘密"] }'),
        ("the replacement is the same word", '[terms]\n"机密" = "機密"'),
        ("from: expected date", '[terms]\n"机密" = { from = "2018" }'),
        ("expected a list of words", '[terms]\n"机密" = { before = [] }'),
        ("unknown key", 'colour = "red"\n[terms]\n"机密" = true'),
        ("'terms': expected a non-empty", "[terms]\n"),
        ("within is", '[needs]\nwords = ["甲"]\nwithin = "book"\n[terms]\n"机密" = true'),
        ("Cannot overwrite a value", '[terms]\n"机密" = true\n"机密" = true'),
    ],
)
def test_broken_files_stop_the_load(tmp_path: Path, reason: str, body: str) -> None:
    """The message names the file and the reason."""
    path = written(tmp_path, body)
    with pytest.raises(LexiconError) as caught:
        lexicon.load(path)

    assert path.name in str(caught.value)
    assert reason in str(caught.value)


def test_not_utf_8_is_refused(tmp_path: Path) -> None:
    """A file saved in another encoding is not half read."""
    path = tmp_path / "trial.toml"
    path.write_bytes(HEAD.encode("gb18030"))
    with pytest.raises(LexiconError, match=r"trial\.toml"):
        lexicon.load(path)


def test_a_file_under_another_name_is_refused(tmp_path: Path) -> None:
    """The folder is the registry: name and id agree."""
    with pytest.raises(LexiconError, match=r"the file of this rule is trial\.toml"):
        lexicon.load(written(tmp_path, '[terms]\n"既使" = "即使"', "other.toml"))


def test_a_broken_folder_stops_everything(tmp_path: Path) -> None:
    """One broken file of the operator stops the whole load."""
    written(tmp_path, '[terms]\n"按时" = 3')
    with pytest.raises(LexiconError, match="按时"):
        load(folders=[tmp_path])


@pytest.mark.parametrize(
    ("expected", "term", "line"),
    [
        ([("机密", None)], '"机密" = true', "这是机密文件"),
        ([], '"机密" = { unless = ["商业机密"] }', "保护商业机密"),
        ([("机密", None)], '"机密" = { unless = ["商业机密"] }', "商业机密与机密"),
        ([], '"国土局" = { unless_before = ["原"] }', "原国土局"),
        ([], '"环保部" = { unless_after = ["门"] }', "环保部门"),
        ([("反应", "反映")], '"反应" = { then = "反映", after = ["情况"] }', "化学反应，反应情况"),
        ([], '"人名" = { before = ["录入"] }', "人名"),
        ([("期未", "期末")], '"期未" = { then = "期末", whole = true }', "期未考试"),
        ([], '"中旨" = { then = "宗旨", whole = true }', "其中旨在提高"),
        ([("vx", None)], '"vx" = true', "加vx号，vxd和avx"),
        ([("既使如此", "即使如此")], '"既使" = "即使"\n"既使如此" = "即使如此"', "既使如此"),
    ],
)
def test_when_a_word_counts(
    tmp_path: Path, expected: list[tuple[str, str | None]], term: str, line: str
) -> None:
    """Exceptions, neighbours, whole words, Latin borders; the longest word wins."""
    assert expected == found(tmp_path, f"[terms]\n{term}", line)


@pytest.mark.parametrize(("day", "expected"), [("2018-03-16", 0), ("2018-03-17", 1), ("2023-01-01", 0)])
def test_dated_words(tmp_path: Path, day: str, expected: int) -> None:
    """A word counts from its first day until the day before its last."""
    body = '[terms]\n"国土资源部" = { then = "自然资源部", from = 2018-03-17, until = 2023-01-01 }'
    about = About(published_on=datetime.date.fromisoformat(day))

    assert expected == len(found(tmp_path, body, "国土资源部通知", about))


def test_words_that_need_a_cue(tmp_path: Path) -> None:
    """The cue must stand in the same sentence."""
    body = '[needs]\nwords = ["抢购", "原价"]\nwithin = "sentence"\n[terms]\n"最佳" = true'

    assert [] == found(tmp_path, body, "最佳时期。原价抢购")
    assert [("最佳", None)] == found(tmp_path, body, "最佳品质，原价100元")


def test_what_was_traditional_proves_no_misspelling(tmp_path: Path) -> None:
    """OpenCC turns 佈署 into 布署, a listed error."""
    assert [] == found(tmp_path, '[terms]\n"布署" = "部署"', "全面佈署")
    assert [("布署", "部署")] == found(tmp_path, '[terms]\n"布署" = "部署"', "全面布署")


def test_other_words_are_found_in_traditional_text() -> None:
    """Only the spelling family lets Traditional letters pass."""
    term = lexicon.Term("机密")
    rule = next(one for one in load().rules.values() if one.family != "spelling")
    finder = lexicon.Words([lexicon.Lexicon(rule, (term,))])

    assert ["機密"] == [one.quote for one in finder(Text.of("這是機密文件"))]


def test_many_hits_are_counted_not_listed(tmp_path: Path) -> None:
    """After 200 findings the last one says how many more there are."""
    finder = lexicon.Words([lexicon.load(written(tmp_path, '[terms]\n"既使" = "即使"'))])
    hits = list(finder(Text.of("既使，" * 1000)))

    assert 200 == len(hits)
    assert "800" in hits[-1].note


def test_every_shipped_word_is_found_and_its_replacement_is_clean() -> None:
    """Alone between commas each word is found, unless it needs company; what it proposes has nothing left to say."""
    rules = load()
    silent, unclean = [], []
    for one in rules.lexicons:
        finder = lexicon.Words([one])
        for term in one.terms:
            about = About(published_on=term.start or datetime.date(2026, 1, 1))
            line = (
                f"，{term.before[0] if term.before else ''}{term.word}{term.after[0] if term.after else ''}，"
            )
            if one.cue is None and not list(finder(Text.of(line, about))):
                silent.append(f"{one.rule.id}: {term.word}")
            if term.then and one.rule.family == "spelling":
                again = [
                    hit.quote
                    for hit in rules.look(Text.of(f"，{term.then}，")).findings
                    if hit.rule.family == "spelling"
                ]
                unclean += [f"{term.word} → {term.then}: {again}"] * bool(again)

    assert [] == silent
    assert [] == unclean


def test_folding_of_words() -> None:
    """A word is folded like the text it is looked for in."""
    assert fold("機密ＡＢ") == "机密ab"
