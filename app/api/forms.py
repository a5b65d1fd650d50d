"""The shapes of requests and answers of POST /screen, as /docs shows them."""

from __future__ import annotations

import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

MOST_POSTS = 100
_YEARS = range(1900, 2101)  # beyond, no deadline can be reckoned from a day


def day(letters: str) -> datetime.date:
    """A day as ISO 8601 writes it, of a year that a post may speak of.

    Raises:
        ValueError: in words for people.
    """
    try:
        found = datetime.date.fromisoformat(letters)
    except ValueError as error:
        message = "应为日期，如 2026-11-23"
        raise ValueError(message) from error
    if found.year not in _YEARS:
        message = f"应为 {_YEARS[0]} 至 {_YEARS[-1]} 年之间的日期"
        raise ValueError(message)
    return found


def _day(value: object) -> object:
    """pydantic alone would also take seconds since 1970."""
    return day(value) if isinstance(value, str) else value


Day = Annotated[datetime.date, BeforeValidator(_day), Field(strict=True)]
Short = Annotated[str, Field(max_length=500)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Unit(_Strict):
    """发文单位。"""

    name: Short = Field("", description="单位规范全称")
    kind: Literal["", "government", "department", "township", "internal-section"] = Field(
        "", description="以政府名义 government；部门 department；乡镇街道 township；内设机构 internal-section"
    )


class Source(_Strict):
    """信息来源；没有这一项即为本单位自有内容。"""

    name: Short = ""
    url: Annotated[str, Field(max_length=2000)] = ""


class Post(_Strict):
    """一篇待审的稿件。"""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "title": "关于做好2026年城乡居民医保参保缴费工作的公告",
                    "body": "<p>参保登记截至2月30日。咨询请联系张某，手机13800138000。</p>",
                    "format": "html",
                    "checklists": ["yijun-release-2022"],
                    "category": "公示公告",
                    "channel": "website",
                    "unit": {"name": "县医疗保障局", "kind": "department"},
                }
            ]
        }
    )

    title: Annotated[str, Field(max_length=10_000)] = Field("", description="标题")
    body: str = Field(min_length=1, description="正文")
    format: Literal["text", "html", "markdown"] = Field("text", description="正文格式")
    checklists: Annotated[tuple[str, ...], Field(max_length=20, strict=False)] | None = Field(
        None, description="适用的制度；不写用默认设置"
    )
    category: Annotated[str, Field(max_length=50)] = Field(
        "", description="工作动态、政务信息、公示公告、政策文件、政策解读、转载、回复 等"
    )
    channel: Literal["", "website", "weibo", "wechat", "douyin", "toutiao", "app", "other"] = Field(
        "", description="发布渠道"
    )
    unit: Unit | None = None
    source: Source | None = None
    author: Short = ""
    published_on: Day | None = Field(None, description="拟发布日期")
    formed_on: Day | None = Field(None, description="信息形成日期")
    disclosure: Literal["ordinary", "惩戒公示", "强制性信息披露"] = Field(
        "ordinary", description="依法可以不去标识化的情形"
    )
    disclosure_basis: Annotated[str, Field(max_length=1000)] = Field("", description="上述情形的依据")
    external_id: Short = Field("", description="内容管理系统自己的编号")
    thorough: bool = Field(
        default=False, description="细查错别字：找得更全，误报也更多；没有语言模型时返回 422，绝不当作已细查"
    )
    reasons: bool = Field(default=False, description="在语言模型查出的错别字的 note 中写明两种读法的评分")
    record: bool | None = Field(None, description="是否登记；不写用默认设置")
    unread: Annotated[str, Field(max_length=1000)] = Field(
        "", description="正文取自文件时，文件中未能读取的部分及原因；写明后结论必为 block，绝不视为通过"
    )


class Filed(Post):
    """A post whose text was read from a file: where nothing could be read, ``unread`` says why."""

    body: str = ""


class Posts(_Strict):
    """一批稿件，最多 100 篇。"""

    posts: Annotated[tuple[object, ...], Field(min_length=1, max_length=MOST_POSTS, strict=False)]


class FindingOut(BaseModel):
    """一处发现。start、end 为该字段提交文本的 Unicode 码点位置，左闭右开。"""

    rule: str
    title: str
    why: str
    basis: list[str]
    field: Literal["title", "body"]
    start: int
    end: int
    quote: str = Field(description="原文；涉及个人信息的已遮盖")
    suggestion: str | None
    note: str
    hidden: bool = Field(description="读者看不见的内容（隐藏元素、注释、脚本）")
    places: list[dict[str, int | str]] = Field(description="同类问题的其他位置")
    answer: Literal["review", "stop"] | None = Field(
        description="由此引起的最严重结论；null 表示没有条目问及"
    )
    docs: str


class SignatureOut(BaseModel):
    """须由谁签字。role 为空：制度未规定，由本单位在设置中指定。"""

    role: str
    act: Literal["review", "secrecy", "sign", "approve", "optional"]
    basis: str
    why: str
    asks: str


class ItemOut(BaseModel):
    """制度的一项审核内容。"""

    id: str
    number: str
    asks: str
    answer: Literal["clear", "ask", "review", "unseen", "stop"]
    bad: str
    hint: str
    machine: bool = Field(description="是否有规则检查这一项；false 表示只能由人回答")
    raises: list[SignatureOut] = Field(description="人工回答有问题的，须加签的人；空：不能以签字放行")
    findings: list[int]
    unseen: list[str]


class ChecklistOut(BaseModel):
    """一部制度的审核表。"""

    id: str
    title: str
    status: str
    form: str
    items: list[ItemOut]
    signatures: list[SignatureOut]
    missing: list[dict[str, str]] = Field(description="确定签字人还缺的要素")


class UnseenOut(BaseModel):
    """没有能够检查的规则：绝不等于没有问题。"""

    rule: str
    title: str
    reason: str


class VerdictOut(BaseModel):
    """审查结论。pass 仅表示机审未发现问题、待人工审核，绝不表示可以发布。"""

    verdict: Literal["pass", "review", "block"]
    message: str
    digest: str
    record: str | None
    findings: list[FindingOut]
    checklists: list[ChecklistOut]
    unseen: list[UnseenOut]
    rest: list[int]
    waived: list[int] = Field(description="依惩戒公示或强制性信息披露由“必须处理”转为“人工复核”的发现")
    language_model: Literal["off", "strict", "thorough"] = Field(
        description="词库之外的错别字检查：off 未启用（没有语言模型），strict 常规，thorough 细查"
    )
    data: str
    engine: str
    elapsed_ms: float


class ProblemOut(BaseModel):
    """RFC 9457。"""

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] | None = None
