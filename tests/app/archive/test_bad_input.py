"""Whatever lies in an archive: every page is in the result, with its reason where nobody could look, or all is refused."""

from __future__ import annotations

import io
import json
import os
import random
import re
import sqlite3
import struct
import warnings
import zipfile
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pypdf import PdfWriter
from typer.testing import CliRunner
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from app.__main__ import cli
from app.archive import report
from app.archive.manifest import Manifest
from app.archive.readers import LARGEST, ArchiveError, Columns, parts
from app.archive.worker import _all

if TYPE_CHECKING:
    from pathlib import Path

    from app.archive.document import Document


def read(archive: Path | str, query: str = "", **columns: str) -> list[Document]:
    """All pages of an archive, as workers read them."""
    return [one for part in parts(str(archive), Columns(columns), query) for one in _all(part)]


def reasons(archive: Path | str, query: str = "", **columns: str) -> list[tuple[str, str]]:
    """Key and reason of every page."""
    return [(one.key, one.error) for one in read(archive, query, **columns)]


def compound(*streams: str) -> bytes:
    """A compound file (MS-CFB) with empty streams of these names: what Word writes around an encrypted document."""
    end, free, none = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFF
    head = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    head += struct.pack("<5H6x9I", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, end, 0, end, 0)
    head += struct.pack("<109I", 0, *[free] * 108)
    fat = struct.pack("<128I", 0xFFFFFFFD, end, *[free] * 126)
    entries = b""
    for number, name in enumerate(("Root Entry", *streams)):
        raw = (name + "\0").encode("utf-16-le")
        links = (none, none, 1) if not number else (none, number + 1 if number < len(streams) else none, none)
        kind = 5 if not number else 2
        entries += raw.ljust(64, b"\0") + struct.pack("<HBB3I36xIQ", len(raw), kind, 1, *links, end, 0)
    return head + fat + entries.ljust(512, b"\0")


def locked_pdf() -> bytes:
    """A PDF that opens with a password only."""
    made, out = PdfWriter(), io.BytesIO()
    made.add_blank_page(200, 200)
    made.encrypt("geheim", algorithm="AES-256")
    made.write(out)
    return out.getvalue()


def packed(members: dict[str, bytes], way: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", way) as archive:
        for name, raw in members.items():
            archive.writestr(name, raw)
    return out.getvalue()


BAD = {  # name → (bytes, what the reason says)
    "locked.docx": (compound("EncryptionInfo", "EncryptedPackage"), "已加密"),
    "locked.pdf": (locked_pdf(), "已加密"),
    "inner.zip": (packed({"a.txt": b"x"}), "压缩包没有展开"),
    "empty.html": (b"", "为空"),
    "blank.txt": (b" \r\n\0", "为空"),
    "cut.docx": (packed({"[Content_Types].xml": b"<Types/>"})[:60], "损坏"),
    "bomb.docx": (packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"0" * 90_000_000}), "无法读取|过大|损坏|异常"),
    "picture.html": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "不是文本|编码"),
}  # fmt: skip
ODD_NAMES = (b"\xff\xfe.txt", b"two\nlines.txt", "公告".encode("gbk") + b".txt", b"'; DROP TABLE pages.txt")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything that is wrong, and two good pages."""
    root = tmp_path_factory.mktemp("bad") / "site"
    (root / "sub").mkdir(parents=True)
    (root / "a-good.txt").write_text("各乡镇要认真落实。", encoding="utf-8")
    (root / "z-good.html").write_text("<p>公告</p>", encoding="utf-8")
    for name, (raw, _) in BAD.items():
        (root / name).write_bytes(raw)
    with (root / "giant.html").open("wb") as file:
        file.truncate(LARGEST + 1)  # no byte of it is on the disk
    (root / "sub" / "up").symlink_to(root, target_is_directory=True)
    (root / "self.txt").symlink_to(root / "self.txt")
    (root / "one.txt").symlink_to(root / "other.txt")
    (root / "other.txt").symlink_to(root / "one.txt")
    for odd in ODD_NAMES:
        (root / os.fsdecode(odd)).write_text("通知", encoding="utf-8")
    os.mkfifo(root / "pipe.md")
    return root


def run(archive: Path | str, out: Path, home: Path, *more: str) -> tuple[int, str]:
    """The command itself: exit code and what was printed."""
    done = CliRunner().invoke(
        cli,
        ["rescan", str(archive), "--out", str(out), "--workers", "1", *more],
        env={"XIANSHEN_HOME": str(home), "XIANSHEN_UNIT_KIND": "department"},
    )
    return done.exit_code, done.output


def test_pages_in_are_pages_out(folder: Path, tmp_path: Path) -> None:
    """The command ends, says how many pages it read and wrote, and each bad one is in list and report with its reason."""
    code, told = run(folder, tmp_path / "out", tmp_path)
    with closing(Manifest(tmp_path / "out")) as manifest:
        rows = {row["key"]: row for row in report.rows(manifest)}
        written = manifest.totals()["pages"]
    expected = {name: words for name, (_, words) in BAD.items()}
    expected |= {"giant.html": "超过上限", "pipe.md": "不是普通文件"}
    expected |= dict.fromkeys(("self.txt", "one.txt", "other.txt"), "无法读取")
    unseen = {key: row["unseen"][0]["reason"] for key, row in rows.items() if row["unseen"]}

    assert (2, len(expected) + 2 + len(ODD_NAMES)) == (code, written), told
    assert f"读入 {written} 页，写出 {written} 页结论" in told
    assert f"未能检查 {len(expected)} 页" in told
    assert {} == {key: unseen.get(key) for key, words in expected.items() if not re.search(words, unseen.get(key, ""))}  # fmt: skip
    assert unseen.keys() == expected.keys()
    assert {"block"} == {rows[key]["verdict"] for key in unseen}
    page = (tmp_path / "out" / report.PAGE).read_text(encoding="utf-8")
    assert [] == [key for key in unseen if key not in page]


def test_names_in_a_zip(tmp_path: Path) -> None:
    """Names are only names: nothing is written anywhere; of a doubled one both are pages; a zip inside says so."""
    path = tmp_path / "in" / "site.zip"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a doubled name
        for name, letters in (("../../up.txt", "甲"), ("/abs.txt", "乙"), ("b.txt", "丙"), ("b.txt", "丁")):
            archive.writestr(name, letters)
        archive.writestr("inner.zip", packed({"c.txt": b"x"}))
        archive.writestr("locked.docx", BAD["locked.docx"][0])
        archive.writestr("locked.pdf", BAD["locked.pdf"][0])
    path.write_bytes(path.read_bytes().replace(b"../../up.txt", "../公告1.txt".encode("gbk")))
    found = read(path)

    assert {"../公告1.txt": "甲", "/abs.txt": "乙"} == {one.key: one.body for one in found if one.body in "甲乙" and one.body}  # fmt: skip
    assert ["丙", "丁"] == [one.body for one in found if one.key == "b.txt"]
    told = {one.key: one.error for one in found if one.error}
    assert {"inner.zip", "locked.docx", "locked.pdf"} == told.keys()
    assert "展开" in told["inner.zip"]
    assert "已加密" in told["locked.docx"]
    assert "已加密" in told["locked.pdf"]
    assert [path] == list(tmp_path.rglob("*.*"))


@pytest.mark.parametrize("way", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA, 99])
def test_a_member_that_cannot_be_unpacked_costs_itself(tmp_path: Path, way: int) -> None:
    """However it was packed, also in a way that nobody knows."""
    noise = "".join(random.Random(1).choices("甲乙丙丁", k=300)).encode()
    members = {f"{number}.txt": noise for number in range(3)}
    raw = bytearray(packed(members, zipfile.ZIP_DEFLATED if way == 99 else way))
    if way == 99:
        raw[raw.index(b"PK\x01\x02") + 10] = way
    else:
        raw[50:60] = bytes(10)
    (tmp_path / "a.zip").write_bytes(raw)
    found = read(tmp_path / "a.zip")

    assert ["0.txt", "1.txt", "2.txt"] == [one.key for one in found]
    assert ["损坏" in found[0].error, "", ""] == [True, found[1].error, found[2].error]


def test_zips_that_cannot_be_opened_are_refused(tmp_path: Path) -> None:
    """With the reason: a name in no encoding, a file cut short."""
    raw = packed({"页面.txt": b"x"})
    for broken, words in ((raw.replace("页面".encode(), b"\xff\xfe\xfd\xfc\xfb\xfa"), "文件名"), (raw[:-30], "损坏")):  # fmt: skip
        (tmp_path / "a.zip").write_bytes(broken)
        with pytest.raises(ArchiveError, match=words):
            read(tmp_path / "a.zip")


@pytest.mark.parametrize(
    ("rows", "error"),
    [
        ("key,body\n1,甲,乙\n2,丙\n", "多出 1 列"),
        ('key,body\n2,丙\n3,"没有关上\n4,丁\n', "不是有效的 CSV"),
        ("key,body\n1\n2,丙\n", "没有正文"),
    ],
)
def test_rows_of_a_csv_file_that_are_not_as_the_head_says(tmp_path: Path, rows: str, error: str) -> None:
    """A comma that nobody quoted cuts a text in two: what stands behind it would be looked at by nobody."""
    (tmp_path / "a.csv").write_text(rows, encoding="utf-8")
    found = read(tmp_path / "a.csv")

    assert ["丙"] == [one.body for one in found if not one.error]
    assert [True] == [error in one.error for one in found if one.error]


@pytest.mark.parametrize(
    ("name", "raw", "columns", "words"),
    [
        ("a.csv", b"id,body,body\n1,a,b\n", {}, "2 列都叫 body"),
        ("a.csv", b"", {}, "没有列 body"),
        ("a.csv", b"id,text\n1,x\n", {}, "没有列 body.*现有 id、text"),
        ("a.jsonl", b'{"id":1,"text":"x"}\n', {}, "没有列 body"),
        ("a.jsonl", b'{"id":1,"body":"x"}\n', {"title": "bt"}, "没有列 bt"),
        ("a.jsonl", b'{"id":1,"body":"x"}\n', {"boddy": "x"}, "boddy 不是可用的名称"),
        ("a.parquet", b"PAR1 and no more", {}, "不是有效的 Parquet"),
    ],
)
def test_tables_that_lack_what_was_named_are_refused(
    tmp_path: Path, name: str, raw: bytes, columns: dict[str, str], words: str
) -> None:
    """Before anything is looked at: else every page would be empty, or a text be left out."""
    (tmp_path / name).write_bytes(raw)
    with pytest.raises(ArchiveError, match=words):
        read(tmp_path / name, **columns)


@pytest.mark.parametrize("group", [1_000, 4_000])
def test_a_damaged_parquet_group_costs_its_own_rows(tmp_path: Path, group: int) -> None:
    """Each of them is a page that nobody has looked at; the other groups are read."""
    draw = random.Random(1)
    pages = pa.table({"key": [f"k{number}" for number in range(5_000)], "body": [str(draw.getrandbits(200)) for _ in range(5_000)]})  # fmt: skip
    path = tmp_path / "a.parquet"
    pq.write_table(pages, path, row_group_size=group)
    raw = bytearray(path.read_bytes())
    at = pq.read_metadata(path).row_group(0).column(1).data_page_offset + 200
    raw[at : at + 300] = draw.randbytes(300)
    path.write_bytes(raw)
    found = read(path)

    assert 5_000 == len({one.key for one in found})
    assert 5_000 - group == sum(not one.error for one in found)
    assert {"Parquet 文件的这一段已损坏，这一行无法读取"} == {one.error for one in found if one.error}


def test_rows_of_a_database(tmp_path: Path) -> None:
    """Doubled and missing keys, missing and empty texts, texts kept as bytes in any encoding."""
    path = tmp_path / "a.sqlite"
    lines = [
        (1, "甲"), (1, "乙"), (2, None), (None, "丙"), (3, ""), (4, "关于防汛工作的公告".encode("gb18030")), (5, b"\xff\xfe\xfd"),
    ]  # fmt: skip
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE p (key, body)")
        database.executemany("INSERT INTO p VALUES (?, ?)", lines)
    found = read(f"sqlite:///{path}", "SELECT * FROM p")

    assert ["1", "1", "2", "sql#3", "3", "4", "5"] == [one.key for one in found]
    assert ["甲", "乙", "", "丙", "", "关于防汛工作的公告", ""] == [one.body for one in found]
    assert [2, 4, 6] == [at for at, one in enumerate(found) if one.error]
    assert "编码" in found[6].error
    with pytest.raises(ArchiveError, match="SELECT"):
        read(f"sqlite:///{path}", "DELETE FROM p")
    with pytest.raises(ArchiveError, match="2 列都叫 body"):
        read(f"sqlite:///{path}", "SELECT key, body, body FROM p")


def test_values_that_are_no_text(tmp_path: Path) -> None:
    """Of JSON and Parquet: never their Python spelling instead of the page."""
    rows = [{"key": "1", "body": {"a": 1}}, {"key": "2", "body": ["甲", "乙"]}, {"key": "3", "body": 4}]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    pq.write_table(pa.table({"key": ["1"], "body": ["公告通知".encode()]}), tmp_path / "b.parquet")

    assert [("", True), ("甲、乙", False), ("4", False)] == [(one.body, bool(one.error)) for one in read(tmp_path / "a.jsonl")]  # fmt: skip
    assert ["公告通知"] == [one.body for one in read(tmp_path / "b.parquet")]


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # the writer leaves a buffer open
@pytest.mark.parametrize("packed_", [True, False])
def test_a_web_archive_that_was_damaged_anywhere(tmp_path: Path, packed_: bool) -> None:
    """It is read to its end or says that it was not: never an exception, never silently less."""
    path, draw, out = tmp_path / ("a.warc.gz" if packed_ else "a.warc"), random.Random(3), io.BytesIO()
    writer = WARCWriter(out, gzip=packed_)
    for number in range(4):
        headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        payload = io.BytesIO(f"<p>{draw.getrandbits(900)}</p>".encode())
        url = f"http://www.example.gov.cn/{number}.html"
        writer.write_record(writer.create_warc_record(url, "response", payload=payload, http_headers=headers))
    whole = out.getvalue()
    for _ in range(60):
        raw = bytearray(whole)
        at = draw.randrange(len(raw))
        raw[at : at + 4] = draw.randbytes(4)
        raw = raw[: draw.choice([len(raw), at + 4])]
        if not packed_ and len(raw) < len(whole) and b"</p>" in raw[-12:]:
            continue  # cut where a record ends: nobody can tell
        path.write_bytes(raw)
        aside: Counter[str] = Counter()
        found = [one for part in parts(str(path), skipped=aside) for one in _all(part)]
        assert len(found) + sum(aside.values()) >= 4 or any(one.error for one in found), raw


def test_an_archive_without_a_page_is_no_all_clear(tmp_path: Path) -> None:
    """A folder of pictures, an empty file: the command says so and does not end well."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jpg").write_bytes(b"x")
    code, told = run(tmp_path / "in", tmp_path / "out", tmp_path)

    assert 3 == code
    assert "没有可以检查的页面" in told
    assert "没有发现问题" not in (tmp_path / "out" / report.PAGE).read_text(encoding="utf-8")


def test_results_that_cannot_be_used(tmp_path: Path) -> None:
    """Of another version, damaged, or none: refused in a line, and no result is begun."""
    archive = tmp_path / "a.jsonl"
    archive.write_text('{"body":"公告"}\n', encoding="utf-8")
    for name, words in (("newer", "第 99 版"), ("damaged", "已损坏"), ("none", "manifest.sqlite")):
        (tmp_path / name).mkdir()
        if name == "newer":
            with closing(Manifest(tmp_path / name, new=True)) as manifest:
                manifest.note(version=99)
        elif name == "damaged":
            (tmp_path / name / "manifest.sqlite").write_bytes(b"SQLite format 3\0" + b"x" * 5_000)
        code, told = run(archive, tmp_path / "out", tmp_path, "--since", str(tmp_path / name))
        assert (3, True) == (code, words in told), told
        assert not (tmp_path / "out").exists()


def test_what_could_not_begin_binds_nothing(tmp_path: Path) -> None:
    """A mistyped archive leaves no folder that refuses the right one."""
    archive, out = tmp_path / "a.jsonl", tmp_path / "out"
    archive.write_text('{"body":"公告"}\n', encoding="utf-8")

    assert 3 == run(tmp_path / "b.jsonl", out, tmp_path)[0]
    assert 0 == run(archive, out, tmp_path)[0]


def test_pages_of_one_key_are_all_in_the_report(tmp_path: Path) -> None:
    """However alike they are."""
    archive, out = tmp_path / "a.jsonl", tmp_path / "out"
    archive.write_text('{"key":"1","body":"截至2月30日。"}\n' * 2, encoding="utf-8")

    assert 1 == run(archive, out, tmp_path)[0]
    assert 2 == (out / report.PAGE).read_text(encoding="utf-8").count("<article")


def test_a_base_that_is_unfinished_is_refused(tmp_path: Path) -> None:
    """In a line, before any worker meets it."""
    archive, base = tmp_path / "a.jsonl", tmp_path / "base"
    archive.write_text('{"body":"公告"}\n', encoding="utf-8")
    run(archive, base, tmp_path)
    with closing(Manifest(base)) as manifest:
        manifest.note(finished=False)
    code, told = run(archive, tmp_path / "out", tmp_path, "--since", str(base))

    assert (3, True) == (code, "没有做完" in told), told


def test_a_result_does_not_lie_among_its_pages(tmp_path: Path) -> None:
    """Its report would be the next run's page."""
    (tmp_path / "a.txt").write_text("公告", encoding="utf-8")
    code, told = run(tmp_path, tmp_path / "out", tmp_path)

    assert (3, True) == (code, "不能在归档文件夹" in told), told
    assert not (tmp_path / "out").exists()


def test_a_password_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the report nor the manifest says how to enter the database."""
    monkeypatch.setattr("app.archive.run.parts", lambda *_, **__: iter(()))
    url = "postgresql://office:not-to-be-kept@127.0.0.1/cms"
    run(url, tmp_path / "out", tmp_path, "--query", "SELECT * FROM posts")
    files = [path for path in (tmp_path / "out").rglob("*") if path.is_file()]

    assert any(b"127.0.0.1/cms" in path.read_bytes() for path in files)
    assert not any(b"not-to-be-kept" in path.read_bytes() for path in files)


def test_what_a_cluster_wrote_is_taken_whole_or_not_at_all(tmp_path: Path) -> None:
    """An unfinished job, rules that nobody here knows, a folder of nothing: refused in a line, nothing is begun."""
    archive, base = tmp_path / "a.jsonl", tmp_path / "base"
    archive.write_text('{"body":"机密★10年 关于有关情况的报告"}\n', encoding="utf-8")
    run(archive, base, tmp_path)
    pages = pq.read_table(next((base / "parts").iterdir()))
    rows = pages.to_pylist()
    rows[0]["findings"][0]["rule"] = "secrecy.not-known-here"
    for name, table in (
        ("unfinished/_temporary/0", pages),
        ("foreign", pa.Table.from_pylist(rows, pages.schema)),
    ):
        (tmp_path / name).mkdir(parents=True)
        pq.write_table(table, tmp_path / name / "part-0.parquet")
    (tmp_path / "nothing").mkdir()
    for name, words in (
        ("unfinished", "没有写完"),
        ("foreign", "not-known-here"),
        ("nothing", "没有 Parquet 文件"),
    ):
        code, told = run(tmp_path / name, tmp_path / "out", tmp_path, "--adopt")
        assert (3, True) == (code, words in told), told
        assert not (tmp_path / "out").exists()


def test_lists_and_remarks_that_cannot_be_read(tmp_path: Path) -> None:
    """A filled list that is none, or remarks that were damaged, are refused: what people said is not thrown away."""
    archive, out = tmp_path / "a.jsonl", tmp_path / "out"
    archive.write_text('{"body":"公告"}\n', encoding="utf-8")
    (tmp_path / "list.xlsx").write_bytes(b"no workbook")
    (tmp_path / "list.txt").write_bytes(b"no workbook")
    openpyxl.Workbook().save(tmp_path / "other.xlsx")
    for name in ("list.xlsx", "list.txt", "other.xlsx", "none.xlsx"):
        code, told = run(archive, out, tmp_path, "--done", str(tmp_path / name))
        assert (3, True) == (code, "不是整改清单" in told), told
    assert 0 == run(archive, out, tmp_path)[0]
    (out / "remarks.json").write_text("[{", encoding="utf-8")
    code, told = run(archive, out, tmp_path)
    assert (3, True) == (code, "remarks.json 已损坏" in told), told
