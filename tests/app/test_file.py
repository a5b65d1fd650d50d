"""POST /screen/file: a file is screened as what is written in it, or not at all."""

from __future__ import annotations

import io
import time
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from docx import Document as Word
from fastapi.testclient import TestClient
from openpyxl import Workbook
from pypdf import PdfWriter

from app.api.file import FileVerdictOut
from app.main import create
from app.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OLD_WORD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le")


def letter(*paragraphs: str) -> bytes:
    made = Word()
    for one in paragraphs:
        made.add_paragraph(one)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def endless() -> bytes:
    """A Word file of half a million empty paragraphs: small, well formed, and seconds of work."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(letter("字"))) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for one in old.infolist():
            raw = old.read(one)
            if one.filename == "word/document.xml":
                raw = raw.replace(b"<w:body>", b"<w:body>" + b"<w:p/>" * 500_000)
            new.writestr(one, raw)
    return stream.getvalue()


def send(client: TestClient, name: str, raw: bytes, **fields: Any) -> Any:
    return client.post("/screen/file", files={"file": (name, raw)}, data=fields)


def screened(client: TestClient, name: str, raw: bytes, **fields: Any) -> dict[str, Any]:
    """The verdict on a file, in the shape that /docs promises."""
    answer = send(client, name, raw, **fields)
    assert 200 == answer.status_code, answer.text
    FileVerdictOut.model_validate(answer.json())
    verdict: dict[str, Any] = answer.json()
    return verdict


def found(verdict: dict[str, Any], rule: str) -> str:
    """The letters of the extracted text that a rule's first finding stands at."""
    one = next(one for one in verdict["findings"] if one["rule"] == rule)
    letters: str = verdict["extracted"][one["field"]][one["start"] : one["end"]]
    return letters


def test_places_are_of_the_text_that_comes_back(client: TestClient) -> None:
    """Code points of what was extracted."""
    verdict = screened(client, "公告.docx", letter("参保登记<截至>2月30日。"), unit_kind="department")

    assert "2月30日" == found(verdict, "number.impossible-date")
    assert "html" == verdict["extracted"]["format"]
    assert ("公告.docx", "review") == (verdict["file"]["name"], verdict["verdict"])


@pytest.mark.parametrize(
    ("name", "encoding"),
    [("公告.txt", "gb18030"), ("公告.txt", "utf-16"), ("公告.md", "utf-8-sig"), ("公告.html", "gb18030")],
)
def test_text_files(client: TestClient, name: str, encoding: str) -> None:
    """In every encoding, the same finding as in the post."""
    verdict = screened(client, name, "参保登记截至2月30日，请相互转告。".encode(encoding))

    assert "2月30日" == found(verdict, "number.impossible-date")


def test_a_list_of_people_in_a_workbook(client: TestClient) -> None:
    """A table stays one: the column of identity numbers is found by its heading, hidden or not."""
    book = Workbook()
    book.active.append(["姓名", "身份证号", "备注"])
    for number in ("110101199003074258", "110101199003078451"):
        book.active.append(["张三", number, "已核"])
    book.active.column_dimensions["B"].hidden = True
    stream = io.BytesIO()
    book.save(stream)
    verdict = screened(client, "名单.xlsx", stream.getvalue())

    assert "block" == verdict["verdict"]
    assert {"110101199003074258", "110101199003078451"} <= {
        verdict["extracted"]["body"][place["start"] : place["end"]]
        for one in verdict["findings"]
        for place in (one, *one["places"])
    }
    assert "隐藏" in verdict["noted"][0]


def test_what_the_sender_says_counts(client: TestClient) -> None:
    """Fields beside the file are those of POST /screen; several checklists by comma or by repetition."""
    raw = letter("内容。")
    for checklists in ("yunzhou-2023,yijun-release-2022", ["yunzhou-2023", "yijun-release-2022"]):
        verdict = screened(
            client, "a.docx", raw, checklists=checklists, title="活动定于2月30日举行", record="false"
        )
        assert ["yunzhou-2023", "yijun-release-2022"] == [one["id"] for one in verdict["checklists"]]
        assert "2月30日" == found(verdict, "number.impossible-date")


def test_a_title_of_the_file_is_not_lost_to_the_senders(client: TestClient) -> None:
    """The sender's is the title; the file's stays in the text."""
    made = Word()
    made.add_paragraph("关于2月30日的公告", style="Title")
    made.add_paragraph("正文。")
    stream = io.BytesIO()
    made.save(stream)
    own = screened(client, "a.docx", stream.getvalue())
    given = screened(client, "a.docx", stream.getvalue(), title="另一个标题")

    assert ("关于2月30日的公告", "<p>正文。</p>") == (own["extracted"]["title"], own["extracted"]["body"])
    assert "另一个标题" == given["extracted"]["title"]
    assert "2月30日" == found(given, "number.impossible-date")


def blank_pages() -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    stream = io.BytesIO()
    writer.write(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "raw", "words"),
    [
        ("扫描件.pdf", blank_pages(), "没有内容"),
        ("坏.pdf", b"%PDF-1.4 broken", "损坏"),
        ("旧.doc", OLD_WORD, "另存为 .docx"),
        ("照片.jpg", b"\xff\xd8\xff", "图片中的文字"),
        ("空.txt", b"", "为空"),
        ("假.docx", b"x", "损坏"),
    ],
)
def test_what_cannot_be_read_is_unseen(client: TestClient, name: str, raw: bytes, words: str) -> None:
    """Never a pass: the verdict blocks, every item of the machine is unseen, the reason is said in Chinese."""
    verdict = screened(client, name, raw)

    assert ("block", "") == (verdict["verdict"], verdict["extracted"]["body"])
    assert [("*", True)] == [(one["rule"], words in one["reason"]) for one in verdict["unseen"]]
    assert words in verdict["message"]
    answers = {one["answer"] for form in verdict["checklists"] for one in form["items"]}
    assert "unseen" in answers
    assert not answers & {"clear", "review"}


def test_a_partly_read_file_is_unseen_and_still_screened(client: TestClient) -> None:
    """What could be read is screened; what could not keeps the post back."""
    book = Workbook()
    book.active.append(["截至2月30日", "=SUM(A2:A9)"])
    stream = io.BytesIO()
    book.save(stream)
    verdict = screened(client, "表.xlsx", stream.getvalue())

    assert ("block", "*") == (verdict["verdict"], verdict["unseen"][0]["rule"])
    assert "2月30日" == found(verdict, "number.impossible-date")


def test_an_unreadable_file_can_be_registered(client: TestClient) -> None:
    """Its entry says what the answer says."""
    verdict = screened(client, "坏.pdf", b"%PDF-1.4 broken", record="true", title="公告")
    entry = client.get(f"/records/{verdict['record']}").json()

    assert "block" == entry["verdict"]


BAD = [
    (415, {"files": {"file": ("a.exe", b"MZ")}}),
    (415, {"files": {"file": ("a", b"x")}}),
    (422, {"data": {"title": "x"}}),
    (422, {"files": {"other": ("a.txt", b"x")}}),
    (422, {"files": [("file", ("a.txt", b"x")), ("file", ("b.txt", b"x"))]}),
    (400, {"files": [("file", ("a.txt", b"x"))] * 3}),
    (422, {"files": {"file": ("a.txt", "字".encode())}, "data": {"unknown": "1"}}),
    (422, {"files": {"file": ("a.txt", "字".encode())}, "data": {"unit_kind": "city"}}),
    (422, {"files": {"file": ("a.txt", "字".encode())}, "data": {"published_on": "2026-02-30"}}),
    (422, {"files": {"file": ("a.txt", "字".encode())}, "data": {"record": "maybe"}}),
    (422, {"files": {"file": ("a.txt", "字".encode())}, "data": {"disclosure": "惩戒公示"}}),
    (404, {"files": {"file": ("a.txt", "字".encode())}, "data": {"checklists": "nowhere-1999"}}),
    (400, {"content": b"--x\r\nbroken", "headers": {"content-type": "multipart/form-data; boundary=x"}}),
    (400, {"content": b"x", "headers": {"content-type": "multipart/form-data"}}),
    (422, {"json": {"body": "x"}}),
]


@pytest.mark.parametrize(("status", "request_"), BAD)
def test_bad_requests_are_problems(client: TestClient, status: int, request_: dict[str, Any]) -> None:
    """The right status, in Chinese, in the one shape."""
    answer = client.post("/screen/file", **request_)

    assert status == answer.status_code, answer.text
    assert "application/problem+json" == answer.headers["content-type"]
    assert any("\u4e00" <= one <= "\u9fff" for one in answer.json()["detail"])


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A service with small limits."""
    home: Path = tmp_path_factory.mktemp("small")
    config = Settings(
        home=home, max_file_bytes=200_000, max_bytes=1_000, max_characters=5_000, paper_seconds=0.5
    )
    with TestClient(create(config), raise_server_exceptions=False) as client:
        yield client


def test_a_cut_upload_is_no_file(client: TestClient) -> None:
    """A body that ends within the file is refused; half a file is never screened."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
    cut = client.post(
        "/screen/file",
        content=head + "没有问题的前半篇".encode(),
        headers={"content-type": "multipart/form-data; boundary=x"},
    )

    assert (400, True) == (cut.status_code, "不完整" in cut.json()["detail"])


def test_limits(small: TestClient) -> None:
    """A file may be larger than a post; beyond its own limit, in bytes or in characters, it is 413."""
    assert 200 == send(small, "a.txt", ("字" * 4_000).encode()).status_code
    assert 413 == send(small, "a.txt", ("字" * 6_000).encode()).status_code
    assert 413 == send(small, "a.txt", b"x" * 200_001).status_code
    assert 413 == send(small, "a.txt", b"x" * 1_000_000).status_code
    assert 413 == small.post("/screen", json={"body": "字" * 1_000}).status_code


def test_a_file_that_takes_too_long_is_unseen(small: TestClient) -> None:
    """Its time is up, it says so, and nobody else waits."""
    start = time.monotonic()
    verdict = screened(small, "a.docx", endless())

    assert ("block", True) == (verdict["verdict"], "用时超过" in verdict["unseen"][0]["reason"])
    assert 20 > time.monotonic() - start
    assert "review" == screened(small, "a.txt", "截至2月30日。".encode())["verdict"]


def test_the_form_is_documented(client: TestClient) -> None:
    """OpenAPI names the file and what may be said beside it."""
    described = client.get("/openapi.json").json()["paths"]["/screen/file"]["post"]
    form = described["requestBody"]["content"]["multipart/form-data"]["schema"]["properties"]

    assert {"file", "title", "checklists", "unit_name", "unit_kind", "source_name", "record"} <= form.keys()
