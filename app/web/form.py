"""GET /: the form."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request

from app.api.screen import service
from app.documents.pdf import MOST_PAGES
from app.web.pages import STATIC, render
from detectors.rule import FAMILIES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fastapi.responses import Response

    from app.checklist import Checklist

router = APIRouter(include_in_schema=False)

KINDS = {
    "government": "以政府名义发布",
    "department": "政府部门",
    "township": "乡镇、街道",
    "internal-section": "内设机构",
}
CHANNELS = {
    "website": "政府网站",
    "wechat": "微信公众号",
    "weibo": "微博",
    "douyin": "抖音",
    "toutiao": "头条号",
    "app": "移动客户端",
    "other": "其他",
}
_CATEGORIES = (
    "工作动态",
    "政务信息",
    "公示公告",
    "通知公告",
    "政策文件",
    "政策解读",
    "领导讲话",
    "转载",
    "回复",
)
MODULES = tuple(sorted(path.name for path in STATIC.glob("*.js") if path.name not in {"form.js", "old.js"}))


@router.get("/", response_model=None)
async def form(request: Request) -> Response:
    """The page an editor pastes into."""
    ready = service(request)
    return render(
        request,
        "form.html",
        checklists=list(ready.checklists.values()),
        chosen=[one.id for one in ready.default],
        settings=ready.settings,
        model=ready.spelling is not None,
        kinds=KINDS,
        channels=CHANNELS,
        categories=categories(ready.checklists.values()),
        modules=MODULES,
        families=FAMILIES,
        register=ready.register is not None,
        redact=_redact(request),
    )


@router.get("/help", response_model=None)
async def help_page(request: Request) -> Response:
    """How to use the form, what it does not look at, and how to use it from other programs."""
    settings = service(request).settings
    return render(request, "help.html", settings=settings, base=str(request.base_url), pages=MOST_PAGES)


def categories(checklists: Iterable[Checklist]) -> list[str]:
    """What can be chosen as 信息类别: the usual ones, then those on which some regulation makes a difference."""
    more = [
        name
        for one in checklists
        for names in (
            *(route.when.get("category", ()) for route in one.routes),
            *(day.category for day in one.deadlines),
        )
        for name in names
    ]
    return list(dict.fromkeys([*_CATEGORIES, *more]))


def _redact(request: Request) -> str:
    """The path of POST /redact, "" where this service has none: then the form shows no button for it."""
    return "/redact" if "/redact" in request.app.openapi()["paths"] else ""
