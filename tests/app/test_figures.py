"""What the register says in numbers, and the charts that show it."""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient
from lxml import etree
from sqlalchemy import update

from app.api.gate import line
from app.documents.charts import Bar, bars, columns, months
from app.main import create
from app.register.figures import figures
from app.register.lookup import Filters
from app.register.models import records
from app.register.way import Person
from app.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.register.store import Register

HTML = {"accept": "text/html"}
EVERYBODY = Person("local", "本机用户", covers="all", roles=frozenset({"editor"}))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A service whose register holds four posts of two units, two of them of last March."""
    with TestClient(create(Settings(home=tmp_path_factory.mktemp("home")))) as client:
        ids = [
            client.post("/screen", json={"body": body, "unit": {"name": unit}, "record": True}).json()[
                "record"
            ]
            for unit, body in (
                ("甲局", "截至2月30日，联系张某，手机13800138000。"),
                ("甲局", "截至2月30日。"),
                ("乙<b>局", "截至2月30日，截至4月31日。"),
                ("乙<b>局", "全县各项工作有序推进。"),
            )
        ]
        register: Register = client.app.state.service.register  # type: ignore[attr-defined]
        # The last hour of February in UTC is March where the office is, if it lies in China.
        at = datetime.datetime(_last_year(), 3, 1, 0, 30).astimezone(datetime.UTC)

        def earlier(transaction: object) -> None:
            connection = transaction.connection  # type: ignore[attr-defined]
            moment = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            connection.execute(update(records).where(records.c.id.in_(ids[:2])).values(at=moment))

        register.call(earlier)
        yield client


def _last_year() -> int:
    return datetime.datetime.now().astimezone().year - 1


def _register(client: TestClient) -> Register:
    found: Register = client.app.state.service.register  # type: ignore[attr-defined]
    return found


def test_sums_by_rule_unit_and_month(kept: TestClient) -> None:
    """Each screening counts; a month is the office's, not that of UTC."""
    found = figures(_register(kept), EVERYBODY, Filters())
    now = datetime.datetime.now().astimezone()

    assert (4, 1, 4) == (found.posts, found.blocked, found.read)
    assert ("number.impossible-date", 0, 4) == found.rules[0][:3]
    assert {"pii.mobile-phone": 1} == {one.name: one.stops for one in found.rules if one.stops}
    assert {("甲局", 2), ("乙<b>局", 2)} == {(one.name, one.posts) for one in found.units}
    assert [(f"{_last_year()}-03", 2), (f"{now:%Y-%m}", 2)] == [(one.name, one.posts) for one in found.months]


def test_filters_and_sight_hold(kept: TestClient) -> None:
    """One unit's person counts only that unit's posts; days limit; a limit of reading is told."""
    own = Person("x", "某人", "甲局", roles=frozenset({"editor"}))
    register = _register(kept)

    assert ["甲局"] == [one.name for one in figures(register, own, Filters()).units]
    assert [] == figures(register, own, Filters(unit="乙<b>局")).units
    assert 2 == figures(register, EVERYBODY, Filters(since=f"{_last_year()}-04-01")).posts
    few = figures(register, EVERYBODY, Filters(), most=1)
    assert (4, 1) == (few.posts, few.read)
    assert [] == few.rules


def test_the_page_shows_what_the_sums_say(kept: TestClient) -> None:
    """Rules link to their pages, units and months to their records; JSON says the same."""
    text = kept.get("/figures?from=", headers=HTML).text
    rows = re.findall(r'<th scope="row">(.*?)</th>.*?<td class="count">(\d+)', text, re.DOTALL)
    data = kept.get("/figures?from=").json()

    assert "送审 <strong>4</strong> 篇次，其中 <strong>1</strong> 篇次" in text
    assert any('href="/rules/number.impossible-date"' in name and "4" == count for name, count in rows)
    assert f'href="/records?from={_last_year()}-03-01&amp;to={_last_year()}-03-31">3月</a>' in text
    assert "乙<b>局" not in text
    assert "乙&lt;b&gt;局" in text
    assert "number.impossible-date" == data["rules"][0]["name"]
    assert "按月份" not in kept.get("/figures?unit=无此单位", headers=HTML).text
    assert 422 == kept.get("/figures?from=xx").status_code


def test_a_month_without_posts_is_a_gap(kept: TestClient) -> None:
    """Every month between the first and the last is there; the year stands under the first and each January."""
    text = kept.get("/figures?from=", headers=HTML).text
    names = re.findall(r'<span class="name">(?:<a[^>]*>)?(\d+月)(?:</a>)?</span><small>(\d*)</small>', text)

    assert ("3月", str(_last_year())) == names[0]
    assert ("1月", str(_last_year() + 1)) in names
    assert ["3月", "4月", "5月"] == [name for name, _ in names[:3]]


def test_bars_are_in_proportion() -> None:
    """The longest fills the room; parts add up; what is there can be seen; words are letters."""
    made = bars("问题", "处", [Bar("甲", 50, 50, "/x?a=1&b=2", "<i>"), Bar("<b>", 25, 0), Bar("丙", 0, 0)])
    rows = etree.fromstring(f"<x>{made}</x>").findall(".//tbody/tr")
    widths = [[int(one.get("width") or 0) for one in row.iter("rect")] for row in rows]

    assert [[500, 500], [250], []] == widths
    assert ["甲", "<b>"] == ["".join(row[0].itertext()).removesuffix("<i>") for row in rows[:2]]
    assert "style" not in made


def test_columns_stand_on_the_ground() -> None:
    """What must be dealt with is the foot of a column, what is to be looked at stands on it."""
    made = columns([Bar("1月", 10, 30), Bar("2月", 1, 1000)])
    first, second = (
        [(int(one.get("y") or 0), int(one.get("height") or 0)) for one in item.iter("rect")]
        for item in etree.fromstring(f"<x>{made}</x>").iter("li")
    )

    assert 1000 == first[0][0] + first[0][1] == second[0][0] + second[0][1]
    assert first[1][0] + first[1][1] == first[0][0]
    assert 4 == second[0][1]


def test_only_those_who_may_see_the_register() -> None:
    """A key for screening alone cannot ask for figures."""
    found = line("/figures")

    assert found is not None
    assert "records" in found.scopes
    assert "screen" not in found.scopes
    assert frozenset() == found.write


def test_months_are_whole_and_the_latest() -> None:
    """From the first with anything to the last, gaps included, no more than asked for; each year is named once."""
    made = months({"2025-11": (1, 2), "2026-02": (3, 0)}, address=lambda first, last: f"{first}/{last}")
    late = months({"2019-01": (9, 9), "2026-02": (3, 0)}, most=3)

    assert [("11月", 1, 2, "2025"), ("12月", 0, 0, ""), ("1月", 0, 0, "2026"), ("2月", 3, 0, "")] == [
        (one.name, one.stops, one.reviews, one.hint) for one in made
    ]
    assert ["2025-11-01/2025-11-30", "", "", "2026-02-01/2026-02-28"] == [one.href for one in made]
    assert [("12月", "2025"), ("1月", "2026"), ("2月", "")] == [(one.name, one.hint) for one in late]
    assert [] == months({})
