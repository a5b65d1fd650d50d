"""POST /screen/file: a file → its text, screened. What cannot be read is never an all-clear."""

from __future__ import annotations

import hashlib
import re
from html import escape
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import msgspec
from fastapi import APIRouter, Request
from fastapi.datastructures import UploadFile
from fastapi.responses import Response
from pydantic import BaseModel, Field, ValidationError
from starlette.exceptions import HTTPException

from app.api.forms import Filed, VerdictOut
from app.api.problems import Problem, validation_problem
from app.api.screen import NOBODY, PROBLEMS, service, verdict_on
from app.documents import papers
from app.documents.intake import BusyError, Intake
from app.register.keeping import masked

if TYPE_CHECKING:
    from starlette.datastructures import FormData

    from app.documents.paper import Paper

PATH = "/screen/file"
_FIELDS = 60  # fields of a form; a post has some twenty
FORM_BYTES = 256 * 1024  # of a request, beside the file itself
_NAME = 200  # letters of a file's name that come back
_LISTS = ("checklists",)
_PAIRS = {"unit_name": ("unit", "name"), "unit_kind": ("unit", "kind"),
          "source_name": ("source", "name"), "source_url": ("source", "url")}  # fmt: skip
_SAID = ("title", "category", "channel", "author", "published_on", "formed_on", "disclosure", "disclosure_basis",
         "external_id", "record", "thorough", "reasons")  # fmt: skip
_BOUNDARY = re.compile(r'boundary=(?:"([^"]{1,200})"|([^;,\s]{1,200}))', re.IGNORECASE)
_END = 1_000  # bytes within which a form's last boundary stands
_SWITCHES = ("record", "thorough", "reasons")
_YES_NO = {"true": True, "1": True, "false": False, "0": False}

router = APIRouter(tags=["审查"])


class ExtractedOut(BaseModel):
    """从文件中读出的文字；findings 的位置以它为准。"""

    title: str
    body: str
    format: str


class FileOut(BaseModel):
    """收到的文件。"""

    name: str
    bytes: int
    digest: str


class FileVerdictOut(VerdictOut):
    """与 POST /screen 相同，另附读出的文字和没有查看的内容。"""

    file: FileOut
    extracted: ExtractedOut
    not_read: list[str] = Field(description="文件中没有查看的内容：图片、嵌入对象、附件等，须由人工审查")
    noted: list[str] = Field(description="发布前应当处理的情况：未接受的修订、批注、隐藏的行列等")
    unread: str = Field(description="未能读取的文字及原因；空表示文字全部读出。再审读出的文字时须带上这一句")


def _takes() -> dict[str, Any]:
    """What OpenAPI says of the form."""
    text = {"type": "string"}
    properties: dict[str, Any] = {
        "file": {"type": "string", "format": "binary", "description": ".docx .pdf .xlsx .html .md .txt"},
        "checklists": {"type": "array", "items": text, "description": "适用的制度，可多个；不写用默认设置"},
        **dict.fromkeys((*_SAID, *_PAIRS), text),
        "record": {"type": "boolean", "description": "是否登记；不写用默认设置"},
        "thorough": {"type": "boolean", "description": "细查错别字；须有语言模型"},
        "reasons": {"type": "boolean", "description": "写明语言模型查出的错别字两种读法的评分"},
    }
    schema = {"type": "object", "required": ["file"], "properties": properties}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


@router.post(
    PATH, response_model=FileVerdictOut, responses=PROBLEMS, summary="审查一个文件", openapi_extra=_takes()
)
async def screen_file(request: Request) -> Response:
    """读出文件中的文字并审查。扫描件、加密或损坏的文件无法读取：结论为 block，绝不视为通过。

    宏不运行，外部实体不读取；解析在单独的进程中进行，有时间和内存上限。
    """
    ready = service(request)
    _whole(request.headers.get("content-type", ""), await request.body())
    try:
        async with request.form(max_files=2, max_fields=_FIELDS) as form:
            upload, post = _upload(form), _post(form)
            raw = await upload.read()
            name = PurePosixPath((upload.filename or "").replace("\\", "/")).name
    except HTTPException as error:
        raise Problem(400, "multipart 请求体不完整或不合规范。") from error
    suffix = PurePosixPath(name.lower()).suffix
    if suffix not in papers.KNOWN and not papers.heavy(raw, suffix):
        raise Problem(415, "不认识这种文件；可以是 .docx、.pdf、.xlsx、.html、.md、.txt。")
    if len(raw) > ready.settings.max_file_bytes:
        raise Problem(
            413, f"文件 {len(raw)} 字节，超过上限 {ready.settings.max_file_bytes} 字节；未审查，不得发布。"
        )
    intake: Intake = request.app.state.intake
    try:
        paper = await intake.read(raw, suffix)
    except BusyError as error:
        raise Problem(503, "正在读取的文件过多，请稍后再传；未审查，不得发布。", retry_after="10") from error
    filed = post.model_copy(update=_text(paper, post))
    digest = "sha256:" + hashlib.sha256(raw).hexdigest()
    key = request.headers.get("idempotency-key", "").encode("latin-1")
    said = digest.encode() + filed.model_dump_json().encode("utf-8", "surrogatepass")
    async with request.app.state.crowd.room(len(filed.body.encode("utf-8", "surrogatepass"))):
        answer = await verdict_on(filed, said, key, ready, request.scope.get("person", NOBODY))
    answer |= {
        "file": {"name": masked(name[:_NAME]), "bytes": len(raw), "digest": digest},
        "extracted": {"title": filed.title, "body": filed.body, "format": filed.format},
        "not_read": paper.not_read,
        "noted": paper.noted,
        "unread": paper.unread,
    }
    return Response(msgspec.json.encode(answer), media_type="application/json")


def _whole(kind: str, body: bytes) -> None:
    """Refuse a form that breaks off: half a file is not the file.

    Raises:
        Problem: 400.
    """
    found = _BOUNDARY.search(kind)
    if found and b"--" + (found[1] or found[2]).encode("latin-1") + b"--" not in body[-_END:]:
        raise Problem(400, "上传不完整：multipart 请求体中途断开；未审查，不得发布。")


def _upload(form: FormData) -> UploadFile:
    """The one file.

    Raises:
        Problem: 415 no form with files; 422 none or several.
    """
    files = [(name, value) for name, value in form.multi_items() if not isinstance(value, str)]
    if len(files) != 1 or files[0][0] != "file":
        reason = "一次只能上传一个文件" if len(files) > 1 else "缺少文件"
        raise Problem(
            422,
            f"{reason}：请用 multipart/form-data 的 file 字段上传。",
            [{"field": "file", "message": reason}],
        )
    found: UploadFile = files[0][1]  # type: ignore[assignment]  # Starlette's own class, which FastAPI's extends
    return found


def _post(form: FormData) -> Filed:
    """What the sender says beside the file.

    Raises:
        Problem: 422 an unknown field or value.
    """
    said: dict[str, Any] = {}
    for name, value in form.multi_items():
        if not isinstance(value, str) or not value:
            continue
        if name in _LISTS:
            said.setdefault(name, []).extend(one.strip() for one in value.split(",") if one.strip())
        elif name in _PAIRS:
            table, field = _PAIRS[name]
            said.setdefault(table, {})[field] = value
        elif name in _SWITCHES:
            said[name] = _YES_NO.get(value.lower(), value)
        else:
            said[name] = value
    if unknown := said.keys() - {*_SAID, *_LISTS, *(table for table, _ in _PAIRS.values())}:
        raise Problem(
            422, f"没有字段 {min(unknown)[:50]}。", [{"field": min(unknown)[:50], "message": "没有这个字段"}]
        )
    try:
        return Filed.model_validate(said)
    except ValidationError as error:
        raise validation_problem(error.errors(include_input=False, include_url=False)) from None


def _text(paper: Paper, post: Filed) -> dict[str, str]:
    """The fields that come from the file. A title of the file's own gives way to the sender's, but is not lost."""
    title, body = post.title or paper.title, paper.body
    if paper.title and title != paper.title:
        body = f"<h1>{escape(paper.title, quote=False)}</h1>\n{body}"
    return {"title": title, "body": body, "format": paper.format, "unread": paper.unread}
