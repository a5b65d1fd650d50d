"""Old results go, and only those that nothing and nobody needs."""

from __future__ import annotations

import datetime
import re
import shutil
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from app.__main__ import cli
from app.archive import remarks, retention
from app.archive.manifest import VERSION, Done, Manifest, ResultError
from app.archive.remarks import Remark
from app.archive.run import alone
from app.register.store import Register
from app.settings import Settings
from app.words import sets, swap

if TYPE_CHECKING:
    from pathlib import Path

TODAY = datetime.date(2026, 11, 27)


def result(folder: Path, name: str, day: str, **facts: Any) -> Path:
    """A result of that day, of the archive "a" and finished unless said otherwise."""
    path = folder / name
    path.mkdir(parents=True)
    moment = f"{day}T12:00:00+00:00"
    known = {"archive": "a", "query": "", "since": "", "data": "", "begun_on": moment, "finished_on": moment, "finished": True}  # fmt: skip
    with closing(Manifest(path, new=True)) as manifest:
        manifest.note(**({"version": VERSION} | known | facts))
        manifest.add(Done(0, "x", "m", ["1"], ["d"], 0, 0, 0, 0))
    (path / "parts" / "0000000.parquet").write_bytes(b"x" * 1000)
    return path


def fates(folder: Path, keep: int = 1, days: int = 365) -> dict[str, str]:
    """Name → why it stays; "" for one that may go."""
    planned = retention.plan(retention.results(folder), keep, days, TODAY)
    return {one.result.folder.name: one.why if one.stays else "" for one in planned}


def test_the_young_and_the_last_of_each_archive_stay(tmp_path: Path) -> None:
    """What is older than both may go, newest first in the list; links and other folders are none of ours."""
    for name, day, archive in (
        ("old", "2024-01-01", "a"), ("older", "2023-01-01", "a"), ("other", "2022-01-01", "b"),
        ("last", "2024-02-01", "a"), ("young", "2026-10-01", "c"),
    ):  # fmt: skip
        result(tmp_path, name, day, archive=archive)
    (tmp_path / "notes").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "old")
    told = fates(tmp_path)

    assert ["young", "last", "old", "older", "other"] == list(told)
    assert {"old", "older"} == {name for name, why in told.items() if not why}
    assert "未满 365 天" in told["young"]
    assert "最近 1 次" in told["last"]
    assert {"older"} == {name for name, why in fates(tmp_path, keep=2).items() if not why}


def test_what_a_later_result_was_built_on_stays(tmp_path: Path) -> None:
    """But not what that one was built on: a chain would keep everything; moved together they are known by name."""
    result(tmp_path, "1", "2023-01-01")
    result(tmp_path, "2", "2024-01-01", since=str(tmp_path / "1"))
    result(tmp_path, "3", "2026-11-01", since="/elsewhere/2/")
    told = fates(tmp_path)

    assert ("", True, True) == (told["1"], "3 是以它为基础" in told["2"], "未满" in told["3"])


def test_what_is_running_unfinished_or_unknown_stays(tmp_path: Path) -> None:
    """Whatever its age; an unfinished one goes when it is old and is none of the last ones."""
    running = result(tmp_path, "running", "2020-01-01", finished=False)
    result(tmp_path, "broken-off", "2020-01-01", finished=False)
    result(tmp_path, "to-go-on", "2026-11-01", finished=False)
    result(tmp_path, "newer-version", "2020-01-01", version=99)
    (result(tmp_path, "damaged", "2020-01-01") / "manifest.sqlite").write_bytes(b"no database at all")
    (result(tmp_path, "empty", "2020-01-01") / "manifest.sqlite").write_bytes(b"")
    with alone(running):
        told = fates(tmp_path)

    assert "正在复查" == told["running"]
    assert "" == told["broken-off"]
    assert "可以续做" in told["to-go-on"]
    assert "第 99 版" in told["newer-version"]
    assert "已损坏" in told["damaged"]
    assert "无法辨认" in told["empty"]


def test_what_people_said_is_not_lost(tmp_path: Path) -> None:
    """A result whose remarks no later one took over stays, also where only the last word is missing."""

    def said(path: Path, *days: str) -> None:
        remarks.write(path, [Remark(f"{at}", "不属问题", "王某", "引用", day) for at, day in enumerate(days)])

    said(result(tmp_path, "lost", "2023-01-01"), "2023-02-01", "2023-02-02")
    said(result(tmp_path, "taken-over", "2024-01-01"), "2023-02-01")
    said(result(tmp_path, "last", "2024-02-01"), "2023-02-01")
    told = fates(tmp_path)

    assert ("", True) == (told["taken-over"], "说明" in told["lost"])
    said(tmp_path / "taken-over", "2024-03-01")
    assert "说明" in fates(tmp_path)["taken-over"]


def test_files_of_others_are_not_deleted(tmp_path: Path) -> None:
    """Somebody's own file in an old result keeps all of it."""
    old = result(tmp_path, "old", "2023-01-01")
    result(tmp_path, "last", "2024-01-01")
    (old / "整改清单.xlsx").write_bytes(b"x")
    assert "" == fates(tmp_path)["old"]
    (old / "县局回函.docx").write_bytes(b"x")

    assert "县局回函.docx" in fates(tmp_path)["old"]


def run(*arguments: str) -> tuple[int, str]:
    """Exit code and everything printed."""
    done = CliRunner().invoke(cli, ["results", *arguments], env={"COLUMNS": "200"})
    return done.exit_code, done.output


def test_nothing_goes_without_the_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command lists; with --prune it deletes, says how much; a second time there is nothing to do."""
    monkeypatch.setenv("XIANSHEN_HOME", str(tmp_path / "home"))
    folder = tmp_path / "results"
    result(folder, "old", "2023-01-01")
    result(folder, "last", "2024-01-01")
    code, told = run(str(folder), "--keep", "1")

    assert (0, True) == (code, (folder / "old").exists())
    assert re.search(r"删　old（2023-01-01 完成，1 页，\d+\.\d KB）：已满 365 天", told)
    assert "什么都还没有删" in told
    code, told = run(str(folder), "--keep", "1", "--prune")
    assert (0, ["last"]) == (code, [path.name for path in folder.iterdir()])
    assert "已清理" in told
    assert "没有可以清理的" in run(str(folder), "--keep", "1", "--prune")[1]
    assert 0 != run(str(folder), "--days", "30")[0], "six months are the least"
    assert (3, True) == ((seen := run(str(folder / "last")))[0], "上一级" in seen[1])
    assert (3, True) == ((seen := run(str(tmp_path / "none")))[0], "没有文件夹" in seen[1])


def test_killed_half_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No half result is left to be seen, and the next clean-up takes the rest."""
    monkeypatch.setenv("XIANSHEN_HOME", str(tmp_path / "home"))
    folder = tmp_path / "results"
    old = result(folder, "old", "2023-01-01")
    result(folder, "last", "2024-01-01")

    def killed(path: Path) -> None:
        next(path.rglob("*.parquet")).unlink()
        raise KeyboardInterrupt

    found = next(one for one in retention.results(folder) if one.folder == old)
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "rmtree", killed)
        with pytest.raises(KeyboardInterrupt):
            retention.remove(found)

    assert ["last"] == [one.folder.name for one in retention.results(folder)]
    assert "上次清理没有做完" in run(str(folder), "--keep", "1")[1]
    assert 0 == run(str(folder), "--keep", "1", "--prune")[0]
    assert ["last"] == [path.name for path in folder.iterdir()]


def test_a_result_that_is_taken_up_meanwhile_is_not_deleted(tmp_path: Path) -> None:
    """Between the plan and the deletion somebody may go on with it."""
    old = result(tmp_path, "old", "2023-01-01", finished=False)
    (found,) = retention.results(tmp_path)
    with alone(old), pytest.raises(ResultError, match="正被"):
        retention.remove(found)

    assert (old / "parts" / "0000000.parquet").exists()


def test_word_sets_that_nothing_needs_go(tmp_path: Path) -> None:
    """The set in force and those of results that stay are kept; without a register nobody can tell."""
    config = Settings(home=tmp_path / "home")
    words = config.home / swap.FOLDER
    words.mkdir(parents=True)
    for number in (1, 2):
        (words / f"{number}-b-f.set").write_bytes(b"x")
        (words / f"{number}-b-f.tables").mkdir()
        (words / f"{number}-b-f.tables" / "roster.csv").write_bytes(b"x")
    staying = [retention.Result(tmp_path, 0, data="sha256:two")]
    none, unclear = retention.unneeded_data(config, staying)
    assert ([], True) == (none, "没有登记簿" in unclear)

    register = Register(config)
    register.call(sets.noting("sha256:two", 2, "1"))
    register.close()
    going, unclear = retention.unneeded_data(config, staying)
    assert (["1-b-f.set"], "") == ([path.name for path in going], unclear)
    retention.remove_data(going[0])
    assert ["2-b-f.set", "2-b-f.tables"] == sorted(path.name for path in words.iterdir())
