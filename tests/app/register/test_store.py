"""The store, on SQLite and on PostgreSQL: what is put down stays put down, once, in one chain."""

from __future__ import annotations

import contextlib
import datetime
import gzip
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select, text, update
from typer.testing import CliRunner

from app.accounts import keys, people
from app.page import Page
from app.register import acts, agree, backup, cli, house, keeping, lookup, rectify
from app.register.chain import Entry
from app.register.database import RegisterDownError, RegisterError
from app.register.keys import canonical
from app.register.lookup import Filters
from app.register.models import entries, metadata, records, regulations, texts
from app.register.store import Register, read_steps
from app.register.view import view
from app.register.way import Act, Person, Plea
from app.register.writer import Refused
from app.settings import Settings
from tests.app.register.conftest import (
    AUDITOR,
    DEPUTY,
    EDITOR,
    FIRST,
    KEEPER,
    PLAIN,
    PUBLISHER,
    SECOND,
    SECRECY,
    SECRET,
    SENSITIVE,
    STRANGER,
    TITLE,
    UNIT,
    new_database,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from app.service import Service

    Put = Callable[..., str]

TODAY = datetime.datetime.now().astimezone().date()


def story(register: Register, record: str) -> list[Entry]:
    """The entries of a record."""
    with register.read() as connection:
        return lookup.story(connection, record)


def state(register: Register, record: str) -> str:
    """As lists show it."""
    with register.read() as connection:
        return str(connection.execute(select(records.c.state).where(records.c.id == record)).scalar())


def whole(register: Register) -> bool:
    """Whether both chains hold, and the tables beside them agree."""
    return all(one.broken is None for one in house.walk_all(register)) and not [
        *agree.disagreements(register)
    ]


def answer_all(register: Register, record: str) -> None:
    """Every open item, well."""
    answer_all_by(register, record, FIRST)


def answer_all_by(register: Register, record: str, person: Person) -> None:
    """The same by somebody else."""
    found = lookup.find(register, record, AUDITOR)
    for checklist, item in list(found.case.unanswered()):
        said = "否" if item["bad"] == "是" else "是"
        register.call(acts.answering(record, person, checklist, item["id"], said, "已核对"))


def sign(register: Register, record: str, *signs: tuple[Any, str]) -> None:
    """One after the other."""
    for person, act in signs:
        register.call(acts.signing(record, person, Act(act, "意见")))


STORY = [
    (FIRST, "初审"), (SECOND, "复审"), (DEPUTY, "终审"), (EDITOR, "一校"), (FIRST, "二校"), (SECOND, "三校"),
    (DEPUTY, "approve"), (PUBLISHER, "publish"), (KEEPER, "receive"), (KEEPER, "register"), (KEEPER, "archive"),
]  # fmt: skip


def published(register: Register, put: Put, **fields: Any) -> str:
    """A record that went all the way."""
    record = put(**fields)
    answer_all(register, record)
    sign(register, record, *STORY)
    return record


def test_the_whole_way_is_in_the_register(register: Register, put: Put) -> None:
    """Each step an entry, numbered and chained, with who and when."""
    record = put()
    open_items = len(list(lookup.find(register, record, AUDITOR).case.unanswered()))
    answer_all(register, record)
    sign(register, record, *STORY)
    kinds = [entry.kind for entry in story(register, record)]

    assert "filed" == state(register, record)
    assert ["screened", *["answered"] * open_items, *["signed"] * len(STORY)] == kinds
    assert list(range(1, len(kinds) + 1)) == [entry.seq for entry in story(register, record)]
    assert whole(register)


def test_an_older_register_is_brought_up_to_date(config: Settings) -> None:
    """Tables of the first version get what is missing; what stood there goes on."""
    upgrade = command.upgrade
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "upgrade", lambda options, _: upgrade(options, "0001"))
        older = Register(config)
        older.open()
        older.call(lambda transaction: transaction.audit("logged-in", "w", {}))
        older.close()
    newer = Register(config)
    newer.open()
    newer.call(lambda transaction: transaction.audit("logged-in", "w", {}))

    test_tables_are_as_the_models_say(newer)
    assert [2, 0] == [one.entries for one in house.walk_all(newer)]
    assert whole(newer)
    newer.close()


def test_tables_are_as_the_models_say(register: Register) -> None:
    """The migrations make exactly these tables; opening again changes nothing."""
    with register.read() as connection:
        assert [] == compare_metadata(MigrationContext.configure(connection), metadata)
    again = Register(register.settings)
    again.open()
    assert "" == again.ready()
    again.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET who = 'x'",
        "DELETE FROM entries",
        "UPDATE contents SET content = '{}'",
        "DELETE FROM contents",
    ],
)
def test_entries_cannot_be_changed(register: Register, put: Put, statement: str) -> None:
    """The database itself refuses."""
    put()
    with pytest.raises(RegisterError, match="只能追加"), register.database.write() as connection:
        connection.execute(text(statement))
    assert whole(register)


def test_truncate_is_refused_too(register: Register, put: Put) -> None:
    """PostgreSQL has one more way to empty a table."""
    if register.database.kind != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    put()
    with pytest.raises(RegisterError, match="只能追加"), register.database.write() as connection:
        connection.execute(text("TRUNCATE entries"))


# --- nothing private --------------------------------------------------------------------------


def test_the_text_is_not_kept(register: Register, put: Put) -> None:
    """Neither body nor private title nor secret mark nor what people type beside it, in any column."""
    put("联系人：王小明，身份证号110101199003074477。", title="关于13800138000的公示")
    put(SECRET, title="机密★10年")
    record = put(
        "请致电13900139000。",
        author="王13700137000",
        source_name="热线13600136000",
        source_url="http://a.gov.cn/x?t=13500135000",
    )
    answer_all(register, record)
    register.call(acts.signing(record, FIRST, Act("return", "请删去13400134000")))
    with register.read() as connection:
        held = "\n".join(
            str(tuple(row)) for table in metadata.sorted_tables for row in connection.execute(select(table))
        )

    numbers = ["110101199003074477", *(f"1{n}001{n}000" for n in range(34, 40))]
    assert [] == [number for number in numbers if number in held]
    assert "机密★" not in held
    assert "全县" not in held


def test_the_text_is_kept_sealed_when_asked(config: Settings, service: Service) -> None:
    """KEEP_TEXT: readable with the key alone, and only under its own record."""
    register = Register(config.model_copy(update={"keep_text": True}))
    page = Page(PLAIN, TITLE, unit=UNIT, unit_kind="department")
    job, deep = register.recording(page, *service.judged(page), EDITOR)
    record = register.call(job, deep=deep)["record"]
    with register.read() as connection:
        sealed = bytes(connection.execute(select(texts.c.sealed)).scalar() or b"")

    assert "推进".encode() not in sealed
    assert "推进".encode() in register.keys.open(sealed, record)
    with pytest.raises(ValueError, match="密文"):
        register.keys.open(sealed, "another")
    compared = compare(register, record, Page(PLAIN.replace("落实", "洛实"), TITLE))
    assert [("changed", "请各单位认真洛实。", "请各单位认真落实。")] == [
        (one.kind, one.now, one.was) for one in compared.changes
    ]
    register.close()


# --- once -------------------------------------------------------------------------------------


def test_one_key_one_record(register: Register, service: Service) -> None:
    """The same key and body at the same moment from many sides: one record, one answer; another body: 409."""
    page = Page(PLAIN, TITLE, unit=UNIT)
    same = register.same("key:cms", "order-1", b"body")

    def send(_: int) -> dict[str, Any]:
        job, deep = register.recording(page, *service.judged(page), EDITOR, same)
        return register.call(job, deep=deep)

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(send, range(32)))
    with register.read() as connection:
        assert 1 == connection.execute(select(func.count()).select_from(records)).scalar()
    assert 1 == len({one["record"] for one in answers})
    assert canonical(answers[0]) == canonical(register.earlier(same))
    with pytest.raises(Refused) as error:
        register.earlier(register.same("key:cms", "order-1", b"other"))
    assert 409 == error.value.status
    assert None is register.earlier(register.same("key:other", "order-1", b"body"))


def test_the_same_post_again_is_the_same_record(register: Register, put: Put) -> None:
    """By the CMS's own id: nothing changed, nothing begins anew; signatures stay."""
    record = put(external_id="cms-1")
    answer_all(register, record)
    sign(register, record, STORY[0])

    assert record == put(external_id="cms-1")
    assert ["repeated"] == [entry.kind for entry in story(register, record)][-1:]
    assert record != put(external_id="cms-1", unit="县教育局", person=STRANGER)


@pytest.mark.parametrize(
    "changed",
    [
        {"unread": "第 3 页是扫描件"},
        {"author": "王五"},
        {"published_on": datetime.date(2026, 11, 23)},
        {"source_url": "http://bbs.example.com/1", "source_name": UNIT},
    ],
    ids=min,
)
def test_another_outcome_is_another_record(register: Register, put: Put, changed: dict[str, Any]) -> None:
    """The same letters with something else said beside them, or not wholly read: the record names what was answered."""
    old = put(external_id="cms-1")
    new = put(external_id="cms-1", **changed)

    assert old != new
    assert "superseded" == state(register, old)


def test_a_changed_text_starts_again(register: Register, put: Put) -> None:
    """One character more: a new record that follows; the old one is closed, its signatures do not count."""
    old = put(external_id="cms-1")
    answer_all(register, old)
    sign(register, old, *STORY[:7])
    new = put(PLAIN + "！", external_id="cms-1")

    assert ("superseded", "answering") == (state(register, old), state(register, new))
    assert old == lookup.find(register, new, AUDITOR).row["follows"]
    assert new == lookup.find(register, old, AUDITOR).row["followed_by"]
    with pytest.raises(Refused, match="已由新稿代替"):
        sign(register, old, (PUBLISHER, "publish"))


def test_a_text_another_has_touched_up_is_still_ones_own(register: Register, put: Put) -> None:
    """Who wrote an earlier version does not review the later one, though a colleague sent it in."""
    put("全县各项工作有序推进", person=FIRST, external_id="cms-9")
    put("全县各项工作有序推进！", person=SECOND, external_id="cms-9")
    last = put("全县各项工作有序推进。", external_id="cms-9")
    answer_all_by(register, last, DEPUTY)
    for person in (FIRST, SECOND, replace(FIRST, id="another")):
        with pytest.raises(Refused, match="拟稿人不得"):
            sign(register, last, (person, "初审"))
    sign(register, last, (DEPUTY, "初审"))


def test_what_is_published_stays_as_it_was_signed(register: Register, put: Put) -> None:
    """A later text follows it and takes nothing back."""
    old = published(register, put, external_id="cms-1")
    new = put(PLAIN + "！", external_id="cms-1")

    assert ("filed", old) == (state(register, old), lookup.find(register, new, AUDITOR).row["follows"])


def test_many_threads_one_chain(register: Register, put: Put) -> None:
    """Numbers without a gap, records without a double."""
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda n: put(f"{PLAIN}{n}"), range(80)))
    rows = list(lookup.each(register, AUDITOR, Filters()))

    assert set(made) == {row["id"] for row in rows}
    assert [f"{TODAY.year}-{n:06d}" for n in range(1, 81)] == sorted(row["number"] for row in rows)
    assert whole(register)


def test_two_processes_share_a_chain(register: Register, put: Put, service: Service) -> None:
    """A second register over the same database writes into the same chain, in turn with the first."""
    other = Register(register.settings)
    page = Page(PLAIN, TITLE, unit=UNIT)

    def write(_: int) -> None:
        job, deep = other.recording(page, *service.judged(page), EDITOR)
        other.call(job, deep=deep)

    with ThreadPoolExecutor(8) as pool:
        for _ in pool.map(lambda n: write(n) if n % 2 else put(), range(60)):
            pass
    other.close()

    assert 60 == len(list(lookup.each(register, AUDITOR, Filters())))
    assert whole(register)


def test_a_refused_job_leaves_its_neighbours_alone(register: Register, put: Put) -> None:
    """In one commit: one is refused and put down as refused, the others are written."""
    record, barrier = put(), threading.Barrier(3)

    def act(act: str) -> str:
        barrier.wait()
        try:
            register.call(acts.signing(record, DEPUTY, Act(act)))
        except Refused as error:
            return error.reason
        return put()

    with ThreadPoolExecutor(3) as pool:
        outcomes = list(pool.map(act, ["approve", "publish", "盖章"]))

    assert 3 == len({*outcomes})
    assert ["refused"] * 3 == [entry.kind for entry in story(register, record)][1:]
    assert {"钱分管"} == {(entry.content or {})["name"] for entry in story(register, record)[1:]}
    assert whole(register)


# --- whose ------------------------------------------------------------------------------------


def test_a_regulation_is_known_when_it_is_on_disk(
    register: Register, put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write that failed takes the regulation's row with it: the next post brings it again, and can be shown."""
    write = register.database.write

    @contextlib.contextmanager
    def failing() -> Iterator[Connection]:
        with write() as connection:
            yield connection
            raise RegisterDownError("磁盘已满")

    with monkeypatch.context() as patch:
        patch.setattr(register.database, "write", failing)
        with pytest.raises(RegisterDownError):
            put()
    found = lookup.find(register, put(), AUDITOR)

    assert "是否涉及秘密" in str(view(found, [], AUDITOR)["checklists"])
    assert whole(register)


def test_another_units_record_does_not_exist(register: Register, put: Put) -> None:
    """Neither to look at nor to sign nor in a list; the attempt is in the audit log."""
    record = put()
    with pytest.raises(LookupError):
        lookup.find(register, record, STRANGER)
    with pytest.raises(Refused) as error:
        register.call(acts.signing(record, STRANGER, Act("初审")))
    assert 404 == error.value.status
    assert [] == lookup.listed(register, STRANGER, Filters())
    assert [] == list(lookup.findings(register, STRANGER, Filters()))
    with register.read() as connection:
        kinds = (
            connection.execute(select(entries.c.kind).where(entries.c.register == "audit")).scalars().all()
        )
    assert "refused" in kinds


def test_lists_are_filtered_and_paged(register: Register, put: Put) -> None:
    """By unit, verdict, state, day and words; newest first; a page at a time."""
    put(title="甲公告")
    put(SECRET, title="乙公告")
    put(title="丙_通知", unit="县教育局", person=STRANGER)

    def titles(**filters: Any) -> list[str]:
        return [row["title"] for row in lookup.listed(register, AUDITOR, Filters(**filters))]

    assert ["丙_通知", "乙公告", "甲公告"] == titles()
    assert ["丙_通知"] == titles(unit="县教育局")
    assert ["乙公告"] == titles(verdict="block") == titles(state="blocked")
    assert ["乙公告", "甲公告"] == titles(q="公告")
    assert ["丙_通知"] == titles(q="丙_")
    assert [] == titles(q="%")
    assert 3 == len(titles(since=TODAY.isoformat(), until=TODAY.isoformat()))
    assert [] == titles(since=(TODAY + datetime.timedelta(days=1)).isoformat())
    first = lookup.listed(register, AUDITOR, Filters(), limit=2)
    rest = lookup.listed(register, AUDITOR, Filters(before=first[-1]["seq"]), limit=2)
    assert ["丙_通知", "乙公告", "甲公告"] == [row["title"] for row in first + rest]


def test_the_units_of_the_list(register: Register, put: Put) -> None:
    """Each once, in order, for those who see all of them; for the others their own."""
    for unit in ("县教育局", UNIT, "县教育局", "县医保局"):
        put(unit=unit)

    assert sorted({"县教育局", UNIT, "县医保局"}) == lookup.units(register, AUDITOR)
    assert [UNIT] == lookup.units(register, EDITOR)
    assert 2 == len(lookup.units(register, AUDITOR, most=2))


def test_tasks_and_figures(register: Register, put: Put) -> None:
    """What waits for whom; how many posts and findings each unit has."""
    record = put()
    put("参保登记截至2月30日。", unit="县教育局", person=STRANGER)
    answer_all(register, record)

    assert [(record, ["初审", "一校"])] == [
        (row["id"], names) for row, names in lookup.tasks(register, SECOND)
    ]
    figures = {row["unit"]: row for row in lookup.figures(register, AUDITOR, Filters())}
    assert (1, 1, 1) == (figures[UNIT]["posts"], figures["县教育局"]["posts"], figures["县教育局"]["reviews"])
    assert (1, 0) == (figures[UNIT]["open"], figures[UNIT]["published"])
    assert [UNIT] == [row["unit"] for row in lookup.figures(register, FIRST, Filters())]


# --- waivers ----------------------------------------------------------------------------------


def test_waivers_age_and_are_listed(register: Register, put: Put) -> None:
    """A waiver lets the record go on; revoked, it stops again; a phrase holds for the unit's next post."""
    record = put(SECRET)
    stops = [
        n
        for n, one in enumerate(lookup.find(register, record, AUDITOR).case.screened["findings"])
        if one["answer"] == "stop"
    ]
    ids = [
        register.call(acts.waiving(record, SECRECY, Plea(n, "phrase", "已解密", "保密法第二十四条", TODAY)))
        for n in stops
    ]
    assert "answering" == state(register, record)
    assert "answering" == state(register, put(SECRET))
    assert "blocked" == state(register, put(SECRET, unit="县教育局", person=STRANGER))
    assert len(ids) == len(lookup.listed_waivers(register, SECRECY))

    register.call(acts.revoking(ids[0], SECRECY))
    assert "blocked" == state(register, record)
    with pytest.raises(Refused, match="已撤销"):
        register.call(acts.revoking(ids[0], SECRECY))
    assert whole(register)


def test_a_waiver_that_has_run_out_stops_again(register: Register, put: Put) -> None:
    """Tidying finds it; so does every decision."""
    record = put(SECRET)
    stops = [
        n
        for n, one in enumerate(lookup.find(register, record, AUDITOR).case.screened["findings"])
        if one["answer"] == "stop"
    ]
    for n in stops:
        register.call(acts.waiving(record, SECRECY, Plea(n, "post", "已解密", "保密法第二十四条", TODAY)))
    with register.database.write() as connection:
        connection.execute(text("UPDATE waivers SET until = '2020-01-01'"))
    house.tidy(register)

    assert "blocked" == state(register, record)


def waived(register: Register, record: str, scope: str, until: datetime.date = TODAY) -> list[str]:
    """Every stop of a record let through; the waivers."""
    stops = lookup.find(register, record, AUDITOR).case.screened["findings"]
    return [
        register.call(acts.waiving(record, SECRECY, Plea(n, scope, "已解密", "保密法第二十四条", until)))
        for n, one in enumerate(stops)
        if one["answer"] == "stop"
    ]


def test_a_waiver_of_a_phrase_moves_every_post_of_the_unit(register: Register, put: Put) -> None:
    """Granted or taken back: the lists say what a decision would, and no post counts as touched by it."""
    first, other, elsewhere = put(SECRET), put(SECRET), put(SECRET, unit="县教育局", person=STRANGER)
    states = [state(register, one) for one in (first, other, elsewhere)]
    with register.read() as connection:
        touched = select(records.c.changed_at).where(records.c.id == other)
        before = connection.execute(touched).scalar()
    ids = waived(register, first, "phrase")
    granted = [state(register, one) for one in (first, other, elsewhere)]
    register.call(acts.revoking(ids[0], SECRECY))
    back = [state(register, one) for one in (first, other, elsewhere)]

    assert ["blocked", "blocked", "blocked"] == states
    assert ["answering", "answering", "blocked"] == granted
    assert ["blocked", "blocked", "blocked"] == back
    with register.read() as connection:
        assert before == connection.execute(touched).scalar()


def test_a_phrase_that_has_run_out_stops_other_posts_too(register: Register, put: Put) -> None:
    """Not only the one it was granted for."""
    first, other = put(SECRET), put(SECRET)
    waived(register, first, "phrase")
    with register.database.write() as connection:
        connection.execute(text("UPDATE waivers SET until = '2020-01-01'"))
    house.tidy(register)

    assert ["blocked", "blocked"] == [state(register, one) for one in (first, other)]


def test_a_finding_is_let_through_once(register: Register, put: Put) -> None:
    """A form sent twice leaves no second waiver behind that outlives the taking back; a longer one may follow."""
    record = put(SECRET)
    ids = waived(register, record, "post")
    found = lookup.find(register, record, AUDITOR).case.screened["findings"]
    number = next(n for n, one in enumerate(found) if one["answer"] == "stop")
    again = Plea(number, "post", "已解密", "保密法第二十四条", TODAY)
    with pytest.raises(Refused, match="已经豁免"):
        register.call(acts.waiving(record, SECRECY, again))
    longer = again._replace(until=TODAY + datetime.timedelta(days=30))

    assert register.call(acts.waiving(record, SECRECY, longer)) not in ids


def test_paper_keeps_the_waiver_of_the_day_of_release(register: Register, put: Put) -> None:
    """What was lawfully let through and published is not called open or overlooked when the waiver has run out."""
    record = put(SECRET)
    waived(register, record, "post")
    answer_all(register, record)
    sign(register, record, *STORY)
    later = TODAY + datetime.timedelta(days=200)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lookup, "today", lambda: later)
        found = lookup.find(register, record, AUDITOR)
        shown = view(found, [], AUDITOR)
        became = [one[2] for one in lookup.findings(register, AUDITOR, Filters())]

    assert "filed" == shown["state"]
    assert [] == shown["obstacles"]
    assert all(one["waived"] for one in shown["findings"] if one["answer"] == "stop")
    assert "依法豁免" in became


def test_abandoned_posts_do_not_crowd_out_tasks(register: Register, put: Put) -> None:
    """Blocked posts are their editors' alone: nobody else reads through them for what waits."""
    for _ in range(3):
        put(SECRET)
    record = put()
    with pytest.MonkeyPatch.context() as patch:
        read: list[str] = []
        before = lookup.story

        def told(connection: Connection, id_: str) -> list[Entry]:
            read.append(id_)
            return before(connection, id_)

        patch.setattr(lookup, "story", told)
        waiting = lookup.tasks(register, SECOND)

    assert [record] == [row["id"] for row, _ in waiting]
    assert [record] == read
    assert 4 == len(lookup.tasks(register, EDITOR))


# What somebody who can write the file, but has not the key, does to the tables beside the chain.
OTHERWISE = [
    ("a title", "UPDATE records SET title = '另一个标题'"),
    ("a state", "UPDATE records SET state = 'published' WHERE state = 'answering'"),
    ("a verdict", "UPDATE records SET verdict = 'pass'"),
    ("a day of release", "UPDATE records SET published_at = '2026-01-01T00:00:00.000Z' WHERE state = 'answering'"),
    ("a unit", "UPDATE records SET unit = '县教育局'"),
    ("an editor", "UPDATE records SET editor_name = '别人'"),
    ("a line gone", "DELETE FROM records WHERE state = 'answering'"),
    (
        "a line put in",
        ("INSERT INTO records SELECT 'X', 'X', 999, at, changed_at, unit, unit_kind, category, channel, title, verdict, stops, reviews, "
        "private, state, editor, editor_name, external_id, follows, fingerprint, formed_on, published_at FROM records WHERE seq = (SELECT min(seq) FROM records)"),
    ),
    ("a longer waiver", "UPDATE waivers SET until = '2099-01-01'"),
    ("another finding", "UPDATE waivers SET mark = 'x'"),
    ("a wider waiver", "UPDATE waivers SET scope = 'phrase'"),
    ("not taken back", "UPDATE waivers SET revoked = NOT revoked"),
    ("a waiver gone", "DELETE FROM waivers"),
    (
        "a waiver put in",
        "INSERT INTO waivers SELECT 'X', record, 'pii.id-card', mark, scope, unit, who, name, reason, basis, until, at, revoked FROM waivers",
    ),
    ("mended by nobody", "UPDATE notices SET state = '已整改'"),
    ("a problem gone", "DELETE FROM notices"),
    ("another question", "UPDATE regulations SET content = replace(content, '是否涉及秘密', '是否不涉及秘密')"),
    ("a regulation gone", "DELETE FROM regulations"),
    ("a text cut short", "UPDATE texts SET sealed = substr(sealed, 1, 4)"),
    ("another's text", "UPDATE texts SET record = (SELECT id FROM records ORDER BY seq DESC LIMIT 1)"),
    ("roles", """UPDATE users SET roles = '["approver"]'"""),
    ("a password", "UPDATE users SET password = 'x'"),
    ("a post held", """UPDATE users SET posts = '["分管领导"]'"""),
    ("let in again", "UPDATE users SET disabled = NOT disabled"),
    ("an account gone", "DELETE FROM users"),
    ("a key for longer", "UPDATE api_keys SET expires = '2099-01-01T00:00:00.000Z'"),
    ("a key of more", """UPDATE api_keys SET scopes = '["lexicons"]'"""),
    ("a key given back", "UPDATE api_keys SET revoked = NOT revoked"),
]  # fmt: skip


@pytest.fixture
def full(register: Register, put: Put) -> Register:
    """Something in every table that the chain tells of."""
    plain, record = put(), put(SECRET)
    found = lookup.find(register, record, AUDITOR).case.screened["findings"]
    stop = next(n for n, one in enumerate(found) if one["answer"] == "stop")
    register.call(acts.waiving(record, SECRECY, Plea(stop, "post", "已解密", "保密法第二十四条", TODAY)))
    told = {
        "unit": UNIT,
        "problem": "链接失效",
        "basis": "",
        "told_on": "2026-11-20",
        "days": 5,
        "person": "李初审",
    }
    register.call(rectify.noticing(FIRST, told))
    account = people.Account("lichu", "李初审", UNIT, roles=("reviewer",))
    register.call(people.adding(account, "Wm7-tulip-river", "cli"))
    _, job = keys.adding(register.keys, "门户", ["screen"], "", 30, "cli")
    register.call(job)
    sealed = register.keys.seal(canonical({"title": TITLE, "body": PLAIN, "format": "text"}), plain)
    register.call(lambda transaction: transaction.add(texts, {"record": plain, "sealed": sealed}))
    assert whole(register)
    return register


@pytest.mark.parametrize("statement", [one[1] for one in OTHERWISE], ids=[one[0] for one in OTHERWISE])
def test_a_table_that_says_otherwise_is_found(full: Register, statement: str) -> None:
    """Lists, waivers, problems, roles and keys are read from tables: they must say what was put down."""
    with full.database.write() as connection:
        done = connection.execute(text(statement)).rowcount

    assert done
    assert [*agree.disagreements(full)]
    assert all(one.broken is None for one in house.walk_all(full))


def test_verify_on_the_command_line(full: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    """0 where all is whole; 2 and what it is where it is not: a table first, then the chain itself."""
    monkeypatch.setenv("XIANSHEN_HOME", str(full.settings.home))
    monkeypatch.setenv("XIANSHEN_DATABASE_URL", full.settings.database_url)
    good = CliRunner().invoke(cli.commands, ["verify"])
    with full.database.write() as connection:
        connection.execute(text("UPDATE waivers SET until = '2099-01-01'"))
    longer = CliRunner().invoke(cli.commands, ["verify"])
    with full.database.write() as connection:
        connection.execute(text("UPDATE heads SET seq = seq + 1 WHERE name = 'register'"))
    broken = CliRunner().invoke(cli.commands, ["verify"])

    assert (0, 2) == (good.exit_code, good.output.count("完好"))
    assert (2, 2) == (longer.exit_code, longer.output.count("完好"))
    assert "“until”栏与登记内容不符" in longer.output
    assert (2, True) == (broken.exit_code, "末尾有登记缺失" in broken.output)


# --- paper trail ------------------------------------------------------------------------------


def compare(register: Register, record: str, page: Page) -> keeping.Compared:
    """A text against that of a record."""
    kept, before = register.call(acts.comparing(record, FIRST))
    return keeping.compare(kept, page, register.keys, before)


def test_verify_tells_the_changed_paragraph(register: Register, put: Put) -> None:
    """Same byte for byte; a changed letter; a paragraph more or less; a link changed behind the words."""
    record = put("<p>第一段。</p><p>见<a href='http://a.gov.cn'>附件</a>。</p>", format="html")

    def compared(body: str, title: str = TITLE) -> Any:
        found = compare(register, record, Page(body, title, "html"))
        register.call(acts.verifying(record, FIRST, found))
        return found

    same = compared("<p>第一段。</p><p>见<a href='http://a.gov.cn'>附件</a>。</p>")
    assert (True, True, ()) == same
    changed = compared("<p>第一段！</p><p>见<a href='http://a.gov.cn'>附件</a>。</p>")
    assert [("changed", 2, "第一段！")] == [(one.kind, one.paragraph, one.now) for one in changed.changes]
    assert ["added"] == [
        one.kind
        for one in compared(
            "<p>第一段。</p><p>新段。</p><p>见<a href='http://a.gov.cn'>附件</a>。</p>"
        ).changes
    ]
    assert ["removed"] == [one.kind for one in compared("<p>第一段。</p>").changes]
    assert (False, True, ()) == compared("<p>第一段。</p><p>见<a href='http://b.gov.cn'>附件</a>。</p>")
    assert [1] == [
        one.paragraph
        for one in compared(
            "<p>第一段。</p><p>见<a href='http://a.gov.cn'>附件</a>。</p>", "另一标题"
        ).changes
    ]
    assert ["verified"] * 6 == [entry.kind for entry in story(register, record)][1:]


def test_lines_that_come_again_and_again_take_no_time(register: Register, put: Put) -> None:
    """Two thousand lines alike against a quarter of a million: aligning them would take minutes."""
    record = put("\n".join(["同一行。"] * 1_999))
    start = time.thread_time()
    changed = ["另一行。", *["同一行。"] * 250_000, "末一行。"]
    found = compare(register, record, Page("\n".join(changed), TITLE))

    assert time.thread_time() - start < 5
    assert not found.reads_same
    assert changed == "\n".join(one.now for one in found.changes).split("\n"), "nothing of it is left out"
    assert len(found.changes) < 3_000


def test_a_very_long_text_is_compared_in_groups(register: Register, put: Put) -> None:
    """Ten thousand lines: few digests, and still the place of the change."""
    lines = [f"第{n}行。" for n in range(10_000)]
    record = put("\n".join(lines))
    lines[7_000] = "改动。"
    found = compare(register, record, Page("\n".join(lines), TITLE))

    assert 1 == len(found.changes)
    assert "改动。" in found.changes[0].now
    assert 2_000 >= len(lookup.find(register, record, AUDITOR).case.screened["prints"]["paragraphs"])


def test_a_form_can_be_printed_after_the_regulation_changed(register: Register, put: Put) -> None:
    """The questions are kept once per version of a regulation."""
    first = put()
    put()
    with register.read() as connection:
        assert 1 == connection.execute(select(func.count()).select_from(regulations)).scalar()
    found = lookup.find(register, first, AUDITOR)
    digest = found.case.screened["checklists"][0]["digest"]
    assert "是否涉及秘密" == found.regulations[digest]["items"]["secret"]["asks"]


def test_problems_told_by_a_supervisor(register: Register) -> None:
    """A line of the 整改清单 with a last day; overdue ones demand an explanation."""
    old = (TODAY - datetime.timedelta(days=60)).isoformat()
    told = {
        "unit": UNIT,
        "problem": "栏目长期不更新",
        "basis": "通报",
        "told_on": old,
        "days": 5,
        "person": "李初审",
    }
    notice = register.call(rectify.noticing(FIRST, told))
    with pytest.raises(Refused, match="须说明情况"):
        register.call(rectify.mending(register, notice, FIRST, "已整改", ""))
    register.call(rectify.mending(register, notice, FIRST, "已整改", "系统迁移"))

    (row,) = rectify.listed(register, FIRST)
    with pytest.raises(Refused, match="不能再改"):
        register.call(rectify.mending(register, notice, FIRST, "情况说明", "旧页面"))

    assert ("已整改", "系统迁移") == (row["state"], row["remark"])
    assert TODAY > row["due"]
    assert [] == rectify.listed(register, STRANGER)


# --- destroying, backing up -------------------------------------------------------------------


def aged(register: Register, record: str) -> None:
    """As if it had lain there for years."""
    with register.database.write() as connection:
        connection.execute(
            update(records).where(records.c.id == record).values(changed_at="2020-01-01T00:00:00.000Z")
        )


def test_destruction_is_an_entry_and_the_chain_holds(register: Register, put: Put) -> None:
    """What was said is gone, that it was said is not; younger records are kept."""
    old, young = published(register, put), put()
    before = TODAY - datetime.timedelta(days=400)
    with pytest.raises(RegisterError, match="保管期限"):
        house.destroyable(register, before + datetime.timedelta(days=1))
    assert [] == house.destroyable(register, before)
    aged(register, old)
    found = house.destroyable(register, before)
    assert [old] == [one["id"] for one in found]
    for one in found:
        register.call(house.destroying(one, "郑档案", "保管期满"))

    assert ("destroyed", "answering") == (state(register, old), state(register, young))
    assert [None, "destroyed"] == [story(register, old)[0].content, story(register, old)[-1].kind]
    with pytest.raises(LookupError):
        lookup.find(register, old, AUDITOR)
    assert whole(register)
    with pytest.raises(RegisterError, match="只能追加"), register.database.write() as connection:
        connection.execute(text("DELETE FROM contents WHERE kind = 'destroyed'"))


def test_backup_and_restore(register: Register, put: Put, tmp_path: Path, service: Service) -> None:
    """Into an empty register of the other kind too: the same records, chains that hold, and it can go on."""
    record, file = published(register, put), tmp_path / "b.gz"
    done = backup.save(register, file)
    assert 0o600 == file.stat().st_mode & 0o777
    (tmp_path / "new").mkdir()
    key = (register.settings.home / "secret.key").read_bytes()
    (tmp_path / "new" / "secret.key").write_bytes(key)
    (tmp_path / "new" / "secret.key").chmod(0o600)
    other = Register(Settings(home=tmp_path / "new"))
    walks = backup.restore(other, file)

    assert done.heads["register"] == next(
        f"{one.entries}:{one.digest}" for one in walks if one.register == "register"
    )
    assert story(register, record) == story(other, record)
    assert lookup.listed(register, AUDITOR, Filters()) == lookup.listed(other, AUDITOR, Filters())
    page = Page(PLAIN, TITLE, unit=UNIT)
    job, deep = other.recording(page, *service.judged(page), EDITOR)
    other.call(job, deep=deep)
    assert whole(other)
    with pytest.raises(RegisterError, match="不是空的"):
        backup.restore(other, file)
    other.close()


def test_backup_of_sqlite_into_postgresql(tmp_path: Path, postgresql: Any, service: Service) -> None:
    """A house that grows takes its register along."""
    small = Register(Settings(home=tmp_path / "home"))
    page = Page(PLAIN, TITLE, unit=UNIT)
    job, deep = small.recording(page, *service.judged(page), EDITOR)
    record = small.call(job, deep=deep)["record"]
    backup.save(small, tmp_path / "b.gz")
    large = Register(Settings(home=tmp_path / "home", database_url=new_database(postgresql)))
    backup.restore(large, tmp_path / "b.gz")

    assert story(small, record) == story(large, record)
    assert whole(large)
    small.close()
    large.close()


@pytest.mark.parametrize("damage", ["cut", "flipped", "another key", "text"])
def test_a_damaged_backup_writes_nothing(tmp_path: Path, service: Service, damage: str) -> None:
    """Cut short, changed, of another key, or no backup at all."""
    register, file = Register(Settings(home=tmp_path / "home")), tmp_path / "b.gz"
    page = Page(PLAIN, TITLE, unit=UNIT)
    job, deep = register.recording(page, *service.judged(page), EDITOR)
    register.call(job, deep=deep)
    backup.save(register, file)
    register.close()
    lines = gzip.decompress(file.read_bytes()).splitlines(keepends=True)
    if damage == "cut":
        file.write_bytes(gzip.compress(b"".join(lines[:-1])))
    elif damage == "flipped":
        file.write_bytes(gzip.compress(b"".join(lines).replace(UNIT.encode(), "县审计局".encode())))
    elif damage == "text":
        file.write_text("不是备份", encoding="utf-8")
    (tmp_path / "new").mkdir()
    if damage != "another key":
        (tmp_path / "home" / "secret.key").rename(tmp_path / "new" / "secret.key")
    other = Register(Settings(home=tmp_path / "new"))
    with pytest.raises(RegisterError):
        backup.restore(other, file)

    assert [] == lookup.listed(other, AUDITOR, Filters())
    other.close()


# --- settings ---------------------------------------------------------------------------------


def test_the_key_must_be_the_registers(config: Settings, put: Put) -> None:
    """A register is not opened with another key: no entry could be checked any more."""
    put()
    (config.home / "secret.key").unlink()
    with pytest.raises(RegisterError, match="密钥"):
        Register(config).open()


def test_the_key_file_is_the_owners_alone(tmp_path: Path) -> None:
    """Open to others, damaged or too short: refused with the file's name."""
    home = tmp_path / "home"
    Register(Settings(home=home))
    key = home / "secret.key"
    assert 0o600 == key.stat().st_mode & 0o777
    key.chmod(0o644)
    with pytest.raises(RegisterError, match="chmod 600"):
        Register(Settings(home=home))
    key.chmod(0o600)
    key.write_text("###", encoding="utf-8")
    with pytest.raises(RegisterError, match="已损坏"):
        Register(Settings(home=home))
    with pytest.raises(RegisterError, match="32"):
        Register(Settings(home=home, secret_key="short"))


@pytest.mark.parametrize("url", ["mysql://a/b", "sqlite://", "postgresql://a:port/b"])
def test_a_bad_address_is_refused(tmp_path: Path, url: str) -> None:
    """Before anything is written, and without repeating a password."""
    with pytest.raises(RegisterError):
        Register(Settings(home=tmp_path, database_url=url))


def test_retention_is_at_least_a_year() -> None:
    """福州 第二十九条: less is refused, and the default is more."""
    assert 400 == Settings().retention_days
    with pytest.raises(ValueError, match="366"):
        Settings(retention_days=365)


def test_steps_of_the_house(tmp_path: Path, service: Service) -> None:
    """A file takes the place of the six steps, per regulation or for all; a wrong one is refused by name."""
    file = tmp_path / "steps.toml"
    file.write_text(
        '[yijun-release-2022]\nsteps = ["科室初审", "一校"]\n[default]\nsteps = ["初审"]\n', encoding="utf-8"
    )
    register = Register(Settings(home=tmp_path, steps=file))
    chosen = service.chosen(["yijun-release-2022", "yunzhou-2023"])

    assert ["科室初审", "一校", "初审"] == register.steps_of(chosen)
    for wrong in (
        "steps = 3",
        "[a]\nsteps = [3]",
        '[a]\nsteps = ["初审", "初审"]',
        '[a]\nsteps = ["approve"]',
        "[",
    ):
        file.write_text(wrong, encoding="utf-8")
        with pytest.raises(RegisterError, match=r"steps\.toml"):
            read_steps(file)
    register.close()


def test_sensitive_records_are_in_the_list_of_states(register: Register, put: Put) -> None:
    """Every state has words."""
    assert "answering" == state(register, put(SENSITIVE))


def test_a_register_that_is_away_says_so(tmp_path: Path) -> None:
    """No server there: at once, every time, and ready() names it."""
    register = Register(Settings(home=tmp_path, database_url="postgresql://tester@127.0.0.1:9/none"))
    with pytest.raises(RegisterDownError):
        register.open()
    assert "无法" in register.ready()
    register.close()
