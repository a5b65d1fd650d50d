"""The way of a post: screened → answered → steps of 三审三校 → approvals → published → filed.

Pure: the entries of one record → where it stands, what is still wanted, and what a person may do.
A changed text is another record and starts again.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from app.register.chain import Entry
from app.register.writer import Refused

ACTS = {
    "review": "审核", "secrecy": "保密审查", "sign": "审核签字", "approve": "审批", "require": "提请上级审批",
    "return": "退回", "publish": "发布", "receive": "接收", "register": "登记", "archive": "归档", "lend": "借阅",
    "bring-back": "归还",
}  # fmt: skip
SIX = ("初审", "复审", "终审", "一校", "二校", "三校")

STATES = {
    "blocked": "须修改后重新送审",
    "answering": "待人工填写",
    "reviewing": "审核中",
    "approving": "待审批",
    "approved": "已批准，待发布",
    "published": "已发布，待归档",
    "filed": "已归档",
    "returned": "已退回",
    "superseded": "已由新稿代替",
    "destroyed": "已销毁",
}
OPEN = (
    "blocked",
    "answering",
    "reviewing",
    "approving",
    "approved",
)  # what a waiver may let through or hold back
CLOSED = frozenset({"returned", "superseded", "destroyed"})
FILING = ("receive", "register", "archive")

# role → what a person of it may do
ROLES = {
    "editor": "拟稿",
    "reviewer": "审核",
    "secrecy": "保密审查",
    "approver": "审批",
    "publisher": "发布",
    "keeper": "档案",
    "administrator": "系统管理",
    "auditor": "审计",
}
_NEEDED = {
    "review": ("reviewer",),
    "secrecy": ("secrecy",),
    "sign": ("approver",),
    "approve": ("approver",),
    "require": ("reviewer", "secrecy", "approver"),
    "return": ("reviewer", "secrecy", "approver"),
    "publish": ("publisher",),
    "receive": ("keeper",),
    "register": ("keeper",),
    "archive": ("keeper",),
    "lend": ("keeper",),
    "bring-back": ("keeper",),
}
_NEEDED_REVIEW = ("reviewer", "secrecy", "approver")  # a step of the three reviews
_NEEDED_PROOF = (
    "editor",
    "reviewer",
    "secrecy",
    "approver",
    "publisher",
)  # a step of the three proofreadings
_ANSWERING = ("editor", "reviewer", "secrecy", "approver")


@dataclass(frozen=True)
class Person:
    """Somebody, as the way of a post sees them. ``posts`` are offices held: 分管领导, 主要领导 …"""

    id: str
    name: str
    unit: str = ""
    covers: str = "own"
    roles: frozenset[str] = frozenset()
    posts: frozenset[str] = frozenset()
    staff: str = "permanent"

    def is_same(self, who: str, name: str) -> bool:
        """Whether an account is this person's, or another of theirs: accounts bear real names."""
        return self.id == who or _BLANKS.sub("", self.name) == _BLANKS.sub("", name) != ""

    @property
    def everywhere(self) -> bool:
        """Whether this person sees the records of every unit."""
        return self.covers == "all"

    def sees(self, unit: str) -> bool:
        """Whether a record of this unit is theirs to see."""
        return self.everywhere or self.unit == unit


class Wanted(NamedTuple):
    """A signature that is still to come. ``role`` is the office that must give it, "" for a step."""

    act: str
    role: str
    basis: str = ""
    why: str = ""

    @property
    def words(self) -> str:
        """For people."""
        return self.act if not self.role and self.act not in ACTS else f"{self.role}{ACTS[self.act]}"


class Done(NamedTuple):
    """A signature given."""

    act: str
    role: str
    who: str
    name: str
    at: str
    note: str


class Said(NamedTuple):
    """A person's answer to an item."""

    answer: str
    who: str
    name: str
    at: str
    note: str


class Waiver(NamedTuple):
    """A person's lawful decision that a finding stays."""

    id: str
    record: str
    rule: str
    mark: str
    scope: str
    unit: str
    until: str
    name: str = ""
    reason: str = ""
    basis: str = ""

    def covers(self, case: Case, finding: Mapping[str, Any], today: datetime.date) -> bool:
        """Whether it lets this finding stay today."""
        return (
            self.until >= today.isoformat()
            and self.rule == finding["rule"]
            and self.mark == finding["mark"]
            and (self.record == case.id or (self.scope == "phrase" and self.unit == case.unit))
        )


@dataclass
class Case:
    """One record, told from its entries."""

    id: str
    screened: dict[str, Any]
    answers: dict[tuple[str, str], Said] = field(default_factory=dict)
    signed: list[Done] = field(default_factory=list)
    required: list[Wanted] = field(default_factory=list)
    filed: list[Done] = field(default_factory=list)
    published: Done | None = None
    closed: str = ""
    lent: bool = False

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Case:
        """Fold the entries of one record, oldest first.

        Raises:
            LookupError: there is no first entry, or it was destroyed.
        """
        case: Case | None = None
        for entry in entries:
            if entry.kind == "screened":
                if entry.content is None:
                    raise LookupError(entry.record)
                case = cls(entry.record, entry.content)
            elif case is not None and entry.content is not None:
                case._take(entry, entry.content)
        if case is None:
            raise LookupError("no record")
        return case

    def _take(self, entry: Entry, content: dict[str, Any]) -> None:
        name = content.get("name", "")
        if entry.kind == "answered":
            place = (content["checklist"], content["item"])
            self.answers[place] = Said(content["answer"], entry.who, name, entry.at, content["note"])
        elif entry.kind == "signed":
            done = Done(content["act"], content.get("role", ""), entry.who, name, entry.at, content["note"])
            if done.act == "require":
                self.required.append(Wanted("approve", done.role, content.get("basis", ""), done.note))
            elif done.act == "publish":
                self.published = done
            elif done.act in FILING or done.act in {"lend", "bring-back"}:
                self.filed.append(done)
                self.lent = done.act == "lend" or (self.lent and done.act != "bring-back")
            else:
                self.signed.append(done)
                self.closed = "returned" if done.act == "return" else self.closed
        elif entry.kind in {"superseded", "destroyed"}:
            self.closed = entry.kind

    # --- what it is

    @property
    def unit(self) -> str:
        return str(self.screened["post"]["unit"])

    @property
    def editor(self) -> tuple[str, str]:
        """Id and name of who wrote it."""
        return self.screened["editor"]["id"], self.screened["editor"]["name"]

    def written_by(self, person: Person) -> bool:
        """Whether it is this person's own, or was before another changed it: by account, editor's or author's name."""
        writers = [*self.screened.get("writers", ()), *writers_of(self.screened)]
        names = {
            part
            for one in writers
            for part in (_BLANKS.sub("", one["name"]), *_BETWEEN.split(one["name"]))
            if part
        }
        return any(person.id == one["id"] for one in writers) or _BLANKS.sub("", person.name) in names

    @property
    def urgent(self) -> bool:
        """An emergency or a sensitive matter: approvals may run beside the reviews, none may be left out."""
        return any(one["rule"].startswith("sensitive.") for one in self.screened["findings"])

    @property
    def steps(self) -> Sequence[str]:
        return self.screened["steps"]  # type: ignore[no-any-return]

    # --- what is wanted

    def stops(self, waivers: Sequence[Waiver], today: datetime.date) -> Iterator[str]:
        """Why no signature can help yet: the text, or what was said about it, must change."""
        for finding in self.screened["findings"]:
            if finding["answer"] == "stop" and not any(one.covers(self, finding, today) for one in waivers):
                yield f"{finding['title']}须先改正，或由有权人员依法豁免"
        for one in self.screened["unseen"]:
            yield f"“{one['title']}”未能检查，须重新送审"
        for form in self.screened["checklists"]:
            for one in form["missing"]:
                yield f"未写明“{_FACTS.get(one['fact'], one['fact'])}”，不能确定签字人，须补齐后重新送审"
            for one in self.signatures(form):
                if not one["role"] and one["act"] != "optional":
                    yield f"制度未规定“{one['asks']}”，须先由本单位在设置中指定，再重新送审"
            for item, said in self._bad(form):
                if not item.get("raises"):
                    yield f"{said.name}判定{item['number']}有问题：{said.note}"

    def _bad(self, form: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], Said]]:
        """The items that a person has answered badly."""
        for item in form["items"]:
            said = self.answers.get((form["id"], item["id"]))
            if said and said.answer == item["bad"]:
                yield item, said

    def signatures(self, form: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Who must act by one regulation: as its routes say, and as people's answers do."""
        raised = [
            one for item, _ in self._bad(form) for one in item.get("raises", ())
        ]  # records of old have none
        return [*form["signatures"], *(one for one in raised if one not in form["signatures"])]

    def unanswered(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Items that a named person still has to answer."""
        for form in self.screened["checklists"]:
            for item in form["items"]:
                if item["answer"] != "clear" and (form["id"], item["id"]) not in self.answers:
                    yield form["id"], item

    def wanted(self) -> list[Wanted]:
        """Signatures that routes and steps demand and nobody has given, in order."""
        given = {(one.act, one.role) for one in self.signed}
        demands = [Wanted(step, "") for step in self.steps]
        for form in self.screened["checklists"]:
            demands += [
                Wanted(one["act"], one["role"], one["basis"], one["why"])
                for act in ("review", "secrecy", "sign", "approve")
                for one in self.signatures(form)
                if one["act"] == act
            ]
        demands += self.required
        return [one for one in dict.fromkeys(demands) if (one.act, one.role) not in given]

    def optional(self) -> list[Wanted]:
        """Approvals that a person may ask for where necessary, not asked for yet."""
        asked = {one.role for one in self.required}
        return [
            Wanted("approve", one["role"], one["basis"], one["why"])
            for form in self.screened["checklists"]
            for one in self.signatures(form)
            if one["act"] == "optional" and one["role"] not in asked
        ]

    def state(self, waivers: Sequence[Waiver], today: datetime.date) -> str:
        """Where it stands, one of STATES."""
        if self.closed:
            return self.closed
        if self.published:
            return "filed" if any(one.act == "archive" for one in self.filed) else "published"
        if any(self.stops(waivers, today)):
            return "blocked"
        if any(self.unanswered()):
            return "answering"
        wanted = self.wanted()
        if any(one.act != "approve" for one in wanted):
            return "reviewing"
        return "approving" if wanted else "approved"

    def item(self, checklist: str, item: str) -> dict[str, Any] | None:
        """One item of one of its checklists."""
        for form in self.screened["checklists"]:
            if form["id"] == checklist:
                return next((one for one in form["items"] if one["id"] == item), None)
        return None


_BLANKS = re.compile(r"\s+")  # 张　三 is 张三
_BETWEEN = re.compile(r"[\s、，,；;/]+")  # several authors


def writers_of(screened: Mapping[str, Any]) -> list[dict[str, str]]:
    """Who sent a post in, and the author it names."""
    return [screened["editor"], {"id": "", "name": screened["post"]["author"]}]


_FACTS = {"kind": "单位类别", "category": "信息类别", "channel": "发布渠道"}


class Act(NamedTuple):
    """What somebody wants to do."""

    act: str
    note: str = ""
    role: str = ""


def answer(  # noqa: PLR0913 who says what about which item
    case: Case, person: Person, checklist: str, item: str, said: str, note: str
) -> None:
    """Whether this person may answer this item so.

    Raises:
        Refused: with the reason.
    """
    refuse = _Refusing(case, person, f"answer {item}")
    refuse.unless_open(answers=True)
    refuse.unless_role(_ANSWERING, "填写审核表")
    asked = case.item(checklist, item)
    if asked is None:
        raise refuse(404, f"本稿的审核表没有 {checklist} 的 {item} 这一项")
    if said not in {"是", "否"}:
        raise refuse(422, "只能答“是”或“否”")
    if asked["answer"] == "unseen":
        raise refuse(409, "该项未能检查，不能由人工代答，须重新送审")
    if not note.strip() and (asked["answer"] != "ask" or said == asked["bad"]):
        raise refuse(422, "机审有发现的项目和判定有问题的项目，须写明理由")
    if any(one.act == "approve" for one in case.signed):
        raise refuse(409, "已有领导审批，审核结论不能再改；确须改动的，退回后重新送审")
    before = case.answers.get((checklist, item))
    reviewed = any(not is_proof(one.act) for one in case.signed)
    if case.written_by(person) and (reviewed or (before and before.who != person.id)):
        raise refuse(403, "审核人已有结论，拟稿人不得再改；稿件有改动的，改后重新送审")


def act(
    case: Case, person: Person, wish: Act, waivers: Sequence[Waiver], today: datetime.date
) -> tuple[str, str]:
    """Whether this person may do this now; the office they act in and its article.

    Raises:
        Refused: with the reason.
    """
    refuse = _Refusing(case, person, wish.act)
    if wish.act not in ACTS and wish.act not in case.steps:
        raise refuse(422, f"没有“{wish.act}”这个步骤；本稿有 {'、'.join([*case.steps, *ACTS])}")
    if wish.act in FILING or wish.act in {"lend", "bring-back"}:
        return _file(case, wish, refuse)
    refuse.unless_open()
    if wish.act in case.steps:
        return _step(case, wish, waivers, today, refuse)
    refuse.unless_role(_NEEDED[wish.act], ACTS[wish.act])
    if wish.act == "return":
        if not wish.note.strip():
            raise refuse(422, "退回须写明理由")
        refuse.if_editor("退回")
        return "", ""
    if wish.act == "require":
        found = next((one for one in case.optional() if one.role == wish.role or not wish.role), None)
        if found is None:
            raise refuse(422, "本稿没有可以提请的上级审批")
        return found.role, found.basis
    if wish.act == "publish":
        return _publish(case, waivers, today, refuse)
    return _sign(case, wish, waivers, today, refuse)


class _Refusing:
    """Refusals of one wish, each with what an audit needs to know."""

    def __init__(self, case: Case, person: Person, act: str) -> None:
        self.case, self.person, self.act = case, person, act

    def __call__(self, status: int, reason: str) -> Refused:
        person = self.person
        return Refused(status, reason, record=self.case.id, who=person.id, act=self.act, name=person.name)

    def unless_open(self, *, answers: bool = False) -> None:
        state = self.case.closed or ("published" if self.case.published else "")
        if state:
            raise self(409, f"本稿{STATES[state]}，不能再{'填写' if answers else '签署'}")

    def unless_role(self, roles: Iterable[str], words: str) -> None:
        if not self.person.roles & set(roles):
            raise self(403, f"{words}须由有{'、'.join(ROLES[one] for one in roles)}职责的人员办理")

    def if_contractor(self, words: str) -> None:
        """福州 第三十一条, 宜君管理细则 第六条: whoever is not of the house's own staff decides and releases nothing."""
        if self.person.staff == "contractor":
            raise self(403, f"外聘人员不得{words}")

    def if_editor(self, words: str) -> None:
        """编审分离."""
        if self.case.written_by(self.person):
            raise self(403, f"拟稿人不得{words}自己的稿件（不得自编自审自发）")

    def unless_ready(self, waivers: Sequence[Waiver], today: datetime.date) -> None:
        """Nothing is signed over a STOP or an open question."""
        if reason := next(self.case.stops(waivers, today), ""):
            raise self(409, reason)
        if missing := next(self.case.unanswered(), None):
            raise self(409, f"{missing[1]['number']}尚未由人工填写，不能跳过")


def is_proof(step: str) -> bool:
    """Whether a step is one of the proofreadings."""
    return step.endswith(("校", "校对"))


def _step(
    case: Case, wish: Act, waivers: Sequence[Waiver], today: datetime.date, refuse: _Refusing
) -> tuple[str, str]:
    proof = is_proof(wish.act)
    refuse.unless_role(_NEEDED_PROOF if proof else _NEEDED_REVIEW, wish.act)
    line = [step for step in case.steps if is_proof(step) == proof]
    if not proof:
        refuse.if_editor("审核")
    refuse.unless_ready(waivers, today)
    done = {one.act: one for one in case.signed}
    if wish.act in done:
        raise refuse(409, f"{wish.act}已由{done[wish.act].name}完成")
    for step in line[: line.index(wish.act)]:
        if step not in done:
            raise refuse(409, f"须先完成{step}，不能跳过")
        if refuse.person.is_same(done[step].who, done[step].name):
            raise refuse(403, f"{step}和{wish.act}不得由同一人办理")
    return "", ""


def _sign(
    case: Case, wish: Act, waivers: Sequence[Waiver], today: datetime.date, refuse: _Refusing
) -> tuple[str, str]:
    words = ACTS[wish.act]
    refuse.if_editor(words)
    if wish.act in {"sign", "approve"}:
        refuse.if_contractor(words)
    refuse.unless_ready(waivers, today)
    wanted = [one for one in case.wanted() if one.act == wish.act]
    if not wanted:
        raise refuse(409, f"本稿没有待办的{words}")
    person = refuse.person
    found = next((one for one in wanted if one.role in person.posts and wish.role in {"", one.role}), None)
    if found is None:
        needed = "、".join(one.role for one in wanted)
        raise refuse(403, f"本稿的{words}须由{needed}办理；{person.name}不任此职")
    if wish.act == "approve":
        if not case.urgent and (before := next((one for one in case.wanted() if one.act != "approve"), None)):
            raise refuse(409, f"须先完成{before.words}，再审批")
        other = next(
            (one for one in case.signed if one.act == "approve" and person.is_same(one.who, one.name)), None
        )
        if other is not None:
            raise refuse(403, f"{person.name}已以{other.role}身份审批，两级审批不得由同一人办理")
    return found.role, found.basis


def _publish(
    case: Case, waivers: Sequence[Waiver], today: datetime.date, refuse: _Refusing
) -> tuple[str, str]:
    refuse.if_editor("发布")
    refuse.if_contractor("发布")
    if case.screened["reviewer_publisher"]:
        reviewed = next(
            (
                one
                for one in case.signed
                if refuse.person.is_same(one.who, one.name)
                and not is_proof(one.act)
                and one.act not in {"sign", "approve"}
            ),
            None,
        )
        if reviewed is not None:
            raise refuse(403, "审核人不得发布自己审核的稿件（编辑、审核、发布权限分离）")
    refuse.unless_ready(waivers, today)
    if missing := case.wanted():
        raise refuse(409, f"尚缺{'、'.join(one.words for one in missing)}，不得发布")
    return "", ""


def _file(case: Case, wish: Act, refuse: _Refusing) -> tuple[str, str]:
    refuse.unless_role(_NEEDED[wish.act], ACTS[wish.act])
    done = {one.act for one in case.filed}
    if case.closed == "destroyed":
        raise refuse(409, "本稿档案已销毁")
    before = FILING[: FILING.index(wish.act)] if wish.act in FILING else ()
    skipped = next((one for one in before if one not in done), None)
    reasons = {
        "未发布的稿件不能归档": case.published is None,
        f"已办理{ACTS[wish.act]}": wish.act in FILING and wish.act in done,
        f"须先办理{ACTS[skipped or 'receive']}，不能跳过": skipped is not None,
        "尚未归档，不能借阅": wish.act == "lend" and "archive" not in done,
        "已借出，尚未归还": wish.act == "lend" and case.lent,
        "没有借出": wish.act == "bring-back" and not case.lent,
    }
    for reason, true in reasons.items():
        if true:
            raise refuse(409, reason)
    if wish.act in _NOTED and not wish.note.strip():
        raise refuse(422, _NOTED[wish.act])
    return "", ""


_NOTED = {"archive": "归档须写明归档号", "lend": "借阅须写明借阅人和事由"}


class Plea(NamedTuple):
    """What a waiver is asked for: which finding, how far, why, by which article, until when."""

    finding: int
    scope: str
    reason: str
    basis: str
    until: datetime.date


def waive(
    case: Case, person: Person, plea: Plea, today: datetime.date, valid: Sequence[Waiver] = ()
) -> dict[str, Any]:
    """Whether this person may let this finding stay; the finding. ``valid``: the waivers there are.

    Raises:
        Refused: with the reason.
    """
    refuse = _Refusing(case, person, "waive")
    refuse.unless_open()
    if not 0 <= plea.finding < len(case.screened["findings"]):
        raise refuse(404, "没有这一处发现")
    found: dict[str, Any] = case.screened["findings"][plea.finding]
    if found["rule"].startswith("secrecy."):
        refuse.unless_role(("secrecy",), "对涉密类发现作出认定")
    else:
        refuse.unless_role(("approver", "secrecy"), "豁免")
    refuse.if_editor("豁免")
    refuse.if_contractor("豁免")
    if not (plea.reason.strip() and plea.basis.strip()):
        raise refuse(422, "豁免须写明理由和依据的条款")
    if plea.scope not in {"post", "phrase"}:
        raise refuse(422, "豁免范围为 post（仅本稿）或 phrase（本单位的这一词句）")
    if not today <= plea.until <= today + datetime.timedelta(days=366):
        raise refuse(422, "豁免须有截止日期，最长一年")
    if found["answer"] != "stop":
        raise refuse(409, "这一处发现不是须处理的问题，无须豁免")
    if any(one.scope in {"phrase", plea.scope} and one.covers(case, found, plea.until) for one in valid):
        raise refuse(409, "这一处发现已经豁免")  # a second one would outlive the taking back of the first
    return found


def tasks(case: Case, person: Person, waivers: Sequence[Waiver], today: datetime.date) -> list[str]:
    """What this person could do about this record now, in words."""
    if not person.sees(case.unit):
        return []
    found: list[str] = []
    if not case.closed and not case.published and not any(case.stops(waivers, today)):
        open_ = sum(1 for _ in case.unanswered())
        if open_ and person.roles & set(_ANSWERING):
            found.append(f"填写 {open_} 项审核结论")
    elif person.id == case.editor[0] and not case.closed and not case.published:
        found.append("修改后重新送审")
    names = possible(case, person, waivers, today)
    return [*found, *(name if name in case.steps else ACTS[name] for name in names)]


def possible(case: Case, person: Person, waivers: Sequence[Waiver], today: datetime.date) -> list[str]:
    """The acts that would not be refused now, other than returning, raising and lending."""
    found = []
    for name in dict.fromkeys([*case.steps, "review", "secrecy", "sign", "approve", "publish", *FILING]):
        try:
            act(case, person, Act(name, "1"), waivers, today)
        except Refused:
            continue
        found.append(name)
    return found
