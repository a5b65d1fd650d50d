"""Wrong characters by language model. Left out where this machine has no model; the error tests need none."""

from __future__ import annotations

import struct
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app import language_model
from app.settings import Settings
from detectors import spelling
from detectors.spelling import decision, evidence, kenlm
from detectors.spelling.slots import pack
from detectors.text import Text

ROOT = Path(__file__).resolve().parent.parent.parent
MODEL = language_model.find(Settings(language_model="", home=ROOT / "var"))
needs_model = pytest.mark.skipif(MODEL is None, reason="no language model on this machine (make model)")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> spelling.Model:
    """The tables, built once for this file."""
    assert MODEL is not None
    return spelling.load(MODEL, tmp_path_factory.getbasetemp().parent / "spelling")


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for files that are no model."""
    return tmp_path_factory.mktemp("broken")


def seen(model: spelling.Model, line: str, level: spelling.Level = spelling.STRICT) -> list[tuple[str, str]]:
    """Quotes and proposals of a line."""
    return [(line[one.start : one.end], one.word) for one in spelling.look(model, line, level)]


# --- what is found ------------------------------------------------------------------------------


@needs_model
@pytest.mark.parametrize("line", spelling.RULE.lines, ids=lambda line: line.letters[:12])
def test_examples_of_the_rule_hold(model, line) -> None:
    """Each line of the rule's page is found exactly where it is marked, with the word it states; thorough finds no less."""
    marks = [(mark.start, mark.end, mark.suggestion) for mark in line.marks]
    strict, thorough = (
        [
            (one.span.start, one.span.end, one.suggestion)
            for one in spelling.detector(model, level).find(Text.of(line.letters))
        ]
        for level in (spelling.STRICT, spelling.THOROUGH)
    )
    assert marks == strict
    assert set(marks) <= set(thorough)


@needs_model
def test_thorough_finds_what_strict_lets_pass(model) -> None:
    """What is only probably wrong is found on request, and what strict finds thorough finds too."""
    lines = [
        "会议通过了发展机智健全的意见。",
        "请各科室按时上报总结材科。",
        "本机关依法作出行政处罚诀定书。",
        "要严格落实责任制，确保安全生广。",
    ]
    strict = {(line, one) for line in lines for one in seen(model, line)}
    thorough = {(line, one) for line in lines for one in seen(model, line, spelling.THOROUGH)}
    assert strict < thorough


@needs_model
def test_names_stay_silent(model) -> None:
    """People, places and foreign names are no words of the model, and no errors."""
    text = (
        "县委书记邵蔚桓、县长龚建陇、副县长慕容雪菲出席会议。张家沟村、青杠坪镇、雷家湾组、夏坡头村民小组参加。"
        "乌克兰卢甘斯克、哈萨克斯坦总统托卡耶夫、法国总统马克龙发来贺电。记者王俊杰、通讯员李钰琪报道。"
    )
    assert [] == seen(model, text)


@needs_model
def test_a_traditional_page_is_read_as_simplified_and_marked(model) -> None:
    """The proposal is simplified, the quote is as written, and the note says how the page was read."""
    (one,) = spelling.detector(model, spelling.STRICT).find(
        Text.of("縣政府印發總休方案，明確各部門職責分工。")
    )
    assert ("總休", "总体", "原文为繁体，按简体检查。") == (one.quote, one.suggestion, one.note)


@needs_model
def test_reasons_tell_the_scores_of_both_readings(model) -> None:
    """On request a finding says how the page scores as it stands and as it would be mended."""
    (one,) = spelling.detector(model, spelling.STRICT, reasons=True).find(
        Text.of("依法享有的合法权益受法律报护。")
    )
    assert one.note.startswith("同音；语言模型评分")
    standing, mended = (
        float(one.note.partition(word)[2].partition("，")[0].partition("；")[0]) for word in ("原文", "改后")
    )
    assert standing + 2 < mended < 0


@needs_model
@hypothesis_settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from("的一是国政府总休体方案报护，。\n a1𠀀繁體"), max_size=80))
def test_any_text_is_read(model, letters) -> None:
    """Whatever the letters, ranges lie inside, are in order, do not overlap, and the word fits into its place."""
    sites = list(spelling.look(model, letters, spelling.THOROUGH))
    at = 0
    for one in sites:
        assert at <= one.start < one.end <= len(letters)
        assert len(one.word) == one.end - one.start
        assert one.word != letters[one.start : one.end]
        at = one.end


@needs_model
def test_a_long_run_without_punctuation_stays_linear(model) -> None:
    """100,000 characters in one run take at most four times as long per character as 10,000; the same is found at each place."""
    phrase = "依法享有的合法权益受法律报护任何单位和个人不得侵犯"
    short, long_ = phrase * (10_000 // len(phrase)), phrase * (100_000 // len(phrase))
    times = []
    for text in (short, long_):
        least = 1e9
        for _ in range(2):
            start = time.perf_counter()
            list(spelling.look(model, text, spelling.STRICT))
            least = min(least, time.perf_counter() - start)
        times.append(least / len(text))
    assert times[1] < 4 * times[0]


@needs_model
def test_an_endless_page_says_from_where_it_was_not_read(model) -> None:
    """A page beyond the effort of one answer ends with a finding that says so: never an all-clear."""
    level = spelling.STRICT._replace(effort=5e4)
    *_, last = spelling.Reader(model, level)(Text.of("全市经济运行总体平稳。" * 5_000))
    assert "未用语言模型检查" in last.note
    assert 5_000 <= last.span.start < 40_000
    assert not list(spelling.Reader(model, spelling.STRICT)(Text.of("全市经济运行总体平稳。" * 500)))


# --- evidence of the unit's own pages -----------------------------------------------------------


@needs_model
def test_what_the_archive_attests_is_no_error(model) -> None:
    """A form that the unit's own pages use stays silent, and everything else is found as before."""
    line = "县政府印发总休方案，权益受法律报护。"
    assert [("总休", "总体"), ("报护", "保护")] == seen(model, line)
    learnt = spelling.Evidence(frozenset({"总休"}))
    assert ["保护"] == [one.word for one in spelling.look(model, line, spelling.STRICT, learnt)]


@needs_model
def test_the_digest_names_model_and_evidence(model) -> None:
    """A verdict's data changes with what was learnt, and not with the level that a request asks for."""
    strict = spelling.Reader(model, spelling.STRICT).digest
    assert strict == spelling.Reader(model, spelling.THOROUGH).digest
    assert strict != spelling.Reader(model, spelling.STRICT, spelling.Evidence(frozenset({"总休"}))).digest


def test_learnt_forms_are_kept_as_lines(tmp_path) -> None:
    """What is written is read again."""
    path = tmp_path / "learnt.tsv"
    evidence.write(path, {"环资委": 12, "治教": 3})
    assert frozenset({"环资委", "治教"}) == evidence.read(path).forms


@pytest.mark.parametrize(
    ("content", "reason"),
    [("", "第1行"), (f"{evidence.HEAD}\n词\t3\n", "第2行"), (f"{evidence.HEAD}\n词语\t多\n", "第2行")],
)
def test_a_broken_file_of_learnt_forms_is_refused(tmp_path, content, reason) -> None:
    """Naming the line."""
    path = tmp_path / "learnt.tsv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(evidence.EvidenceError, match=reason):
        evidence.read(path)


# --- the model's file ---------------------------------------------------------------------------


def head(order: int = 3, kind: int = 5, version: bytes = b"5", vocabulary: int = 1) -> bytes:
    """The first bytes of a KenLM file of one's choice."""
    magic = (b"mmap lm http://kheafield.com/code format version " + version + b"\n\0").ljust(0x58, b"\0")
    return (
        magic + struct.pack("<B7xB3xB7x", order, kind, vocabulary) + struct.pack("<3Q", 50_000, 1_000, 1_000)
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "不是 KenLM"),
        ("错字检查".encode() * 100, "不是 KenLM"),
        (b"\\data\\\nngram 1=3\n", "不是 KenLM"),
        (head()[:100], "不完整"),
        (head(), "不完整或已损坏"),
        (head(order=5), "5 元模型"),
        (head(kind=0), "probing"),
        (head(version=b"4"), "版本为 '4'"),
        (head(vocabulary=0), "没有词表"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_refused(broken, content, reason) -> None:
    """Cut short, of another order or kind, or not KenLM: one line that names the file and the reason."""
    path = broken / "zh_CN.lm"
    path.write_bytes(content)
    with pytest.raises(spelling.ModelError, match=reason) as caught:
        spelling.load(path, None)
    assert str(path) in str(caught.value)


@needs_model
@pytest.mark.parametrize("share", [0.0001, 0.01, 0.3, 0.7, 0.97, 0.9999])
def test_a_model_cut_short_anywhere_is_refused(broken, share) -> None:
    """Nothing is guessed from half a file."""
    assert MODEL is not None
    data = MODEL.read_bytes()
    path = broken / "half.lm"
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(kenlm.ModelError):
        kenlm.read(path)


@needs_model
def test_scores_are_those_of_the_file(model) -> None:
    """A frequent word is likelier than a rare one, a set phrase likelier than its parts; every score is a logarithm."""
    assert MODEL is not None
    grams = kenlm.read(MODEL)
    number = {word: at for at, word in enumerate(grams.words)}
    assert grams.score[number["中国"]] > grams.score[number["氢化"]]
    assert float(grams.score[1:].max()) < 0
    assert (
        0.5 < float((10.0 ** grams.score[1:].astype(float)).sum()) <= 1.0
    )  # the rest is kept for unknown words


@needs_model
def test_the_cache_is_rebuilt_when_an_input_changes_and_mends_itself(tmp_path) -> None:
    """A second load maps what the first one kept; a damaged or foreign cache is built anew."""
    assert MODEL is not None
    spelling.load(MODEL, tmp_path)
    (folder,) = tmp_path.glob("spelling-*")
    tables = folder / "tables"
    first = tables.stat().st_mtime_ns
    spelling.load(MODEL, tmp_path)
    assert first == tables.stat().st_mtime_ns
    with tables.open("r+b") as file:
        file.truncate(1000)
    assert spelling.load(MODEL, tmp_path).knows("中国")
    assert 1000 < tables.stat().st_size


def test_the_learnt_decision_fits_the_features() -> None:
    """decision.json was learnt from the features that the code computes."""
    assert decision.trees().depth > 0
    assert 64 == len(decision.digest())


# --- tables -------------------------------------------------------------------------------------


@given(
    st.dictionaries(st.integers(1, 2**40), st.integers(0, 255), max_size=300),
    st.lists(st.integers(1, 2**40), max_size=50),
)
def test_slots_hold_what_was_put_in(table, others) -> None:
    """Every key gives its value, every other number none."""
    keys = np.array(list(table), dtype=np.uint64)
    slots = pack(keys, np.array(list(table.values()), dtype=np.int64), 8)
    asked = [*table, *others]
    assert [table.get(key, -1) for key in asked] == slots.get(np.array(asked, dtype=np.uint64)).tolist()
