"""``xianshen links``: the patrol as a command, with progress, and taken up again after an interruption."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from app.links.gate import Gate
    from app.links.limits import Limits
    from app.links.memory import Known, Memory
    from app.links.patrol import Summary
    from app.links.targets import Given

FINE, FOUND, FAILED, STOPPED = 0, 1, 3, 130
_LISTED = 40


def links(  # noqa: PLR0913 each is an option of the command
    source: Annotated[
        str,
        typer.Argument(
            help="网页文件、网址清单（每行一个，或含“网址”列的 CSV）、归档（同 rescan），或一个网址"
        ),
    ],
    out: Annotated[list[Path] | None, typer.Option(help="报告文件，.csv、.xlsx 或 .json，可多次给出")] = None,
    home: Annotated[
        Path, typer.Option(envvar="XIANSHEN_HOME", help="数据目录，历次结果存于其中的 links.sqlite3")
    ] = Path("var"),
    base: Annotated[str, typer.Option(help="网页或网站的网址，用来补全相对链接")] = "",
    column: Annotated[list[str] | None, typer.Option(help="归档的列名对应，如 body=content")] = None,
    query: Annotated[str, typer.Option(help="归档是数据库时的 SQL 查询语句")] = "",
    intranet: Annotated[
        list[str] | None, typer.Option(help="允许访问的内网主机，可多次给出；其余内部地址一律不访问")
    ] = None,
    per_host: Annotated[int, typer.Option(help="同一网站同时几个请求", min=1, max=16)] = 2,
    delay: Annotated[float, typer.Option(help="同一网站两次请求至少间隔几秒", min=0, max=60)] = 0.5,
    at_once: Annotated[int, typer.Option(help="同时访问几个网站", min=1, max=256)] = 32,
    dead_after: Annotated[int, typer.Option(help="连续几次巡检失败才算死链", min=1, max=99)] = 3,
    fresh_days: Annotated[float, typer.Option(help="正常的链接几天内不再访问", min=0)] = 7,
    retry_hours: Annotated[
        float, typer.Option(help="失败的链接隔几小时再查，同一天重复运行不重复计数", min=0)
    ] = 12,
    proxy: Annotated[
        str, typer.Option(help="代理服务器 主机:端口（HTTP CONNECT）；不理会环境变量里的代理")
    ] = "",
    everything: Annotated[bool, typer.Option("--all", help="报告列出全部链接，不只是有问题的")] = False,  # noqa: FBT002 an option is a boolean by nature
    restart: Annotated[bool, typer.Option(help="不接着上次未完成的巡检，重新开始")] = False,  # noqa: FBT002 the same
) -> None:
    """巡检已发布网页的链接：死链、错链、跳转、被劫持、证书到期。退出码：0 未发现问题，1 有问题或有没查成的，3 出错。"""
    from app.archive.readers import told
    from app.links.gate import Gate
    from app.links.limits import Limits
    from app.links.memory import Memory, RecordError
    from app.links.outcome import Outcome
    from app.links.report import ReportError
    from app.links.targets import Given, SourceError

    limits = Limits(
        at_once=at_once, per_host=per_host, delay=delay, dead_after=dead_after, fresh_days=fresh_days,
        retry_hours=retry_hours,
    )  # fmt: skip
    for path in out or []:
        if path.suffix.lower() not in {".csv", ".xlsx", ".json"}:
            _fail(f"{path.name}：报告只能是 .csv、.xlsx 或 .json")
    name = told(source) if "://" in source else str(Path(source).resolve())
    given = Given(base, dict(one.partition("=")[::2] for one in column or []), query)
    try:
        with Memory(home / "links.sqlite3") as memory:
            summary = asyncio.run(
                _run(
                    name, source, given, memory, limits, Gate(intranet or ()), _proxy(proxy), restart=restart
                )
            )
            results = list(memory.results(summary.run, limits))
        shown = results if everything else [one for one in results if not one.outcome.sound]
        _write(out or [], shown, summary)
        _show(results, summary)
    except (SourceError, RecordError, ReportError) as error:
        _fail(str(error))
    except (KeyboardInterrupt, asyncio.CancelledError):
        typer.secho("\n已中断。再次运行同一命令即从中断处接着查。", err=True, fg=typer.colors.YELLOW)
        raise typer.Exit(STOPPED) from None
    fine = all(
        one.outcome.sound or (one.outcome.unsure and one.outcome is not Outcome.UNCHECKED) for one in results
    )
    raise typer.Exit(FINE if fine and not summary.missed else FOUND)


async def _run(  # noqa: PLR0913 what a run needs
    name: str,
    source: str,
    given: Given,
    memory: Memory,
    limits: Limits,
    gate: Gate,
    proxy: tuple[str, int] | None,
    *,
    restart: bool,
) -> Summary:
    from app.links.patrol import patrol
    from app.links.targets import targets
    from app.links.visit import Visitor

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("收集链接", total=None)

        def progress(done: int, due: int) -> None:
            bar.update(task, description="访问链接", completed=done, total=due)

        async with Visitor(limits, gate, proxy=proxy) as visitor:
            return await patrol(
                name, lambda: targets(source, given), memory, visitor,
                missed=given.missed, resume=not restart, progress=progress,
            )  # fmt: skip


def _proxy(written: str) -> tuple[str, int] | None:
    if not written:
        return None
    host, _, port = written.removeprefix("http://").rstrip("/").rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:  # noqa: PLR2004 ports
        _fail(f"代理“{written}”应写作 主机:端口")
    return host, int(port)


def _write(paths: list[Path], results: list[Known], summary: Summary) -> None:
    from app.links.report import write

    for path in paths:
        write(path, results, summary)


def _show(results: list[Known], summary: Summary) -> None:
    from rich.table import Table
    from rich.text import Text

    from app.links.report import conclusion, counts

    console = Console(highlight=False)
    resumed = "（接着上次）" if summary.resumed else ""
    console.print(
        f"共 {summary.wanted} 个链接，访问 {summary.visited} 个{resumed}，沿用近期结果 {summary.kept} 个。"
    )
    for what, count in summary.missed.items():
        console.print(f"  没有检查：{what} {count}", style="red")
    for name, count in counts(results):
        console.print(f"  {name}：{count}")
    wrong = [one for one in results if not one.outcome.sound and not one.outcome.unsure]
    if wrong:
        table = Table("链接", "结论", "说明", "所在页面")
        for one in wrong[:_LISTED]:
            table.add_row(*map(Text, (one.url, conclusion(one), one.note, "、".join(one.pages[:2]))))
        console.print(table)
        if len(wrong) > _LISTED:
            console.print(f"另有 {len(wrong) - _LISTED} 个，见报告（--out 报告.xlsx）。")


def _fail(message: str) -> NoReturn:
    typer.secho(f"错误：{message}", err=True, fg=typer.colors.RED)
    raise typer.Exit(FAILED)
