"""F53–F54: every route for every role, for nobody and for every kind of key, cell by cell; and one unit before another's door."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from app.accounts.keys import SCOPES
from app.main import create
from app.register.way import ROLES
from app.settings import Settings
from benchmarks.register import serving
from tests.app.accounts.test_gate import DENIED, POST, add, gate_of, key, session
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
    "POST /lexicons/preview": (ALL, "lexicons"), "GET /lexicons/reports": (READERS, "lexicons screen"),
    "POST /lexicons/reports": (OFFICE, "lexicons screen"), "POST /lexicons/reports/{report_id}": (OFFICE, "lexicons screen"),
    "GET /lexicons/{rule}/export.csv": (ALL, "lexicons"), "POST /lexicons/{rule}/import": ("kd", "lexicons"),
    "GET /lexicons/{rule}/terms": (ALL, "lexicons"), "POST /lexicons/{rule}/terms": ("kd", "lexicons"),
    "DELETE /lexicons/{rule}/terms": ("kd", "lexicons"),
    "GET /words": (ALL, ""), "POST /words": ("akd", ""), "POST /words/import": ("akd", ""),
    "GET /records": (READERS, "records"), "GET /records/{record}": (READERS, "records"),
    "GET /records/{record}/form.docx": (READERS, "records"), "GET /records/{record}/form.html": (READERS, "records"),
    "GET /records/{record}/text": (READERS, "records"), "GET /records/{record}/act": (READERS, "records"),
    "POST /records/{record}/act": (OFFICE, "records"), "POST /records/{record}/answers": (OFFICE, "records"),
    "POST /records/{record}/signatures": (OFFICE, "records"), "POST /records/{record}/waivers": (OFFICE, "records"),
    "GET /rectification": (READERS, "records"), "POST /rectification": (OFFICE, "records"),
    "GET /rectification.xlsx": (READERS, "records"), "POST /rectification/{notice}": (OFFICE, "records"),
    "POST /rectification/notices/act": (OFFICE, "records"), "GET /register.xlsx": (READERS, "records"),
    "POST /redact": (OFFICE, "screen"), "POST /screen": (OFFICE, "screen"), "POST /screen/batch": (OFFICE, "screen"),
    "POST /screen/file": (OFFICE, "screen"), "GET /submit": (OFFICE, ""), "POST /submit": (OFFICE, ""), "GET /tasks": (OFFICE, ""),
    "POST /v2/check": (OFFICE, "screen"), "GET /v2/languages": (ALL, "screen"), "OPTIONS /v2/{path:path}": ("*", "screen"),
    "POST /verify": (OFFICE, "records"), "GET /waivers": (READERS, "records"), "POST /waivers": ("sa", "records"),
    "POST /waivers/{waiver}/revoke": ("sa", "records"),
}  # fmt: skip


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """One account of each role, one stranger of another unit with every role of the office."""
    home: Path = tmp_path_factory.mktemp("home")
    with TestClient(create(Settings(home=home)), raise_server_exceptions=False) as client:
        for role in ROLES:
            add(client, role, role, **({"posts": ("分管领导",)} if role == "approver" else {}))
        add(client, "stranger", "editor", "reviewer", "secrecy", "approver", unit="县教育局")
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


def test_one_unit_before_anothers_door(client: TestClient, ledger: Callable[..., None]) -> None:
    """F54: whatever is asked of another unit's record, it does not exist; with a key of another unit too."""
    own = session(client, "editor")
    record = client.post("/screen", json=POST, headers=own).json()["record"]
    stranger, program = session(client, "stranger"), key(client, "records", unit="县教育局")[0]
    bodies = {
        "answers": {"item": "secret", "answer": "否"}, "signatures": {"act": "approve"}, "verify": {"record": record, "body": "x"},
        "waivers": {"finding": 0, "scope": "post", "reason": "a", "basis": "b", "until": "2027-01-01"},
    }  # fmt: skip
    runs, wrong = 0, []
    assert 200 == client.get(f"/records/{record}", headers=own).status_code
    for line in MATRIX:
        method, _, route = line.partition(" ")
        if "{record}" not in route and route != "/verify":
            continue
        name = route.rpartition("/")[2]
        if name == "act":  # a form: tried below with its token
            continue
        for headers in (stranger, program):
            answer = client.request(
                method, route.replace("{record}", record), json=bodies.get(name), headers=headers
            )
            runs += 1
            if answer.status_code != 404 and not (headers is program and answer.status_code == 403):
                wrong.append(f"{line}: {answer.status_code}")
    for path in ("/records", "/register.xlsx", "/records?format=json"):
        runs += 1
        if record in client.get(path, headers=stranger).text:
            wrong.append(path)
    ledger("F54", "查看、答复、签字、豁免、核对、下载别的单位的登记", "404", runs, wrong)


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
             "--generation-database", "none", "--no-color", "--request-timeout", "30", "--exclude-path-regex", "^/screen/file"],
            capture_output=True, text=True, timeout=900, check=False, cwd=tmp_path, env=os.environ | {"NO_PROXY": "127.0.0.1"},
        )  # fmt: skip
    said = done.stdout + done.stderr
    operations = re.search(r"(\d+) selected", said)
    cases = re.findall(r"(\d+) (?:generated|test cases|cases)", said)
    broken = re.findall(r"Server error|\[5\d\d\]", said)
    assert operations is not None, said[-3000:]
    ledger("F30 F40", "schemathesis 按接口描述随机提问（含有状态的）", "没有 5xx", int(cases[-1]) if cases else int(operations[1]),
           [said[-1500:]] if broken or done.returncode != 0 else [], 路由=int(operations[1]))  # fmt: skip
