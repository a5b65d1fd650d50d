"""F53–F54: every route for every role, for nobody and for every kind of key, cell by cell; and one unit before another's door."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from app.accounts import sessions
from app.accounts.keys import SCOPES
from app.main import create
from app.register.way import ROLES
from app.settings import Settings
from benchmarks.register import serving
from tests.app.accounts.test_gate import DENIED, POST, UNIT, add, gate_of, key, register_of, session
from tests.reliability.conftest import LONG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Letters of roles: editor, reviewer, secrecy, approver, publisher, keeper, administrator (d), auditor (u).
LETTERS = dict(zip(ROLES, "ersapkdu", strict=True))
OFFICE, READERS, ALL = "ersapk", "ersapku", "ersapkdu"

# Method and route → roles let in; then scopes of keys. "*": everybody, logged in or not. What is not here fails the test.
MATRIX: dict[str, tuple[str, str]] = {
    "GET /": (ALL, ""), "GET /login": ("*", ""), "POST /login": ("*", ""), "POST /logout": (ALL, ""),
    "GET /health": ("*", ""), "GET /ready": ("*", ""), "GET /metrics": ("du", "metrics"),
    "GET /account/password": (ALL, ""), "POST /account/password": (ALL, ""), "GET /account/totp": (ALL, ""),
    "POST /account/totp": (ALL, ""), "GET /accounts": ("du", ""), "POST /accounts": ("d", ""), "GET /audit": ("u", ""),
    "GET /checklists": (ALL, "screen records"), "GET /checklists/{checklist_id}": (ALL, "screen records"),
    "GET /rules": (ALL, "screen records"), "GET /rules/{rule_id}": (ALL, "screen records"), "GET /help": (ALL, ""),
    "GET /figures": (READERS, "records"),
    "GET /lexicons": (ALL, "lexicons"), "GET /lexicons/noise": (ALL, "lexicons"), "GET /lexicons/versions": (ALL, "lexicons"),
    "GET /lexicons/proposals": (ALL, ""), "POST /lexicons/proposals/{batch}": ("akd", ""),
    "POST /lexicons/preview": (ALL, "lexicons"), "GET /lexicons/reports": (READERS, "lexicons"),
    "POST /lexicons/reports": (OFFICE, "lexicons screen"), "POST /lexicons/reports/{report_id}": (OFFICE, "lexicons"),
    "GET /lexicons/{rule}/export.csv": (ALL, "lexicons"), "POST /lexicons/{rule}/import": ("kd", "lexicons"),
    "GET /lexicons/{rule}/terms": (ALL, "lexicons"), "POST /lexicons/{rule}/terms": ("kd", "lexicons"),
    "DELETE /lexicons/{rule}/terms": ("kd", "lexicons"),
    "GET /words": (ALL, ""), "POST /words": ("akd", ""), "POST /words/import": ("akd", ""),
    "GET /records": (READERS, "records"), "GET /records/{record}": (READERS, "records"),
    "GET /records/{record}/form.docx": (READERS, "records"), "GET /records/{record}/form.html": (READERS, "records"),
    "GET /records/{record}/text": (READERS, "records"), "GET /records/{record}/act": (READERS, "records"),
    "POST /records/{record}/act": (OFFICE, ""), "POST /records/{record}/answers": (OFFICE, ""),
    "POST /records/{record}/signatures": (OFFICE, ""), "POST /records/{record}/waivers": (OFFICE, ""),
    "GET /rectification": (READERS, "records"), "POST /rectification": (OFFICE, ""),
    "GET /rectification.xlsx": (READERS, "records"), "POST /rectification/{notice}": (OFFICE, ""),
    "POST /rectification/notices/act": (OFFICE, ""), "GET /register.xlsx": (READERS, "records"),
    "POST /redact": (OFFICE, "screen"), "POST /screen": (OFFICE, "screen"), "POST /screen/batch": (OFFICE, "screen"),
    "POST /screen/file": (OFFICE, "screen"), "GET /submit": (OFFICE, ""), "POST /submit": (OFFICE, ""), "GET /tasks": (OFFICE, ""),
    "POST /v2/check": (OFFICE, "screen"), "GET /v2/languages": (ALL, "screen"), "OPTIONS /v2/{path:path}": ("*", "screen"),
    "POST /verify": (OFFICE, "records"), "GET /waivers": (READERS, "records"), "POST /waivers": ("sa", ""),
    "POST /waivers/{waiver}/revoke": ("sa", ""),
}  # fmt: skip


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """One account of each role, one stranger of another unit with every role of the office."""
    home: Path = tmp_path_factory.mktemp("home")
    with TestClient(create(Settings(home=home)), raise_server_exceptions=False) as client:
        for role in ROLES:
            add(client, role, role, **({"posts": ("分管领导",)} if role == "approver" else {}))
        add(client, "stranger", "editor", "reviewer", "secrecy", "approver", "keeper", unit="县教育局")
        gate_of(client).load()
        yield client


def routes(client: TestClient) -> set[str]:
    """Every route of the application."""
    found = set()
    for one in client.app.routes:  # type: ignore[attr-defined]
        router = getattr(one, "original_router", None)
        for route in router.routes if router is not None else ():
            found |= {f"{method} {route.path}" for method in route.methods - {"HEAD"}}
    return found


def test_every_route_is_in_the_matrix(client: TestClient) -> None:
    """A new route says here who may use it."""
    assert routes(client) == MATRIX.keys()


def test_the_matrix_cell_by_cell(client: TestClient, ledger: Callable[..., None]) -> None:
    """Let in exactly where the matrix says: roles, nobody, and keys of each scope."""
    runs, wrong = 0, []
    people = {role: session(client, role) for role in ROLES}
    programs = {scope: key(client, scope)[0] for scope in SCOPES}
    for line, (roles, scopes) in MATRIX.items():
        method, _, route = line.partition(" ")
        path = re.sub(r"\{[^}]*\}", "x", route)
        body: Any = {} if method == "POST" else None

        def ask(headers: dict[str, str], method: str = method, path: str = path, body: Any = body) -> Any:
            return client.request(method, path, json=body, headers=headers, follow_redirects=False)

        for role, letter in LETTERS.items():
            headers = session(client, role) if path == "/logout" else people[role]
            answer = ask(headers)
            let_in = not (answer.status_code == 403 and DENIED in answer.text)
            runs += 1
            if let_in != (roles == "*" or letter in roles):
                wrong.append(f"{line} for {role}: {answer.status_code}")
        answer = ask({})
        runs += 1
        if (answer.status_code == 401) == (roles == "*") and path != "/login":
            wrong.append(f"{line} for nobody: {answer.status_code}")
        for scope, headers in programs.items():
            answer = ask(headers)
            runs += 1
            refused = answer.status_code == 403 and "这个密钥没有此项权限" in answer.text
            open_ = roles == "*" and not scopes
            if refused == (open_ or scope in scopes.split()):
                wrong.append(f"{line} for a key of {scope}: {answer.status_code}")
    ledger(
        "F53",
        f"{len(MATRIX)} 条路由 × {len(ROLES)} 个角色、未登录、{len(SCOPES)} 种密钥",
        "只放行表中写明的",
        runs,
        wrong,
    )


# Every route that names one thing: what is sent there, as JSON (a dictionary) or as a form (a list of pairs).
OBJECTS: dict[str, Any] = {
    "GET /records/{record}": None, "GET /records/{record}/text": None, "GET /records/{record}/form.docx": None,
    "GET /records/{record}/form.html": None, "POST /records/{record}/answers": {"item": "secret", "answer": "否"},
    "POST /records/{record}/signatures": {"act": "初审"},
    "POST /records/{record}/waivers": {"finding": 0, "scope": "post", "reason": "a", "basis": "b", "until": "2027-01-01"},
    "POST /records/{record}/act": [("do", "初审")], "POST /records/{record}/act verify": [("do", "verify"), ("body", "x")],
    "POST /records/{record}/act waive": [("do", "waive"), ("finding", "0"), ("until", "2027-01-01"), ("basis", "b"), ("note", "a")],
    "POST /records/{record}/act answer": [("do", "answer"), ("answer:yijun-release-2022:secret", "否")],
    "POST /verify": {"record": "{record}", "body": "x"}, "POST /waivers/{waiver}/revoke": {},
    "POST /rectification/{notice}": {"state": "已整改", "remark": "a"}, "POST /lexicons/reports/{report_id}": {"outcome": "a"},
    "POST /waivers": [("waiver", "{waiver}")], "POST /rectification/notices/act": [("do", "已整改"), ("notice", "{notice}"), ("remark", "a")],
}  # fmt: skip
# A path with a name in braces that is nobody's own: words, rules and regulations are for all; a browser is sent on.
NO_OBJECT = {
    "GET /checklists/{checklist_id}", "GET /rules/{rule_id}", "GET /lexicons/{rule}/export.csv", "POST /lexicons/{rule}/import",
    "GET /lexicons/{rule}/terms", "POST /lexicons/{rule}/terms", "DELETE /lexicons/{rule}/terms", "OPTIONS /v2/{path:path}",
    "POST /lexicons/proposals/{batch}", "GET /records/{record}/act",
}  # fmt: skip


def test_every_route_that_names_a_thing_is_tried() -> None:
    """A new one says here whose the thing is."""
    named = {line for line in MATRIX if "{" in line}
    assert named == NO_OBJECT | {
        line
        for line in (one.rpartition(" ")[0] if one.count(" ") > 1 else one for one in OBJECTS)
        if "{" in line
    }


def _own_things(client: TestClient) -> dict[str, str]:
    """One of each kind, of the unit itself."""
    own, approver = session(client, "editor"), session(client, "approver")
    record = client.post(
        "/screen",
        json=POST | {"body": "本办法由国务院。截至2月30日，县国土资源局印发。身份证号110101199003074477。"},
        headers=own,
    ).json()["record"]
    findings = client.get(f"/records/{record}", headers=own).json()
    stop = next(one["number"] for one in findings["findings"] if one["answer"] == "stop")
    plea = {"finding": stop, "scope": "post", "reason": "原文如此", "basis": "经批准", "until": "2027-01-01"}
    given = client.post(f"/records/{record}/waivers", json=plea, headers=approver)
    assert 200 == given.status_code, (given.text, findings)
    told = {"unit": UNIT, "problem": "错别字", "basis": "通报", "told_on": "2026-11-02", "days": 5}
    notice = client.post("/rectification", json=told, headers=own)
    assert 200 == notice.status_code, notice.text
    report = client.post(
        "/lexicons/reports", json={"kind": "word", "word": "既使", "note": "应为即使"}, headers=own
    )
    assert 201 == report.status_code, report.text
    waiver = client.get("/waivers", headers=approver | {"accept": "application/json"}).json()["waivers"][0][
        "id"
    ]
    return {
        "record": record,
        "waiver": waiver,
        "notice": notice.json()["notice"],
        "report_id": report.json()["report"],
    }


def test_one_unit_before_anothers_door(client: TestClient, ledger: Callable[..., None]) -> None:
    """F54: whatever is asked of another unit's thing, it does not exist; with a key of another unit too."""
    things = _own_things(client)
    stranger = session(client, "stranger")
    token = sessions.form_token(register_of(client), stranger["cookie"].partition("=")[2])
    program = key(client, "records", "lexicons", unit="县教育局")[0]
    runs, wrong = 0, []
    for name, body in OBJECTS.items():
        method, route = name.split(" ")[:2]
        for thing, number in things.items():
            route = route.replace(f"{{{thing}}}", number)
        filled = json.loads(re.sub(r"\{(\w+)\}", lambda found: things[found[1]], json.dumps(body)))
        for headers in (stranger, program):
            if isinstance(body, list):
                form = dict(filled) | {"csrf": token}
                answer = client.request(method, route, data=form, headers=headers, follow_redirects=False)
            else:
                answer = client.request(method, route, json=filled, headers=headers)
            runs += 1
            if answer.status_code != 404 and not (headers is program and answer.status_code == 403):
                wrong.append(f"{name}: {answer.status_code}")
    for path in (
        "/records",
        "/register.xlsx",
        "/records?format=json",
        "/waivers",
        "/rectification",
        "/rectification.xlsx",
        "/lexicons/reports",
    ):
        for headers in (stranger, program):
            runs += 1
            content = client.get(path, headers=headers).content
            if any(number.encode() in content for number in things.values()):
                wrong.append(path)
    ledger("F54", "查看、答复、签字、豁免、撤销、核对、整改、下载别的单位的登记和反馈", "404", runs, wrong)


def test_no_described_request_breaks_the_service(
    tmp_path: Path, ledger: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Schemathesis asks every route what its description allows and what it does not: never a 5xx but 503."""
    examples = "60" if LONG else "4"
    monkeypatch.setenv("XIANSHEN_AUTH", "off")
    with serving(tmp_path) as (port, _):
        done = subprocess.run(
            [str(Path(sys.executable).with_name("schemathesis")), "run", f"http://127.0.0.1:{port}/openapi.json",
             "--checks", "not_a_server_error", "--max-examples", examples, "--phases", "fuzzing,stateful", "--seed", "1",
             "--generation-database", "none", "--no-color", "--request-timeout", "30"],
            capture_output=True, text=True, timeout=900, check=False, cwd=tmp_path, env=os.environ | {"NO_PROXY": "127.0.0.1"},
        )  # fmt: skip
    said = done.stdout + done.stderr
    operations = re.search(r"(\d+) selected", said)
    cases = re.findall(r"(\d+) (?:generated|test cases|cases)", said)
    broken = re.findall(r"Server error|\[5\d\d\]", said)
    assert operations is not None, said[-3000:]
    ledger("F30 F40", "schemathesis 按接口描述随机提问（含有状态的）", "没有 5xx", int(cases[-1]) if cases else int(operations[1]),
           [said[-1500:]] if broken or done.returncode != 0 else [], 路由=int(operations[1]))  # fmt: skip
