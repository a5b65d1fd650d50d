"""One run: collect the links, visit those that are due, write each result down at once."""

from __future__ import annotations

import asyncio
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from app.links.limits import Limits
    from app.links.memory import Memory
    from app.links.targets import Target
    from app.links.visit import Visit, Visitor

_BATCH = 1_000  # links noted in one transaction


class Summary(NamedTuple):
    """What a run did.

    ``wanted`` links in all, ``visited`` in this run (also before an interruption), ``kept`` believed from earlier runs;
    ``missed``: what of the source could not become a link, and how often.
    """

    run: int
    wanted: int
    visited: int
    kept: int
    resumed: bool
    missed: Mapping[str, int] = MappingProxyType({})


async def patrol(  # noqa: PLR0913 what a run needs
    source: str,
    found: Callable[[], Iterable[Target]],
    memory: Memory,
    visitor: Visitor,
    *,
    missed: Mapping[str, int] = MappingProxyType({}),
    resume: bool = True,
    progress: Callable[[int, int], None] = lambda done, due: None,  # noqa: ARG005 says nothing by default
) -> Summary:
    """Visit the links of a source.

    Args:
        source: names the source, so that an interrupted run of it is found again.
        found: yields its links; called only where they were not collected before the interruption.
        memory: results of this and earlier runs.
        visitor: entered by the caller.
        missed: filled by ``found`` with what could not become a link.
        resume: False starts anew.
        progress: told how many of how many are visited.
    """
    limits: Limits = visitor.limits
    run, collected = memory.begin(source, resume=resume)
    if not collected:
        links = iter(found())
        while batch := list(islice(links, _BATCH)):
            memory.want(run, batch)
            await asyncio.sleep(0)
        memory.plan(run, limits, missed)
    wanted, due, done = memory.counts(run)
    resumed = collected and done > 0
    progress(done, due)

    async def work(lanes: Iterator[tuple[str, int, int]]) -> None:
        nonlocal done
        for host, lane, of in lanes:
            for url in memory.waiting(run, host, lane, of):
                visit: Visit = await visitor.visit(url)
                memory.record(run, visit)
                done += 1
                progress(done, due)

    # One lane is what may be asked of one host at one time, so a slow host holds up nobody else.
    lanes = _lanes(memory.hosts(run), limits.per_host)
    async with asyncio.TaskGroup() as group:
        for _ in range(limits.at_once):
            group.create_task(work(lanes))
    if left := memory.hosts(run):
        raise RuntimeError(f"{sum(count for _, count in left)} links have no result; the run stays open")
    memory.finish(run)
    return Summary(run, wanted, done, wanted - due, resumed, memory.missed(run))


def _lanes(hosts: list[tuple[str, int]], per_host: int) -> Iterator[tuple[str, int, int]]:
    """Host, number of the lane, number of lanes; shared by all workers, each takes the next."""
    for host, links in hosts:
        lanes = min(per_host, links)
        for lane in range(lanes):
            yield host, lane, lanes
