"""``xianshen register …``: verify, back up, restore, destroy by the rules."""

from __future__ import annotations

import contextlib
import datetime
import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from app.register.store import Register

BROKEN, ERROR = 2, 3
_MOST = 20  # disagreements told: one is enough to look

commands = typer.Typer(
    name="register", help="登记簿：校验、备份、恢复、销毁。", no_args_is_help=True, add_completion=False
)


def fail(message: str, code: int = ERROR) -> typer.Exit:
    """A clear last line on standard error."""
    typer.secho(f"错误：{message}", err=True, fg=typer.colors.RED)
    return typer.Exit(code)


@contextlib.contextmanager
def opened() -> Iterator[Register]:
    """The register under the environment's settings; its troubles as one clear line."""
    from app import settings
    from app.register.database import RegisterDownError, RegisterError
    from app.register.deadlines import TableError
    from app.register.store import Register
    from app.register.writer import Refused

    register: Register | None = None
    try:
        register = Register(settings.read())
        register.open()
        yield register
    except Refused as error:
        raise fail(error.reason) from error
    except (RegisterDownError, RegisterError, TableError, ValueError, OSError) as error:
        raise fail(str(error)) from error
    finally:
        if register is not None:
            register.close()


@contextlib.contextmanager
def _bar(label: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal, nothing elsewhere."""
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _: None
        return
    with Progress(console=console) as progress:
        task = progress.add_task(label, total=total or None)
        yield lambda count: progress.update(task, completed=count)


def _entries(register: Register) -> int:
    from sqlalchemy import func, select

    from app.register.models import entries

    with register.read() as connection:
        return int(connection.execute(select(func.count()).select_from(entries)).scalar() or 0)


@commands.command()
def verify(
    anchor: Annotated[str, typer.Option(help="此前另行留存的“序号:校验值”，核对它是否仍在登记簿中")] = "",
) -> None:
    """逐条校验登记簿和审计日志，指出第一条有问题的；再核对列表、豁免、整改、账户、密钥和留存的原文与登记是否相符。退出码：0 完好，2 有改动或缺失，3 出错。"""
    from app.register import agree, house

    place = None
    if anchor:
        number, _, digest = anchor.partition(":")
        if not number.isdecimal() or not digest:
            raise fail("--anchor 应写成“序号:校验值”，见上一次 verify 或 backup 的输出")
        place = (int(number), digest)
    with opened() as register:
        with _bar("校验", _entries(register)) as tell:
            walks = house.walk_all(register, tell, place)
        broken = False
        for one in walks:
            name = {"register": "登记簿", "audit": "审计日志"}[one.register]
            if one.broken is None:
                typer.echo(f"{name}：{one.entries} 条，完好，末条 {one.entries}:{one.digest}")
            else:
                broken = True
                typer.secho(f"{name}：第 {one.broken.seq} 条：{one.broken.reason}", fg=typer.colors.RED)
        if not broken:  # what the tables say is measured by the chains
            for words in itertools.islice(agree.disagreements(register), _MOST):
                broken = True
                typer.secho(words, fg=typer.colors.RED)
    if broken:
        raise typer.Exit(BROKEN)


@commands.command()
def backup(file: Annotated[Path, typer.Argument(help="备份文件，如 登记簿-2026-11-23.gz")]) -> None:
    """备份登记簿和账户（服务可以照常运行）。密钥文件 secret.key 不在其中，须另行保管。"""
    from app.register import backup as copies

    with opened() as register, _bar("备份", 0) as tell:
        done = copies.save(register, file, tell)
    typer.echo(f"已备份 {done.rows} 行到 {file}；登记簿末条 {done.heads['register']}，请另行留存")


@commands.command()
def restore(file: Annotated[Path, typer.Argument(help="备份文件")]) -> None:
    """恢复到空的数据目录或空的数据库，并逐条校验；有一处不符则什么也不写入。须先放回原来的密钥。"""
    from app.register import backup as copies

    with opened() as register, _bar("恢复", 0) as tell:
        walks = copies.restore(register, file, tell)
    typer.echo("已恢复：" + "，".join(f"{one.register} {one.entries} 条" for one in walks) + "，校验完好")


@commands.command()
def destroy(
    before: Annotated[str, typer.Option(help="销毁这一天以前的档案，如 2025-10-01")],
    name: Annotated[str, typer.Option(help="批准销毁的人（实名）")],
    reason: Annotated[str, typer.Option(help="理由和依据")],
    yes: Annotated[bool, typer.Option("--yes", help="确认销毁；不加只列出")] = False,  # noqa: FBT002 an option
) -> None:
    """按保管期限销毁档案内容。销毁本身登记在册，登记条目的校验链保持完整。"""
    from app.register import house

    try:
        day = datetime.date.fromisoformat(before)
    except ValueError as error:
        raise fail("--before 应为日期，如 2025-10-01") from error
    if not name.strip() or not reason.strip():
        raise fail("须写明批准人和理由")
    with opened() as register:
        found = house.destroyable(register, day)
        for one in found:
            typer.echo(f"{'销毁' if yes else '可销毁'} {one['number']}")
        if yes:
            with _bar("销毁", len(found)) as tell:
                for count, one in enumerate(found, 1):
                    register.call(house.destroying(one, name.strip(), reason.strip()))
                    tell(count)
    typer.echo(f"{'已销毁' if yes else '共'} {len(found)} 件" + ("" if yes else "；确认请加 --yes"))
    sys.stdout.flush()
