"""The way of a post: who must act by which regulation, and every refusal."""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from app.page import Page
from app.register import keeping, way
from app.register.chain import Entry
from app.register.keys import Keys
from app.register.way import Act, Case, Person, Plea, Waiver, Wanted
from app.register.writer import Refused
from tests.app.register.conftest import (
    AUDITOR,
    COUNTY,
    DEPUTY,
    EDITOR,
    FIRST,
    KEEPER,
    LEADER,
    PLAIN,
    PUBLISHER,
    SECOND,
    SECRECY,
    SECRET,
    SENSITIVE,
    TITLE,
    UNIT,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.service import Service

KEYS = Keys(b"k" * 32)
TODAY = datetime.date(2026, 11, 23)
SIX = ("初审", "复审", "终审", "一校", "二校", "三校")


class Desk:
    """A record and what people do to it, kept as entries."""

    def __init__(
        self, service: Service, ids: Iterable[str], body: str = PLAIN, person: Person = EDITOR, **fields: Any
    ) -> None:
        page = Page(body, TITLE, **{"unit": UNIT, "unit_kind": "department", **fields})
        verdict, answer = service.judged(page, tuple(ids))
        steps = list(dict.fromkeys(step for form in verdict.forms for step in form.checklist.steps))
        editor = {"id": person.id, "name": person.name if not person.id.startswith("key:") else page.author}
        content = keeping.keep(page, verdict, answer, editor, steps, KEYS).content
        self.entries = [self._entry("screened", person, content)]
        self.waivers: list[Waiver] = []

    def _entry(self, kind: str, person: Person, content: dict[str, Any]) -> Entry:
        return Entry(0, "", kind, "R", person.id, "2026-11-23T01:00:00.000Z", content)

    @property
    def case(self) -> Case:
        return Case.of(self.entries)

    @property
    def state(self) -> str:
        return self.case.state(self.waivers, TODAY)

    @property
    def wanted(self) -> list[tuple[str, str]]:
        return [(one.act, one.role) for one in self.case.wanted()]

    def answer(self, person: Person = FIRST, **other: str) -> Desk:
        """Answer every open item well, or as told by item."""
        for checklist, item in list(self.case.unanswered()):
            said = other.get(item["id"].replace("-", "_")) or ("否" if item["bad"] == "是" else "是")
            way.answer(self.case, person, checklist, item["id"], said, "已核对")
            content = {
                "checklist": checklist,
                "item": item["id"],
                "answer": said,
                "note": "已核对",
                "name": person.name,
            }
            self.entries.append(self._entry("answered", person, content))
        return self

    def act(self, person: Person, *acts: str, role: str = "", note: str = "意见") -> Desk:
        """Sign, in this order."""
        for name in acts:
            role_, basis = way.act(self.case, person, Act(name, note, role), self.waivers, TODAY)
            content = {"act": name, "role": role_, "basis": basis, "note": note, "name": person.name}
            self.entries.append(self._entry("signed", person, content))
        return self

    def six(self) -> Desk:
        """The six steps by the people of the story."""
        return (
            self.act(FIRST, "初审")
            .act(SECOND, "复审")
            .act(DEPUTY, "终审")
            .act(EDITOR, "一校")
            .act(FIRST, "二校")
            .act(SECOND, "三校")
        )


def refused(status: int, desk: Desk, person: Person, act: str, role: str = "", note: str = "意见") -> str:
    """The reason."""
    with pytest.raises(Refused) as error:
        desk.act(person, act, role=role, note=note)
    assert status == error.value.status, error.value.reason
    assert ("R", person.id, act) == (error.value.record, error.value.who, error.value.act)
    return error.value.reason


# --- routes: obligations, section 2 -----------------------------------------------------------

R, S, G, A = "review", "secrecy", "sign", "approve"
YIJUN, MANAGEMENT, YUNZHOU = "yijun-release-2022", "yijun-management-2022", "yunzhou-2023"
FUZHOU, LUAN, XIANGXI = "fuzhou-2018", "luan-statistics-2022", "xiangxi-2018"
SOURCE = {"source_name": "新华网"}

ROUTES: list[tuple[str, tuple[str, ...], str, dict[str, str], set[tuple[str, str]]]] = [
    ("YJ2-11.1", (YIJUN,), PLAIN, {}, {(A, "分管领导")}),
    ("YJ2-11.2 YJ2-14", (YIJUN,), SENSITIVE, {}, {(A, "分管领导"), (A, "主要领导")}),
    ("YJ1-17.3", (MANAGEMENT,), PLAIN, {}, {(R, "审核人员"), (A, "分管领导")}),
    ("YJ1-14.4", (MANAGEMENT,), SENSITIVE, {}, {(R, "审核人员"), (R, "宣传部门"), (A, "分管领导")}),
    ("YZ-8a YZ-9.2", (YUNZHOU,), PLAIN, {}, {(G, "分管领导"), (R, "本部门办公室或相关科室"), (A, "部门主要领导")}),
    ("YZ-8b", (YUNZHOU,), PLAIN, {"unit_kind": "internal-section"}, {(G, "主管部门主要领导")}),
    ("YZ-9.1", (YUNZHOU,), PLAIN, {"unit_kind": "government"}, {(R, "区政府办公室")}),
    ("YZ-8a YZ-9.3", (YUNZHOU,), PLAIN, {"unit_kind": "township"}, {(G, "分管领导"), (R, "乡(镇)党政办"), (A, "分管领导")}),
    (
        "YZ-9.4", (YUNZHOU,), PLAIN, {"unit_kind": "government", **SOURCE},
        {(R, "区政府办公室"), (R, "网站管理人员"), (A, "区政府网站分管领导")},
    ),
    ("YZ-9.5", (YUNZHOU,), SENSITIVE, {"unit_kind": "government"}, {(R, "区政府办公室"), (A, "区政府分管领导"), (A, "主要领导")}),
    (
        "the union, never fewer", (YUNZHOU,), SENSITIVE, SOURCE,
        {
            (G, "分管领导"), (R, "本部门办公室或相关科室"), (A, "部门主要领导"), (R, "网站管理人员"), (A, "区政府网站分管领导"),
            (A, "区政府分管领导"), (A, "主要领导"),
        },
    ),
    ("LA-16", (LUAN,), PLAIN, {}, {(R, "局办公室"), (S, "保密专员"), (A, "分管领导")}),
    ("LA-14a", (LUAN,), PLAIN, {"category": "回复"}, {(R, "局办公室"), (R, "单位负责同志"), (S, "保密专员"), (A, "分管领导")}),
    ("XX-12", (XIANGXI,), PLAIN, {}, {(R, "政府网站承办单位"), (R, "栏目责任单位"), (S, "保密专员"), (A, "分管领导")}),
    ("FZ-33", (FUZHOU,), PLAIN, {}, {(R, "审核人员"), (S, "保密专员"), (A, "分管领导")}),
    ("FZ-18", (FUZHOU,), SENSITIVE, {}, {(R, "审核人员"), (R, "宣传部门"), (S, "保密专员"), (A, "分管领导")}),
    ("YJ1 with YJ2", (YIJUN, MANAGEMENT), PLAIN, {}, {(R, "审核人员"), (A, "分管领导")}),
    (
        "an ordinary post of a department, 宜君 beside 云州", (YIJUN, YUNZHOU), PLAIN, {},
        {(A, "分管领导"), (G, "分管领导"), (R, "本部门办公室或相关科室"), (A, "部门主要领导")},
    ),
    (
        "a sensitive post, 宜君 beside 云州", (YIJUN, YUNZHOU), SENSITIVE, {"unit_kind": "government"},
        {(A, "分管领导"), (A, "主要领导"), (A, "区政府分管领导"), (R, "区政府办公室")},
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("ids", "body", "fields", "expected"), [row[1:] for row in ROUTES], ids=[row[0] for row in ROUTES]
)
def test_a_post_wants_the_signatures_of_its_routes(
    service: Service, ids: tuple[str, ...], body: str, fields: dict[str, str], expected: set[tuple[str, str]]
) -> None:
    """Every route that applies adds its signatures, none takes any away; steps come before them."""
    desk = Desk(service, ids, body, EDITOR, **fields)

    assert expected == {one for one in desk.wanted if one[1]}
    assert expected <= {(one.act, one.role) for one in desk.case.wanted()}


def test_the_county_leader_is_asked_only_where_necessary(service: Service) -> None:
    """必要时: a reviewer asks, with a reason; then the approval is demanded like any other."""
    desk = Desk(service, [YIJUN], SENSITIVE)

    assert ["县政府分管领导"] == [one.role for one in desk.case.optional()]
    desk.act(FIRST, "require", note="影响较大")
    assert (A, "县政府分管领导") in desk.wanted
    assert [] == desk.case.optional()
    assert "没有可以提请" in refused(422, desk, FIRST, "require")


@pytest.mark.parametrize("ids", [[YIJUN], [LUAN]])
def test_three_reviews_and_three_proofreadings(service: Service, ids: list[str]) -> None:
    """Where the regulation names them they are six steps; elsewhere the routes alone."""
    assert list(SIX) == [act for act, role in Desk(service, ids).wanted if not role]
    assert [] == [act for act, role in Desk(service, [YUNZHOU]).wanted if not role]


def test_a_role_nobody_named_keeps_the_post(service: Service) -> None:
    """What a regulation leaves open must be filled in by the unit before anything can be signed."""
    bare = replace(
        service, checklists=type(service).load(service.settings.model_copy(update={"roles": None})).checklists
    )
    desk = Desk(bare, [FUZHOU]).answer()

    assert "blocked" == desk.state
    assert "须先由本单位在设置中指定" in refused(409, desk, DEPUTY, "approve")


def test_a_fact_nobody_stated_keeps_the_post(service: Service) -> None:
    """Without the unit's kind 云州 cannot say who signs."""
    desk = Desk(service, [YUNZHOU], unit_kind="").answer()

    assert "blocked" == desk.state
    assert "单位类别" in refused(409, desk, DEPUTY, "sign")


# --- the whole way ----------------------------------------------------------------------------


def test_an_ordinary_post_goes_all_the_way(service: Service) -> None:
    """screened → answered → six steps → approved → published → received, registered, archived."""
    desk = Desk(service, [YIJUN])
    states = [desk.state]
    for go in (
        desk.answer,
        desk.six,
        lambda: desk.act(DEPUTY, "approve"),
        lambda: desk.act(PUBLISHER, "publish"),
        lambda: desk.act(KEEPER, "receive", "register", "archive", note="2026-永-001"),
    ):
        go()
        states.append(desk.state)

    assert ["answering", "reviewing", "approving", "approved", "published", "filed"] == states


def test_a_sensitive_post_needs_both_leaders(service: Service) -> None:
    """One approval is not enough; published only after the second."""
    desk = Desk(service, [YIJUN], SENSITIVE).answer(sensitive="否").six().act(DEPUTY, "approve")

    assert "主要领导审批" in refused(409, desk, PUBLISHER, "publish")
    assert "published" == desk.act(LEADER, "approve").act(PUBLISHER, "publish").state


@pytest.mark.parametrize("body", [PLAIN, SENSITIVE])
@pytest.mark.parametrize(
    ("checklist", "leaders"), [(YIJUN, {"主要领导"}), (YUNZHOU, {"主要领导", "区政府分管领导"})]
)
def test_who_says_that_a_matter_is_sensitive_asks_for_its_approval(
    service: Service, checklist: str, leaders: set[str], body: str
) -> None:
    """The regulation lets it out with more signatures: the honest answer is no obstacle, also where no rule saw anything."""
    desk = Desk(service, [checklist], body, unit_kind="government").answer(sensitive="是")
    silent = Desk(service, [checklist], unit_kind="government").answer(sensitive="否")

    assert "blocked" != desk.state
    assert {(A, one) for one in leaders} <= set(desk.wanted)
    assert not {(A, one) for one in leaders} & set(silent.wanted)
    assert len(desk.wanted) == len(set(desk.wanted))
    shown = desk.case.signatures(desk.case.screened["checklists"][0])
    assert leaders <= {one["role"] for one in shown}
    assert len(shown) == len({(one["role"], one["act"], one["basis"]) for one in shown})


def test_a_matter_said_to_be_sensitive_waits_for_its_leader(service: Service) -> None:
    """Asked for by a reviewer's answer, and then as binding as any; 必要时 the county's leader may be asked for too."""
    desk = Desk(service, [YIJUN]).answer(sensitive="是").six().act(DEPUTY, "approve")

    assert "主要领导审批" in refused(409, desk, PUBLISHER, "publish")
    assert ["县政府分管领导"] == [one.role for one in desk.case.optional()]
    assert "published" == desk.act(LEADER, "approve").act(PUBLISHER, "publish").state


def test_an_emergency_is_approved_beside_the_reviews(service: Service) -> None:
    """Parallel, not fewer: approvals may come first, the release waits for every step."""
    desk = (
        Desk(service, [YIJUN], SENSITIVE).answer(sensitive="否").act(LEADER, "approve").act(DEPUTY, "approve")
    )

    assert "初审" in refused(409, desk, PUBLISHER, "publish")
    assert "approved" == desk.six().state


def test_lending_and_bringing_back(service: Service) -> None:
    """A filed record is lent to somebody, once at a time."""
    desk = Desk(service, [YIJUN]).answer().six().act(DEPUTY, "approve").act(PUBLISHER, "publish")
    assert "尚未归档" in refused(409, desk, KEEPER, "lend")
    desk.act(KEEPER, "receive", "register", "archive")

    assert "没有借出" in refused(409, desk, KEEPER, "bring-back")
    desk.act(KEEPER, "lend", note="审计组")
    assert "尚未归还" in refused(409, desk, KEEPER, "lend")
    desk.act(KEEPER, "bring-back").act(KEEPER, "lend")
    assert "借阅人" in refused(422, desk.act(KEEPER, "bring-back"), KEEPER, "lend", note=" ")


# --- refusals ---------------------------------------------------------------------------------


def answered(service: Service, ids: tuple[str, ...] = (YIJUN,), **fields: Any) -> Desk:
    return Desk(service, ids, **fields).answer()


def both(person: Person, *roles: str) -> Person:
    """The same person with every role there is."""
    return replace(
        person, roles=frozenset(roles or way.ROLES), posts=frozenset({"分管领导", "主要领导", "审核人员"})
    )


@pytest.mark.parametrize("act", ["初审", "approve", "publish", "return"])
def test_the_editor_does_nothing_but_edit(service: Service, act: str) -> None:
    """不得自编自审自发, whatever roles the account has."""
    assert "拟稿人不得" in refused(403, answered(service), both(EDITOR), act)


def test_the_editor_is_known_by_name_where_a_program_sent_the_post(service: Service) -> None:
    """The author the CMS named cannot review under an account of the same real name."""
    program = Person("key:cms", "门户CMS", UNIT)
    desk = Desk(service, [YIJUN], person=program, author=FIRST.name).answer(SECOND)

    assert "拟稿人不得" in refused(403, desk, FIRST, "初审")
    desk.act(SECOND, "初审")


@pytest.mark.parametrize("author", ["李　初审", "张三、李初审", "记者 李初审，通讯员 张三"])
@pytest.mark.parametrize("sender", [Person("key:cms", "门户CMS", UNIT), EDITOR])
def test_every_author_named_is_an_author(service: Service, author: str, sender: Person) -> None:
    """Set apart by a blank, one of several, or named by whoever sent it in for them."""
    desk = Desk(service, [YIJUN], person=sender, author=author).answer(SECOND)

    assert "拟稿人不得" in refused(403, desk, FIRST, "初审")
    desk.act(SECOND, "初审")


@pytest.mark.parametrize(
    ("before", "after"), [("初审", "复审"), ("复审", "终审"), ("一校", "二校"), ("二校", "三校")]
)
def test_two_steps_of_one_line_by_one_person(service: Service, before: str, after: str) -> None:
    """Each review and each proofreading needs another pair of eyes."""
    desk = answered(service)
    names = SIX[:3] if "审" in before else SIX[3:]
    hands = iter([SECOND, replace(SECOND, id="third", name="第三人")])
    for step in names[: names.index(before)]:
        desk.act(next(hands), step)
    desk.act(FIRST, before)

    assert "不得由同一人办理" in refused(403, desk, FIRST, after)


@pytest.mark.parametrize("step", ["复审", "终审", "二校", "三校"])
def test_a_skipped_step(service: Service, step: str) -> None:
    """No step before the one it follows."""
    assert "不能跳过" in refused(409, answered(service), SECOND, step)


def test_a_step_is_done_once(service: Service) -> None:
    """And the refusal names who did it."""
    assert FIRST.name in refused(409, answered(service).act(FIRST, "初审"), SECOND, "初审")


def test_an_approval_before_the_steps(service: Service) -> None:
    """Approval is blocked until the configured steps are complete."""
    assert "须先完成初审" in refused(409, answered(service), DEPUTY, "approve")


def test_an_approval_below_the_required_level(service: Service) -> None:
    """An office that the route does not name cannot approve, and the refusal names the one that can."""
    desk = (
        Desk(service, [YUNZHOU])
        .answer()
        .act(replace(FIRST, posts=frozenset({"本部门办公室或相关科室"})), "review")
    )
    desk.act(DEPUTY, "sign")

    assert "部门主要领导" in refused(403, desk, DEPUTY, "approve")
    chief = replace(LEADER, posts=frozenset({"部门主要领导"}))
    assert "approved" == desk.act(chief, "approve").state


def test_two_levels_by_one_person(service: Service) -> None:
    """Who holds both offices signs for one of them."""
    chief = both(DEPUTY, "approver")
    desk = (
        Desk(service, [YIJUN], SENSITIVE).answer(sensitive="否").six().act(chief, "approve", role="分管领导")
    )

    assert "两级审批不得由同一人" in refused(403, desk, chief, "approve", role="主要领导")


def test_the_reviewer_does_not_publish(service: Service) -> None:
    """编辑、审核、发布权限分离; proofreading is not reviewing."""
    desk = answered(service).six().act(DEPUTY, "approve")
    reader = replace(FIRST, roles=frozenset({"publisher"}))

    assert "审核人不得发布" in refused(403, desk, reader, "publish")


def test_a_second_account_is_the_same_person(service: Service) -> None:
    """Accounts bear real names: what one may not do twice, one may not do under another login either."""
    desk = answered(service).act(FIRST, "初审")
    assert "不得由同一人" in refused(403, desk, replace(FIRST, id="another"), "复审")
    chief = both(DEPUTY, "approver")
    desk = Desk(service, [YIJUN], SENSITIVE).answer(sensitive="否").six()
    desk.act(chief, "approve", role="分管领导")
    assert "不得由同一人" in refused(403, desk, replace(chief, id="another"), "approve", role="主要领导")
    desk = answered(service).six().act(DEPUTY, "approve")
    reader = replace(FIRST, id="another", roles=frozenset({"publisher"}))
    assert "审核人不得发布" in refused(403, desk, reader, "publish")


def test_a_contractor_decides_nothing(service: Service) -> None:
    """Even under an account that should never have been made: no approval, no release, no waiver."""
    approver, publisher = replace(DEPUTY, staff="contractor"), replace(PUBLISHER, staff="contractor")
    desk = Desk(service, [YIJUN]).answer().six()

    assert "外聘人员不得审批" == refused(403, desk, approver, "approve")
    assert "外聘人员不得发布" == refused(403, desk.act(DEPUTY, "approve"), publisher, "publish")
    secret = Desk(service, [YIJUN], SECRET).case
    plea = Plea(0, "post", "已解密", "保密法第二十一条", TODAY)
    with pytest.raises(Refused, match="外聘人员不得豁免"):
        way.waive(secret, replace(SECRECY, staff="contractor"), plea, TODAY)


def test_a_regulation_may_allow_the_reviewer_to_publish(service: Service) -> None:
    """宜君管理细则 separates editor and reviewer only."""
    desk = answered(service, (MANAGEMENT,)).act(FIRST, "review").act(DEPUTY, "approve")

    assert "published" == desk.act(both(FIRST, "publisher"), "publish").state


ROLE_OF = {
    "初审": FIRST, "一校": FIRST, "approve": DEPUTY, "publish": PUBLISHER, "receive": KEEPER, "return": FIRST, "require": FIRST,
}  # fmt: skip


@pytest.mark.parametrize("act", ROLE_OF)
@pytest.mark.parametrize("role", way.ROLES)
def test_every_act_needs_its_role(service: Service, act: str, role: str) -> None:
    """Deny by default: an account with one role gets no further than that role's acts."""
    allowed = {
        "初审": {"reviewer", "secrecy", "approver"},
        "一校": {"editor", "reviewer", "secrecy", "approver", "publisher"},
        "approve": {"approver"},
        "publish": {"publisher"},
        "receive": {"keeper"},
        "return": {"reviewer", "secrecy", "approver"},
        "require": {"reviewer", "secrecy", "approver"},
    }[act]
    person = Person("one", "某人", UNIT, roles=frozenset({role}), posts=frozenset({"分管领导"}))
    desk = Desk(service, [YIJUN], SENSITIVE).answer(sensitive="否")
    try:
        desk.act(person, act)
        status = 200
    except Refused as error:
        status = error.status

    assert (role in allowed) == (status != 403)


@pytest.mark.parametrize(
    "person", [AUDITOR, Person("admin", "管理员", UNIT, roles=frozenset({"administrator"}))]
)
def test_auditor_and_administrator_answer_nothing(service: Service, person: Person) -> None:
    """They look after the house, not after posts."""
    desk = Desk(service, [YIJUN])
    with pytest.raises(Refused) as error:
        desk.answer(person)
    assert 403 == error.value.status


def test_an_open_question_stops_every_signature(service: Service) -> None:
    """ASK and REVIEW items are answered first."""
    desk = Desk(service, [YIJUN])
    for person, act in ((FIRST, "初审"), (DEPUTY, "approve"), (PUBLISHER, "publish")):
        assert "尚未由人工填写" in refused(409, desk, person, act)


def test_a_bad_answer_holds_the_post_back(service: Service) -> None:
    """是否涉及秘密: 是 is a problem until it is answered anew or the text changes."""
    desk = Desk(service, [YIJUN]).answer(secret="是")

    assert "blocked" == desk.state
    assert "判定第十三条(一)有问题" in refused(409, desk, FIRST, "初审")


ANSWERS = [
    (422, "也许", "已核对", "是”或“否"),
    (422, "是", "", "须写明理由"),
    (404, "是", "已核对", "没有"),
]


@pytest.mark.parametrize(("status", "said", "note", "words"), ANSWERS)
def test_answers_are_checked(service: Service, status: int, said: str, note: str, words: str) -> None:
    """是 or 否, with a reason where there is a problem, about an item there is."""
    desk = Desk(service, [YIJUN])
    with pytest.raises(Refused, match=words) as error:
        way.answer(desk.case, FIRST, YIJUN, "secret" if status != 404 else "nothing", said, note)
    assert status == error.value.status


def test_answers_stay_after_an_approval(service: Service) -> None:
    """What a leader has signed is not changed beneath the signature."""
    desk = answered(service).six().act(DEPUTY, "approve")
    with pytest.raises(Refused, match="不能再改"):
        way.answer(desk.case, FIRST, YIJUN, "secret", "否", "改")


def test_the_editor_does_not_overrule_a_reviewer(service: Service) -> None:
    """What another has answered, and anything once a review is signed, is no longer the editor's to answer."""
    desk = Desk(service, [YIJUN]).answer(EDITOR)
    way.answer(desk.case, EDITOR, YIJUN, "secret", "否", "再次核对")
    bad = Desk(service, [YIJUN]).answer(FIRST, secret="是")
    signed = Desk(service, [YIJUN]).answer(EDITOR).act(FIRST, "初审")

    for one in (bad, signed):
        with pytest.raises(Refused, match="拟稿人不得再改") as error:
            way.answer(one.case, EDITOR, YIJUN, "secret", "否", "没有问题")
        assert 403 == error.value.status
        way.answer(one.case, SECOND, YIJUN, "secret", "否", "复核后认定")


def test_a_waiver_is_of_what_must_be_mended(service: Service) -> None:
    """Where nothing holds the post back there is nothing to let through."""
    desk = Desk(service, [YIJUN], SENSITIVE)
    other = next(n for n, one in enumerate(desk.case.screened["findings"]) if one["answer"] != "stop")
    with pytest.raises(Refused, match="无须豁免") as error:
        way.waive(desk.case, SECRECY, Plea(other, "post", "理由", "第一条", TODAY), TODAY)
    assert 409 == error.value.status


def test_a_stop_needs_correction_or_a_lawful_waiver(service: Service) -> None:
    """A mark of secrecy cannot be signed away; the secrecy reviewer alone may let it stay, till a day."""
    desk = Desk(service, [YIJUN], SECRET).answer()
    assert "blocked" == desk.state
    for person, act in ((FIRST, "初审"), (DEPUTY, "approve"), (PUBLISHER, "publish")):
        assert "须先改正" in refused(409, desk, person, act)
    stops = [number for number, one in enumerate(desk.case.screened["findings"]) if one["answer"] == "stop"]
    for number in stops:
        plea = Plea(number, "post", "解密文件，附解密决定", "保守国家秘密法第二十四条", TODAY)
        with pytest.raises(Refused, match="保密审查"):
            way.waive(desk.case, DEPUTY, plea, TODAY)
        found = way.waive(desk.case, SECRECY, plea, TODAY)
        desk.waivers.append(Waiver("W", "R", found["rule"], found["mark"], "post", UNIT, TODAY.isoformat()))

    assert "reviewing" == desk.state
    assert "blocked" == desk.case.state(desk.waivers, TODAY + datetime.timedelta(days=1))


PLEAS = [
    (422, Plea(0, "post", "", "第一条", TODAY), "理由"),
    (422, Plea(0, "post", "理由", " ", TODAY), "依据"),
    (422, Plea(0, "world", "理由", "第一条", TODAY), "范围"),
    (422, Plea(0, "post", "理由", "第一条", TODAY - datetime.timedelta(days=1)), "截止日期"),
    (422, Plea(0, "post", "理由", "第一条", TODAY + datetime.timedelta(days=400)), "最长一年"),
    (404, Plea(99, "post", "理由", "第一条", TODAY), "没有这一处"),
]


@pytest.mark.parametrize(("status", "plea", "words"), PLEAS)
def test_a_waiver_says_who_why_by_what_how_far_and_till_when(
    service: Service, status: int, plea: Plea, words: str
) -> None:
    """Anything less is refused."""
    desk = Desk(service, [YIJUN], SECRET)
    with pytest.raises(Refused, match=words) as error:
        way.waive(desk.case, SECRECY, plea, TODAY)
    assert status == error.value.status


def test_a_waiver_of_a_phrase_is_of_one_unit(service: Service) -> None:
    """The same phrase in another unit's post is not let through."""
    ours, theirs = Desk(service, [YIJUN], SECRET), Desk(service, [YIJUN], SECRET, unit="县教育局")
    found = next(one for one in ours.case.screened["findings"] if one["answer"] == "stop")
    waiver = Waiver("W", "elsewhere", found["rule"], found["mark"], "phrase", UNIT, TODAY.isoformat())

    assert (True, False) == tuple(waiver.covers(desk.case, found, TODAY) for desk in (ours, theirs))


def test_returned_and_superseded_records_are_closed(service: Service) -> None:
    """A changed text is another record; nothing is signed on the old one."""
    desk = answered(service)
    assert "须写明理由" in refused(422, desk, FIRST, "return", note="")
    desk.act(FIRST, "return")

    assert "returned" == desk.state
    assert "已退回" in refused(409, desk, SECOND, "复审")


def test_filing_in_order(service: Service) -> None:
    """接收、登记、归档 by the keeper, after the release, with a file number."""
    desk = answered(service).six().act(DEPUTY, "approve")
    assert "未发布" in refused(409, desk, KEEPER, "receive")
    desk.act(PUBLISHER, "publish")
    assert "须先办理接收" in refused(409, desk, KEEPER, "register")
    desk.act(KEEPER, "receive")
    assert "已办理接收" in refused(409, desk, KEEPER, "receive")
    assert "归档号" in refused(422, desk.act(KEEPER, "register"), KEEPER, "archive", note="")


def test_unknown_acts(service: Service) -> None:
    """Named, with the list of those there are."""
    assert "初审" in refused(422, answered(service), FIRST, "盖章")


def test_tasks_are_what_would_not_be_refused(service: Service) -> None:
    """Each person sees their own next step and nobody a step that is not theirs."""
    desk = answered(service)
    shown = {
        person.id: way.tasks(desk.case, person, [], TODAY)
        for person in (EDITOR, FIRST, DEPUTY, PUBLISHER, COUNTY)
    }

    assert {
        "editor": ["一校"],
        "first": ["初审", "一校"],
        "deputy": ["初审", "一校"],
        "publisher": ["一校"],
        "county": ["初审", "一校"],
    } == shown
    assert [] == way.tasks(
        desk.case, Person("x", "外人", "县教育局", roles=frozenset({"reviewer"})), [], TODAY
    )


def test_words_for_what_is_wanted() -> None:
    """People read offices and steps, not ids."""
    assert ("分管领导审批", "初审") == (Wanted("approve", "分管领导").words, Wanted("初审", "").words)
