"""GET /figures: what was found, by rule, by unit and by month, to be looked at rather than read."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool

from app.api.gate import who
from app.api.records import filters, store
from app.api.screen import registered, service
from app.documents.charts import Bar, months
from app.register import figures as counted
from app.register.clock import today
from app.web.pages import render, wants_html
from detectors.rule import FAMILIES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi.responses import Response

    from app.register.figures import Sum
    from detectors.rule import Rule

router = APIRouter(tags=["登记"])

_SHOWN = 15  # rules and units; the rest is one line


@router.get("/figures", response_model=None, summary="统计：按问题、单位、月份")
async def figures(
    request: Request,
    unit: Annotated[str, Query(max_length=500)] = "",
    since: Annotated[str | None, Query(alias="from", max_length=10)] = None,
    until: Annotated[str, Query(alias="to", max_length=10)] = "",
) -> Response | dict[str, Any]:
    """不写 from 时从一年前的当月起。改稿重审的稿件分别计算。"""
    since = _year_ago() if since is None else since
    wanted = filters(unit, "", since, until)
    with registered():
        found = await run_in_threadpool(counted.figures, store(request), who(request), wanted)
    if not wants_html(request):
        return {name: _plain(value) for name, value in found._asdict().items()}
    root = str(request.scope.get("root_path", ""))
    chosen = {"unit": unit, "from": since, "to": until}
    return render(
        request,
        "figures.html",
        person=who(request),
        filters=wanted,
        found=found,
        rules=_first(found.rules, _SHOWN, _by_rule(service(request).detectors.rules, root)),
        units=_first(
            found.units,
            _SHOWN,
            lambda one: (
                one.name or "（未写明单位）",
                _records(root, chosen, unit=one.name) if one.name else "",
                f"{one.posts} 篇",
            ),
        ),
        months=months(
            {one.name: (one.stops, one.reviews) for one in found.months},
            address=lambda first, last: _records(
                root, {"unit": unit, "from": first.isoformat(), "to": last.isoformat()}
            ),
        ),
    )


def _year_ago() -> str:
    day = today()
    return datetime.date(day.year - 1, day.month, 1).isoformat()


def _plain(value: Any) -> Any:  # noqa: ANN401 a number or sums
    return [one._asdict() for one in value] if isinstance(value, list) else value


def _by_rule(rules: Mapping[str, Rule], root: str) -> Any:  # noqa: ANN401 a function, see _first
    def told(one: Sum) -> tuple[str, str, str]:
        rule = rules.get(one.name)  # a rule of an earlier version may be gone
        if rule is None:
            return one.name, "", "已停用的规则"
        return rule.title, f"{root}/rules/{rule.id}", FAMILIES[rule.family]

    return told


def _first(sums: list[Sum], most: int, told: Any) -> list[Bar]:  # noqa: ANN401 sum → name, address, hint
    """A bar for each of the largest, one for all others."""
    made = []
    for one in sums[:most]:
        name, href, hint = told(one)
        made.append(Bar(name, one.stops, one.reviews, href, hint))
    rest = sums[most:]
    if rest:
        made.append(
            Bar(f"其余 {len(rest)} 项", sum(one.stops for one in rest), sum(one.reviews for one in rest))
        )
    return made


def _records(root: str, chosen: Mapping[str, str], **more: str) -> str:
    asked = {key: value for key, value in {**chosen, **more}.items() if value}
    return f"{root}/records" + (f"?{urlencode(asked)}" if asked else "")
