"""``xianshen rescan``: the command, its progress and its last lines."""

from __future__ import annotations

import datetime
import sqlite3
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Self

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from app import settings
from app.archive import cluster, remarks, report, worker
from app.archive.adopt import adopt
from app.archive.manifest import Manifest, ResultError, opened
from app.archive.readers import ArchiveError, Columns
from app.archive.run import Order, rescan
from app.register import deadlines

if TYPE_CHECKING:
    from app.archive.manifest import Done
    from app.settings import Settings

_EVERY = 10.0  # seconds between plain lines where there is no terminal
PASS, REVIEW, BLOCK, ERROR = 0, 1, 2, 3
_INTERRUPTED = 130


def command(  # noqa: PLR0913 each is an option of the command
    archive: Annotated[
        str,
        typer.Argument(help="文件夹、.zip、.warc(.gz)、.jsonl、.csv、.parquet，或 SQL 地址（配合 --query）"),
    ],
    where: Annotated[
        str,
        typer.Option(
            "--out", help="结果文件夹；中断后用同一命令续做。用 --cluster 时也可以是 Spark 能写的地址"
        ),
    ],
    column: Annotated[list[str] | None, typer.Option(help="列名对应，如 body=content；可多次给出")] = None,
    query: Annotated[str, typer.Option(help="SQL 查询语句")] = "",
    since: Annotated[str, typer.Option(help="上一次的结果文件夹：未变的页面只跑变了的规则")] = "",
    workers: Annotated[int, typer.Option(help="进程数；0 为全部核心", min=0)] = 0,
    cluster_: Annotated[
        str, typer.Option("--cluster", help="Spark 地址，如 spark://主机:7077 或 local[*]")
    ] = "",
    done: Annotated[Path | None, typer.Option(help="填好的整改清单.xlsx：读入状态、责任人、说明")] = None,
    adopt_: Annotated[  # noqa: FBT002 an option
        bool, typer.Option("--adopt", help="归档是集群写出的结果（Parquet 文件夹）：只出报告和清单")
    ] = False,
    links: Annotated[bool, typer.Option("--links", help="复查之后接着巡检其中的链接（会访问网络）")] = False,  # noqa: FBT002 an option
) -> None:
    """复查已发布的页面，给出整改清单。退出码：0 全部未发现问题，1 有须复核，2 有须处理或未能检查，3 出错。"""
    try:
        code = _run(archive, where, column or [], query, since, workers, cluster_, done, adopt_)
        raise typer.Exit(max(code, _patrol(archive, Path(where), column or [], query)) if links else code)
    except (ArchiveError, ResultError, ValueError, OSError) as error:
        typer.secho(f"错误：{error}", err=True, fg=typer.colors.RED)
        raise typer.Exit(ERROR) from error
    except sqlite3.Error as error:  # a full or failing disk
        typer.secho(
            f"错误：结果文件夹无法写入（{error}）；排除之后用同一命令续做", err=True, fg=typer.colors.RED
        )
        raise typer.Exit(ERROR) from error
    except KeyboardInterrupt:
        typer.secho("已中断；用同一命令续做，做完的部分不会重做。", err=True)
        raise typer.Exit(_INTERRUPTED) from None
    except ModuleNotFoundError as error:
        typer.secho(f"错误：没有安装 {error.name}；请先安装 xianshen[spark]", err=True, fg=typer.colors.RED)
        raise typer.Exit(ERROR) from error


def _patrol(archive: str, out: Path, column: list[str], query: str) -> int:
    """Visit the links of the same archive; the report lies beside that of the pages. Its exit code."""
    from app.links.cli import links

    try:
        links(archive, out=[out / "链接巡检.xlsx"], home=settings.read().home, column=column, query=query)
    except typer.Exit as end:
        return end.exit_code
    return PASS


def _run(  # noqa: PLR0913 see command
    archive: str,
    where: str,
    column: list[str],
    query: str,
    since: str,
    workers: int,
    master: str,
    done: Path | None,
    adopt_: bool,  # noqa: FBT001 see command
) -> int:
    config = settings.read()
    console = Console(stderr=True, soft_wrap=True)
    names = dict(one.partition("=")[::2] for one in column)
    if bad := [one for one in column if not names.get(one.partition("=")[0])]:
        raise ArchiveError(f"--column 应写成 我们的名字=列名，收到 {bad[0]}")
    remote = "://" in where  # a path would swallow one of the strokes
    out = Path(where)
    if remote and (not master or adopt_):
        raise ArchiveError(f"--out 应为本机的文件夹，收到 {where}；只有 --cluster 能写到这样的地址")
    if adopt_:
        return _adopted(Path(archive), out, archive, console)
    if master:
        if since or query or done:
            raise ArchiveError("--cluster 不能与 --since、--query、--done 合用；在集群上每次都是全部复查")
        if remote:
            pages = cluster.rescan(master, archive, where, config, Columns(names))
            console.print(f"集群复查完成：{pages} 页，结果在 {where}；取回本机后用 --adopt 出报告")
            return PASS
        return _on_cluster(master, archive, out, Columns(names), console)
    earlier = (
        Manifest(Path(since)) if since else None
    )  # a folder that is none is refused before anything is made
    if since and not (out / remarks.FILE).exists():
        out.mkdir(parents=True, exist_ok=True)
        remarks.write(out, remarks.read(Path(since)).values())
    if done is not None:
        out.mkdir(parents=True, exist_ok=True)
        console.print(f"读入整改清单：{remarks.take_in(out, done, datetime.date.today())} 条新的说明")  # noqa: DTZ011 the office's day
    order = Order(archive, out, Columns(names), query, since, workers)
    _taken_up(out, console)
    with _Progress(console) as progress:
        manifest = rescan(order, config, progress.tell)
    code = _report(manifest, earlier, config, console)
    manifest.close()
    if earlier is not None:
        earlier.close()
    return code


def _taken_up(out: Path, console: Console) -> None:
    """Say what an earlier run of the same order has left, if there was one."""
    if not (out / "manifest.sqlite").is_file():
        return
    with opened(out) as manifest:
        done, whole = manifest.totals()["pages"], manifest.meta.get("finished")
    if whole:
        console.print(f"{out} 已经做完（{done:,} 页）；只核对归档有无变化，重出报告", highlight=False)
    elif done:
        console.print(f"接着上次未做完的复查：已有 {done:,} 页，没有变化的不重做", highlight=False)


def _on_cluster(master: str, archive: str, out: Path, columns: Columns, console: Console) -> int:
    """Spark writes Parquet on this machine; report and lists are made from it."""
    config = settings.read()
    target = (out / "spark").resolve()
    cluster.rescan(master, archive, str(target), config, columns)
    return _adopted(target, out, archive, console)


def _adopted(written: Path, out: Path, archive: str, console: Console) -> int:
    config = settings.read()
    manifest = adopt(written, out, archive, worker.loaded(config))
    try:
        return _report(manifest, None, config, console)
    finally:
        manifest.close()


def _report(manifest: Manifest, earlier: Manifest | None, config: Settings, console: Console) -> int:
    """Write the report, say what came out, and with which code the command ends."""
    console.print("正在写报告……")
    rules = worker.loaded(config).detectors.rules
    today = datetime.date.today()  # noqa: DTZ011 the office's day
    figures = report.write(manifest, rules, today, earlier, table=deadlines.read_table(config.workdays))
    totals = figures["totals"]
    compared = (
        f"，其中新增 {figures['new']:,} 处，消除 {figures['gone']:,} 处，沿用 {totals['reused']:,} 页"
        if earlier
        else ""
    )
    aside = "、".join(f"{kind} {count:,}" for kind, count in list(figures["skipped"].items())[:8])
    came_out = (
        f"读入 {totals['pages']:,} 页，写出 {manifest.written():,} 页结论："
        f"须处理 {totals['stop']:,} 页，须复核 {totals['review']:,} 页"
    )
    lines = [
        f"{came_out}，未能检查 {totals['unseen']:,} 页；{figures['findings']:,} 处问题{compared}。",
        f"不是页面、没有检查的文件：{aside}。" if aside else "",
        f"有 {figures['doubled_count']:,} 个编号重复，各页都已检查。" if figures["doubled_count"] else "",
        f"报告：{manifest.folder / report.PAGE}　清单：{manifest.folder / report.LIST}",
    ]
    console.print("\n".join(filter(None, lines)))
    if not totals["pages"]:
        raise ArchiveError("归档中没有可以检查的页面，请核对路径和类型")
    if totals["stop"] or totals["unseen"]:
        return BLOCK
    return REVIEW if totals["review"] else PASS


class _Progress:
    """A bar on a terminal, a line now and then elsewhere."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.pages = 0
        self.start = self.last = time.monotonic()
        self.first: float | None = None
        words = TextColumn(
            "{task.completed:,} 页  {task.fields[rate]} 页/秒  {task.fields[left]}  {task.fields[label]}",
            markup=False,
        )
        self.bar = Progress(SpinnerColumn(), BarColumn(), words, TimeElapsedColumn(), console=console)
        self.task = self.bar.add_task("", total=None, rate="—", left="正在装载词库和规则", label="")

    def __enter__(self) -> Self:
        if self.console.is_terminal:
            self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.console.is_terminal:  # elsewhere it would leave an empty line
            self.bar.stop()

    def tell(self, done: Done, share: float) -> None:
        """One more part is finished; ``share`` of the archive is behind it, where that can be told."""
        self.pages += len(done.keys)
        now = time.monotonic()
        if self.first is None:
            self.first = share  # what an earlier run had done took no time of this one
        rate = f"{self.pages / max(now - self.start, 0.001):,.0f}"
        left = _left(now - self.start, share - self.first, 1 - share) if share else ""
        if self.console.is_terminal:
            total = self.pages / share if share else None
            self.bar.update(
                self.task, total=total, completed=self.pages, rate=rate, left=left, label=done.label[-30:]
            )
        elif now - self.last >= _EVERY:
            self.last = now
            print(f"{self.pages:,} 页，{rate} 页/秒{'，' * bool(left)}{left}", file=sys.stderr, flush=True)  # noqa: T201 a command prints


def _left(seconds: float, done: float, rest: float) -> str:
    """Time left in words, once there is something to judge by."""
    if done <= 0 or rest <= 0:
        return ""
    more = round(seconds / done * rest)
    hours, minutes = divmod(more // 60, 60)
    if hours:
        return f"约剩 {hours} 小时 {minutes} 分"
    return f"约剩 {minutes} 分 {more % 60:02} 秒" if minutes else f"约剩 {more % 60} 秒"
