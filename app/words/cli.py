"""``xianshen lexicon``: check lexicon files, try a word, import a list as a wish, export what holds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.register.cli import opened

if TYPE_CHECKING:
    from app.service import Service
    from app.words.lists import Editable

commands = typer.Typer(help="词库：检查、试查、导入、导出。", no_args_is_help=True)
_ERROR = 3
_KINDS = 30  # words, columns, units that are told one by one


def _service() -> Service:
    from app.__main__ import load_service

    return load_service()


def _fail(message: str) -> typer.Exit:
    typer.secho(f"错误：{message}", err=True, fg=typer.colors.RED)
    return typer.Exit(_ERROR)


def _list(service: Service, name: str) -> Editable:
    from app.words.lists import editable

    lists = editable(service.detectors)
    if name not in lists:
        raise _fail(f"没有词库 {name}；可用：{'、'.join(lists)}")
    return lists[name]


@commands.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="词库文件（.toml）或所在文件夹")],
) -> None:
    """检查词库文件：写法、重复，以及在没有问题的文字中会误报多少。退出码：0 可用，3 有错。"""
    from app.words import admission
    from detectors import lexicon
    from detectors.lexicon import LexiconError

    service = _service()
    wrong = 0
    found = [one for file in files for one in (sorted(file.rglob("*.toml")) if file.is_dir() else [file])]
    if not found:
        raise _fail("其中没有词库文件（.toml）")
    for path in found:
        try:
            one = lexicon.load(path)
        except (LexiconError, OSError) as error:
            typer.echo(f"✗ {error}")
            wrong += 1
            continue
        look = lexicon.Words([one])
        hits = [finding.quote for text in admission.canary(service) for finding in look(text)]
        typer.echo(
            f"✓ {path.name}：{one.rule.title}，{len(one.terms)} 词，在没有问题的文字中命中 {len(hits)} 处"
        )
        for quote in dict.fromkeys(hits):
            typer.echo(f"    {quote}")
    if wrong:
        raise _fail(f"{wrong} 个文件不能使用")


@commands.command()
def preview(  # noqa: PLR0913 each is an option of the command
    rule: Annotated[str, typer.Argument(help="词库（规则编号），或拟新增的词库文件（.toml）")],
    word: Annotated[str, typer.Argument(help="词；试查词库文件时不写")] = "",
    then: Annotated[str, typer.Option("--then", help="改为")] = "",
    over: Annotated[str, typer.Option(help="在这个存档或复查结果文件夹中试查，按年份、栏目、单位统计")] = "",
    column: Annotated[list[str] | None, typer.Option(help="存档的列名对应，如 body=content")] = None,
    query: Annotated[str, typer.Option(help="存档是数据库时的 SQL 查询语句")] = "",
) -> None:
    """试查一个词：能否收入，在已发布的稿件中会命中什么。退出码：0 可以收入，3 不能。"""
    if over or not word:
        _preview_over(rule, word, then, over, column or [], query)
        return
    from app.register.way import Person
    from app.words import admission, sets
    from app.words.lists import WORDS, ListError
    from app.words.preview import preview as look

    service = _service()
    one = _list(service, rule)
    wish = admission.Wish(word, then or None)
    with opened() as register:
        (checked,) = admission.check_all(
            service, one, [wish], sets.ADD, lambda: sets.standing(register, one.id)
        )
        if one.kind == WORDS:
            person = Person("cli", "本机用户", covers="all")
            try:
                seen = look(service, one, wish, register, person, seconds=60)
            except (ListError, ValueError):
                seen = None
            if seen is not None:
                typer.echo(
                    f"查了 {seen.posts} 篇、{seen.characters} 字，命中 {seen.hits} 处，涉及 {seen.posts_hit} 篇"
                )
                for name, counts in (("年份", seen.by_year), ("单位", seen.by_unit)):
                    if counts:
                        typer.echo(f"{name}：" + "；".join(f"{key} {count}" for key, count in counts.items()))
                for context in seen.contexts[:20]:
                    typer.echo(
                        f"  {context['before']}【{context['word']}】{context['after']}".replace("\n", " ")
                    )
                for missing in seen.missing:
                    typer.echo(missing)
    if checked.refusals:
        raise _fail("；".join(checked.refusals))
    typer.echo("通过准入检查")


def _preview_over(  # noqa: PLR0913 see preview
    rule: str, word: str, then: str, over: str, column: list[str], query: str
) -> None:
    """Where a word, or all words of a file, would hit in an archive or in the pages of a result."""
    if not over:
        raise _fail("须写明要试查的词；试查整个词库文件时用 --over 写明存档或复查结果")
    from dataclasses import replace

    from app.archive.manifest import ResultError
    from app.archive.readers import ArchiveError, Columns
    from app.archive.whatif import what_if
    from detectors import lexicon

    service = _service()
    try:
        if rule.endswith(".toml"):
            proposed = lexicon.load(Path(rule))
        else:
            own = next((one for one in service.detectors.lexicons if one.rule.id == rule), None)
            if own is None or not word:
                raise _fail(f"没有词库 {rule}" if own is None else "须写明要试查的词")
            proposed = replace(own, terms=(lexicon.term(own, word, {"then": then} if then else True),))
        names = dict(one.partition("=")[::2] for one in column)
        seen = what_if(service, proposed, over, Columns(names), query)
    except (ArchiveError, ResultError, lexicon.LexiconError, OSError) as error:
        raise _fail(str(error)) from error
    typer.echo(f"查了 {seen.pages:,} 页，命中 {seen.hits:,} 处，涉及 {seen.pages_hit:,} 页")
    for name, counts in seen.by.items():
        shown = sorted(counts.items()) if name == "年份" else counts.most_common(_KINDS)
        more = f"；其余 {len(counts) - len(shown)} 项" if len(counts) > len(shown) else ""
        if counts:
            typer.echo(f"{name}：" + "；".join(f"{key} {count:,}" for key, count in shown) + more)
    for one in seen.contexts:
        line = f"  {one['before']}【{one['word']}】{one['after']}　{one['day']} {one['where']}"
        typer.echo(line.replace("\n", " "))
    if seen.hits > len(seen.contexts):
        typer.echo(f"以上为前 {len(seen.contexts)} 处")
    if seen.unread:
        raise _fail(f"{seen.unread:,} 页未能读取，其中会命中什么不得而知")


@commands.command("import")
def import_(  # noqa: PLR0913 each is an option of the command
    rule: Annotated[str, typer.Argument(help="词库（规则编号），或 roster、sources、domains 等")],
    file: Annotated[Path, typer.Argument(help="CSV 文件，第一行为列名")],
    reason: Annotated[str, typer.Option(help="理由")],
    basis: Annotated[str, typer.Option(help="依据：哪一条规定")],
    name: Annotated[str, typer.Option(help="提出人姓名")],
    act: Annotated[str, typer.Option(help="add 增加、change 变更、withdraw 停用")] = "add",
) -> None:
    """导入一批变更，等第二人在网页或接口上批准。有一条不通过准入检查即全部不收。退出码：0 已提出，3 未收。"""
    from app.register.way import Person
    from app.words import admission, files, sets
    from app.words.lists import ListError

    service = _service()
    one = _list(service, rule)
    if act not in {sets.ADD, sets.CHANGE, sets.WITHDRAW}:
        raise _fail("--act 为 add、change 或 withdraw")
    try:
        wishes = files.wishes(one, files.lines(file.read_bytes()))
    except (ListError, OSError) as error:
        raise _fail(str(error)) from error
    with opened() as register:
        checked = admission.check_all(service, one, wishes, act, lambda: sets.standing(register, one.id))
        refused = [item for item in checked if item.change is None]
        for item in refused[:50]:
            typer.echo(f"✗ {item.word}：{'；'.join(item.refusals)}")
        if refused:
            raise _fail(f"{len(refused)} 条未通过准入检查，全部未收")
        person = Person(f"cli:{name}", name, roles=frozenset({"keeper"}))
        changes = [item.change for item in checked if item.change is not None]
        batch = register.call(sets.proposing(changes, reason, basis, person))
    typer.echo(f"已提出 {len(changes)} 条，批次 {batch}，等第二人批准")


@commands.command()
def export(
    rule: Annotated[str, typer.Argument(help="词库（规则编号），或 roster、sources、domains 等")],
) -> None:
    """导出在线变更过的词条（CSV，与导入同一格式）到标准输出。"""
    from app.words import files, sets

    one = _list(_service(), rule)
    with opened() as register:
        typer.echo(files.written(one, sets.standing(register, one.id)), nl=False)
