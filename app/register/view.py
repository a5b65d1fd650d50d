"""One record as people and programs read it: the form filled in, the signatures given and wanted, the whole story."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from app.register import way
from app.register.chain import Entry
from app.register.clock import shown
from app.register.deadlines import Due
from app.register.lookup import SETTLED, Found, judged_on
from app.register.way import ACTS, STATES, Person

ANSWERS = {
    "clear": "机审未发现",
    "ask": "须人工回答",
    "review": "须复核",
    "unseen": "未能检查",
    "stop": "须处理",
}
VERDICTS = {"pass": "机审未发现问题", "review": "须复核", "block": "须处理"}
_KINDS = {
    "screened": "送审",
    "repeated": "原稿再次送审",
    "answered": "填写审核表",
    "signed": "签署",
    "refused": "未准",
    "waived": "豁免",
    "revoked": "撤销豁免",
    "verified": "核对发布稿",
    "superseded": "由新稿代替",
    "destroyed": "销毁",
}


def line(row: dict[str, Any]) -> dict[str, Any]:
    """One record of a list."""
    names = (
        "id", "number", "at", "changed_at", "unit", "unit_kind", "category", "channel", "title", "verdict", "stops",
        "reviews", "state", "editor_name", "external_id", "follows", "formed_on", "published_at", "seq",
    )  # fmt: skip
    return {name: row[name] for name in names} | {"state_words": STATES[row["state"]]}


def view(found: Found, due: Sequence[Due], person: Person) -> dict[str, Any]:
    """Everything of one record; ``tasks`` are what this person could do now."""
    case, screened = found.case, found.case.screened
    day = judged_on(case)
    done = {one.act: one for one in case.signed if one.act in case.steps}
    return {
        **{key: value for key, value in line(found.row).items() if key != "seq"},
        "followed_by": found.row["followed_by"],
        "verdict_words": VERDICTS[screened["verdict"]],
        "message": screened["message"],
        "post": screened["post"],
        "editor": screened["editor"],
        "print": screened["prints"]["source"],
        "data": screened["data"],
        "engine": screened["engine"],
        "findings": [
            finding
            | {
                "number": number,
                "settled": found.row["state"] in SETTLED,
                "waived": any(one.covers(case, finding, day) for one in found.waivers),
            }
            for number, finding in enumerate(screened["findings"])
        ],
        "unseen": screened["unseen"],
        "checklists": [_form(found, form) for form in screened["checklists"]],
        "steps": [
            {"step": step, **(_done(done[step]) if step in done else {"name": "", "at": "", "note": ""})}
            for step in case.steps
        ],
        "signatures": [
            {"act": ACTS[one.act], "role": one.role, **_done(one)} for one in case.signed if one.act in ACTS
        ],
        "wanted": [one._asdict() | {"words": one.words} for one in case.wanted()],
        "optional": [one._asdict() | {"words": one.words} for one in case.optional()],
        "required": [one._asdict() | {"words": one.words} for one in case.required],
        "obstacles": list(case.stops(found.waivers, day)),
        "published": _done(case.published) if case.published else None,
        "filed": [{"act": ACTS[one.act], **_done(one)} for one in case.filed],
        "deadlines": [
            one._asdict() | {"due": one.due.isoformat(), "last": one.last.isoformat() if one.last else ""}
            for one in due
        ],
        "lent": case.lent,
        "text_kept": found.kept,
        "story": [_told(entry, case) for entry in found.story],
        "acts": [] if not person.sees(case.unit) else way.possible(case, person, found.waivers, day),
        "tasks": way.tasks(case, person, found.waivers, day),
    }


def _done(one: way.Done) -> dict[str, str]:
    return {"name": one.name, "at": one.at, "note": one.note}


def _form(found: Found, form: dict[str, Any]) -> dict[str, Any]:
    regulation = found.regulations[form["digest"]]
    items = []
    for item in form["items"]:
        said = found.case.answers.get((form["id"], item["id"]))
        asked = regulation["items"][item["id"]]
        items.append(
            item
            | {
                "asks": asked["asks"],
                "hint": asked["hint"],
                "words": ANSWERS[item["answer"]],
                "said": None if said is None else said._asdict(),
            }
        )
    return {
        "id": form["id"],
        "title": regulation["title"],
        "status": regulation["status"],
        "form": form["form"] or regulation["form"],
        "items": items,
        "signatures": found.case.signatures(form),
        "missing": form["missing"],
    }


def _told(entry: Entry, case: way.Case) -> dict[str, Any]:
    content = entry.content or {}
    if entry.kind == "answered":  # people know an item by its article
        item = case.item(content["checklist"], content["item"])
        content = content | {"item": item["number"] if item else content["item"]}
    if entry.kind == "waived":
        titles = {one["rule"]: one["title"] for one in case.screened["findings"]}
        content = content | {"rule": titles.get(content["rule"], content["rule"])}
    if entry.kind == "refused":
        content = content | {"act": _tried(content.get("act", ""), case)}
    return {
        "seq": entry.seq,
        "at": entry.at,
        "time": shown(entry.at),
        "kind": entry.kind,
        "who": entry.who,
        "name": content.get("name") or content.get("editor", {}).get("name", ""),
        "words": _words(entry.kind, content),
    }


def _tried(act: str, case: way.Case) -> str:
    """What was refused, for people: they know an item by its article."""
    verb, _, item = act.partition(" ")
    if verb != "answer":
        return {"waive": "豁免", "revoke": "撤销豁免"}.get(act, act)
    numbers = {one["number"] for form in case.screened["checklists"] if (one := case.item(form["id"], item))}
    return f"填写 {'、'.join(sorted(numbers)) or item}"


def _words(kind: str, content: dict[str, Any]) -> str:
    """What an entry says, in a few words."""
    said = _KINDS.get(kind, kind)
    if not content or kind not in _TELL:
        return said
    return _TELL[kind].format_map(
        {
            "note": "",
            "role": "",
            "item": "",
            **content,
            "act": ACTS.get(content.get("act", ""), content.get("act", "")),
        }
        | {"noted": f"（{content['note']}）" if content.get("note") else ""}
        | {"office": f"{content['role']}：" if content.get("role") else ""}
        | {"same": "一致" if content.get("same") else f"不一致（{content.get('changes', 0)} 处）"}
    )


_TELL = {
    "screened": "送审：{message}",
    "answered": "填写 {item}：{answer}{noted}",
    "signed": "{office}{act}{noted}",
    "refused": "未准（{act}）：{reason}",
    "waived": "豁免 {rule}，至 {until}，依据 {basis}：{reason}",
    "verified": "核对发布稿：{same}",
    "destroyed": "销毁：{reason}",
}


_AUDIT = {
    "account-added": "新建账户", "account-changed": "变更账户", "account-disabled": "停用账户", "account-enabled": "启用账户",
    "account-unlocked": "解除锁定", "totp-on": "启用动态口令", "totp-off": "停用动态口令", "password-changed": "更换密码",
    "login-failed": "登录未成功", "locked": "锁定账户", "logged-in": "登录", "logged-out": "退出", "key-added": "新建系统密钥",
    "key-revoked": "撤销系统密钥", "copied": "取走审查表", "read": "查看原文", "refused": "未准", "destroyed": "销毁",
    "words-proposed": "提出词库变更", "words-refused": "不同意词库变更", "words-approved": "批准词库变更",
    "word-reported": "反馈词库问题", "word-report-closed": "办结词库反馈",
}  # fmt: skip
_PARTS = {
    "login": "账号", "name": "姓名", "unit": "单位", "covers": "范围", "roles": "角色", "posts": "职务", "staff": "人员性质",
    "failures": "连续次数", "prefix": "密钥", "scopes": "权限", "expires": "有效至", "number": "编号", "reason": "理由", "act": "事项",
    "entries": "条数", "batch": "批次", "changes": "变更", "count": "条数", "basis": "依据", "set": "版本", "proposer": "提出人",
    "note": "意见", "report": "反馈", "kind": "类别", "rule": "规则",
}  # fmt: skip


def audited(entry: Entry) -> tuple[str, str]:
    """An entry of the audit log for people: what was done, and the particulars."""
    said = [
        f"{_PARTS.get(name, name)} {words}"
        for name, value in (entry.content or {}).items()
        if name != "print" and (name not in _USUAL or value != _USUAL[name])
        if (words := _plain(name, value))
    ]
    return _AUDIT.get(entry.kind, entry.kind), "，".join(said) if entry.content is not None else "（已销毁）"


_USUAL = {"covers": "own", "staff": "permanent"}  # not worth saying
_WORDS = {
    "all": "全部单位", "contractor": "外聘", "add": "新增", "change": "更改", "withdraw": "撤下", "false-alarm": "误报",
    "word": "缺词",
} | way.ROLES  # fmt: skip


def _plain(name: str, value: Any) -> str:  # noqa: ANN401 a value of JSON
    if name in {"roles", "posts"} and isinstance(value, str):  # kept as the column of the table has them
        value = msgspec.json.decode(value)
    many = value if isinstance(value, list) else [value]
    parts = [one if isinstance(one, list) else [one] for one in many if one not in ("", None)]
    return "、".join(" ".join(_WORDS.get(str(one), str(one)) for one in part) for part in parts)
