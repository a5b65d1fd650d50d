"""Timing that survives a noisy machine: things to compare run in turn, and the ratio is of their best rounds."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from statistics import median


def in_turn(
    jobs: Mapping[str, Callable[[], object]], *, rounds: int = 7, at_least: float = 0.05
) -> dict[str, float]:
    """Seconds of one call of each job, the jobs taking turns.

    Each round repeats a job for ``at_least`` seconds. The median over rounds is returned, so
    that a neighbour's burst in one round does not count.
    """
    repeats = {name: _repeats(job, at_least) for name, job in jobs.items()}
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(rounds):
        for name, job in jobs.items():
            start = time.perf_counter()
            for _ in range(repeats[name]):
                job()
            seconds[name].append((time.perf_counter() - start) / repeats[name])
    return {name: median(times) for name, times in seconds.items()}


def _repeats(job: Callable[[], object], at_least: float) -> int:
    job()
    start = time.perf_counter()
    job()
    return max(1, round(at_least / max(time.perf_counter() - start, 1e-7)))
