"""``xianshen results``: which old results stay and why, and taking the others away so that a kill half-way does no harm.

A result is taken out of sight by one rename and deleted then: it is there whole, or it is gone.
"""

from __future__ import annotations

import contextlib
import datetime
import shutil
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from app import settings
from app.archive import remarks
from app.archive.manifest import ResultError, opened
from app.archive.report import CSV, LIST, PAGE, PARQUET
from app.archive.run import alone
from app.register.database import FILE, RegisterDownError, RegisterError
from app.register.store import Register
from app.words import sets, swap

if TYPE_CHECKING:
    from app.settings import Settings

KEEP = 3  # finished results of one archive
DAYS = 365  # 福州 第二十九条 keeps a site's logs for a year
FLOOR = 184  # six months of any season, as 网络安全法 第二十三条 keeps logs
ERROR = 3
_GOING = ".removing-"  # begins the name of a result that is being deleted
_OURS = frozenset(
    {"parts", "spark", "lock", remarks.FILE, PAGE, LIST, CSV, PARQUET, "链接巡检.xlsx"}
    | {f"manifest.sqlite{end}" for end in ("", "-wal", "-shm")}
)


@dataclass(frozen=True)
class Result:
    """One result folder as far as its retention depends on it."""

    folder: Path
    size: int  # bytes
    problem: str = ""  # why it is left alone, whatever its age
    archive: tuple[str, str] = ("", "")  # with the query
    since: str = ""
    data: str = ""
    day: datetime.date = datetime.date.max  # finished, or else begun
    finished: bool = False
    pages: int = 0
    said: dict[str, str] = field(default_factory=dict)  # fingerprint → day of what people said about it

    def built_on(self, other: Result) -> bool:
        """Whether ``other`` was the ``--since`` of this one; folders may have been moved together."""
        return bool(self.since) and (
            Path(self.since).name == other.folder.name or Path(self.since).resolve() == other.folder.resolve()
        )


class Fate(NamedTuple):
    """What becomes of a result, and why, in Chinese."""

    result: Result
    stays: bool
    why: str


def results(folder: Path) -> list[Result]:
    """Every result that lies in ``folder``, newest first.

    Raises:
        ResultError: it is no folder, or is itself a result.
    """
    if not folder.is_dir():
        raise ResultError(f"没有文件夹 {folder}")
    if (folder / "manifest.sqlite").exists():
        raise ResultError(f"{folder} 本身就是一次复查的结果；请写放着各次结果的上一级文件夹")
    found = [
        _result(path)
        for path in sorted(folder.iterdir())
        if not path.is_symlink() and (path / "manifest.sqlite").is_file() and not path.name.startswith(_GOING)
    ]
    return sorted(found, key=lambda one: (one.day, one.folder.name), reverse=True)


def _result(folder: Path) -> Result:
    size = _size(folder)
    try:
        with opened(folder) as manifest:
            told, pages = manifest.meta, manifest.totals()["pages"]
        said = {key: one.said_on for key, one in remarks.read(folder).items()}
        finished = bool(told.get("finished"))
        moment = told["finished_on"] if finished else told["begun_on"]
        day = datetime.datetime.fromisoformat(moment).astimezone().date()
        archive = (told["archive"], told["query"])
        result = Result(folder, size, "", archive, told["since"], told["data"], day, finished, pages, said)
    except ResultError as error:
        return Result(folder, size, str(error))
    except (KeyError, ValueError, TypeError, OSError) as error:
        return Result(folder, size, f"无法辨认（{type(error).__name__}）")
    return result


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())


def plan(found: Iterable[Result], keep: int, days: int, today: datetime.date) -> list[Fate]:
    """What stays and what may go, newest first.

    A result stays that is young or among the last ``keep`` of its archive, that one of these was built on,
    that holds what people said and no other has, or that is not surely ours alone to delete.
    """
    whole = list(found)
    last: defaultdict[tuple[str, str], int] = defaultdict(int)
    why: dict[Path, str] = {}
    for one in whole:
        last[one.archive] += one.finished
        if one.problem:
            why[one.folder] = one.problem
        elif _running(one.folder):
            why[one.folder] = "正在复查"
        elif (today - one.day).days < days:
            why[one.folder] = f"未满 {days} 天" + ("" if one.finished else "，没有做完，可以续做")
        elif one.finished and last[one.archive] <= keep:
            why[one.folder] = f"是这个归档最近 {keep} 次之一"
        elif foreign := sorted(path.name for path in one.folder.iterdir() if not _is_ours(path)):
            why[one.folder] = f"里面有别的文件：{'、'.join(foreign[:5])}；移走之后才会清理"
    # Only the base of what stays for its own sake: else a chain of comparisons would keep everything for ever.
    bases = {
        base.folder: f"{one.folder.name} 是以它为基础对比的"
        for one in whole
        if one.folder in why and not one.problem
        for base in whole
        if one.built_on(base)
    }
    why = bases | why
    told: dict[str, str] = {}
    for one in whole:
        if one.folder not in why and any(day > told.get(key, "") for key, day in one.said.items()):
            why[one.folder] = "其中有人填写的说明，留下的结果里没有；用 --since 指向它复查一次即可带走"
        if one.folder in why:
            told |= {key: max(day, told.get(key, "")) for key, day in one.said.items()}
    return [Fate(one, one.folder in why, why.get(one.folder) or _old(one, keep, days)) for one in whole]


def _old(one: Result, keep: int, days: int) -> str:
    done = f"也不在这个归档最近 {keep} 次之内" if one.finished else "没有做完"
    return f"已满 {days} 天，{done}"


def _is_ours(path: Path) -> bool:
    return path.name in _OURS or path.suffix == ".tmp"


def _running(folder: Path) -> bool:
    try:
        with alone(folder):
            return False
    except (ResultError, OSError):
        return True


def remove(result: Result) -> None:
    """Delete one result.

    Raises:
        ResultError: a rescan has begun in it meanwhile.
        OSError: it cannot be deleted.
    """
    going = result.folder.with_name(_GOING + result.folder.name)
    with alone(result.folder):
        if going.exists():
            shutil.rmtree(going)
        result.folder.rename(going)
    shutil.rmtree(going)


def left_over(folder: Path) -> list[Path]:
    """What a killed clean-up has left, to be deleted at the next."""
    return sorted(path for path in folder.glob(f"{_GOING}*") if path.is_dir() and not path.is_symlink())


def unneeded_data(config: Settings, staying: Iterable[Result]) -> tuple[list[Path], str]:
    """Packed word sets that neither the service nor a result that stays needs, and why it could not be told.

    The register keeps the words themselves: a set that is wanted after all is packed again.
    """
    files = sorted((config.home / swap.FOLDER).glob("*.set"))
    if not files:
        return [], ""
    if not config.database_url and not (config.home / FILE).exists():
        return [], f"没有登记簿，不知道 {config.home / swap.FOLDER} 中哪一版词库还要用，未动"
    try:
        with contextlib.closing(Register(config)) as register, register.read() as connection:
            needed = {
                sets.newest(connection).number,
                *(sets.number_of(connection, one.data) for one in staying),
            }
    except (RegisterDownError, RegisterError) as error:
        return [], f"登记簿无法读取，各版词库未动：{error}"
    return [path for path in files if path.name.partition("-")[0] not in set(map(str, needed))], ""


def remove_data(path: Path) -> None:
    """Delete one packed set and its tables; whoever has it open keeps it."""
    path.unlink(missing_ok=True)  # first: without it nobody looks for the tables
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(path.with_suffix(".tables"))


def command(
    folder: Annotated[Path, typer.Argument(help="放着各次复查结果的文件夹")],
    keep: Annotated[int, typer.Option(help="每个归档留下最近几次", min=1)] = KEEP,
    days: Annotated[int, typer.Option(help="多少天之内的都留下", min=FLOOR)] = DAYS,
    prune: Annotated[bool, typer.Option("--prune", help="真正删除；不写则只列出")] = False,  # noqa: FBT002 an option
) -> None:
    """列出各次复查结果，哪些留、哪些可以清理、为什么；加 --prune 才删除。退出码：0 完成，3 有没删成的。"""
    try:
        found = results(folder)
        fates = plan(found, keep, days, datetime.date.today())  # noqa: DTZ011 the office's day
        config = settings.read()
        data, unclear = unneeded_data(config, [one.result for one in fates if one.stays])
        rest = left_over(folder)
    except (ResultError, ValueError, OSError) as error:
        typer.secho(f"错误：{error}", err=True, fg=typer.colors.RED)
        raise typer.Exit(ERROR) from error
    going = [one.result for one in fates if not one.stays]
    for one in fates:
        typer.echo(f"{'留' if one.stays else '删'}　{_told(one.result)}：{one.why}")
    for path in rest:
        typer.echo(f"删　{path.name.removeprefix(_GOING)}（{volume(_size(path))}）：上次清理没有做完")
    for path in data:
        typer.echo(
            f"删　{path}（{volume(_size_of_data(path))}）：留下的结果和现行词库都不用这一版，需要时可重新编译"
        )
    if unclear:
        typer.echo(unclear)
    freed = sum(one.size for one in going) + sum(map(_size, rest)) + sum(map(_size_of_data, data))
    many = f"{len(fates)} 次结果，留 {len(fates) - len(going)} 次"
    if not (going or rest or data):
        typer.echo(f"{many}，没有可以清理的。" if fates else f"{folder} 中没有复查结果。")
    elif prune:
        failed = _removed(going, rest, data)
        typer.echo(f"{many}，已清理 {volume(freed)}。" if not failed else f"有 {failed} 项没有删成。")
        raise typer.Exit(ERROR if failed else 0)
    else:
        typer.echo(f"{many}，可清理 {volume(freed)}。什么都还没有删；确认后加 --prune。")


def _told(one: Result) -> str:
    if one.problem:
        return f"{one.folder.name}（{volume(one.size)}）"
    done = "完成" if one.finished else "开始"
    return f"{one.folder.name}（{one.day} {done}，{one.pages:,} 页，{volume(one.size)}）"


def _removed(going: Iterable[Result], rest: Iterable[Path], data: Iterable[Path]) -> int:
    """Delete them; how many could not be. One that cannot be does not keep the others."""
    steps = [(path.name, partial(shutil.rmtree, path)) for path in rest]
    steps += [(one.folder.name, partial(remove, one)) for one in going]
    steps += [(path.name, partial(remove_data, path)) for path in data]
    failed = 0
    for name, step in steps:
        try:
            step()
        except (ResultError, OSError) as error:
            typer.secho(f"没有删成 {name}：{error}", err=True, fg=typer.colors.RED)
            failed += 1
    return failed


def _size_of_data(path: Path) -> int:
    return path.stat().st_size + _size(path.with_suffix(".tables"))


def volume(size: int) -> str:
    """Bytes in words."""
    amounts = ((size / 1e9, "GB"), (size / 1e6, "MB"), (size / 1e3, "KB"))
    return next((f"{amount:.1f} {unit}" for amount, unit in amounts if amount >= 1), f"{size} 字节")
