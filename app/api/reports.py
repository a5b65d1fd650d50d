"""POST /lexicons/reports: an editor tells the keeper of words of a false alarm or of a word that is missing.

Nothing changes by it: the keeper reads it, proposes, and a second person approves (``app/words``).
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from app.api.gate import who
from app.api.problems import Problem
from app.api.records import asked, store, without_private
from app.api.screen import PROBLEMS, registered, service, takes
from app.words import reports

router = APIRouter(tags=["词库"], responses=PROBLEMS)


class ReportIn(BaseModel):
    """一条误报，或一个建议增加的词语。"""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    kind: Literal["false-alarm", "word"] = Field(description="误报 false-alarm；建议增加词语 word")
    rule: Annotated[str, Field(max_length=80)] = Field("", description="规则编号；报告误报时必填")
    word: Annotated[str, Field(min_length=1, max_length=200)] = Field(
        description="被误标的文字，或应当收入词库的词语"
    )
    context: Annotated[str, Field(max_length=200)] = Field("", description="前后文；个人信息会遮盖后保存")
    note: Annotated[str, Field(max_length=1000)] = Field("", description="说明：应当改为什么、依据等")
    record: Annotated[str, Field(max_length=26)] = Field("", description="登记号；未登记的稿件不填")


MODELS = (ReportIn,)


@router.post(
    "/lexicons/reports", status_code=201, summary="报告误报，或建议增加词语", openapi_extra=takes(ReportIn)
)
async def report(request: Request) -> Response:
    """交词库管理人员处理；词库和本次结论都不因此改变。"""
    given: ReportIn = await asked(request, ReportIn)
    ready = service(request)
    if given.rule and given.rule not in ready.detectors.rules:
        raise Problem(404, f"没有规则 {given.rule}。", [{"field": "rule", "message": "没有这条规则"}])
    context, note, word = (without_private(ready, one) for one in (given.context, given.note, given.word))
    said = reports.Report(given.kind, given.rule, word, context, note, given.record)
    with registered():
        number = await store(request).done(reports.reporting(said, who(request)))
    return Response(msgspec.json.encode({"report": number}), 201, media_type="application/json")
