"""One note for many places of one kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from detectors.rule import Finding, Rule
    from detectors.text import Text

MOST = 10  # places that are shown, the first included


def one_note(  # noqa: PLR0913 what a note has
    rule: Rule,
    text: Text,
    places: Sequence[tuple[int, int]],
    note: str = "",
    suggestion: str | None = None,
    count: int | None = None,
) -> Finding:
    """A finding at the first of ``places`` (ranges of ``as_written``, in order), the others beside it."""
    total = len(places) if count is None else count
    counted = f"共{total}处。" if total > 1 else ""
    return rule.at_written(text, *places[0], suggestion, counted + note, places[1:MOST])
