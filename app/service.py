"""Everything one process needs to answer: settings, rules, regulations; loaded once, checked at the start."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import detectors
from app import checklist, language_model, telemetry
from app.answer import answer, data_digest
from app.meter import Meter
from app.screening import screen
from app.settings import Settings, SettingsError
from detectors.known import Known

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.checklist import Checklist
    from app.language_model import Layer
    from app.page import Page
    from app.register.store import Register
    from app.verdict import Verdict
    from detectors import Detectors
    from detectors.overlay import Head


class UnknownChecklistError(LookupError):
    """No regulation of that id."""


class NoLanguageModelError(RuntimeError):
    """A page is to be read thoroughly, and there is no language model."""


@dataclass(frozen=True)
class Service:
    """Rules and regulations under one set of settings."""

    settings: Settings
    detectors: Detectors
    checklists: dict[str, Checklist]
    default: tuple[Checklist, ...] = field(default=())
    register: Register | None = None  # None: nothing is kept here (command line, tests of the rules)
    spelling: Layer | None = None  # wrong characters by language model; None: that layer is off
    meter: Meter = field(default_factory=Meter, compare=False, repr=False)  # what is counted here
    words: Head | None = None  # the set laid over the lexicons' files; None: only what the files say

    @classmethod
    def load(cls, settings: Settings) -> Service:
        """Load all data.

        Raises:
            LexiconError, ChecklistError, SettingsError, ValueError: naming file, entry and reason.
        """
        known = Known(
            own_domains=frozenset(settings.own_domains),
            approved_domains=frozenset(settings.approved_domains),
            public_phones=frozenset("".join(filter(str.isdigit, one)) for one in settings.public_phones),
            tables=settings.tables,
        )
        layer = language_model.load(settings)
        model = layer.detector() if layer else None
        rules = detectors.load(known, settings.lexicons, settings.matcher, spelling_model=model)
        checklists = checklist.load_all(settings.checklist_folders, settings.filled_roles())
        checklist.check_patterns(checklists.values(), rules.rules)
        try:
            default = tuple(checklists[one] for one in settings.checklists)
        except KeyError as error:
            message = f"XIANSHEN_CHECKLISTS：没有制度 {error}；现有 {'、'.join(checklists)}"
            raise SettingsError(message) from error
        if not default:  # a post that no regulation asks about would pass whatever it holds
            raise SettingsError("XIANSHEN_CHECKLISTS：须写明至少一部制度")
        return cls(settings, rules, checklists, default, spelling=layer)

    @cached_property
    def data(self) -> str:
        """Digest over lexicons, rules and checklists: names what a verdict was reached with."""
        return data_digest(self.detectors, self.checklists.values())

    def looking(self, page: Page) -> Detectors:
        """The rules as this page wants them: strict or thorough about wrong characters.

        Raises:
            NoLanguageModelError: thorough, and that layer is off.
        """
        if not (page.thorough or page.reasons):
            return self.detectors
        if self.spelling is None:
            if page.thorough:
                raise NoLanguageModelError
            return self.detectors
        one = self.spelling.detector(thorough=page.thorough, reasons=page.reasons)
        return self.detectors.with_one(one)

    def level(self, page: Page) -> str:
        """How wrong characters are looked for beside the listed ones: off, strict or thorough."""
        return "off" if self.spelling is None else "thorough" if page.thorough else "strict"

    def chosen(self, ids: Sequence[str] | None) -> tuple[Checklist, ...]:
        """The regulations asked for, or the default ones.

        Raises:
            UnknownChecklistError: with the id in its argument.
        """
        if not ids:
            return self.default
        for one in ids:
            if one not in self.checklists:
                raise UnknownChecklistError(one)
        return tuple(self.checklists[one] for one in dict.fromkeys(ids))

    def answer(self, page: Page, ids: Sequence[str] | None = None) -> dict[str, Any]:
        """Screen one page; the JSON body of the answer."""
        return self.judged(page, ids)[1]

    def judged(self, page: Page, ids: Sequence[str] | None = None) -> tuple[Verdict, dict[str, Any]]:
        """Screen one page; the verdict itself, and the JSON body of the answer."""
        checklists = self.chosen(ids)
        start = time.perf_counter()
        with telemetry.span("screening") as span:
            verdict = screen(page, checklists, self.looking(page))
            elapsed = round((time.perf_counter() - start) * 1000, 3)
            answered = answer(page, verdict, self.data, elapsed, model=self.level(page))
            telemetry.tell(
                span,
                verdict=answered["verdict"],
                findings=len(answered["findings"]),
                unseen=len(answered["unseen"]),
            )
        self.meter.judged(answered, elapsed)
        return verdict, answered

    def warm(self) -> None:
        """Touch everything that is built on first use, so that the first post is not the slow one."""
        from app.page import Page

        self.answer(Page("保密宣传教育。既使再忙，也要在2月28日前办结。", "关于开展宣传的通知"))
