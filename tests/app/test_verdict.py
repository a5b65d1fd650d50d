"""Judging: polarity, routes, what is not known, what could not look."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from app.checklist import (
    SHIPPED,
    Answer,
    Checklist,
    ChecklistError,
    Facts,
    check_patterns,
    load,
    load_all,
)
from app.page import Page
from app.screening import screen
from app.service import Service
from app.settings import Settings
from app.verdict import judge
from detectors import Unseen
from detectors.rule import Rule
from detectors.text import Text
from tests.detectors.test_examples import all_rules

if TYPE_CHECKING:
    from pathlib import Path

    from detectors.rule import Finding


def rule(name: str) -> Rule:
    """A rule that exists only here."""
    return Rule(name, "试", "试", ("试",), ("⟦试⟧", "好"))


def finding(name: str) -> Finding:
    """One thing seen."""
    return rule(name).at(Text.of("试"), 0, 1)


@cache
def shipped() -> dict[str, Checklist]:
    """The six regulations as shipped, nothing filled in."""
    return load_all()


def answers(checklist: str, *names: str, exempt: bool = False) -> dict[str, str]:
    """Item id → answer after these findings."""
    verdict = judge(
        [shipped()[checklist]], tuple(map(finding, names)), (), Facts("department"), exempt=exempt
    )
    return {line.item.id: line.answer.label for line in verdict.forms[0].lines}


def signed(checklist: str, facts: Facts, *names: str) -> set[tuple[str, str]]:
    """Act and role of everybody who must sign."""
    verdict = judge([shipped()[checklist]], tuple(map(finding, names)), (), facts)
    return {(one.act, one.role or "{" + one.asks + "}") for one in verdict.forms[0].signatures}


def test_a_secret_stops() -> None:
    """A state-secret mark answers 是否涉及秘密 and blocks."""
    verdict = judge([shipped()["yijun-release-2022"]], (finding("secrecy.trial"),), (), Facts())

    assert "block" == verdict.outcome
    assert (Answer.STOP,) == verdict.answers
    assert "须处理" in verdict.message


def test_nothing_found_still_waits_for_people() -> None:
    """The best answer is never "may be published"."""
    verdict = judge([shipped()["yijun-release-2022"]], (), (), Facts("department", "工作动态"))

    assert "pass" == verdict.outcome
    assert "待人工审核" in verdict.message
    assert "可以发布" not in verdict.message


def test_unseen_is_never_an_all_clear() -> None:
    """A rule that could not look blocks, and its items say so, also where no item asks about it."""
    blind = (Unseen(rule("pii.trial"), "出错"),)
    verdict = judge([shipped()["yijun-release-2022"]], (), blind, Facts())
    unasked = judge([], (), (Unseen(rule("damage.trial"), "出错"),), Facts())

    assert "block" == verdict.outcome == unasked.outcome
    assert {"personal-data"} <= {
        line.item.id for line in verdict.forms[0].lines if line.answer == Answer.UNSEEN
    }


def test_a_worse_finding_outranks_unseen() -> None:
    """STOP is worse than UNSEEN: the editor sees what was found."""
    blind = (Unseen(rule("secrecy.other"), "出错"),)
    verdict = judge([shipped()["yijun-release-2022"]], (finding("secrecy.trial"),), blind, Facts())

    assert Answer.STOP == next(line.answer for line in verdict.forms[0].lines if line.item.id == "secret")


def test_findings_nobody_asks_about_are_kept_apart() -> None:
    """A rule on trial is in ``rest`` and changes nothing."""
    verdict = judge([shipped()["xiangxi-2018"]], (finding("advertising.trial"),), (), Facts())

    assert (0,) == verdict.rest
    assert (None,) == verdict.answers


def test_an_exemption_with_a_basis_leaves_personal_data_to_a_person() -> None:
    """惩戒公示 and 强制性信息披露 turn a STOP for personal data into a REVIEW, and nothing else."""
    page = answers("yijun-release-2022", "pii.resident-id", "secrecy.trial", exempt=True)

    assert ("review", "stop") == (page["personal-data"], page["secret"])


ROUTES = [
    ("yijun-release-2022", Facts("department"), (), {("approve", "分管领导")}),
    (
        "yijun-release-2022",
        Facts("department"),
        ("sensitive.trial",),
        {("approve", "分管领导"), ("approve", "主要领导"), ("optional", "县政府分管领导")},
    ),
    (
        "yunzhou-2023",
        Facts("department"),
        (),
        {("sign", "分管领导"), ("review", "本部门办公室或相关科室"), ("approve", "部门主要领导")},
    ),
    (
        "yunzhou-2023",
        Facts("township", repost=True),
        ("sensitive.trial",),
        {
            ("sign", "分管领导"), ("review", "乡(镇)党政办"), ("approve", "分管领导"), ("review", "网站管理人员"),
            ("approve", "区政府网站分管领导"), ("approve", "区政府分管领导"), ("approve", "主要领导"),
        },
    ),
    ("yunzhou-2023", Facts("internal-section"), (), {("sign", "主管部门主要领导")}),
]  # fmt: skip


@pytest.mark.parametrize(("checklist", "facts", "names", "expected"), ROUTES)
def test_every_route_that_applies_adds_its_signatures(
    checklist: str, facts: Facts, names: tuple[str, ...], expected: set[tuple[str, str]]
) -> None:
    """The union of all routes, never fewer."""
    roles = {(act, role.replace("各", "")) for act, role in signed(checklist, facts, *names)}

    assert expected == roles


def test_an_unstated_unit_kind_is_asked_for() -> None:
    """Who must sign depends on it: the post is held back until somebody says."""
    verdict = judge([shipped()["yunzhou-2023"]], (), (), Facts())

    assert "review" == verdict.outcome
    assert ["kind"] == [one.fact for one in verdict.forms[0].missing]


def test_what_a_regulation_leaves_open_must_be_filled() -> None:
    """福州 names no leader: nothing passes until the operator has chosen one."""
    facts = Facts("department", "工作动态")
    verdict = judge([shipped()["fuzhou-2018"]], (), (), facts)
    chosen = {one.id: "分管副主任" for one in shipped()["fuzhou-2018"].open}
    filled = judge([load_all(filled={"fuzhou-2018": chosen})["fuzhou-2018"]], (), (), facts)

    assert "review" == verdict.outcome
    assert "pass" == filled.outcome
    assert all(one.role for one in filled.forms[0].signatures)


def test_several_regulations_are_all_filled_in() -> None:
    """宜君 has two."""
    page = Page("截至2月30日。", "通知", unit_kind="department")
    verdict = screen(page, [shipped()["yijun-release-2022"], shipped()["yijun-management-2022"]], all_rules())

    assert ["yijun-release-2022", "yijun-management-2022"] == [form.checklist.id for form in verdict.forms]


def test_every_pattern_of_every_regulation_meets_a_rule() -> None:
    """A misspelt pattern would read CLEAR without anything having looked."""
    check_patterns(shipped().values(), all_rules().rules)


@pytest.mark.parametrize(
    ("entry", "item", "route"),
    [
        ("item 'a': no rule is meant by 'secracy.*'", 'review=["secracy.*"]', ""),
        ("route 'r': no rule is meant by 'sensitve.*'", "", 'when={found=["sensitve.*"]}'),
    ],
)
def test_a_misspelt_pattern_stops_the_start(tmp_path: Path, entry: str, item: str, route: str) -> None:
    """Also in a regulation of the operator's own: its item would be CLEAR, its signature never asked for."""
    path = tmp_path / "trial.toml"
    path.write_text(
        f'title="t"\nstatus="s"\n[[item]]\nid="a"\nnumber="1"\nasks="x"\nbad="是"\n{item}\n'
        f'[[route]]\nid="r"\nbasis="b"\napprove=["x"]\n{route}',
        encoding="utf-8",
    )
    with pytest.raises(ChecklistError) as caught:
        Service.load(Settings(checklist_folders=(tmp_path,), language_model="off"))

    assert f"trial: {entry}" == str(caught.value)


def test_an_own_file_takes_the_place_of_a_shipped_one(tmp_path: Path) -> None:
    """With the operator's choices, which are for the file that holds; a folder that is not there is told."""
    own = (SHIPPED / "fuzhou-2018.toml").read_text("utf-8").replace("approver", "leader")
    (tmp_path / "fuzhou-2018.toml").write_text(own, encoding="utf-8")
    found = load_all((tmp_path,), {"fuzhou-2018": {"leader": "分管副主任"}})["fuzhou-2018"]

    assert "分管副主任" in {one.role for route in found.routes for one in route.signatures}
    with pytest.raises(ChecklistError, match="no such folder"):
        load_all((tmp_path / "none",))


# A rule → the items it bears on, where the article of an item says what the rule looks for, and no others.
BEARINGS = [
    ("document.interpreted-document-missing", "yijun-management-2022", {"interpretation"}),
    ("document.interpreted-document-missing", "xiangxi-2018", {"interpretation"}),
    ("document.interpreted-document-missing", "fuzhou-2018", {"interpretation"}),
    ("document.interpretation-missing", "yijun-release-2022", {"other"}),
    ("document.interpretation-missing", "yunzhou-2023", {"other"}),
    ("document.unpaired-brackets", "fuzhou-2018", {"accuracy"}),
    ("document.unpaired-brackets", "xiangxi-2018", {"accuracy"}),
    ("document.unpaired-brackets", "luan-statistics-2022", {"wrong-expression"}),
    ("document.unpaired-brackets", "yijun-release-2022", {"other"}),
    ("document.unpaired-brackets", "yunzhou-2023", {"other"}),
    ("document.unpaired-brackets", "yijun-management-2022", {"policy-law"}),  # 文字关
    ("document.repealed-law", "fuzhou-2018", {"policy-law", "accuracy"}),
    ("document.repealed-law", "yijun-release-2022", {"policy-law"}),
    ("document.repealed-law", "xiangxi-2018", {"policy-law"}),
    ("expression.clickbait-title", "yunzhou-2023", {"suitable"}),
    ("expression.clickbait-title", "xiangxi-2018", {"accuracy"}),
    ("expression.redundant-wording", "yijun-release-2022", {"other"}),
    ("source.map-without-number", "luan-statistics-2022", {"map", "bottom-lines"}),
    ("source.missing-source", "fuzhou-2018", {"source", "accuracy"}),
    ("source.missing-author", "yijun-management-2022", {"source"}),  # of an own post as well: no repost
    ("source.unapproved-source", "yijun-management-2022", {"source", "repost"}),
    ("link.platform-page", "yijun-management-2022", {"links", "repost"}),
    ("link.tracking-parameter", "yijun-management-2022", {"links", "advertising"}),
    ("link.foreign-image", "yijun-release-2022", {"other", "copyright"}),
    ("link.short-link", "yijun-release-2022", {"other", "links"}),
    ("link.hidden-link", "fuzhou-2018", {"links", "harm"}),
    ("secrecy.state-secret-mark", "fuzhou-2018", {"secret", "harm"}),
    ("secrecy.state-secret-mark", "luan-statistics-2022", {"unlawful-secret-sensitive", "links"}),
    ("pii.resident-id", "fuzhou-2018", {"personal-data", "harm"}),
    ("advertising.soft-advertisement", "luan-statistics-2022", {"advertising", "links"}),
    ("sensitive.victim-or-minor-named", "yijun-release-2022", {"sensitive", "harm"}),
    ("sensitive.victim-or-minor-named", "yunzhou-2023", {"sensitive", "harm"}),
    ("sensitive.rumour-denial", "fuzhou-2018", {"harm"}),
    ("sensitive.rumour-denial", "xiangxi-2018", {"stability"}),
    ("sensitive.major-accident", "xiangxi-2018", {"stability", "emergency"}),
    ("link.look-alike-domain", "xiangxi-2018", {"stability"}),
    ("link.dangerous-scheme", "xiangxi-2018", {"stability"}),
    ("link.commercial-site", "xiangxi-2018", set()),
]


@pytest.mark.parametrize(("name", "checklist", "expected"), BEARINGS)
def test_a_rule_bears_on_the_items_that_ask_about_it(name: str, checklist: str, expected: set[str]) -> None:
    """A missing bracket is no breach of policy, and a map without its number is 问题地图."""
    assert name in all_rules().rules
    assert expected == {one.id for one in shipped()[checklist].asked if one.answer(name) is not None}


@pytest.mark.parametrize("checklist", ["fuzhou-2018", "yijun-management-2022"])
def test_only_emergencies_need_the_publicity_department(checklist: str) -> None:
    """福州 第十八条 and 宜君细则 第十四条(四) say so of 重大突发事件, not of all that is sensitive; a new rule must choose."""
    facts = Facts("department", "工作动态")
    asked = {
        one.partition(".")[2]
        for one in all_rules().rules
        if one.startswith("sensitive.") and ("review", "宣传部门") in signed(checklist, facts, one)
    }
    others = {
        "death-penalty", "hijacked-content", "person-under-investigation", "rumour-denial", "victim-or-minor-named",
    }  # fmt: skip

    assert {
        one.partition(".")[2] for one in all_rules().rules if one.startswith("sensitive.")
    } == asked | others
    assert set() == asked & others


def test_what_no_item_asks_about_is_told() -> None:
    """湘西 has no clause on links: the head of the form does not say that nothing was found."""
    chosen = {one.id: "某主任" for one in shipped()["xiangxi-2018"].open}
    regulation = load_all(filled={"xiangxi-2018": chosen})["xiangxi-2018"]
    verdict = judge([regulation], (finding("link.trial"), finding("advertising.trial")), (), Facts())

    assert "pass" == verdict.outcome
    assert verdict.message.startswith("所选制度的条目机审未发现问题，待人工审核；")
    assert "有 2 处发现不属于所选制度的条目，请一并查看" in verdict.message


@pytest.mark.parametrize("checklist", sorted(shipped()))
@pytest.mark.parametrize(
    "name", ["link.look-alike-domain", "link.dangerous-scheme", "sensitive.hijacked-content"]
)
def test_a_planted_page_stops_everywhere(checklist: str, name: str) -> None:
    """Also where the regulation has no clause on links: a forged address endangers 公共安全."""
    assert (
        "block"
        == judge([shipped()[checklist]], (finding(name),), (), Facts("department", "工作动态")).outcome
    )


@pytest.mark.parametrize(("checklist", "item"), [("fuzhou-2018", "accuracy"), ("xiangxi-2018", "reply")])
def test_what_no_machine_can_say_is_asked(checklist: str, item: str) -> None:
    """Whether a content is true and a reply to the point: silence of the rules is no answer."""
    assert "ask" == answers(checklist)[item]


def test_the_message_counts_items_and_not_articles() -> None:
    """六安 第十八条 alone has five items for a person."""
    verdict = judge([shipped()["luan-statistics-2022"]], (), (), Facts("department", "工作动态"))
    open_ = [one for one in verdict.forms[0].lines if one.answer == Answer.ASK]

    assert len({one.item.number for one in open_}) < len(open_)
    assert (
        f"另有 {len(open_)} 项须由人工确认" in verdict.message
        or f"；{len(open_)} 项须由人工确认" in verdict.message
    )


def test_an_operators_choice_does_not_pass_for_words_of_the_regulation() -> None:
    """Whom the operator named is signed for because the regulation leaves it open, and the form says so."""
    regulation = load_all(filled={"fuzhou-2018": {"approver": "分管副主任"}})["fuzhou-2018"]
    said = {one.role: one.why for route in regulation.routes for one in route.signatures}

    assert "本办法未规定审批层级" == said["分管副主任"]


@pytest.mark.parametrize(
    ("reason", "body"),
    [
        ("bad is 是, 否 or empty", '[[item]]\nid="a"\nnumber="1"\nasks="x"\nbad="yes"'),
        ("unknown key 'colour'", '[[item]]\nid="a"\nnumber="1"\nasks="x"\nbad="是"\ncolour="red"'),
        ("asks is missing", '[[item]]\nid="a"\nnumber="1"\nbad="是"'),
        (
            "stands twice",
            '[[item]]\nid="a"\nnumber="1"\nasks="x"\nbad="是"\n[[item]]\nid="a"\nnumber="1"\nasks="x"\nbad="是"',
        ),
        (
            "not among the [[open]]",
            '[[item]]\nid="a"\nnumber="1"\nasks="x"\nbad="是"\n[[route]]\nid="r"\nbasis="b"\napprove=["{x}"]',
        ),
        (
            "kind is one of",
            '[[item]]\nid="a"\nnumber="1"\nasks="x"\nbad="是"\n[[route]]\nid="r"\nbasis="b"\nwhen={kind=["city"]}',
        ),
        (
            "channel is one of",
            '[[item]]\nid="a"\nnumber="1"\nasks="x"\nbad="是"\n[[route]]\nid="r"\nbasis="b"\nwhen={channel=["web"]}',
        ),
        (
            "raises a route that depends on findings alone",
            '[[item]]\nid="a"\nnumber="1"\nasks="x"\nbad="是"\nraises="r"\n[[route]]\nid="r"\nbasis="b"\napprove=["x"]',
        ),
        (
            "raises a route that depends on findings alone",
            '[[item]]\nid="a"\nnumber="1"\nasks="x"\nbad="是"\nraises="s"',
        ),
        ("stop: expected a list of words", '[[item]]\nid="a"\nnumber="1"\nasks="x"\nbad="是"\nstop=[1]'),
    ],
)
def test_a_broken_regulation_stops_the_start(tmp_path: Path, reason: str, body: str) -> None:
    """File, entry and reason are named."""
    path = tmp_path / "trial.toml"
    tail = "" if "[[route]]" in body else '\n[[route]]\nid="r"\nbasis="b"\napprove=["x"]'
    path.write_text(f'title="t"\nstatus="s"\n{body}{tail}', encoding="utf-8")
    with pytest.raises(ChecklistError) as caught:
        load(path)

    assert "trial.toml" in str(caught.value)
    assert reason in str(caught.value)
