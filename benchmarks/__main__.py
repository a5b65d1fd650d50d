"""``make bench``: every bench in one run; the figures as JSON under build/, the tables on the terminal.

python -m benchmarks [NAME …]
"""

from __future__ import annotations

import importlib
import json
import platform
import sys
import time
from pathlib import Path

from benchmarks.corpora import ROOT, Absent

BENCHES = (
    "speed",
    "doors",
    "false_alarms",
    "personal_data",
    "links",
    "spelling",
    "form",
    "register",
    "archive",
)


def main(names: list[str]) -> int:
    """Run the named benches, or all. 1 when a bench's answer was wrong; a missed limit is printed red."""
    figures: dict[str, object] = {
        "date": time.strftime("%Y-%m-%d"),
        "machine": f"{platform.machine()}, {platform.python_implementation()} {platform.python_version()}",
    }
    failed = 0
    for name in names or BENCHES:
        bench = importlib.import_module(f"benchmarks.{name}")
        print(f"\n— {name}: {(bench.__doc__ or '').splitlines()[0]}", flush=True)
        try:
            figures[name] = bench.run()
            bench.show(figures[name])
        except Absent as reason:
            print(reason)
        except AssertionError as error:
            failed = 1
            print(f"does not count, its answer is wrong: {error}")
    out = ROOT / "build" / "bench.json"
    out.parent.mkdir(exist_ok=True)
    Path(out).write_text(json.dumps(figures, ensure_ascii=False, indent=1), encoding="utf-8")
    print(f"\nfigures: {out.relative_to(ROOT)}")
    return failed


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
