"""What was read from a file, and why nothing was."""

from __future__ import annotations

from dataclasses import dataclass


class PaperError(ValueError):
    """Why a file cannot be read, in Chinese, without a full stop at its end."""


@dataclass(frozen=True)
class Paper:
    """The text of a file as a page takes it.

    Args:
        body: its text in ``format``.
        format: "text", "html" or "markdown".
        title: where the file itself sets a title apart from its text.
        not_read: what is in the file and was not looked at (pictures, objects), for people.
        noted: what its author should know before it goes out (tracked changes, comments, hidden rows).
        unread: why words of the file could not be read; then no rule has seen all of it.
    """

    body: str
    format: str = "text"
    title: str = ""
    not_read: tuple[str, ...] = ()
    noted: tuple[str, ...] = ()
    unread: str = ""
