"""The program in one sentence: read the page, look at it, judge it by a regulation."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from app.page import EXEMPT, Page
from app.verdict import Verdict, judge
from detectors import Unseen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.checklist import Checklist
    from detectors import Detectors


def screen(page: Page, checklists: Sequence[Checklist], detectors: Detectors) -> Verdict:
    """Every door goes through here."""
    exempt = page.disclosure in EXEMPT and bool(page.disclosure_basis)
    start = time.thread_time()
    text = page.text
    findings, unseen = detectors.look(text, time.thread_time() - start)
    if page.unread:
        unseen = tuple(Unseen(rule, page.unread) for rule in detectors.rules.values())
    return judge(checklists, findings, unseen, page.facts, exempt=exempt)
