"""Words changed while the service runs: the gate, two persons, imports, one set per verdict, any earlier set again."""

from __future__ import annotations

import io
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
import psycopg
import pytest
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text, update

from app.main import create
from app.register import backup
from app.register.chain import walk
from app.register.models import word_proposals
from app.register.store import Register
from app.register.way import Person
from app.settings import Settings
from app.words import compile as compiling
from app.words import sets, swap
from app.words.lists import SHAPES
from detectors import lexicon, load, overlay
from detectors.lexicon import Lexicon, Words
from detectors.rule import Rule
from detectors.text import Text
from tests.app.accounts.test_gate import add, gate_of, session
from tests.app.register.conftest import Server, new_database

RULE = "spelling.wrong-character"
REASON = {"reason": "多次出现", "basis": "《国家通用语言文字法》第九条"}
ARCHIVE = (
    '{"key": "1", "title": "公告", "body": "秋良收购开始。联系人手机13912345678，秋良入库。", "published_on": "2024-09-01", "unit": "县粮食局"}\n'
    '{"key": "2", "title": "公告", "body": "秋良收购结束。", "published_on": "2025-01-02", "unit": "县农业局"}\n'
    '{"key": "3", "title": "公告", "body": "秋粮收购。", "published_on": "2025-01-02", "unit": "县农业局"}\n'
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A service with people."""
    home: Path = tmp_path_factory.mktemp("home")
    archive = home / "archive.jsonl"
    archive.write_text(ARCHIVE, encoding="utf-8")
    compiled_apart = swap.Words._compile

    def compiled_here(self: swap.Words, set_: sets.Newest, target: Path) -> None:
        """In this process: a second less. The tests of two services and of the load compile apart, as always."""
        compiling.run(
            compiling.Order(self.settings.model_dump(mode="json"), set_.number, set_.batch, str(target))
        )

    with (
        pytest.MonkeyPatch.context() as patch,
        TestClient(
            create(Settings(home=home, archive=str(archive))), raise_server_exceptions=False
        ) as client,
    ):
        patch.setattr(swap.Words, "_compile", compiled_here)
        client.app.state.compiled_apart = compiled_apart  # type: ignore[attr-defined]
        add(client, "keeper1", "keeper", covers="all")
        add(client, "keeper2", "keeper", covers="all")
        add(client, "approver", "approver", posts=("分管领导",), covers="all")
        add(client, "editor", "editor")
        gate_of(client).load()
        yield client


@pytest.fixture(scope="module")
def be(client: TestClient) -> Callable[[str], dict[str, str]]:
    """Headers of a person."""
    known: dict[str, dict[str, str]] = {}
    return lambda login: known.setdefault(login, session(client, login))


def propose(client: TestClient, who: dict[str, str], *terms: Any, rule: str = RULE, act: str = "add") -> Any:
    """The answer to a wish."""
    wishes = [{"word": one} if isinstance(one, str) else one for one in terms]
    return client.post(f"/lexicons/{rule}/terms", json={"terms": wishes, "act": act, **REASON}, headers=who)


def approve(
    client: TestClient, who: dict[str, str], batch: str, decision: str = "approve", note: str = ""
) -> Any:
    """The answer to a decision."""
    return client.post(f"/lexicons/proposals/{batch}", json={"decision": decision, "note": note}, headers=who)


def quotes(client: TestClient, who: dict[str, str], body: str, data: str = "") -> list[str]:
    """What is found in a text."""
    query = f"?data={data}" if data else ""
    answer = client.post(f"/screen{query}", json={"body": body, "record": False}, headers=who)
    assert 200 == answer.status_code, answer.text
    return [one["quote"] for one in answer.json()["findings"]]


def settled(
    client: TestClient, be: Callable[[str], dict[str, str]], *terms: Any, rule: str = RULE, act: str = "add"
) -> Any:
    """A wish of one, approved by another."""
    batch = propose(client, be("keeper1"), *terms, rule=rule, act=act)
    assert 201 == batch.status_code, batch.text
    done = approve(client, be("keeper2"), batch.json()["batch"])
    assert 200 == done.status_code, done.text
    return done.json()


# --- from wish to verdict -----------------------------------------------------------------------


def test_a_word_is_wished_approved_and_found(client: TestClient, be: Callable[[str], dict[str, str]]) -> None:
    """Not before the second person; afterwards at once, in every spelling, and the verdict names another data."""
    before = client.get("/lexicons", headers=be("editor")).json()
    batch = propose(client, be("keeper1"), {"word": "禁毒宣穿", "value": "禁毒宣传"}).json()["batch"]
    assert [] == quotes(client, be("editor"), "开展禁毒宣穿活动。")

    done = approve(client, be("approver"), batch).json()

    assert ["禁毒宣穿"] == quotes(client, be("editor"), "开展禁毒宣穿活动。")
    assert ["禁 毒宣穿".replace(" ", "\u200b")] == quotes(client, be("editor"), "开展禁\u200b毒宣穿活动。")
    assert before["set"] + 1 == done["set"]
    assert before["data"] != done["data"] == client.get("/ready").json()["data"]


def test_nobody_approves_their_own_wish(client: TestClient, be: Callable[[str], dict[str, str]]) -> None:
    """Not in code, and not past the code: the table itself refuses."""
    batch = propose(client, be("keeper1"), "甲乙丙丁戊").json()["batch"]

    assert 403 == approve(client, be("keeper1"), batch).status_code
    register = client.app.state.words.register  # type: ignore[attr-defined]
    with (
        pytest.raises(Exception, match="CHECK constraint failed: word_second_person"),
        register.database._writing.begin() as direct,
    ):
        direct.execute(
            update(word_proposals).where(word_proposals.c.batch == batch).values(decider="keeper1", state="approved")
        )  # fmt: skip


def test_who_may_wish_and_decide(client: TestClient, be: Callable[[str], dict[str, str]]) -> None:
    """Editors do neither; an approver decides and does not wish."""
    batch = propose(client, be("keeper1"), "己庚辛壬癸").json()["batch"]

    assert [403, 403, 403] == [
        propose(client, be("editor"), "子丑寅卯辰").status_code,
        propose(client, be("approver"), "子丑寅卯辰").status_code,
        approve(client, be("editor"), batch).status_code,
    ]
    assert 422 == approve(client, be("approver"), batch, "refuse").status_code, "a refusal says why"
    assert "refused" == approve(client, be("approver"), batch, "refuse", "没有依据").json()["state"]
    assert 404 == approve(client, be("approver"), batch).status_code, "decided once"


def test_reason_and_article_are_required(client: TestClient, be: Callable[[str], dict[str, str]]) -> None:
    """Neither alone is enough."""
    for missing in ("reason", "basis"):
        body = {"terms": [{"word": "巳午未申酉"}], **REASON, missing: " "}
        assert 422 == client.post(f"/lexicons/{RULE}/terms", json=body, headers=be("keeper1")).status_code


def test_reason_and_article_are_kept_without_what_is_private(
    client: TestClient, be: Callable[[str], dict[str, str]]
) -> None:
    """Both are shown to everybody who opens the page."""
    body = {"terms": [{"word": "申酉戌亥子"}], "reason": "来电13800138000", "basis": "来信13900139000"}
    assert 201 == client.post(f"/lexicons/{RULE}/terms", json=body, headers=be("keeper1")).status_code
    shown = client.get("/lexicons/proposals", headers=be("keeper1")).text

    assert "申酉戌亥子" in shown
    assert not any(number in shown for number in ("13800138000", "13900139000"))


def test_every_step_is_in_the_audit_chain(client: TestClient, be: Callable[[str], dict[str, str]]) -> None:
    """Wish, refusal and approval, each with who it was; the chain holds."""
    settled(client, be, {"word": "审计连检", "value": "审计链检"})
    register = client.app.state.words.register  # type: ignore[attr-defined]
    with register.read() as connection:
        kinds = set(connection.execute(text("SELECT kind FROM entries WHERE register = 'audit'")).scalars())
        assert walk(connection, register.keys, "audit").broken is None

    assert {"words-proposed", "words-approved", "words-refused"} <= kinds


def test_an_earlier_set_can_be_asked_for(client: TestClient, be: Callable[[str], dict[str, str]]) -> None:
    """By the "data" of its verdicts; one nobody ever had is a 404, another parameter a 422."""
    first = settled(client, be, {"word": "早稻播重", "value": "早稻播种"})
    second = settled(client, be, "早稻播重", act="withdraw")

    assert [] == quotes(client, be("editor"), "早稻播重。")
    assert ["早稻播重"] == quotes(client, be("editor"), "早稻播重。", first["data"])
    assert [] == quotes(client, be("editor"), "早稻播重。", second["data"])
    post = {"body": "早稻播重。", "record": False}
    assert 404 == client.post("/screen?data=sha256:0", json=post, headers=be("editor")).status_code
    assert 422 == client.post("/screen?date=1", json=post, headers=be("editor")).status_code
    kept = post | {"record": True}
    assert 422 == client.post(f"/screen?data={first['data']}", json=kept, headers=be("editor")).status_code
    assert 200 == client.post(f"/screen?data={second['data']}", json=kept, headers=be("editor")).status_code


def test_words_are_in_the_backup(
    client: TestClient, be: Callable[[str], dict[str, str]], tmp_path: Path
) -> None:
    """Restored elsewhere, the same words answer: what was decided here is nowhere else."""
    settled(client, be, {"word": "晚稻播重", "value": "晚稻播种"})
    batch = propose(client, be("keeper1"), "寅卯辰巳午").json()["batch"]
    old: Path = client.app.state.words.settings.home  # type: ignore[attr-defined]
    backup.save(client.app.state.words.register, tmp_path / "b.gz")  # type: ignore[attr-defined]
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(old / "secret.key", home)
    with TestClient(create(Settings(home=home, auth="off"))):
        pass  # started before there was anything in it
    register = Register(Settings(home=home))
    backup.restore(register, tmp_path / "b.gz")
    register.close()
    with TestClient(create(Settings(home=home, auth="off"))) as other:
        assert client.get("/ready").json()["data"] == other.get("/ready").json()["data"]
        assert ["晚稻播重"] == quotes(other, {}, "晚稻播重。")
        assert batch in other.get("/lexicons/proposals").text


def test_a_shipped_word_is_put_to_rest_and_back(
    client: TestClient, be: Callable[[str], dict[str, str]]
) -> None:
    """Withdrawn it counts no more; wished again it does, with what is new behind it."""
    body = "这样布署工作。"
    assert ["布署"] == quotes(client, be("editor"), body)
    settled(client, be, "布署", act="withdraw")
    assert [] == quotes(client, be("editor"), body)

    settled(client, be, {"word": "布署", "value": {"then": "部署", "note": "重新启用"}})

    answer = client.post("/screen", json={"body": body, "record": False}, headers=be("editor")).json()
    assert [("布署", "部署", "重新启用")] == [
        (one["quote"], one["suggestion"], one["note"]) for one in answer["findings"]
    ]


def test_exceptions_are_edited(client: TestClient, be: Callable[[str], dict[str, str]]) -> None:
    """A word is changed so that it is innocent inside a phrase."""
    settled(client, be, {"word": "临水县", "value": "凌水县"})
    settled(
        client, be, {"word": "临水县", "value": {"then": "凌水县", "unless": ["临水县城遗址"]}}, act="change"
    )

    assert ["临水县"] == quotes(client, be("editor"), "参观临水县城遗址，后到临水县。")


@pytest.mark.parametrize(("rule", "row", "wrong", "right"), [
    ("roster", {"name": "张一禾", "titles": "云山县副县长", "status": "在任"}, "云山县副县长张一和出席会议。", "云山县副县长张一禾出席会议。"),
    ("agencies", {"name": "临江县畜牧兽医局", "then": "临江县农业农村局", "since": "2019-03-01"}, "临江县畜牧兽医局发布通知。", "临江县农业农村局发布通知。"),
    ("places", {"name": "临江县", "then": "临江区", "since": "2020-01-01", "parents": "云山市"}, "云山市临江县开展普查。", "云山市临江区开展普查。"),
])  # fmt: skip
def test_tables_are_edited(
    client: TestClient,
    be: Callable[[str], dict[str, str]],
    rule: str,
    row: dict[str, str],
    wrong: str,
    right: str,
) -> None:
    """Rosters and lists of old names count as soon as they are approved."""
    settled(client, be, {"value": row}, rule=rule)

    assert quotes(client, be("editor"), wrong)
    assert [] == quotes(client, be("editor"), right)


def test_sources_and_hosts_are_edited(client: TestClient, be: Callable[[str], dict[str, str]]) -> None:
    """An approved host is no foreign host any more; an approved source no unknown one."""
    html = '<p>详见<a href="https://www.lishui-news.example.com/a">网页</a>。</p>'

    def rules(**more: Any) -> set[str]:
        post = {"body": html, "format": "html", "record": False, **more}
        answer = client.post("/screen", json=post, headers=be("editor")).json()
        return {one["rule"] for one in answer["findings"]}

    assert "link.commercial-site" in rules()
    settled(
        client, be, {"value": {"domain": "example.com", "class": "批准", "why": "合作媒体"}}, rule="domains"
    )
    assert "link.commercial-site" not in rules()

    taken, unknown = (
        {"source": {"name": name, "url": ""}, "category": "转载"} for name in ("凌水在线", "凌江在线")
    )
    assert "source.unapproved-source" not in rules(**unknown), "without a list of its own nothing can be said"
    settled(client, be, {"value": {"name": "凌水在线", "domains": "example.com"}}, rule="sources")
    assert [False, True] == ["source.unapproved-source" in rules(**one) for one in (taken, unknown)]


# --- the gate -----------------------------------------------------------------------------------

BAD: dict[str, tuple[Any, str]] = {
    "one letter": ("的", "只有一个字"),
    "one letter after folding": ("\u200b的\u00ad", "只有一个字"),
    "nothing": ("\u200b\u200b", "没有写明"),
    "a duplicate": ("既使", "已有的词重复"),
    "a duplicate after folding": ("既 使".replace(" ", "\u200b"), "已有的词重复"),
    "a duplicate in Traditional": ("佈署", "已有的词重复"),
    "a duplicate in another rule": ("一如既住", "重复"),
    "too common": ("工作", "常用词"),
    "fires on clean text": ("有关规定", "没有问题的文字"),
    "excused by itself": ({"word": "临江大桥", "value": {"unless": ["临江大桥"]}}, "永远不会命中"),
    "over": ({"word": "临江大乔", "value": {"then": "临江大桥", "until": "2020-01-01"}}, "截止日期"),
    "before it begins": ({"word": "临江大乔", "value": {"from": "2030-01-01", "until": "2029-01-01"}}, "不早于"),
    "its own before": ({"word": "临江大乔", "value": {"before": ["新"], "unless_before": ["新"]}}, "永远不会命中"),
    "the same word": ({"word": "临江大乔", "value": "临江大乔"}, "改后的写法与原词相同"),
    "an exception without it": ({"word": "临江大乔", "value": {"unless": ["大桥"]}}, "例外须包含"),
    "an unknown condition": ({"word": "临江大乔", "value": {"regex": ".*"}}, "不认识的条件"),
    "a false day": ({"word": "临江大乔", "value": {"from": "2026-02-30"}}, "不是日期"),
    "a line break": ("临江\n大乔", "换行"),
    "too long": ("长" * 201, ""),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_words_are_refused_with_the_reason(
    client: TestClient, be: Callable[[str], dict[str, str]], name: str
) -> None:
    """Each kind of bad word; nothing of its batch is put down."""
    wish, reason = BAD[name]

    answer = propose(client, be("keeper1"), wish, "完全没有问题的词")

    assert 422 == answer.status_code
    assert reason in answer.text
    waiting = client.get("/lexicons/proposals", headers=be("keeper1")).json()["proposals"]
    assert not [one for one in waiting if one["word"] == "完全没有问题的词"]


def test_a_word_inside_an_exception_is_refused(
    client: TestClient, be: Callable[[str], dict[str, str]]
) -> None:
    """What was decided to be innocent cannot come in by the back door; of the files and of what was laid over them."""
    shipped = next(
        (one.rule.id, phrase)
        for one in load().lexicons
        for term in one.terms
        for _, phrase in term.unless
        if phrase != term.word
    )
    assert "例外" in propose(client, be("keeper1"), shipped[1], rule=shipped[0]).text
    settled(client, be, {"word": "清水弯", "value": {"then": "清水湾", "unless": ["清水弯道"]}})

    assert "在例外“清水弯道”之中" in propose(client, be("keeper1"), "清水弯道").text


def test_the_gate_catches_every_seeded_bad_word(
    client: TestClient, be: Callable[[str], dict[str, str]]
) -> None:
    """F22: common words of official text, each on its own: all refused."""
    common = [
        "工作",
        "会议",
        "发展",
        "建设",
        "群众",
        "企业",
        "部门",
        "通知",
        "方案",
        "实施",
        "管理",
        "服务",
        "学校",
        "安全",
        "经济",
        "社会",
        "农业",
        "项目",
        "公示",
        "政府",
        "时间",
        "人员",
        "要求",
        "情况",
        "开展",
    ]

    answer = propose(client, be("keeper1"), *common)

    assert {f"terms.{at}" for at in range(len(common))} == {one["field"] for one in answer.json()["errors"]}


@pytest.mark.parametrize(("rule", "value", "reason"), [
    ("roster", {"name": "张三", "status": "休假"}, "status"), ("roster", {"name": "", "status": "在任"}, ""),
    ("roster", {"name": "张三", "status": "在任", "colour": "红"}, "colour"), ("domains", {"domain": "http://a.cn/x", "class": "批准"}, "域名"),
    ("sources", {"name": "某报", "valid_from": "2026-02-30"}, "calendar"), ("agencies", {"name": "某局"}, "since"),
    ("roster", "张三", "各列"), ("own_domains", {"a": 1}, "词条"),
])  # fmt: skip
def test_bad_rows_are_refused(
    client: TestClient, be: Callable[[str], dict[str, str]], rule: str, value: Any, reason: str
) -> None:
    """As strictly as a file is read."""
    answer = propose(client, be("keeper1"), {"word": "x", "value": value}, rule=rule)

    assert 422 == answer.status_code
    assert reason in answer.text


def test_a_batch_that_no_longer_fits_is_refused_at_approval(
    client: TestClient, be: Callable[[str], dict[str, str]]
) -> None:
    """Two wishes for one word: the second falls at the gate, and what answers stays as it is."""
    first = propose(client, be("keeper1"), {"word": "两次提出", "value": "再次提出"}).json()["batch"]
    second = propose(client, be("keeper1"), {"word": "两次提出", "value": "又次提出"}).json()["batch"]
    approve(client, be("keeper2"), first)
    data = client.get("/ready").json()["data"]

    assert 409 == approve(client, be("keeper2"), second).status_code
    assert data == client.get("/ready").json()["data"]


def test_an_unknown_list(client: TestClient, be: Callable[[str], dict[str, str]]) -> None:
    """404, also for rules that are not made of words."""
    assert [404, 404] == [
        propose(client, be("keeper1"), "甲乙丙", rule=one).status_code for one in ("no.such", "pii.id-card")
    ]


# --- preview, import, export --------------------------------------------------------------------


def test_a_preview_tells_what_a_word_would_hit(
    client: TestClient, be: Callable[[str], dict[str, str]]
) -> None:
    """Counts by year and unit, contexts with private data masked."""
    answer = client.post(
        "/lexicons/preview", json={"list": RULE, "word": "秋良", "value": "秋粮"}, headers=be("keeper1")
    ).json()

    seen = answer["preview"]
    assert [] == answer["refusals"]
    assert (3, 3, 2, True) == (seen["posts"], seen["hits"], seen["posts_hit"], seen["complete"])
    assert {"2024": 2, "2025": 1} == seen["by_year"]
    assert {"县粮食局": 2, "县农业局": 1} == seen["by_unit"]
    assert {"秋良"} == {one["word"] for one in seen["contexts"]}
    assert "13912345678" not in str(seen)
    assert "139****5678" in str(seen)


def test_an_import_of_csv_and_xlsx(client: TestClient, be: Callable[[str], dict[str, str]]) -> None:
    """The same lines from either, as one batch; GB18030 and BOM are read; what comes out goes in again."""
    lines = [
        ["词", "改为", "例外", "整词"],
        ["渔业船员正书", "渔业船员证书", "", ""],
        ["碘盐宣穿", "碘盐宣传", "碘盐宣穿板", "否"],
    ]
    book = openpyxl.Workbook()
    for line in lines[:2]:
        book.active.append(line)
    stream = io.BytesIO()
    book.save(stream)
    url = f"/lexicons/{RULE}/import?reason=常见&basis=第九条"
    kinds = {"content-type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
    sheet = client.post(url, content=stream.getvalue(), headers=be("keeper1") | kinds)
    assert (201, 1) == (sheet.status_code, sheet.json().get("count")), sheet.text
    letters = "\n".join(",".join(line) for line in (lines[0], lines[2]))
    text_ = client.post(
        url, content=letters.encode("gb18030"), headers=be("keeper1") | {"content-type": "text/csv"}
    )
    assert (201, 1) == (text_.status_code, text_.json().get("count")), text_.text
    for one in (sheet, text_):
        assert 200 == approve(client, be("keeper2"), one.json()["batch"]).status_code

    assert ["渔业船员正书", "碘盐宣穿"] == quotes(
        client, be("editor"), "渔业船员正书。碘盐宣穿。碘盐宣穿板。"
    )
    out = client.get(f"/lexicons/{RULE}/export.csv", headers=be("keeper1")).content.decode("utf-8-sig")
    assert "碘盐宣穿,碘盐宣传,碘盐宣穿板" in out


@pytest.mark.parametrize(("content", "reason"), [
    ("词,改为\n,x", "第 2 行"), ("字,改为\na,b", "不认识的列"), ("改为\nx", "缺少“词”"), ("词\n甲乙丙丁,多余", "多于"), ('词\n"未闭合', "CSV"),
    ("", "没有内容"), ("词,整词\n甲乙丙丁,也许", "是 或 否"), ("词\n甲乙丙丁\n甲乙丙丁", "重复"),
])  # fmt: skip
def test_a_broken_import_is_refused_whole(
    client: TestClient, be: Callable[[str], dict[str, str]], content: str, reason: str
) -> None:
    """With the line; nothing of it is put down."""
    url = f"/lexicons/{RULE}/import?reason=a&basis=b"
    answer = client.post(url, content=content.encode(), headers=be("keeper1") | {"content-type": "text/csv"})

    assert 422 == answer.status_code
    assert reason in answer.text


def test_exports_hold_no_formula(client: TestClient, be: Callable[[str], dict[str, str]]) -> None:
    """F49: a spreadsheet shows it and computes nothing."""
    settled(client, be, {"word": "=1+1等于", "value": {"note": "@SUM(A1)"}})

    out = client.get(f"/lexicons/{RULE}/export.csv", headers=be("keeper1")).text

    assert "'=1+1等于" in out
    assert "'@SUM(A1)" in out


def test_the_page_of_words(client: TestClient, be: Callable[[str], dict[str, str]]) -> None:
    """A wish made and decided over the page, by its forms; without their token nothing."""
    from app.accounts.sessions import form_token

    def form(who: str, **fields: str) -> Any:
        token = be(who)["cookie"].partition("=")[2]
        register = client.app.state.words.register  # type: ignore[attr-defined]
        return client.post("/words", data={"csrf": form_token(register, token), **fields},
                           headers={"cookie": be(who)["cookie"]}, follow_redirects=False)  # fmt: skip

    tried = form("keeper1", do="try", list=RULE, word="秋良", then="秋粮")
    assert "139****5678" in tried.text
    wished = form("keeper1", do="add", list=RULE, word="页面提出词", then="页面提出字", **REASON)
    assert 303 == wished.status_code, wished.text
    waiting = client.get("/lexicons/proposals", headers=be("keeper1")).json()["proposals"]
    batch = next(one["batch"] for one in waiting if one["word"] == "页面提出词")
    assert "不得批准自己提出的变更" in form("keeper1", do="approve", batch=batch).text
    assert 303 == form("keeper2", do="approve", batch=batch).status_code
    assert ["页面提出词"] == quotes(client, be("editor"), "页面提出词。")
    page = client.get("/words", headers={"cookie": be("keeper2")["cookie"]}).text
    assert "现行第" in page
    assert 403 == form("keeper1", do="add", csrf="x").status_code


# --- one set per verdict ------------------------------------------------------------------------


def test_two_services_on_one_postgresql_follow_each_other(tmp_path: Path, postgresql: Server) -> None:
    """Approved on one machine, found on the other within two seconds, with the same data."""
    url = new_database(postgresql)
    key = "k" * 40
    here, there = (Settings(home=tmp_path / name, database_url=url, secret_key=key) for name in ("a", "b"))
    with TestClient(create(here)) as one, TestClient(create(there)) as other:
        register = one.app.state.words.register  # type: ignore[attr-defined]
        change = sets.Change(RULE, "add", "两台机器词", "两台机器词", '"两台机器字"')
        batch = register.call(
            sets.proposing([change], "a", "b", Person("k", "甲", roles=frozenset({"keeper"})))
        )
        one.app.state.words.compiled(sets.Newest(1, batch))  # type: ignore[attr-defined]
        register.call(sets.approving(batch, 0, "", Person("l", "乙", roles=frozenset({"keeper"}))))
        end = time.monotonic() + 20
        post = {"body": "两台机器词。", "record": False}
        answers: list[dict[str, Any]] = []
        while time.monotonic() < end:
            answers = [client.post("/screen", json=post).json() for client in (one, other)]
            if all(answer["findings"] for answer in answers):
                break
            time.sleep(0.1)

        assert [["两台机器词"]] * 2 == [
            [found["quote"] for found in answer["findings"]] for answer in answers
        ]
        assert answers[0]["data"] == answers[1]["data"]


def test_the_database_refuses_an_own_decision_on_postgresql(tmp_path: Path, postgresql: Server) -> None:
    """The same constraint on the other database."""
    url = new_database(postgresql)
    with TestClient(create(Settings(home=tmp_path, database_url=url, secret_key="k" * 40))) as client:
        register = client.app.state.words.register  # type: ignore[attr-defined]
        change = sets.Change(RULE, "add", "自己批准词", "自己批准词", "true")
        register.call(sets.proposing([change], "a", "b", Person("k", "甲", roles=frozenset({"keeper"}))))
        with psycopg.connect(url) as direct, pytest.raises(psycopg.errors.CheckViolation):
            direct.execute("UPDATE word_proposals SET state = 'approved', decider = 'k'")


def test_a_set_that_cannot_be_made_leaves_the_old_one(
    client: TestClient, be: Callable[[str], dict[str, str]]
) -> None:
    """Written past the gate into the database: the old set answers on, and the service says that it is behind."""
    words = client.app.state.words  # type: ignore[attr-defined]
    register, before = words.register, client.get("/ready").json()["data"]
    change = sets.Change(RULE, "add", "坏", "坏", "true")
    batch = register.call(sets.proposing([change], "a", "b", Person("k", "甲", roles=frozenset({"keeper"}))))
    number = words.look().number
    register.call(sets.approving(batch, number, "", Person("l", "乙", roles=frozenset({"keeper"}))))
    words.follow(client.app.state)  # type: ignore[attr-defined]

    assert before == client.get("/ready").json()["data"]
    assert f"第 {number + 1} 版词库未能启用" in client.get("/lexicons", headers=be("editor")).json()["behind"]
    undo = sets.Change(RULE, "withdraw", "坏", "坏", "")
    batch = register.call(sets.proposing([undo], "a", "b", Person("k", "甲", roles=frozenset({"keeper"}))))
    register.call(sets.approving(batch, number + 1, "", Person("l", "乙", roles=frozenset({"keeper"}))))
    words.follow(client.app.state)  # type: ignore[attr-defined]
    assert "" == client.get("/lexicons", headers=be("editor")).json()["behind"]


def test_reload_under_load_mixes_nothing(
    client: TestClient, be: Callable[[str], dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """F19: while sets change, every verdict holds exactly the words of the data it names."""
    monkeypatch.setattr(swap.Words, "_compile", client.app.state.compiled_apart)  # type: ignore[attr-defined]
    told: list[tuple[str, tuple[str, ...]]] = []
    stop = threading.Event()
    body = "换词甲子乙丑。换词丙寅丁卯。" + "各单位要认真落实。" * 100

    def ask() -> None:
        while not stop.is_set():
            answer = client.post("/screen", json={"body": body, "record": False}, headers=be("editor")).json()
            told.append((answer["data"], tuple(one["quote"] for one in answer["findings"])))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for one in threads:
        one.start()
    expected: dict[str, tuple[str, ...]] = {client.get("/ready").json()["data"]: ()}
    try:
        for at in range(2):
            word = ("换词甲子乙丑", "换词丙寅丁卯")[at % 2]
            done = settled(client, be, word)
            held = client.get(f"/lexicons/{RULE}/terms", params={"q": "换词"}, headers=be("editor")).json()[
                "terms"
            ]
            expected[done["data"]] = tuple(
                one
                for one in ("换词甲子乙丑", "换词丙寅丁卯")
                if one in {term["word"] for term in held if term["value"] is not None}
            )
            if at == 1:
                done = settled(client, be, "换词甲子乙丑", act="withdraw")
                expected[done["data"]] = ("换词丙寅丁卯",)
    finally:
        stop.set()
        for one in threads:
            one.join()

    assert [] == [(data, found) for data, found in told if expected[data] != found]
    assert 2 <= len({data for data, _ in told})


# --- laid over is as good as built in -----------------------------------------------------------


_WORDS = st.text("甲乙丙丁", min_size=2, max_size=4)


@settings(deadline=None, max_examples=60)
@given(
    st.sets(_WORDS, max_size=8),
    st.sets(_WORDS, max_size=8),
    st.sets(_WORDS, max_size=4),
    st.text("甲乙丙丁，。", max_size=40),
)
@pytest.mark.parametrize("engine", ["daachorse", "pyahocorasick"])
def test_laid_over_is_built_in(
    tmp_path_factory: pytest.TempPathFactory,
    engine: str,
    shipped: set[str],
    laid: set[str],
    hidden: set[str],
    letters: str,
) -> None:
    """A set laid over the files finds exactly what files with those words would; so do its rules one by one."""
    rule = Rule("expression.unit-words", "词", "为什么", ("第一条",), ("⟦甲乙⟧", "丙丁"))
    other = Rule("expression.other-words", "词", "为什么", ("第一条",), ("⟦甲乙⟧", "丙丁"))

    def lexicon_of(words: set[str], rule: Rule = rule) -> Lexicon:
        empty = Lexicon(rule, ())
        return Lexicon(rule, tuple(lexicon.term(empty, word, True) for word in sorted(words)))

    base = lexicon_of(shipped)
    path = tmp_path_factory.mktemp("set") / "a.set"
    beside = lexicon_of(shipped, other)
    terms = {
        word: [(one.rule.id, lexicon.term(one, word, True)) for one in (base, beside)]
        for word in sorted(laid)
    }
    gone = [(rule.id, word) for word in hidden | laid]
    overlay.pack(path, overlay.Head(1, {rule.id: "x"}, gone, [], {}, [], [], len(terms)), terms)
    layer = overlay.opened(path, {rule.id: base, other.id: beside}, engine)
    over = Words([base, beside], engine).under([(layer.matcher, layer.meanings)], gone)
    whole = Words([lexicon_of((shipped - hidden) | laid)], engine)
    text_ = Text.of(letters)

    found = list(whole(text_))
    assert found == [one for one in over(text_) if one.rule == rule]
    assert found == list(over.only({rule.id})(text_))


def test_a_damaged_packed_set_is_refused(tmp_path: Path) -> None:
    """One bit flipped anywhere, or a piece missing: never half a set."""
    path = tmp_path / "a.set"
    overlay.pack(path, overlay.Head(1, {}, [], [], {}, [], [], 0), {})
    whole = path.read_bytes()
    for at in range(0, len(whole), 7):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(overlay.LayerError):
            overlay.opened(path, {}, "daachorse")
        path.write_bytes(whole[:at])
        with pytest.raises(overlay.LayerError):
            overlay.opened(path, {}, "daachorse")


def test_every_table_has_its_columns() -> None:
    """What can be imported is what the rules read."""
    assert all("name" in {one.name for one in shape.columns} or "domain" in {one.name for one in shape.columns}
               for _, shape in SHAPES.values())  # fmt: skip
