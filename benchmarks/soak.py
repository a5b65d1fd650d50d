"""Soak: posts of all kinds, good and hostile, recorded and not, for as long as asked; memory must stay flat."""

from __future__ import annotations

import json
import random
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import psutil

from benchmarks.register import serving
from tests.reliability.conftest import CLEAN
from tests.reliability.hostile import PAGES

CLIENTS = 4
WARM = 2_000  # posts before memory is looked at first: caches fill
_EVERY = 200  # posts between a hostile page and the next


def _post(chance: random.Random, number: int) -> bytes:
    """Mostly what offices send; now and then a small hostile page."""
    if number % _EVERY == 0:
        format_, body = chance.choice(list(PAGES.values()))
        return json.dumps({"body": body[: len(body) // 50], "format": format_, "record": False}).encode()
    wrong = chance.choice(["", "既使再忙，", "2月30日前办结，", "手机13912345678，", "机密★10年，"])
    body = wrong + CLEAN * chance.randrange(1, 12) + f"第{number}号"
    html = chance.random() < 0.5
    return json.dumps(
        {"title": "通知", "body": f"<p>{body}</p>" if html else body, "format": "html" if html else "text",
         "record": chance.random() < 0.2, "unit": {"kind": "department"}, "author": "张三"}
    ).encode()  # fmt: skip


def run(seconds: float = 1800.0) -> dict[str, Any]:
    """So many seconds against a service of its own on loopback."""
    counts = {"posts": 0, "errors": 0}
    slowest = 0.0
    lock, numbers = threading.Lock(), iter(range(1, 10**9))
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as (port, process):
        end = time.monotonic() + seconds

        def ask(seed: int) -> None:
            nonlocal slowest
            chance = random.Random(seed)
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as http:
                while time.monotonic() < end:
                    with lock:
                        number = next(numbers)
                    start = time.monotonic()
                    status = http.post(
                        "/screen", content=_post(chance, number), headers={"content-type": "application/json"}
                    ).status_code
                    spent = time.monotonic() - start
                    with lock:
                        counts["posts"] += 1
                        counts["errors"] += status not in {200, 413, 422, 503}
                        slowest = max(slowest, spent)

        threads = [threading.Thread(target=ask, args=(seed,)) for seed in range(CLIENTS)]
        for one in threads:
            one.start()
        while counts["posts"] < WARM and time.monotonic() < end:
            time.sleep(0.1)
        first, before = counts["posts"], _megabytes(process.pid)
        for one in threads:
            one.join()
        after = _megabytes(process.pid)
    between = max(counts["posts"] - first, 1)
    return {
        "seconds": seconds,
        **counts,
        "MB before": before,
        "MB after": after,
        "MB per 10,000 posts": (after - before) / between * 10_000,
        "slowest ms": slowest * 1000,
    }


def _megabytes(pid: int) -> float:
    """Resident memory of a process and its children."""
    whole = psutil.Process(pid)
    return float(sum(one.memory_info().rss for one in (whole, *whole.children(recursive=True))) / 1024**2)


def show(figures: dict[str, Any]) -> None:
    """On the terminal."""
    for name, value in figures.items():
        print(f"{name}: {value:,.1f}")


if __name__ == "__main__":
    import sys

    show(run(float(sys.argv[1]) if len(sys.argv) > 1 else 1800.0))
