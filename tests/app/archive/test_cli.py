"""The command: where a result may lie."""

from __future__ import annotations

from typing import Any

import pytest
from typer.testing import CliRunner

from app.__main__ import cli
from app.archive import cluster

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
