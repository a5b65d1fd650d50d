"""The command: where a result may lie."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from app.__main__ import cli
from app.archive import cluster
from app.service import Service
from app.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

ADDRESS = "s3a://archive-bucket/fucha"


def test_an_address_reaches_spark_letter_for_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both strokes of s3a:// are there: a local path would keep one."""
    given: list[tuple[Any, ...]] = []

    def rescan(*all_: Any) -> int:
        given.append(all_)
        return 12

    monkeypatch.setattr(cluster, "rescan", rescan)
    done = CliRunner().invoke(
        cli, ["rescan", "hdfs://host/pages.parquet", "--out", ADDRESS, "--cluster", "local[1]"]
    )

    assert 0 == done.exit_code, done.output
    assert ["local[1]", "hdfs://host/pages.parquet", ADDRESS] == list(given[0][:3])
    assert f"12 页，结果在 {ADDRESS}" in done.output


def test_only_a_cluster_writes_to_an_address(tmp_path) -> None:
    """Without one it is refused in a line, and no folder of that name appears."""
    archive = tmp_path / "posts.jsonl"
    archive.write_text('{"body": "正文"}\n', encoding="utf-8")
    done = CliRunner().invoke(cli, ["rescan", str(archive), "--out", ADDRESS])

    assert 3 == done.exit_code
    assert "--cluster" in done.output


WORDS = """id = "expression.own-words"
title = "本单位用词"
why = "w"
basis = ["b"]
examples = ["⟦大坝⟧"]
[terms]
"水库" = { unless = ["水库移民"] }
"大坝" = true
"""


def command(*arguments: object, home: Path) -> tuple[int, str]:
    """Exit code and everything printed."""
    done = CliRunner().invoke(
        cli, [*map(str, arguments)], env={"XIANSHEN_HOME": str(home), "XIANSHEN_UNIT_KIND": "department"}
    )
    return done.exit_code, done.output


def test_where_a_proposed_rule_would_hit(tmp_path: Path) -> None:
    """Over an archive with its own column names and over the result of a rescan of it alike; a broken page is told."""
    (tmp_path / "own-words.toml").write_text(WORDS, encoding="utf-8")
    archive = tmp_path / "posts.jsonl"
    rows = [
        {"id": f"第{at}篇", "text": "甲水库、水库移民、联系电话13812345678大坝", "published_on": f"{2020 + at % 3}-05-06", "column": "动态"}
        for at in range(20)
    ]  # fmt: skip
    archive.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in rows), encoding="utf-8")
    names = ("--column", "key=id", "--column", "body=text")
    rule = tmp_path / "own-words.toml"
    code, told = command("lexicon", "preview", rule, "--over", archive, *names, home=tmp_path)

    assert 0 == code, told
    lines = told.splitlines()
    assert [
        "查了 20 页，命中 40 处，涉及 20 页",
        "词：水库 20；大坝 20",
        "年份：2020 14；2021 14；2022 12",
    ] == lines[:3]
    assert 40 == sum("【水库】" in one or "【大坝】" in one for one in lines)
    assert "13812345678" not in told
    code, same = command("rescan", archive, "--out", tmp_path / "out", "--workers", 1, *names, home=tmp_path)
    assert code in {1, 2}, same
    assert (0, told) == command("lexicon", "preview", rule, "--over", tmp_path / "out", home=tmp_path)

    with archive.open("a", encoding="utf-8") as more:
        more.write("\n{broken\n" + "\n".join(json.dumps(one) for one in rows))
    code, told = command("lexicon", "preview", rule, "--over", archive, *names, home=tmp_path)
    assert (3, True, True) == (code, "1 页未能读取" in told, "以上为前 50 处" in told)


def test_where_one_word_would_hit(tmp_path: Path) -> None:
    """Under the conditions of its list; what cannot be asked is refused in a line."""
    archive = tmp_path / "posts.jsonl"
    archive.write_text('{"body":"甲水库"}\n', encoding="utf-8")
    look = ("lexicon", "preview")
    rule = next(
        one.rule.id for one in Service.load(Settings(home=tmp_path)).detectors.lexicons if one.cue is None
    )
    code, told = command(*look, rule, "水库", "--over", archive, home=tmp_path)
    assert (0, True) == (code, "命中 1 处" in told), told
    for wrong, words in (
        ((rule, "--over", archive), "须写明要试查的词"),
        ((rule,), "--over"),
        (("no.such-list", "水库", "--over", archive), "没有词库"),
        ((tmp_path / "none.toml", "--over", archive), "none.toml"),
        ((rule, "水库", "--over", tmp_path / "none"), "没有文件或文件夹"),
    ):
        code, told = command(*look, *wrong, home=tmp_path)
        assert (3, True) == (code, words in told), told
