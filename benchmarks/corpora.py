"""Public texts to measure with: never part of the project, looked for beside it.

XIANSHEN_DATA names their folder; else ``shared/data`` beside the repository. A bench that
needs them and finds nothing says so and is left out.
"""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("XIANSHEN_DATA", ROOT.parent / "shared" / "data"))

# Official text of all kinds: almost nothing in it is an error.
CLEAN = {
    "news": "gov_text/cctv_news_2025_2026.jsonl.gz",
    "laws": "gov_text/laws.jsonl.gz",
    "readings": "gov_text/policy_readings.jsonl",
    "hotline": "gov_text/hotline_replies.jsonl",
    "tables": "gov_text/recruitment_position_tables.jsonl",
    "sentences": "clean_sentences/xuexi_sentences.jsonl",
    "weibo": "gov_social/weibo_posts.jsonl",
}


class Absent(RuntimeError):  # noqa: N818 it is no error, only a bench left out
    """A bench that cannot be run here; the message says what is missing."""


def rows(name: str) -> Iterator[dict[str, Any]]:
    """Rows of one file of the data folder.

    Raises:
        Absent: the file is not there.
    """
    path = DATA / name
    if not path.exists():
        message = f"left out: {name} is not in the data folder (set XIANSHEN_DATA)"
        raise Absent(message)
    with (
        gzip.open(path, "rt", encoding="utf-8")
        if path.suffix == ".gz"
        else path.open(encoding="utf-8") as lines
    ):
        for line in lines:
            yield json.loads(line)


def clean(name: str) -> Iterator[dict[str, Any]]:
    """Rows of one clean corpus; of the social posts only those of government accounts."""
    for row in rows(CLEAN[name]):
        if name != "weibo" or row.get("label") == "gov":
            yield row


@cache
def official(characters: int) -> str:
    """About so many characters of official prose, for speed. Own pages where the public texts are absent."""
    pieces, size = [], 0
    try:
        texts = [row["text"] for row in clean("readings")]
    except Absent:
        texts = [
            path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests" / "pages").rglob("*.toml"))
        ]
    while size < characters:
        for text in texts:
            pieces.append(text)
            size += len(text) + 1
            if size >= characters:
                break
    return "\n".join(pieces)[:characters]
