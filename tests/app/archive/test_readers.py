"""Archives of every kind, and everything that can be wrong with a file."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import sqlite3
import warnings
import zipfile
from collections import Counter
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from docx import Document as Word
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from app.archive.article import locate, meta
from app.archive.document import Document, day, documents, table
from app.archive.readers import ArchiveError, Columns, parts

if TYPE_CHECKING:
    from pathlib import Path

PAGE = (
    '<html><head><title>通知_某县政府网</title><meta name="ArticleTitle" content="关于防汛的通知">'
    '<meta name="PubDate" content="2024-06-02 10:00"><meta content="县应急局" name="ContentSource">'
    '<meta name="ColumnName" content="通知公告"></head><body><div class="nav">首页</div>'
    '<div class="TRS_Editor"><div>正文甲</div><p>正文乙</p></div><div class="foot">版权所有</div></body></html>'
)


def read(archive: Path | str, **columns: str) -> list[Document]:
    """All pages of an archive."""
    return [one for part in parts(str(archive), Columns(columns)) for one in part.documents()]


def test_a_folder_of_everything(tmp_path: Path) -> None:
    """Encodings are told apart; what cannot be read is a page with its reason; a link in a circle ends."""
    (tmp_path / "a.html").write_bytes(PAGE.encode("gb18030"))
    (tmp_path / "b.txt").write_bytes("公告".encode("utf-16"))
    (tmp_path / "c.md").write_text("# 标题", encoding="utf-8-sig")
    (tmp_path / "d.txt").write_bytes(b"\xff\xff\xff")
    (tmp_path / "e.txt").write_bytes(b"  \n")
    (tmp_path / "f.docx").write_bytes(b"no word file")
    (tmp_path / "g.pdf").write_bytes(b"%PDF-1.4 broken")
    (tmp_path / "ignored.jpg").write_bytes(b"x")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "circle").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self.html").symlink_to(tmp_path / "self.html")
    word = Word()
    word.add_paragraph("第一段")
    word.add_table(1, 2).rows[0].cells[1].text = "单元格"
    word.save(str(tmp_path / "sub" / "h.docx"))
    (tmp_path / os.fsdecode(b"\xff\xfe.txt")).write_text("怪名", encoding="utf-8")
    found = {one.key: one for one in read(tmp_path)}

    assert {
        "a.html",
        "b.txt",
        "c.md",
        "d.txt",
        "e.txt",
        "f.docx",
        "g.pdf",
        "self.html",
        "sub/h.docx",
        "\\xff\\xfe.txt",
    } == found.keys()
    assert ("公告", "# 标题") == (found["b.txt"].body, found["c.md"].body)
    word_file = found["sub/h.docx"]
    assert ("html", "第一段", "单元格") == (
        word_file.format,
        *re.findall(r"<(?:p|td)>([^<]+)</", word_file.body),
    )
    reasons = {"d.txt": "编码", "e.txt": "为空", "f.docx": "损坏", "g.pdf": "PDF", "self.html": "无法读取"}
    assert dict.fromkeys(reasons, True) == {key: words in found[key].error for key, words in reasons.items()}
    page = found["a.html"]
    assert ("关于防汛的通知", "县应急局", "通知公告") == (page.title, page.source_name, page.column)
    assert "2024-06-02" == str(page.day)


def test_a_zip(tmp_path: Path) -> None:
    """Members are pages; an encrypted or broken one says so, a broken archive is refused."""
    path = tmp_path / "site.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("x/1.html", PAGE)
        archive.writestr("x/bomb.txt", "0" * 70_000_000)
    found = read(path)

    assert ["x/1.html", "x/bomb.txt"] == [one.key for one in found]
    assert "过大" in found[1].error
    path.write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(ArchiveError, match="损坏"):
        read(path)


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # warcio's writer leaves a buffer open
def test_a_warc(tmp_path: Path) -> None:
    """HTML responses are pages with their URL; other responses are left out; a cut file says so."""
    path = tmp_path / "site.warc.gz"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for number, kind in enumerate(("text/html; charset=utf-8", "image/png")):
            headers = StatusAndHeaders("200 OK", [("Content-Type", kind)], protocol="HTTP/1.1")
            payload = io.BytesIO(PAGE.encode())
            writer.write_record(
                writer.create_warc_record(
                    f"http://www.example.gov.cn/{number}.html",
                    "response",
                    payload=payload,
                    http_headers=headers,
                )
            )
    (found,) = read(path)

    assert "http://www.example.gov.cn/0.html" == found.url
    assert "关于防汛的通知" == found.title


def test_tables(tmp_path: Path) -> None:
    """JSON lines, CSV (GB18030 too), Parquet and SQL give the same pages under the same names."""
    rows = [{"id": str(number), "content": f"正文{number}"} for number in range(3)]
    (tmp_path / "a.jsonl").write_text(
        "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8"
    )
    for name, encoding in (("b.csv", "utf-8"), ("c.csv", "gb18030")):
        with (tmp_path / name).open("w", encoding=encoding, newline="") as file:
            writer = csv.DictWriter(file, ["id", "content"])
            writer.writeheader()
            writer.writerows(rows)
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "d.parquet")
    with sqlite3.connect(tmp_path / "e.sqlite") as database:
        database.execute("CREATE TABLE pages (id TEXT, content TEXT)")
        database.executemany("INSERT INTO pages VALUES (:id, :content)", rows)
    database.close()
    expected = [(str(number), f"正文{number}") for number in range(3)]
    for name in ("a.jsonl", "b.csv", "c.csv", "d.parquet"):
        assert expected == [(one.key, one.body) for one in read(tmp_path / name, key="id", body="content")], (
            name
        )
    made = parts(
        f"sqlite:///{tmp_path / 'e.sqlite'}", Columns({"key": "id", "body": "content"}), "SELECT * FROM pages"
    )
    assert expected == [(one.key, one.body) for part in made for one in part.documents()]


def test_broken_rows_are_pages_with_a_reason(tmp_path: Path) -> None:
    """No line is left out silently."""
    path = tmp_path / "a.jsonl"
    path.write_text('{"key":"1","body":"好"}\n{broken\n[1]\n{"key":"2"}\n\n', encoding="utf-8")
    found = read(path)

    assert 4 == len(found)
    assert [False, True, True, True] == [bool(one.error) for one in found]


@pytest.mark.parametrize(
    ("words", "name", "letters"),
    [
        ("没有文件", "none.jsonl", None),
        ("不认识", "a.rar", "x"),
        ("没有列 content", "a.csv", "id,body\n1,x\n"),
        ("不是有效的 Parquet", "a.parquet", "x"),
    ],
)
def test_archives_that_cannot_be_read_are_refused(
    tmp_path: Path, words: str, name: str, letters: str | None
) -> None:
    """Before anything is begun, with the reason."""
    if letters is not None:
        (tmp_path / name).write_text(letters, encoding="utf-8")
    with pytest.raises(ArchiveError, match=words):
        read(tmp_path / name, body="content")


def test_sql_needs_a_query_and_a_key(tmp_path: Path) -> None:
    """A database that cannot be read is refused with its reason."""
    for query, words in (
        ("", "--query"),
        ("SELECT 1 AS body", "主键"),
        ("SELECT * FROM nothing", "无法读取"),
    ):
        with pytest.raises(ArchiveError, match=words):
            list(parts(f"sqlite:///{tmp_path / 'x.sqlite'}", Columns(), query))


def test_the_article_is_told_from_the_page() -> None:
    """By its container, nested elements included."""
    article = locate(PAGE)
    assert article is not None
    for words, part in (("正文甲", "article"), ("正文乙", "article"), ("首页", "page"), ("版权所有", "page")):
        at = PAGE.index(words)
        assert part == article.part(PAGE, at, at + len(words))


def test_an_article_without_a_known_container() -> None:
    """trafilatura finds it."""
    words = "本县各乡镇要认真做好防汛工作，落实各项责任，确保人民群众生命财产安全。"
    source = f"<html><body><nav>首页</nav><main>{'<p>' + words + '</p>' * 1}<p>{words * 3}</p></main><footer>版权所有</footer></body></html>"
    article = locate(source)
    assert article is not None
    assert "article" == article.part(source, source.index("防汛"), source.index("防汛") + 2)
    assert "page" == article.part(source, source.index("版权"), source.index("版权") + 2)


@pytest.mark.parametrize(
    ("expected", "words"),
    [
        ("2024-06-02", "2024年6月2日"),
        ("2024-06-02", "2024/06/02 10:00"),
        ("2024-06-02", "20240602"),
        ("None", "2024-13-02"),
        ("None", ""),
    ],
)
def test_dates_of_metadata(expected: str, words: str) -> None:
    """However a content system writes them."""
    assert expected == str(day(words))


def test_meta_is_optional() -> None:
    """A page without tags has its title."""
    assert {"title": "通知"} == meta("<title>通知</title>")


def test_documents_travel_in_arrow() -> None:
    """To a table and back, lone surrogates replaced; missing columns are empty, missing text is refused."""
    pages = [Document("1", "正文", whole=True), Document("2", "坏\ud800字")]

    assert [pages[0], Document("2", "坏?字")] == documents(table(pages))
    with pytest.raises(KeyError, match="body"):
        documents(pa.table({"key": ["1"]}))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # as above
def test_a_warc_that_was_cut_says_so(tmp_path: Path) -> None:
    """The library takes the end of the file for the end of the page; answers with an error are counted, not read."""
    path = tmp_path / "site.warc.gz"
    noise = "".join(str(number * number) for number in range(4_000))
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for number, status in enumerate(("200 OK", "404 Not Found", "200 OK")):
            headers = StatusAndHeaders(status, [("Content-Type", "text/html")], protocol="HTTP/1.1")
            payload = io.BytesIO((PAGE + noise).encode())
            url = f"http://www.example.gov.cn/{number}.html"
            writer.write_record(
                writer.create_warc_record(url, "response", payload=payload, http_headers=headers)
            )
    path.write_bytes(path.read_bytes()[:-2_000])
    skipped: Counter[str] = Counter()
    found = [one for part in parts(str(path), skipped=skipped) for one in part.documents()]

    assert ["", True] == [found[0].error, "截断" in found[1].error]
    assert {"HTTP 404": 1} == dict(skipped)


def test_papers_that_cannot_be_read_are_pages_with_a_reason(tmp_path: Path) -> None:
    """Old office files, packed files and pipes say so; pictures are counted; nothing is waited for."""
    (tmp_path / "a.doc").write_bytes(b"x")
    (tmp_path / "b.zip").write_bytes(b"x")
    os.mkfifo(tmp_path / "c.txt")
    (tmp_path / "d.html").symlink_to(tmp_path / "nowhere")
    (tmp_path / "e.jpg").write_bytes(b"x")
    skipped: Counter[str] = Counter()
    found = [one for part in parts(str(tmp_path), skipped=skipped) for one in part.documents()]
    reasons = {"a.doc": "docx", "b.zip": "压缩包", "c.txt": "不是普通文件", "d.html": "无法读取"}

    assert reasons.keys() == {one.key for one in found}
    assert [] == [one for one in found if reasons[one.key] not in one.error]
    assert {".jpg": 1} == dict(skipped)


def test_names_in_a_zip(tmp_path: Path) -> None:
    """Names in GBK are read; of two members with one name both are pages; an encrypted one says so."""
    path = tmp_path / "site.zip"
    with zipfile.ZipFile(path, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a doubled name
        for name, letters in (("AAAA.txt", "甲"), ("b.txt", "乙"), ("b.txt", "丙"), ("c.txt", "丁")):
            archive.writestr(name, letters)
    raw = path.read_bytes().replace(b"AAAA", "公告".encode("gbk"))
    at = raw.rindex(b"PK\x01\x02")  # the last entry of the list: c.txt
    path.write_bytes(raw[: at + 8] + bytes([raw[at + 8] | 1]) + raw[at + 9 :])
    found = read(path)

    assert ["b.txt", "b.txt", "c.txt", "公告.txt"] == [one.key for one in found]
    assert ["乙", "丙", "", "甲"] == [one.body for one in found]
    assert "已加密" in found[2].error


def test_a_parquet_file_of_one_large_group(tmp_path: Path) -> None:
    """As pyarrow writes them: it becomes many parts, each row once."""
    pq.write_table(
        pa.table({"key": [f"{number}" for number in range(5_000)], "body": ["字"] * 5_000}),
        tmp_path / "a.parquet",
    )
    made = list(parts(str(tmp_path / "a.parquet")))

    assert 10 == len(made)
    assert [f"{number}" for number in range(5_000)] == [one.key for part in made for one in part.documents()]
    assert 1.0 == made[-1].share


def test_lines_and_fields_without_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is too long to be held is a page with its reason; what follows is read."""
    monkeypatch.setattr("app.archive.readers.LARGEST", 1_000)
    (tmp_path / "a.jsonl").write_text(
        '{"key":"1","body":"' + "字" * 1_000 + '"}\n{"key":"2","body":"好"}\n', encoding="utf-8"
    )
    (tmp_path / "b.csv").write_text("key,body\n1," + "x" * 2_000 + "\n2,y\n", encoding="utf-8")

    assert [True, False] == [bool(one.error) for one in read(tmp_path / "a.jsonl")]
    assert [True, False] == [bool(one.error) for one in read(tmp_path / "b.csv")]
    csv.field_size_limit(131_072)


def test_gb18030_is_recognised_after_a_long_beginning(tmp_path: Path) -> None:
    """A file is UTF-8 only if all of it is."""
    body = "x" * 3_000_000
    (tmp_path / "a.csv").write_bytes(f"key,body\n1,{body}\n2,公告\n".encode("gb18030"))

    assert "公告" == read(tmp_path / "a.csv")[1].body


def test_rows_without_a_key_keep_apart(tmp_path: Path) -> None:
    """Of a query too: the number goes on over its parts."""
    with sqlite3.connect(tmp_path / "e.sqlite") as database:
        database.execute("CREATE TABLE pages (key TEXT, body TEXT)")
        database.executemany("INSERT INTO pages VALUES (?, ?)", [(None, "正文")] * 7)
    database.close()
    made = parts(f"sqlite:///{tmp_path / 'e.sqlite'}", Columns(), "SELECT * FROM pages", 3)

    assert 7 == len({one.key for part in made for one in part.documents()})


def test_a_csv_file_with_one_damaged_letter_stays_what_it_is(tmp_path: Path) -> None:
    """A letter cut in two, in the middle or at the end, makes no GB18030 of UTF-8, nor the other way round."""
    whole = "key,body\n" + "".join(f"{number},关于防汛工作的公告\n" for number in range(20))
    for encoding in ("utf-8", "gb18030"):
        raw = whole.encode(encoding)
        for broken in (raw.replace("公告".encode(encoding), "公告".encode(encoding)[:-1], 1), raw[:-2]):
            (tmp_path / "a.csv").write_bytes(broken)
            bodies = [one.body for one in read(tmp_path / "a.csv")]
            assert 19 == bodies.count("关于防汛工作的公告")
    (tmp_path / "a.csv").write_bytes(
        "key,body\n1,這是一篇關於防汛工作的公告內容請各單位注意\n".encode("big5")
    )
    with pytest.raises(ArchiveError, match="编码无法识别"):
        read(tmp_path / "a.csv")


def test_names_of_a_zip_made_on_a_mac(tmp_path: Path) -> None:
    """They are in UTF-8, and no flag says so."""
    name = "通知公告/一二三.txt".encode()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("x" * len(name), "公告".encode())
    (tmp_path / "a.zip").write_bytes(packed.getvalue().replace(b"x" * len(name), name))

    assert ["通知公告/一二三.txt"] == [one.key for one in read(tmp_path / "a.zip")]


def test_a_cell_in_another_encoding_costs_itself(tmp_path: Path) -> None:
    """Parquet strings that are no UTF-8, as old warehouses write them."""
    raw = pa.array(["公告甲".encode(), "公告乙".encode("gb18030"), b"\xff\xff\xff"], pa.binary())
    bodies = pa.Array.from_buffers(pa.string(), 3, raw.buffers())
    pq.write_table(pa.table({"key": ["1", "2", "3"], "body": bodies}), tmp_path / "a.parquet")
    found = read(tmp_path / "a.parquet")

    assert ["公告甲", "公告乙", ""] == [one.body for one in found]
    assert [False, False, True] == [bool(one.error) for one in found]


@pytest.mark.parametrize("head", ["WARC-Truncated: length", "WARC-Segment-Number: 1"])
def test_a_page_that_was_not_fetched_whole_says_so(tmp_path: Path, head: str) -> None:
    """Its beginning is no page: the rest was never looked at."""
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + PAGE.encode()
    heads = (
        "WARC/1.0",
        "WARC-Type: response",
        "WARC-Target-URI: http://www.example.gov.cn/",
        "WARC-Date: 2026-01-01T00:00:00Z",
        "Content-Type: application/http; msgtype=response",
        head,
        f"Content-Length: {len(answer)}",
    )
    (tmp_path / "a.warc").write_bytes("\r\n".join(heads).encode() + b"\r\n\r\n" + answer + b"\r\n\r\n")

    assert ["没有取全" in one.error for one in read(tmp_path / "a.warc")] == [True]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # warcio's writer, as above
def test_pages_whose_names_do_not_say_so(tmp_path: Path) -> None:
    """Sites of .jsp and .aspx, names with a question, answers without a type: what begins as a page is one."""
    pages = {
        "index.jsp": PAGE,
        "list.aspx?id=3": f"\n<!-- made - by hand -->\n<!DOCTYPE html>{PAGE}",
        "news": f"\ufeff<?xml version='1.0'?>\n{PAGE}",
    }
    others = {"page.js": PAGE, "inc.jsp": "<%@ page language='java' %>", "feed.xml": "<?xml version='1.0'?><rss/>", "README": "html"}  # fmt: skip
    folder = tmp_path / "site"
    folder.mkdir()
    for name, letters in (pages | others).items():
        (folder / name).write_text(letters, encoding="utf-8")
    os.mkfifo(folder / "pipe")
    with zipfile.ZipFile(tmp_path / "site.zip", "w") as archive:
        archive.writestr("empty.html/", "")
        for name, letters in (pages | others).items():
            archive.writestr(name, letters)
    with (tmp_path / "site.warc").open("wb") as file:
        writer = WARCWriter(file, gzip=False)
        for name, letters in (pages | others).items():
            headers = StatusAndHeaders("200 OK", [("Server", "a")], protocol="HTTP/1.1")
            payload = io.BytesIO(letters.encode())
            url = f"http://www.example.gov.cn/{name}"
            writer.write_record(
                writer.create_warc_record(url, "response", payload=payload, http_headers=headers)
            )

    for archive_ in (folder, tmp_path / "site.zip"):
        found = read(archive_)
        assert pages.keys() == {one.key for one in found}
        assert {"关于防汛的通知"} == {one.title for one in found}
    answers = {one.url.rpartition("/")[2] for one in read(tmp_path / "site.warc")}
    assert pages.keys() | {"page.js"} == answers  # an answer is what it holds, whatever its address
