"""登记表 and 整改清单 as workbooks."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from app.documents import workdays
from app.documents.review_form import CHANNELS
from app.documents.sheets import Sheets

MEND_WITHIN = 5  # working days, 六安 第二十五条 (1–5)

_VERDICTS = {"pass": "机审未发现问题", "review": "须复核", "block": "须处理"}
_SEVERITY = {"stop": "须处理", "review": "须复核"}

REGISTER = (
    ("编号", 13), ("登记时间", 16), ("单位", 16), ("类别", 10), ("渠道", 11), ("标题", 34), ("机审结论", 14),
    ("须处理", 7), ("须复核", 7), ("拟稿人", 9), ("状态", 16), ("发布时间", 16), ("稿件编号", 12), ("登记号", 28),
)  # fmt: skip
FIGURES = (
    ("单位", 26), ("送审", 8), ("未发现问题", 12), ("须复核", 10), ("须处理", 10), ("须处理问题数", 14), ("须复核问题数", 14),
    ("涉个人信息", 12), ("已发布", 10), ("未办结", 10), ("改稿重送", 10), ("最近发布", 17),
)  # fmt: skip
MENDING = (
    ("编号", 13), ("单位", 16), ("稿件或事项", 28), ("问题", 20), ("位置", 12), ("内容", 22), ("程度", 8), ("发现日期", 11),
    ("整改期限", 11), ("状态", 13), ("责任人", 9), ("情况说明", 22),
)  # fmt: skip


def register(
    path: Path,
    rows: Iterable[Mapping[str, Any]],
    figures: Iterable[Mapping[str, Any]],
    states: Mapping[str, str],
) -> None:
    """登记表: a line each post; a second sheet of figures per unit for the assessment."""
    sheets = Sheets(path)
    sheets.add("登记表", REGISTER, (_registered(row, states) for row in rows))
    names = (
        "posts",
        "pass",
        "review",
        "block",
        "stops",
        "reviews",
        "private",
        "published",
        "open",
        "superseded",
    )
    sheets.add(
        "各单位统计",
        FIGURES,
        (
            [one["unit"] or "（未写明）", *(int(one[name] or 0) for name in names), _minute(one["last"])]
            for one in figures
        ),
    )
    sheets.close()


def _registered(row: Mapping[str, Any], states: Mapping[str, str]) -> list[Any]:
    return [
        row["number"],
        _minute(row["at"]),
        row["unit"],
        row["category"],
        CHANNELS.get(row["channel"], row["channel"]),
        row["title"],
        _VERDICTS[row["verdict"]],
        row["stops"],
        row["reviews"],
        row["editor_name"],
        states[row["state"]],
        _minute(row["published_at"]),
        row["external_id"],
        row["id"],
    ]


def rectification(
    path: Path,
    findings: Iterable[tuple[Mapping[str, Any], Mapping[str, Any], str]],
    notices: Iterable[Mapping[str, Any]],
    table: Mapping[datetime.date, bool],
) -> None:
    """整改清单: problems told by a supervisor, then those found in posts, each with its last day."""
    sheets = Sheets(path)

    def lines() -> Iterable[list[Any]]:
        for one in notices:
            yield [
                one["id"][-8:], one["unit"], "上级通报", one["problem"], "", one["basis"], "须处理", one["told_on"],
                one["due"].isoformat(), one["state"], one["person"], one["remark"],
            ]  # fmt: skip
        due: dict[datetime.date, datetime.date] = {}
        for row, finding, became in findings:
            day = datetime.datetime.fromisoformat(row["at"]).astimezone().date()
            if day not in due:
                due[day] = workdays.after(day, MEND_WITHIN, table)
            yield [
                row["number"],
                row["unit"],
                row["title"],
                finding["title"],
                f"{'标题' if finding['field'] == 'title' else '正文'}第{finding['start'] + 1}字",
                finding["quote"],
                _SEVERITY[finding["answer"]],
                day.isoformat(),
                due[day].isoformat(),
                became,
                row["editor_name"],
                finding["note"],
            ]

    sheets.add("整改清单", MENDING, lines())
    sheets.close()


def _minute(at: str | None) -> str:
    return datetime.datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M") if at else ""
