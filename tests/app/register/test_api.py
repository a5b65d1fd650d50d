"""The register over HTTP: put down before it is answered, once; looked up, signed, verified, printed."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import logging
import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import docx
import openpyxl
import psycopg
import pytest
from fastapi.testclient import TestClient

from app.main import create
from app.register import backup, house, lookup
from app.settings import Settings
from detectors import Look, Unseen
from tests.app.register.conftest import UNIT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from app.register.store import Register

POST: dict[str, Any] = {
    "title": "关于做好2026年医保参保工作的公告",
    "body": "<p>各单位要认真落实。</p>",
    "format": "html",
    "unit": {"name": "县医疗保障局", "kind": "department"},
    "category": "公示公告",
    "formed_on": "2026-11-20",
    "record": True,
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A service of its own, on this machine, without accounts."""
    home: Path = tmp_path_factory.mktemp("home")
    with TestClient(create(Settings(home=home)), raise_server_exceptions=False) as client:
        yield client


def register(client: TestClient) -> Register:
    """Its register."""
    found: Register = client.app.state.service.register  # type: ignore[attr-defined]
    return found


def recorded(client: TestClient, headers: dict[str, str] | None = None, **fields: Any) -> dict[str, Any]:
    """The answer to a recorded post."""
    answer = client.post("/screen", json=POST | fields, headers=headers)
    assert 200 == answer.status_code, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_an_answer_with_a_record_is_in_the_register(client: TestClient) -> None:
    """Its id in the answer; the same verdict; the entry first in its story."""
    answer = recorded(client)
    shown = client.get(f"/records/{answer['record']}").json()

    assert (answer["verdict"], answer["message"], answer["data"]) == (
        shown["verdict"],
        shown["message"],
        shown["data"],
    )
    assert ["screened"] == [one["kind"] for one in shown["story"]]
    assert "本机用户" == shown["editor"]["name"]


def test_nothing_is_kept_unasked(client: TestClient) -> None:
    """record is null, and no record more."""
    before = client.get("/records").json()["records"][:1]
    answer = client.post("/screen", json=POST | {"record": False}).json()

    assert None is answer["record"]
    assert (
        None is client.post("/screen", json={k: v for k, v in POST.items() if k != "record"}).json()["record"]
    )
    assert before == client.get("/records").json()["records"][:1]


def test_the_setting_records_all(tmp_path: Path) -> None:
    """RECORD on: what does not say record=false is put down."""
    with TestClient(create(Settings(home=tmp_path, record=True))) as client:
        assert client.post("/screen", json={k: v for k, v in POST.items() if k != "record"}).json()["record"]
        assert None is client.post("/screen", json=POST | {"record": False}).json()["record"]


def test_an_idempotency_key(client: TestClient) -> None:
    """The same key and body: the same answer byte for byte; another body: 409; a bad key: 400."""
    headers = {"Idempotency-Key": "order-1"}
    first, again = (client.post("/screen", json=POST, headers=headers) for _ in range(2))

    assert first.content == again.content
    assert 409 == client.post("/screen", json=POST | {"title": "另一篇"}, headers=headers).status_code
    assert 400 == client.post("/screen", json=POST, headers={"Idempotency-Key": "a b"}).status_code
    assert (
        200
        == client.post("/screen", json=POST | {"record": False, "title": "x"}, headers=headers).status_code
    )


def test_parallel_duplicates_are_one(client: TestClient) -> None:
    """Twenty at once with one key."""
    headers = {"Idempotency-Key": "order-2"}
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: recorded(client, headers, title="同一篇")["record"], range(20)))

    assert 1 == len(set(answers))
    assert 1 == len(client.get("/records", params={"q": "同一篇"}).json()["records"])


def test_a_batch_is_put_down_too(client: TestClient) -> None:
    """Each post with its own wish; a bad one loses nothing."""
    posts = [POST | {"title": "批一"}, POST | {"record": False}, {"body": ""}, POST | {"title": "批二"}]
    verdicts = client.post("/screen/batch", json={"posts": posts}).json()["verdicts"]

    assert [True, False, False, True] == [bool(one.get("record")) for one in verdicts]
    assert 422 == verdicts[2]["status"]
    assert "批二" == client.get(f"/records/{verdicts[3]['record']}").json()["title"]


def test_a_batch_sent_again_is_put_down_once(client: TestClient) -> None:
    """By its key and the place of each post; other words under the same key are refused one by one."""
    posts = [POST | {"title": "批甲"}, POST | {"title": "批乙"}]
    key = {"idempotency-key": "batch-1"}

    def sent(*posts: dict[str, Any]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = client.post("/screen/batch", json={"posts": posts}, headers=key).json()[
            "verdicts"
        ]
        return found

    first, second = sent(*posts)
    assert [first, second] == sent(*posts)
    assert first["record"] != second["record"]
    changed = sent(posts[0], posts[1] | {"title": "批丙"}, POST | {"title": "批丁"})
    assert [first["record"], None, 409] == [
        changed[0]["record"],
        changed[1].get("record"),
        changed[1]["status"],
    ]
    assert changed[2]["record"]
    assert (
        400
        == client.post("/screen/batch", json={"posts": posts}, headers={"idempotency-key": "a b"}).status_code
    )


def test_one_person_alone_cannot_go_all_the_way(client: TestClient) -> None:
    """Without accounts: the form works, answers too, but nobody reviews themselves; each try is in the story."""
    record = recorded(client)["record"]
    items = [
        one["id"]
        for one in client.get(f"/records/{record}").json()["checklists"][0]["items"]
        if one["answer"] == "ask"
    ]
    given = client.post(
        f"/records/{record}/answers", json={"item": items[0], "answer": "否", "note": "电话13800138000"}
    )
    assert 200 == given.status_code
    assert "13800138000" not in given.text
    refused = client.post(f"/records/{record}/signatures", json={"act": "初审"})

    assert 403 == refused.status_code
    assert "refused" == client.get(f"/records/{record}").json()["story"][-1]["kind"]


def test_verify_over_http(client: TestClient) -> None:
    """Same or not, which paragraph, and whether it may be out at all."""
    record = recorded(client)["record"]
    sent = {"record": record, "title": POST["title"], "body": POST["body"], "format": "html"}
    same = client.post("/verify", json=sent).json()
    other = client.post("/verify", json=sent | {"body": "<p>各单位要认真落买。</p>"}).json()

    assert (True, False, []) == (same["same"], same["approved"], same["changes"])
    assert ["各单位要认真落买。"] == [one["now"] for one in other["changes"]]
    assert 404 == client.post("/verify", json=sent | {"record": "none"}).status_code


def test_verify_takes_what_screening_takes(client: TestClient) -> None:
    """What is too long to be screened is too long to be compared, over JSON and on the page."""
    record = recorded(client)["record"]
    for body in ("\ufdfa" * 30_000, "<b>" * 100_001):
        sent = {"record": record, "body": body, "format": "html"}
        assert 413 == client.post("/verify", json=sent).status_code


def test_notes_are_kept_without_what_is_private(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the page as over JSON: none that is too long to be looked through, none that a rule could not look at."""
    record = recorded(client)["record"]
    page = client.get(f"/records/{record}", headers={"accept": "text/html"}).text
    token = page.split('name="csrf" value="')[1].split('"')[0]
    form = client.get(f"/records/{record}").json()["checklists"][0]
    field = f"{form['id']}:{form['items'][0]['id']}"

    def said(note: str) -> int:
        given = {"csrf": token, "do": "answer", f"answer:{field}": "否", f"note:{field}": note}
        return int(client.post(f"/records/{record}/act", data=given, follow_redirects=False).status_code)

    assert 422 == said("电话138-0013-8000，" * 200)
    detectors = type(client.app.state.service.detectors)  # type: ignore[attr-defined]
    broken = Unseen(client.app.state.service.detectors.rules["pii.mobile-phone"], "出错")  # type: ignore[attr-defined]
    with monkeypatch.context() as patch:
        patch.setattr(detectors, "look", lambda *_: Look((), (broken,)))
        assert 503 == said("电话138-0013-8000")
    assert "0013" not in client.get(f"/records/{record}").text
    assert 303 == said("电话138-0013-8000")
    assert "0013" not in client.get(f"/records/{record}").text


def test_deadlines_are_shown(client: TestClient) -> None:
    """formed_on and category → working days left, with the article."""
    record = recorded(client, checklists=["xiangxi-2018"])["record"]
    (due,) = client.get(f"/records/{record}").json()["deadlines"]

    assert ("2026-11-27", "working") == (due["due"], due["unit"])
    assert "第七条" in due["basis"]


@pytest.mark.parametrize("path", ["/records", "/audit"])
def test_a_number_larger_than_the_database_counts(client: TestClient, path: str) -> None:
    """Refused as what it is."""
    answer = client.get(path, params={"before": 2**64, "format": "json"})
    assert 422 == answer.status_code, answer.text


def test_the_form_and_the_lists(client: TestClient) -> None:
    """They open as what they are; who took the form out is in the audit log."""
    record = recorded(client, title="=1+1公告", body="参保登记截至2月30日。", format="text")["record"]
    word = docx.Document(io.BytesIO(client.get(f"/records/{record}/form.docx").content))
    page = client.get(f"/records/{record}/form.html")
    book = openpyxl.load_workbook(io.BytesIO(client.get("/register.xlsx").content))
    mending = openpyxl.load_workbook(io.BytesIO(client.get("/rectification.xlsx").content))

    assert "信息发布审查表" == word.tables[0].rows[0].cells[1].text
    assert ("text/html; charset=utf-8", True) == (page.headers["content-type"], "=1+1公告" in page.text)
    cells = [cell for row in book["登记表"].iter_rows() for cell in row if cell.value == "=1+1公告"]
    assert ["s"] == [cell.data_type for cell in cells]
    assert ["登记表", "各单位统计"] == book.sheetnames
    assert "日期不存在" in {row[3] for row in mending["整改清单"].iter_rows(values_only=True)}
    assert [None, None] == [one.broken for one in house.walk_all(register(client))]


def test_lists_for_people_and_programs(client: TestClient) -> None:
    """HTML for browsers, JSON for programs, problems for bad filters."""
    record = recorded(client)["record"]
    browser = {"accept": "text/html,*/*;q=0.8"}
    for path in ("/records", f"/records/{record}", "/tasks", "/submit", "/waivers", "/login", "/accounts"):
        page = client.get(path, headers=browser)
        assert (200, "text/html; charset=utf-8") == (page.status_code, page.headers["content-type"]), path
        assert "default-src 'none'" in page.headers["content-security-policy"]
    for query in ("from=2026-02-30", "state=nowhere", "verdict=maybe", "before=x", "limit=0"):
        assert 422 == client.get(f"/records?{query}").status_code
    for path in ("/records/none", "/records/none/form.docx"):
        assert "application/problem+json" == client.get(path).headers["content-type"]
        assert 404 == client.get(path).status_code


def test_problems_of_a_supervisor_over_http(client: TestClient) -> None:
    """Put down, listed with the last day, mended."""
    told = {"unit": "县医疗保障局", "problem": "链接失效", "told_on": "2026-11-20", "days": 3}
    notice = client.post("/rectification", json=told).json()["notice"]
    (row,) = client.get("/rectification").json()["notices"]
    done = client.post(f"/rectification/{notice}", json={"state": "已整改", "remark": "已更换"})

    assert (notice, "2026-11-25") == (row["id"], row["due"])
    assert 200 == done.status_code
    assert 422 == client.post("/rectification", json=told | {"days": 9}).status_code


def test_the_list_of_what_must_be_mended_is_filtered(client: TestClient) -> None:
    """By what the page of the list is filtered by: no other unit's problem, no other post's; nobody's number."""
    for unit, day in (("甲局", "2026-11-20"), ("甲局", "2026-10-20"), ("乙局", "2026-11-20")):
        told = {"unit": unit, "problem": "栏目空白", "told_on": day, "person": "李某13800138000"}
        assert 200 == client.post("/rectification", json=told).status_code
    for title in ("甲局的公告", "甲局的通知"):
        recorded(
            client, title=title, body="<p>截至2月30日。</p>", unit={"name": "甲局", "kind": "department"}
        )

    def lines(query: str) -> list[tuple[Any, ...]]:
        book = openpyxl.load_workbook(
            io.BytesIO(client.get(f"/rectification.xlsx?unit=甲局&{query}").content)
        )
        return [row[1:4] for row in book["整改清单"].iter_rows(min_row=2, values_only=True)]

    notice, posts = (
        ("甲局", "上级通报", "栏目空白"),
        [("甲局", f"甲局的{one}", "日期不存在") for one in ("公告", "通知")],
    )
    assert [notice, notice, *posts] == lines("")
    assert [notice] == lines("to=2026-10-31")
    assert [notice, notice, posts[1]] == lines("q=通知")
    assert "13800138000" not in client.get("/rectification").text


def test_the_page_that_sends_in(client: TestClient) -> None:
    """Without scripts: a form with its token; without the token, or from elsewhere, nothing."""
    page = client.get("/submit", headers={"accept": "text/html"})
    token = page.text.split('name="csrf" value="')[1].split('"')[0]
    given = {
        "csrf": token,
        "title": "网页送审",
        "body": "第一行\r\n第二行",
        "unit_name": "县局",
        "unit_kind": "department",
    }
    done = client.post("/submit", data=given, follow_redirects=False)

    assert (303, True) == (done.status_code, done.headers["location"].startswith("/records/"))
    assert 403 == client.post("/submit", data=given | {"csrf": "x"}).status_code
    assert 403 == client.post("/submit", data=given, headers={"sec-fetch-site": "cross-site"}).status_code
    assert 422 == client.post("/submit", data=given | {"body": " "}).status_code


def test_nobody_signs_what_they_have_not_seen(client: TestClient) -> None:
    """On a page opened before something else was answered nothing is signed; on one that shows it, it is."""
    record = recorded(client)["record"]
    browser = {"accept": "text/html"}
    for form in client.get(f"/records/{record}").json()["checklists"]:
        for item in form["items"]:
            said = {"item": item["id"], "answer": "否" if item["bad"] == "是" else "是", "note": "已核对"}
            client.post(f"/records/{record}/answers", json=said)

    def signed(page: str) -> Any:
        data = {name: re.findall(f'name="{name}" value="([^"]+)"', page)[0] for name in ("csrf", "seen")}
        return client.post(
            f"/records/{record}/act", data=data | {"do": "一校"}, headers=browser, follow_redirects=False
        )

    page = client.get(f"/records/{record}", headers=browser).text
    client.post(f"/records/{record}/answers", json={"item": "secret", "answer": "否", "note": "再次核对"})
    stale = signed(page)
    assert (409, True) == (stale.status_code, "有了新的办理" in stale.text)
    assert 303 == signed(client.get(f"/records/{record}", headers=browser).text).status_code


def test_blanks_around_a_unit_are_nothing(client: TestClient) -> None:
    """Else the post would be of a unit nobody belongs to: its own people could not see it."""
    record = recorded(client, unit={"name": " 县统计局　", "kind": "department"})["record"]

    assert [record] == [one["id"] for one in client.get("/records?unit=县统计局").json()["records"]]


def test_a_page_sent_twice_is_one_post(client: TestClient) -> None:
    """A double click, or back and once more; what was changed on the way is another post, and no error."""
    page = client.get("/submit", headers={"accept": "text/html"}).text
    token, once = (page.split(f'name="{name}" value="')[1].split('"')[0] for name in ("csrf", "once"))
    given = {
        "csrf": token,
        "once": once,
        "title": "两次点击",
        "body": "全文",
        "unit_name": "县局",
        "unit_kind": "department",
    }
    first, again, changed = (
        client.post("/submit", data=given | more, follow_redirects=False)
        for more in ({}, {}, {"body": "改过的全文"})
    )

    assert [303, 303, 303] == [one.status_code for one in (first, again, changed)]
    assert first.headers["location"] == again.headers["location"] != changed.headers["location"]


def test_days_out_of_this_world(client: TestClient) -> None:
    """No day that cannot be reckoned with is taken: one such line would keep the whole list from being shown."""
    told = {"unit": "县医疗保障局", "problem": "链接失效", "told_on": "9999-12-31"}
    token = client.get("/rectification", headers={"accept": "text/html"}).text.split('name="csrf" value="')[1]
    form = told | {"csrf": token.split('"')[0], "do": "tell", "days": "5"}

    assert 422 == client.post("/rectification", json=told).status_code
    assert 422 == client.post("/rectification/notices/act", data=form).status_code
    assert 422 == client.post("/screen", json=POST | {"formed_on": "9999-12-31"}).status_code
    for path in ("/records", "/register.xlsx", "/rectification.xlsx", "/figures"):
        for query in ("to=9999-12-31", "from=0001-01-01"):
            assert 422 == client.get(f"{path}?{query}").status_code, path
    assert 200 == client.get("/rectification").status_code


def test_refusals_are_told_in_words(client: TestClient) -> None:
    """The story names what was tried as the office does, never by the program's names."""
    record = recorded(client)["record"]
    item = client.get(f"/records/{record}").json()["checklists"][0]["items"][0]
    client.post(f"/records/{record}/answers", json={"item": item["id"], "answer": item["bad"]})
    plea = {"finding": 0, "reason": "理由", "basis": "第一条", "until": "2026-12-01"}
    client.post(f"/records/{record}/waivers", json=plea)
    told = [
        one["words"] for one in client.get(f"/records/{record}").json()["story"] if one["kind"] == "refused"
    ]

    assert told
    assert f"填写 {item['number']}" in told[0]
    assert not re.search("[a-z]", "".join(told))


NUMBERS = [f"110101{year}0307{tail}" for year, tail in ((1990, "4477"), (1985, "123X"), (1979, "5519"))] + [
    f"139{n:08d}" for n in range(10_000_000, 10_000_020)
]


def test_no_sink_holds_a_private_number(
    config: Settings, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    """Database, its server's own files and log, our log, backup and data folder; KEEP_TEXT on, replies kept."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, "httpx")  # the asking side of these tests, not the service
    kept = config.model_copy(update={"keep_text": True})
    with TestClient(create(kept), raise_server_exceptions=False) as client:
        for number in NUMBERS:
            post = POST | {
                "title": f"关于{number}的公示",
                "body": f"<p>联系人王小明，号码{number}。</p><!--{number}-->",
                "author": number,
            }
            record = client.post("/screen", json=post, headers={"Idempotency-Key": f"k{number}"}).json()[
                "record"
            ]
            client.post(
                f"/records/{record}/answers", json={"item": "secret", "answer": "否", "note": f"已问{number}"}
            )
            told = {"unit": UNIT, "problem": f"公开了{number}", "basis": number, "told_on": "2026-11-20"}
            notice = client.post("/rectification", json=told).json()["notice"]
            client.post(f"/rectification/{notice}", json={"state": "已整改", "remark": f"已删{number}"})
            client.post(f"/records/{record}/signatures", json={"act": "return", "note": f"含{number}"})
            client.post("/verify", json={"record": record, "title": number, "body": number})
            client.get(f"/records?q={number}")
            client.post(
                "/screen",
                content=json.dumps(post).encode()[:-3],
                headers={"content-type": "application/json"},
            )
        backup.save(register(client), config.home / "b.gz")

    folders = [config.home]
    if config.database_url:
        server = request.getfixturevalue("postgresql")
        with psycopg.connect(config.database_url, autocommit=True) as connection:
            connection.execute("CHECKPOINT")  # what the server holds in memory, into its files
        folders += [server.folder]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert {"b.gz", "secret.key"} <= {path.name for path in files}
    looked = {}
    for path in files:
        with contextlib.suppress(FileNotFoundError):  # a living server makes and drops caches of its own
            looked[str(path)] = path.read_bytes()
    held = gzip.decompress(looked[str(config.home / "b.gz")]) + caplog.text.encode()
    assert b"screened" in held

    sinks = [*looked.items(), ("backup and log", held)]
    found = [
        (name, number) for name, raw in sinks for number in (*NUMBERS, "王小明") if number.encode() in raw
    ]
    assert [] == found


def test_the_text_for_those_who_work_on_it(tmp_path: Path) -> None:
    """Where it is kept: shown to the person at work, put down in the audit log; elsewhere there is none to show."""
    browser = {"accept": "text/html"}
    with TestClient(create(Settings(home=tmp_path / "kept", keep_text=True))) as client:
        record = recorded(client, body="<p>参保登记&amp;缴费</p>", format="html")["record"]
        assert "查看送审原文" in client.get(f"/records/{record}", headers=browser).text
        page = client.get(f"/records/{record}/text", headers=browser)
        assert "&lt;p&gt;参保登记&amp;amp;缴费&lt;/p&gt;" in page.text
        assert "<p>参保登记&amp;缴费</p>" == client.get(f"/records/{record}/text").json()["body"]
        read = lookup.audited(register(client), None, 10)
        assert [("read", "local")] * 2 == [(one.kind, one.who) for one in read[:2]]
    with TestClient(create(Settings(home=tmp_path / "not"))) as client:
        record = recorded(client)["record"]
        assert "查看送审原文" not in client.get(f"/records/{record}", headers=browser).text
        assert 404 == client.get(f"/records/{record}/text").status_code


def test_a_browser_is_refused_in_words(client: TestClient) -> None:
    """A page with the reason and the same status; programs get the problem."""
    for accept, kind in (("text/html", "text/html; charset=utf-8"), ("*/*", "application/problem+json")):
        answer = client.get("/records/none", headers={"accept": accept})
        assert (404, kind) == (answer.status_code, answer.headers["content-type"])
        assert "没有这一登记" in answer.text


def test_problems_and_waivers_over_pages(client: TestClient) -> None:
    """整改 without scripts: told, overdue, explained; what is missing is said on the page."""
    browser = {"accept": "text/html"}
    page = client.get("/rectification", headers=browser).text
    token = re.search(r'name="csrf" value="([^"]+)"', page)
    assert token
    told = {
        "csrf": token[1],
        "do": "tell",
        "unit": "县医疗保障局",
        "problem": "栏目未更新",
        "told_on": "2026-01-05",
        "days": "2",
    }
    page = client.post("/rectification/notices/act", data=told, headers=browser).text
    assert "栏目未更新" in page
    assert "2026-01-07<small>已逾期" in page
    notice = re.findall(r'name="notice" value="([^"]+)"', page)[0]
    done = {"csrf": token[1], "do": "已整改", "notice": notice, "remark": ""}
    late = client.post("/rectification/notices/act", data=done, headers=browser)
    assert (422, True) == (late.status_code, "逾期未整改到位的，须说明情况" in late.text)
    assert (
        "系统故障"
        in client.post("/rectification/notices/act", data=done | {"remark": "系统故障"}, headers=browser).text
    )
    for wrong in ({"told_on": "昨天"}, {"days": "9"}, {"problem": ""}, {"csrf": "x"}):
        assert client.post("/rectification/notices/act", data=told | wrong).status_code in {403, 422}
    assert (
        "没有这一豁免"
        in client.post("/waivers", data={"csrf": token[1], "waiver": "x"}, headers=browser).text
    )
