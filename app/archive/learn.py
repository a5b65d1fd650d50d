"""``xianshen learn``: which odd-looking forms the unit's own published pages attest, for the wrong-character layer.

An abbreviation, a place or a slogan that the language model does not know stands on many pages; a slip stands on
one or two, and beside it the right form stands far more often. Only such forms and their numbers of pages are kept,
taken from pages whose personal data were masked first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from app import language_model, settings
from app.archive.batch import page_of
from app.archive.readers import ArchiveError, Columns, Part, parts
from app.archive.worker import loaded
from app.masking import redact
from detectors import spelling
from detectors.markup import read
from detectors.matcher import Matcher, matcher
from detectors.spelling import evidence

if TYPE_CHECKING:
    from app.archive.document import Document
    from app.service import Service
    from app.settings import Settings
    from detectors import Detectors

ERROR = 3
PAGES = 3  # pages that attest a form; fewer may be one mistake copied
RATIO = 10  # a form is no slip where the one meant instead stands on fewer than so many times its pages
_MOST = 2_000_000  # pairs held at once; beyond, those seen once are dropped
_AHEAD = 3  # parts handed out for each worker

_T = TypeVar("_T")


class Pair(NamedTuple):
    """A form as it stands, and as it would be mended, both with the same letters around."""

    form: str
    mended: str


@dataclass
class _Hands:
    """What a worker holds."""

    service: Service
    layer: language_model.Layer
    private: Detectors
    words: Matcher | None = None


_hands: _Hands | None = None  # one per process, set once when it starts


def _start(config: Settings, words: tuple[str, ...]) -> None:
    global _hands  # noqa: PLW0603 the one place where a process keeps what it loaded
    service = loaded(config)  # a name that was made private on the web must not be learnt
    layer = service.spelling
    assert layer is not None  # noqa: S101 the parent has loaded the same
    private = service.detectors.only([one.id for one in service.detectors.rules.values() if one.private])
    _hands = _Hands(service, layer, private, matcher(words, config.matcher) if words else None)


def _plain(document: Document, hands: _Hands) -> str:
    """The page's letters as the detector reads them, personal data masked."""
    page = page_of(document, hands.service)
    findings = [one for one in hands.private.look(page.text).findings if one.rule.private]
    if not findings:
        return page.text.plain
    done = redact(page.text, findings).source
    return read(done, page.format).plain


def _documents(part: Part, hands: _Hands) -> Iterator[str]:
    for one in part.documents():
        if not one.error and len(one.body) <= hands.service.settings.max_characters:
            yield _plain(one, hands)


def odd(part: Part) -> tuple[int, Counter[Pair]]:
    """Pages of a part, and on how many of them each odd form stands."""
    assert _hands is not None  # noqa: S101 _start was called
    count, found = 0, Counter[Pair]()
    for plain in _documents(part, _hands):
        count += 1
        found.update(set(forms(_hands.layer, plain)))
    return count, found


def counted(part: Part) -> tuple[int, Counter[int]]:
    """Pages of a part, and on how many of them each word (by number) stands."""
    assert _hands is not None and _hands.words is not None  # noqa: S101, PT018 _start was called with words
    count, found = 0, Counter[int]()
    for plain in _documents(part, _hands):
        count += 1
        found.update({word for _, _, word in _hands.words.find(plain)})
    return count, found


def forms(layer: language_model.Layer, plain: str) -> Iterator[Pair]:
    """The odd forms of a page. What may be a person's name is left out.

    A word of the dictionary is taken with a letter on each side: it is meant here, not everywhere.
    """
    once = spelling.THOROUGH._replace(sure=spelling.THOROUGH.sure[-1:])
    for site in spelling.look(layer.model, plain, once):
        around = (
            0 if layer.model.knows(plain[site.start : site.end]) is False and site.end - site.start > 1 else 1
        )
        start, end = site.start - around, site.end + around
        if start < 0 or end > len(plain):
            continue
        form = plain[start:end]
        if not spelling.is_chinese(form) or spelling.may_be_name(layer.model, plain, site.start, site.end):
            continue
        yield Pair(form, plain[start : site.start] + site.word + plain[site.end : end])


def attested(pages: Counter[Pair], counts: dict[str, int]) -> dict[str, int]:
    """Form → its pages, of those that are no slips.

    Args:
        pages: on how many pages the detector found each form odd.
        counts: on how many pages each form, odd or mended, stands at all.
    """
    kept: dict[str, int] = {}
    slips: set[str] = set()
    for pair in pages:
        standing = counts.get(pair.form, 0)
        if standing >= PAGES and counts.get(pair.mended, 0) < RATIO * standing:
            kept[pair.form] = standing
        else:
            slips.add(pair.form)
    return {form: standing for form, standing in kept.items() if form not in slips}


def learn(  # noqa: PLR0913 as for a rescan
    archive: str,
    config: Settings,
    columns: Columns = Columns(),  # noqa: B008 frozen
    query: str = "",
    workers: int = 1,
    tell: Callable[[int, int], None] = lambda _round, _pages: None,
) -> tuple[int, dict[str, int]]:
    """Read an archive twice; the number of pages, and the forms it attests.

    Args:
        archive: as for a rescan.
        columns: as for a rescan.
        query: as for a rescan.
        config: the service's settings; what was learnt before does not count.
        workers: processes.
        tell: called with the round (1 or 2) and the pages read in it.

    Raises:
        ArchiveError: the archive cannot be read at all.
        LanguageModelError: there is no language model.
    """
    if language_model.load(config) is None:
        raise language_model.LanguageModelError(
            "没有语言模型：请安装 libime-data-language-model 或设置 XIANSHEN_LANGUAGE_MODEL"
        )
    pages = Counter[Pair]()
    count = 0
    for size, some in _each(odd, parts(archive, columns, query), config, (), workers):
        count += size
        pages.update(some)
        if len(pages) > _MOST:
            pages = Counter({pair: number for pair, number in pages.items() if number > 1})
        tell(1, count)
    pages = Counter({pair: number for pair, number in pages.items() if number >= PAGES})
    if not pages:
        return count, {}
    words = tuple(sorted({word for pair in pages for word in pair}))
    numbers = Counter[int]()
    again = 0
    for size, each in _each(counted, parts(archive, columns, query), config, words, workers):
        again += size
        numbers.update(each)
        tell(2, again)
    return count, attested(pages, {word: numbers[at] for at, word in enumerate(words)})


def _each(
    work: Callable[[Part], _T],
    waiting: Iterable[Part],
    config: Settings,
    words: tuple[str, ...],
    workers: int,
) -> Iterator[_T]:
    """Results of all parts as they come, a few parts in hand at a time."""
    with ProcessPoolExecutor(workers, get_context("spawn"), _start, (config, words)) as pool:
        running: set[Future[_T]] = set()
        for part in waiting:
            running.add(pool.submit(work, part))
            if len(running) >= _AHEAD * workers:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                yield from (one.result() for one in done)
        while running:
            done, running = wait(running, return_when=FIRST_COMPLETED)
            yield from (one.result() for one in done)


def command(
    archive: Annotated[
        str,
        typer.Argument(help="文件夹、.zip、.warc(.gz)、.jsonl、.csv、.parquet，或 SQL 地址（配合 --query）"),
    ],
    out: Annotated[
        Path | None, typer.Option(help="写到哪个文件；不写则为设置 XIANSHEN_LEARNT 或数据目录中的 learnt.tsv")
    ] = None,
    column: Annotated[list[str] | None, typer.Option(help="列名对应，如 body=content；可多次给出")] = None,
    query: Annotated[str, typer.Option(help="SQL 查询语句")] = "",
    workers: Annotated[int, typer.Option(help="进程数", min=1)] = 1,
) -> None:
    """从本单位已发布的稿件中学习用词：简称、地名、提法等，今后不再当作错别字。个人信息先遮盖，只记词语和篇数。"""
    console = Console(stderr=True)
    try:
        config = settings.read()
        target = out or config.learnt or config.home / language_model.LEARNT
        names = dict(one.partition("=")[::2] for one in column or [])
        config = config.model_copy(update={"learnt": None})
        words = TextColumn("第 {task.fields[round]} 遍  {task.completed:,} 页")
        with Progress(SpinnerColumn(), BarColumn(), words, TimeElapsedColumn(), console=console) as bar:
            task = bar.add_task("", total=None, round=1)

            def tell(number: int, pages: int) -> None:
                bar.update(task, completed=pages, round=number)

            count, found = learn(archive, config, Columns(names), query, workers, tell)
        target.parent.mkdir(parents=True, exist_ok=True)
        half = target.with_name(target.name + ".new")
        evidence.write(half, found)
        half.replace(target)
    except BrokenProcessPool as error:
        typer.secho("错误：一个工作进程异常退出（可能内存不足），没有学成", err=True, fg=typer.colors.RED)
        raise typer.Exit(ERROR) from error
    except (ArchiveError, ValueError, OSError) as error:
        typer.secho(f"错误：{error}", err=True, fg=typer.colors.RED)
        raise typer.Exit(ERROR) from error
    console.print(
        f"读入 {count} 页，学到 {len(found)} 个用词：{target}（重新启动服务后生效）", highlight=False
    )
