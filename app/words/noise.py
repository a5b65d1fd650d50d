"""The noise meter: of what each rule showed, how much was put right and how much was waved away.

Counted from the register (the latest records) and from what editors reported. A noisy rule is
listed for repair; nothing here demotes it.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from sqlalchemy import and_, select

from app.register.models import contents, entries, waivers
from app.words import reports

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from app.register.store import Register

LATEST = 20_000  # records
ENOUGH = 10  # judgements below which nothing is said about a rule
LIMIT = 0.3  # share of judgements that wave findings away, above which a rule is to be repaired


class Noise(NamedTuple):
    """One rule. ``judged``: confirmed and dismissed together; ``noisy``: to be repaired."""

    rule: str
    shown: int
    confirmed: int
    dismissed: int
    noisy: bool

    @property
    def share(self) -> float | None:
        """Of the judgements, those that waved it away; None: too few to say."""
        judged = self.confirmed + self.dismissed
        return self.dismissed / judged if judged >= ENOUGH else None


class _Finding(msgspec.Struct):
    rule: str


class _Item(msgspec.Struct):
    id: str
    bad: str
    findings: list[int]


class _Checklist(msgspec.Struct):
    id: str
    items: list[_Item]


class _Screened(msgspec.Struct):
    findings: list[_Finding]
    checklists: list[_Checklist]
    follows: str = ""


class _Answered(msgspec.Struct):
    checklist: str
    item: str
    answer: str


def measure(register: Register) -> list[Noise]:
    """Every rule that showed anything or was reported, the noisiest first."""
    shown: Counter[str] = Counter()
    confirmed: Counter[str] = Counter()
    dismissed: Counter[str] = Counter(reports.dismissals(register))
    screened: dict[str, _Screened] = {}
    with register.read() as connection:
        latest = (
            select(entries.c.record, contents.c.content)
            .join(contents, contents.c.entry == entries.c.id)
            .where(and_(entries.c.register == "register", entries.c.kind == "screened"))
            .order_by(entries.c.seq.desc())
            .limit(LATEST)
        )
        for row in connection.execution_options(yield_per=500).execute(latest):
            screened[row.record] = one = msgspec.json.decode(row.content, type=_Screened)
            shown.update(finding.rule for finding in one.findings)
        answers = (
            select(contents.c.record, contents.c.content)
            .where(contents.c.kind == "answered")
            .order_by(contents.c.entry.desc())
            .limit(LATEST)
        )
        said: dict[tuple[str, str, str], str] = {}
        for row in connection.execution_options(yield_per=500).execute(answers):
            given = msgspec.json.decode(row.content, type=_Answered)
            said.setdefault((row.record, given.checklist, given.item), given.answer)  # the last word counts
        for row in connection.execute(select(waivers.c.rule).where(waivers.c.revoked.is_(False))):
            dismissed[row.rule] += 1
    for record, one in screened.items():
        _mended(screened, one, confirmed)
        _answers(record, one, said, confirmed, dismissed)
    rules = sorted({*shown, *dismissed})
    found = [_noise(rule, shown[rule], confirmed[rule], dismissed[rule]) for rule in rules]
    return sorted(found, key=lambda one: (not one.noisy, -(one.share or 0), one.rule))


def _noise(rule: str, shown: int, confirmed: int, dismissed: int) -> Noise:
    judged = confirmed + dismissed
    return Noise(rule, shown, confirmed, dismissed, judged >= ENOUGH and dismissed / judged > LIMIT)


def _mended(screened: Mapping[str, _Screened], one: _Screened, confirmed: Counter[str]) -> None:
    """What an earlier version of the post had and this one has no more was right to be shown."""
    before = screened.get(one.follows)
    if before is not None:
        confirmed.update(_rules(before.findings) - _rules(one.findings))


def _rules(findings: Iterable[_Finding]) -> Counter[str]:
    return Counter(one.rule for one in findings)


def _answers(
    record: str,
    one: _Screened,
    said: Mapping[tuple[str, str, str], str],
    confirmed: Counter[str],
    dismissed: Counter[str],
) -> None:
    """A person answered an item under which findings stood: for or against them."""
    for form in one.checklists:
        for item in form.items:
            answer = said.get((record, form.id, item.id))
            if answer is not None and item.findings:
                against = confirmed if answer == item.bad else dismissed
                against.update(one.findings[number].rule for number in item.findings)


def told(found: Iterable[Noise], titles: Mapping[str, str]) -> list[dict[str, Any]]:
    """For programs and pages."""
    return [
        one._asdict()
        | {"title": titles.get(one.rule, ""), "share": None if one.share is None else round(one.share, 3)}
        for one in found
    ]
