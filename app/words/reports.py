"""What editors tell the keeper of words: “this was a false alarm”, “this word is missing”.

A report changes no list: it waits for the keeper, who proposes a change, which a second person approves.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import func, insert, select, update

from app.register.chain import new_id
from app.register.keeping import masked
from app.register.models import word_reports
from app.register.store import Register
from app.register.way import Person
from app.register.writer import Job, Refused, Transaction

FALSE_ALARM, WORD = "false-alarm", "word"
_MOST = 200  # code points of a word, as its column
_CONTEXT = 200  # code points
_NOTE = 1000  # code points
_OPEN_EACH = 500  # open reports of one person: more is no help to anyone


class Report(NamedTuple):
    """One report. ``word``: what was marked wrongly, or what should be in the list; ``rule``: id, may be "" for a word."""

    kind: str
    rule: str
    word: str
    context: str = ""
    note: str = ""
    record: str = ""


def reporting(report: Report, person: Person) -> Job[str]:
    """Put a report down; its id. Everything free is masked before it is kept.

    Raises:
        Refused: 422 nothing said, or of no known kind; 429 too many still open.
    """

    def job(transaction: Transaction) -> str:
        word = report.word.strip()
        if report.kind not in {FALSE_ALARM, WORD}:
            raise Refused(422, "kind 应为 false-alarm（误报）或 word（建议增加词语）")
        if not word or len(word) > _MOST:
            raise Refused(422, f"请写明词语，不超过 {_MOST} 字")
        if report.kind == FALSE_ALARM and not report.rule:
            raise Refused(422, "报告误报须写明是哪条规则")
        connection = transaction.connection
        waiting = connection.execute(
            select(func.count())
            .select_from(word_reports)
            .where(word_reports.c.who == person.id, word_reports.c.state == "open")
        ).scalar()
        if (waiting or 0) >= _OPEN_EACH:
            raise Refused(429, f"您已有 {_OPEN_EACH} 条反馈待处理，请等词库管理人员处理后再报")
        row = {
            "id": new_id(),
            "kind": report.kind,
            "rule": report.rule[:80],
            "word": masked(word),
            "context": masked(report.context.strip()[:_CONTEXT]),
            "note": masked(report.note.strip()[:_NOTE]),
            "record": report.record[:26],
            "who": person.id,
            "name": person.name[:80],
            "unit": person.unit,
            "state": "open",
            "outcome": "",
            "at": transaction.at,
        }
        connection.execute(insert(word_reports).values(**row))
        transaction.audit(
            "word-reported", person.id, {"report": row["id"], "kind": report.kind, "rule": row["rule"]}
        )
        return str(row["id"])

    return job


def closing(report: str, outcome: str, person: Person) -> Job[None]:
    """What became of a report.

    Raises:
        Refused: 404 no such open report; 422 no outcome stated.
    """

    def job(transaction: Transaction) -> None:
        if not outcome.strip():
            raise Refused(422, "请写明处理结果")
        open_ = (word_reports.c.id == report) & (word_reports.c.state == "open")
        row = transaction.connection.execute(select(word_reports.c.unit).where(open_)).first()
        if row is None or (row.unit and not person.sees(row.unit)):
            raise Refused(404, "没有这条反馈，或已处理")
        said = {"state": "done", "outcome": masked(outcome.strip()[:_NOTE])}
        transaction.connection.execute(update(word_reports).where(open_).values(**said))
        transaction.audit("word-report-closed", person.id, {"report": report, "name": person.name})

    return job


def waiting(register: Register, most: int = 200) -> list[dict[str, Any]]:
    """Open reports, oldest first."""
    with register.read() as connection:
        rows = connection.execute(
            select(word_reports).where(word_reports.c.state == "open").order_by(word_reports.c.at).limit(most)
        )
        return [row._asdict() for row in rows]


def dismissals(register: Register) -> dict[str, int]:
    """How often each rule was reported as a false alarm."""
    with register.read() as connection:
        rows = connection.execute(
            select(word_reports.c.rule, func.count())
            .where(word_reports.c.kind == FALSE_ALARM)
            .group_by(word_reports.c.rule)
        )
        return {str(rule): int(count) for rule, count in rows}
