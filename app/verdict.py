"""What was seen → the filled-in form: an answer to every item, and who must sign."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from app.checklist import Answer, Checklist, Facts, Item, Signature

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from detectors import Unseen
    from detectors.rule import Finding

PASS, REVIEW, BLOCK = "pass", "review", "block"


class Line(NamedTuple):
    """One line of the form. ``findings`` are numbers in ``Verdict.findings``; ``unseen`` names rules."""

    item: Item
    answer: Answer
    findings: tuple[int, ...] = ()
    unseen: tuple[str, ...] = ()


class Missing(NamedTuple):
    """A fact nobody stated on which a signature depends."""

    fact: str
    basis: str
    why: str


class Form(NamedTuple):
    """One regulation, filled in."""

    checklist: Checklist
    lines: tuple[Line, ...]
    signatures: tuple[Signature, ...]
    missing: tuple[Missing, ...]
    form: bool  # the regulation's own review form must be filled

    @property
    def answer(self) -> Answer:
        """The worst answer. A signature that nobody can give because nobody was named keeps the post back."""
        worst = max((line.answer for line in self.lines), default=Answer.CLEAR)
        unnamed = any(not one.role and one.act != "optional" for one in self.signatures)
        return max(worst, Answer.REVIEW) if unnamed or self.missing else worst


@dataclass(frozen=True)
class Verdict:
    """The answer to one post. ``answers[i]`` is the worst that finding ``i`` caused; None: no item asks about it."""

    forms: tuple[Form, ...]
    findings: tuple[Finding, ...]
    answers: tuple[Answer | None, ...]
    unseen: tuple[Unseen, ...]
    waived: tuple[int, ...] = ()

    @property
    def outcome(self) -> str:
        """block, review or pass; "pass" is never "may be published", it waits for people."""
        worst = max((form.answer for form in self.forms), default=Answer.CLEAR)
        if worst >= Answer.UNSEEN or self.unseen:
            return BLOCK
        return REVIEW if worst == Answer.REVIEW else PASS

    @property
    def rest(self) -> tuple[int, ...]:
        """Findings that no item asks about: rules on trial, and what these regulations leave out."""
        return tuple(number for number, answer in enumerate(self.answers) if answer is None)

    @property
    def message(self) -> str:
        """One sentence for the head of the form."""
        parts = []
        count = Counter(answer for answer in self.answers if answer is not None)
        if count[Answer.STOP]:
            parts.append(f"机审发现 {count[Answer.STOP]} 处须处理后才能送审")
        if count[Answer.REVIEW]:
            parts.append(f"{'另有' if parts else '机审发现'} {count[Answer.REVIEW]} 处需复核")
        if self.unseen:
            parts.append(f"{len(self.unseen)} 项检查未能完成，不得视为通过")
        asked = [line.item.number for form in self.forms for line in form.lines if line.answer == Answer.ASK]
        if asked and len(asked) <= 4:  # noqa: PLR2004 a sentence, not a list
            parts.append(f"{'、'.join(dict.fromkeys(asked))}须由人工确认")
        elif asked:
            parts.append(f"另有 {len(asked)} 项须由人工确认" if parts else f"{len(asked)} 项须由人工确认")
        if self.rest:
            parts.append(f"有 {len(self.rest)} 处发现不属于所选制度的条目，请一并查看")
        if any(form.missing for form in self.forms):
            parts.append("有审批要素未填写，尚不能确定全部签字人")
        if any(not one.role and one.act != "optional" for form in self.forms for one in form.signatures):
            parts.append("制度未规定的审批人须先由本单位在设置中指定")
        if not count[Answer.STOP] and not count[Answer.REVIEW] and not self.unseen:
            found_none = "所选制度的条目机审未发现问题" if self.rest else "机审未发现问题"
            parts.insert(0, f"{found_none}，待人工审核")
        return "；".join(parts) + "。"


def judge(
    checklists: Sequence[Checklist],
    findings: tuple[Finding, ...],
    unseen: tuple[Unseen, ...],
    facts: Facts,
    *,
    exempt: bool = False,
) -> Verdict:
    """Fill in every checklist.

    Args:
        checklists: the regulations asked; several at once are all filled in.
        findings: what was seen, in text order.
        unseen: rules that could not look; their items become UNSEEN.
        facts: what routes depend on.
        exempt: a lawful exemption with a stated basis: personal data is for a person to judge, not a STOP.
    """
    answers: list[Answer | None] = [None] * len(findings)
    waived: set[int] = set()
    forms = []
    for checklist in checklists:
        items = checklist.asked
        worst = [Answer.ASK if item.person else Answer.CLEAR for item in items]
        numbers: list[list[int]] = [[] for _ in items]
        blind: list[list[str]] = [[] for _ in items]
        for number, finding in enumerate(findings):
            for at, answer in _bearings(checklist, finding.rule.id):
                if exempt and answer == Answer.STOP and finding.rule.family == "pii":
                    answer = Answer.REVIEW  # noqa: PLW2901 lawful, and a person's decision
                    waived.add(number)
                numbers[at].append(number)
                worst[at] = max(worst[at], answer)
                answers[number] = max(answers[number] or answer, answer)
        for one in unseen:
            for at, _ in _bearings(checklist, one.rule.id):
                blind[at].append(one.rule.id)
                worst[at] = max(worst[at], Answer.UNSEEN)
        lines = tuple(
            Line(item, worst[at], tuple(numbers[at]), tuple(blind[at])) for at, item in enumerate(items)
        )
        forms.append(_form(checklist, lines, facts, {finding.rule.id for finding in findings}))
    return Verdict(tuple(forms), findings, tuple(answers), unseen, tuple(sorted(waived)))


@lru_cache(maxsize=65_536)
def _bearings(checklist: Checklist, rule: str) -> tuple[tuple[int, Answer], ...]:
    """The items (by number) that a rule bears on, and how bad a finding of it is there."""
    return tuple(
        (at, answer) for at, item in enumerate(checklist.asked) if (answer := item.answer(rule)) is not None
    )


def _form(checklist: Checklist, lines: tuple[Line, ...], facts: Facts, found: Iterable[str]) -> Form:
    signatures: dict[tuple[str, str, str], Signature] = {}
    missing: dict[str, Missing] = {}
    form = False
    for route in checklist.routes:
        applies = route.applies(facts, found)
        if applies:
            form = form or route.form
            for one in route.signatures:
                signatures.setdefault((one.role or one.asks, one.act, one.basis), one)
        elif applies is None:
            for fact in route.unstated(facts):
                missing.setdefault(fact, Missing(fact, route.basis, route.why))
    return Form(checklist, lines, tuple(signatures.values()), tuple(missing.values()), form)
