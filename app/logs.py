r"""Logs for machines: one JSON object a line, long numbers masked, nothing of a text.

An error is logged by its kind and its place in the program; its words are masked, for they may hold
what was sent. A line end inside a message is written as \n, so that nobody can forge a line.
"""

from __future__ import annotations

import json
import logging
import re
import traceback
from typing import Any

_NUMBER = re.compile(r"\d(?:[\s-]?\d){6,}[\dXx]?")  # phones, identity numbers, cards, also with gaps
_MAILBOX = re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+")
_QUOTED = re.compile(r"([\"'“‘])(?:(?!\1)[^\n]){13,}?[\"'”’]")  # a longer quote may be a piece of a post
_MOST = 2_000  # characters of one message
_FRAMES = 12

FIELDS = ("request", "set")  # of ``extra=``: from our own hands


def masked(words: str) -> str:
    """Words without numbers, mailboxes and long quotes."""
    words = _MAILBOX.sub("***@***", _NUMBER.sub(lambda found: found[0][:3] + "***", words))
    return _QUOTED.sub(r"\1…\1", words)[:_MOST]


class Lines(logging.Formatter):
    """A record → one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line: dict[str, Any] = {
            "at": self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + f".{int(record.msecs):03d}",
            "level": record.levelname.lower(),
            "from": record.name,
            "says": masked(record.getMessage()),
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[1] is not None:
            line |= self._error(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)

    @staticmethod
    def _error(error: BaseException) -> dict[str, Any]:
        frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
        return {
            "error": type(error).__name__,
            "words": masked(str(error)),
            "where": [f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames],
        }


def config(level: str = "INFO") -> dict[str, Any]:
    """For ``logging.config.dictConfig``, and for uvicorn."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": "app.logs.Lines"}},
        "handlers": {"err": {"class": "logging.StreamHandler", "formatter": "lines", "stream": "ext://sys.stderr"}},
        "root": {"handlers": ["err"], "level": level},
        "loggers": {
            name: {"handlers": [], "level": level, "propagate": True}
            for name in ("uvicorn", "uvicorn.error", "uvicorn.access")
        },
    }  # fmt: skip
