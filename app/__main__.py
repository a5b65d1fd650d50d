"""The command line: ``xianshen`` or ``python -m app``."""

from __future__ import annotations

import sys
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from app import ENGINE
from app.accounts.cli import commands as accounts
from app.register.cli import commands as register
from app.words.cli import commands as words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.service import Service

PASS, REVIEW, BLOCK, ERROR = 0, 1, 2, 3
GRACE = 20  # seconds that posts inside have when the service is told to stop

cli = typer.Typer(
    name="xianshen", help="先审：政府网站与政务新媒体发布前审查。", no_args_is_help=True, add_completion=False,
    pretty_exceptions_enable=False,
)  # fmt: skip
cli.add_typer(register)
cli.add_typer(accounts)
cli.add_typer(words, name="lexicon")


def fail(message: str) -> typer.Exit:
    """A clear last line on standard error, and the exit code for “could not be screened”."""
    typer.secho(f"错误：{message}", err=True, fg=typer.colors.RED)
    return typer.Exit(ERROR)


def load_service(**changes: object) -> Service:
    """Rules and regulations under the environment's settings and the words in force, or a clear end."""
    from app.words.swap import laid_over

    with _clear_end():
        return laid_over(_shipped(**changes))


def _shipped(**changes: object) -> Service:
    """The same without the words that were changed since."""
    from app import settings
    from app.service import Service

    with _clear_end():
        config = settings.read()
        return Service.load(config.model_copy(update=changes) if changes else config)


@contextmanager
def _clear_end() -> Iterator[None]:
    """What is wrong with data or settings, in one line."""
    from app.checklist import ChecklistError

    try:
        yield
    except (ValueError, OSError) as error:
        kind = "制度文件" if isinstance(error, ChecklistError) else "数据或设置"
        raise fail(f"{kind}有误，未启动：{error}") from error


@cli.callback(invoke_without_command=True)
def main_options(
    version: Annotated[bool, typer.Option("--version", help="显示版本", is_eager=True)] = False,
) -> None:
    """先审：政府网站与政务新媒体发布前审查。"""
    if version:
        typer.echo(f"xianshen {ENGINE}")
        raise typer.Exit


@cli.command()
def serve(
    host: Annotated[str, typer.Option(help="监听地址")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="端口", min=0, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="工作进程数", min=1)] = 1,
) -> None:
    """启动网页表单和接口。设置用 XIANSHEN_ 开头的环境变量，见 xianshen settings。"""
    from importlib.util import find_spec

    import uvicorn

    from app import logs, meter, settings
    from app import main as main_

    base = _shipped()  # broken data stops the start here, in one clear line, before any worker is made
    _door_is_shut(host)
    meter.forget(settings.read().home)
    typer.echo(f"先审已就绪：http://{host}:{port}/ （接口文档 /docs，按 Ctrl+C 停止）")
    uvicorn.run(
        main_.create(base.settings, base) if workers == 1 else "app.main:app",
        host=host,
        port=port,
        workers=workers,
        http="app.door:Door" if find_spec("httptools") else "auto",
        log_config=logs.config(),
        timeout_graceful_shutdown=GRACE,
        access_log=False,
        server_header=False,
        timeout_worker_healthcheck=60,  # uvicorn's 5 s would kill a worker that a busy machine makes wait
    )


def _door_is_shut(host: str) -> None:
    """Only this machine may ask a service without accounts."""
    from app.accounts import people
    from app.api.gate import is_loopback
    from app.register.cli import opened

    with opened() as register:
        if is_loopback(host):
            return
        if register.settings.auth == "off":
            raise fail(f"监听 {host} 时不得关闭登录（XIANSHEN_AUTH=off 只用于本机）")
        if not people.count(register):
            raise fail(
                f"监听 {host} 须先建立账户，例如：xianshen accounts add admin --name 张三 --role administrator --unit 县政府办公室"
            )


@cli.command("settings")
def show_settings() -> None:
    """列出全部设置、默认值和含义。"""
    from rich.console import Console
    from rich.table import Table

    from app import settings

    table = Table("环境变量", "默认值", "含义")
    for row in settings.table():
        table.add_row(*row)
    Console().print(table)


@cli.command()
def screen(  # noqa: PLR0913 each is an option of the command
    file: Annotated[str, typer.Argument(help="文件；- 为标准输入")] = "-",
    format_: Annotated[str, typer.Option("--format", help="text、html 或 markdown；不写则看文件扩展名")] = "",
    checklist: Annotated[list[str] | None, typer.Option(help="适用的制度，可多次给出")] = None,
    title: Annotated[str, typer.Option(help="标题")] = "",
    category: Annotated[str, typer.Option(help="稿件类别")] = "",
    kind: Annotated[
        str, typer.Option(help="单位类别：government、department、township、internal-section")
    ] = "",
    thorough: Annotated[
        bool, typer.Option("--thorough", help="细查错别字：找得更全，误报也更多；须有语言模型")
    ] = False,
    reasons: Annotated[
        bool, typer.Option("--reasons", help="写明语言模型查出的错别字两种读法的评分")
    ] = False,
    json_: Annotated[bool, typer.Option("--json", help="输出与 POST /screen 相同的 JSON")] = False,
    ndjson: Annotated[bool, typer.Option(help="逐行读入请求体，逐行写出结论，顺序不变")] = False,
) -> None:
    """审查一篇稿件。退出码：0 未发现问题待人工审核，1 需复核，2 须处理，3 出错（不得视为通过）。"""
    from app import terminal

    service = load_service()
    if ndjson:
        raise typer.Exit(terminal.stream(service, file))
    try:
        beside = {"title": title, "category": category, "unit": {"kind": kind}}
        verdict = terminal.one(
            service, file, format_, checklist, beside | {"thorough": thorough, "reasons": reasons}
        )
    except terminal.UnreadableError as error:
        raise fail(str(error)) from error
    if json_:
        terminal.write_json(verdict)
    else:
        terminal.show(verdict)
    raise typer.Exit({"pass": PASS, "review": REVIEW}.get(verdict["verdict"], BLOCK))


@cli.command()
def redact(
    file: Annotated[str, typer.Argument(help="文件；- 为标准输入")] = "-",
    format_: Annotated[str, typer.Option("--format", help="text、html 或 markdown；不写则看文件扩展名")] = "",
    json_: Annotated[bool, typer.Option("--json", help="输出与 POST /redact 相同的 JSON")] = False,
) -> None:
    """遮盖个人信息，格式不变地写到标准输出；遮盖了什么写到标准错误。"""
    from app import terminal

    try:
        done = terminal.masked(load_service(), file, format_)
    except terminal.UnreadableError as error:
        raise fail(str(error)) from error
    if json_:
        terminal.write_json(done)
    else:
        sys.stdout.buffer.write(done["body"].encode())
        for one in done["masks"]:
            typer.echo(f"{one['kind']}：{one['masked']}", err=True)
    if done["unseen"]:
        raise fail("有规则未能检查，遮盖可能不全：" + "、".join(one["rule"] for one in done["unseen"]))


@cli.command()
def explain(
    rule: Annotated[str, typer.Argument(help="规则编号，如 number.impossible-date；不写则列出全部")] = "",
) -> None:
    """一条规则查什么、为什么、依据哪一条，并附示例。"""
    from app import terminal

    service = load_service()
    if not rule:
        terminal.list_rules(service)
        return
    found = service.detectors.rules.get(rule)
    if found is None:
        near = "、".join(one for one in service.detectors.rules if rule.partition(".")[0] in one)[:300]
        raise fail(
            f"没有规则 {rule}"
            + (f"；相近的有 {near}" if near else "；不带参数运行 xianshen explain 可列出全部")
        )
    terminal.explain(found)


@cli.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []},
    add_help_option=False,
)
def rescan(context: typer.Context) -> None:
    """复查已发布的页面：文件夹、压缩包、WARC、表格或数据库，给出整改清单。"""
    from app.archive.cli import command

    _apart(command, "rescan", context)


@cli.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []},
    add_help_option=False,
)
def results(context: typer.Context) -> None:
    """列出各次复查结果，清理不再需要的旧结果。"""
    from app.archive.retention import command

    _apart(command, "results", context)


@cli.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []},
    add_help_option=False,
)
def learn(context: typer.Context) -> None:
    """从本单位已发布的稿件中学习用词，今后不再当作错别字。"""
    from app.archive.learn import command

    _apart(command, "learn", context)


@cli.command(
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []},
    add_help_option=False,
)
def links(context: typer.Context) -> None:
    """逐条访问链接，找出死链、错链和变了内容的链接。"""
    from app.links.cli import links as command

    _apart(command, "links", context)


@cli.command("contract-test")
def contract_test(
    url: Annotated[str, typer.Argument(help="服务地址，如 http://127.0.0.1:8000")],
    key: Annotated[str, typer.Option(envvar="XIANSHEN_KEY", help="须登录的服务：有 screen 权限的密钥")] = "",
) -> None:
    """逐条核对一个运行中的服务是否守约：内容管理系统接入前后都可以运行。不登记任何稿件。退出码：0 全部守约，3 有不守约的。"""
    from app.contract import checks

    broken = 0
    for one in checks(url, key):
        typer.echo(f"{'✓' if one.kept else '✗'} {one.promise}" + ("" if one.kept else f"（{one.seen}）"))
        broken += not one.kept
    if broken:
        raise fail(f"{broken} 项不守约，不得用于发布前审查")


def _apart(command: Callable[..., None], name: str, context: typer.Context) -> None:
    """Run a command whose module is heavy: it is imported only when it is asked for."""
    sub = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    sub.command()(command)
    sub(args=context.args, prog_name=f"xianshen {name}")


def main() -> None:
    """Entry point of the ``xianshen`` command."""
    try:
        cli()
    except BrokenPipeError:  # the reader went away: head, less
        sys.stderr.close()
        raise SystemExit(ERROR) from None
    except Exception as error:  # noqa: BLE001 Python would end with 1, the code for “review”
        traceback.print_exc()
        fail(f"程序出错（{type(error).__name__}），没有做完，不得视为通过")
        raise SystemExit(ERROR) from None


if __name__ == "__main__":
    main()
