"""Public deadlines in working days, holidays and worked weekends minded."""

from __future__ import annotations

import datetime
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from app.register import deadlines, keeping
from app.register.clock import day_of, shown, start_of

if TYPE_CHECKING:
    from app.service import Service

DAY = datetime.date.fromisoformat


def due(
    service: Service, ids: list[str], category: str, formed: str, today: str, table: Any = None
) -> list[tuple[str, int, str]]:
    kept = [keeping.regulation(one) for one in service.chosen(ids)]
    found = deadlines.due(kept, category, DAY(formed), DAY(today), table or {})
    return [(one.due.isoformat(), one.left, one.last.isoformat() if one.last else "") for one in found]


CASES = [
    # XX-7: five working days; 2025 National Day and Mid-Autumn, 1 to 8 October, 28 September and 11 October worked
    ("xiangxi-2018", "通知公告", "2025-09-26", "2025-09-29", ("2025-10-10", 3, "")),
    # XX-7: three working days for meetings, a weekend between
    ("xiangxi-2018", "重大会议及活动", "2026-11-20", "2026-11-23", ("2026-11-25", 2, "")),
    # XX-7: five, at most ten
    ("xiangxi-2018", "政务信息", "2026-11-16", "2026-11-23", ("2026-11-23", 0, "2026-11-30")),
    # XX-17: seven or fifteen
    ("xiangxi-2018", "回复", "2026-11-02", "2026-11-12", ("2026-11-11", -1, "2026-11-23")),
    # YZ-9.1b: three days as the calendar counts them
    ("yunzhou-2023", "政府文件", "2026-11-20", "2026-11-24", ("2026-11-23", -1, "")),
]


@pytest.mark.parametrize(("regulation", "category", "formed", "today", "expected"), CASES)
def test_days_left(
    service: Service, regulation: str, category: str, formed: str, today: str, expected: tuple[str, int, str]
) -> None:
    """Formed on, reckoned to the day of release or to today."""
    assert [expected] == due(service, [regulation], category, formed, today)


def test_the_nearest_deadline_comes_first(service: Service) -> None:
    """Two regulations, two deadlines."""
    found = due(service, ["xiangxi-2018", "yunzhou-2023"], "政策文件", "2026-11-20", "2026-11-20")

    assert ["2026-11-23", "2026-11-27"] == [one[0] for one in found]


def test_nothing_is_reckoned_from_nothing(service: Service) -> None:
    """No day of forming, no category, a category without a deadline: none."""
    kept = [keeping.regulation(one) for one in service.chosen(["xiangxi-2018"])]
    today = DAY("2026-11-23")

    assert [] == deadlines.due(kept, "通知公告", None, today, {})
    assert [] == deadlines.due(kept, "", today, today, {})
    assert [] == deadlines.due(kept, "随笔", today, today, {})


def test_the_operators_own_days_go_first(service: Service, tmp_path: Path) -> None:
    """Years the package does not know yet are filled in by a CSV file."""
    file = tmp_path / "days.csv"
    file.write_text("\ufeff# 2027\n2026-11-23,休\n2026-11-28,班\n", encoding="utf-8")
    table = deadlines.read_table(file)

    assert {DAY("2026-11-23"): False, DAY("2026-11-28"): True} == table
    assert (
        "2026-11-26"
        == due(service, ["xiangxi-2018"], "重大会议及活动", "2026-11-20", "2026-11-20", table)[0][0]
    )
    assert {} == deadlines.read_table(None)


@pytest.mark.parametrize("wrong", ["2027-02-30,休", "2027-02-08,假", "2027-02-08"])
def test_a_wrong_line_is_named(tmp_path: Path, wrong: str) -> None:
    """File and line."""
    file = tmp_path / "days.csv"
    file.write_text(f"2027-02-07,休\n{wrong}\n", encoding="utf-8")
    with pytest.raises(deadlines.TableError, match="第 2 行"):
        deadlines.read_table(file)
    with pytest.raises(deadlines.TableError, match="无法读取"):
        deadlines.read_table(tmp_path / "none.csv")


def test_days_in_the_image_are_the_offices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half past midnight in China is the new day there, on paper and in deadlines, though a container begins in UTC."""
    dockerfile = (Path(__file__).parents[3] / "Dockerfile").read_text("utf-8")
    (zone,) = re.findall(r"\bTZ=(\S+)", dockerfile)
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        at = "2026-11-27T16:30:00.000Z"
        assert ("2026-11-28", "2026-11-28 00:30") == (day_of(at).isoformat(), shown(at))
        assert "2026-11-27T16:00:00.000Z" == start_of(DAY("2026-11-28"))
    finally:
        monkeypatch.undo()
        time.tzset()
