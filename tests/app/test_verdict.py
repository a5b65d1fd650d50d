"""Judging: polarity, routes, what is not known, what could not look."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from app.checklist import Answer, Checklist, ChecklistError, Facts, load, load_all
from app.page import Page
from app.screening import screen
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
    from fnmatch import fnmatchcase

    idle = [
        f"{checklist.id} {item.id}: {pattern}"
        for checklist in shipped().values()
        for item in checklist.items
        for pattern in (*item.stop, *item.review)
        if not any(fnmatchcase(one, pattern.removeprefix("!")) for one in all_rules().rules)
    ]

    assert [] == idle


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
