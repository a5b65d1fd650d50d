"""The gate over HTTP: every role at every door, keys, sessions, CSRF, lock-out, and who is let in without accounts."""

from __future__ import annotations

import datetime
import time
from typing import TYPE_CHECKING, Any

import pyotp
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from app.accounts import keys, people, sessions
from app.accounts.people import Account
from app.api.gate import is_loopback, line
from app.main import create
from app.register import lookup
from app.register.lookup import Filters
from app.register.way import ROLES, Person
from app.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from app.api.gate import Gate
    from app.register.store import Register

GOOD = "Zhongguo2026ok"
UNIT = "县医保局"
POST: dict[str, Any] = {
    "title": "通知",
    "body": "各单位要认真落实。",
    "unit": {"kind": "department"},
    "record": True,
}
DENIED = "您的角色没有此项权限。"


def register_of(client: TestClient) -> Register:
    """The application's register."""
    found: Register = client.app.state.service.register  # type: ignore[attr-defined]
    return found


def gate_of(client: TestClient) -> Gate:
    """The application's gate."""
    found: Gate = client.app.gate  # type: ignore[attr-defined]
    return found


def add(client: TestClient, login: str, *roles: str, **fields: Any) -> None:
    """An account that need not change its password first."""
    register = register_of(client)
    account = Account(login, fields.pop("name", f"实名{login}"), **({"unit": UNIT} | fields), roles=roles)
    register.call(people.adding(account, GOOD, "test"))
    register.call(people.setting(login, "test", "test", must_change=False))


def session(client: TestClient, login: str) -> dict[str, str]:
    """The headers of somebody logged in, as a program would send them with the token of its pages."""
    register = register_of(client)
    with register.read() as connection:
        row = connection.execute(text("SELECT id FROM users WHERE login = :login"), {"login": login}).scalar()
    token, job = sessions.beginning(register, str(row), login)
    register.call(job)
    return {"cookie": f"{sessions.COOKIE}={token}", "x-csrf-token": sessions.form_token(register, token)}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """A service with one account of each role."""
    home: Path = tmp_path_factory.mktemp("home")
    with TestClient(create(Settings(home=home)), raise_server_exceptions=False) as client:
        for role in ROLES:
            add(client, role, role, **({"posts": ("分管领导",)} if role == "approver" else {}))
        gate_of(client).load()
        yield client


@pytest.fixture(scope="module")
def logged_in(client: TestClient) -> Callable[[str], dict[str, str]]:
    """Headers of each role, made once."""
    made: dict[str, dict[str, str]] = {}
    return lambda role: made.setdefault(role, session(client, role))


PEOPLE = {"editor", "reviewer", "secrecy", "approver", "publisher", "keeper"}
READERS = PEOPLE | {"auditor"}
ALL = set(ROLES)

# method, path, body → who is let in. Whatever is not here is for nobody.
DOORS: list[tuple[str, str, Any, set[str]]] = [
    ("GET", "/", None, ALL),
    ("GET", "/rules", None, ALL),
    ("GET", "/checklists", None, ALL),
    ("GET", "/docs", None, ALL),
    ("GET", "/openapi.json", None, ALL),
    ("GET", "/account/password", None, ALL),
    ("POST", "/logout", {}, ALL),
    ("GET", "/tasks", None, PEOPLE),
    ("GET", "/submit", None, PEOPLE),
    ("POST", "/submit", {}, PEOPLE),
    ("GET", "/records", None, READERS),
    ("GET", "/records/x", None, READERS),
    ("GET", "/records/x/form.docx", None, READERS),
    ("GET", "/records/x/form.html", None, READERS),
    ("GET", "/records/x/text", None, READERS),  # and the words themselves only to those who work on it
    ("GET", "/audit", None, {"auditor"}),
    ("POST", "/waivers", {}, {"approver", "secrecy"}),
    ("POST", "/rectification/notices/act", {}, PEOPLE),
    ("GET", "/register.xlsx", None, READERS),
    ("GET", "/rectification.xlsx", None, READERS),
    ("GET", "/rectification", None, READERS),
    ("GET", "/waivers", None, READERS),
    ("POST", "/records/x/answers", {}, PEOPLE),
    ("POST", "/records/x/signatures", {}, PEOPLE),
    ("POST", "/records/x/waivers", {}, PEOPLE),
    ("POST", "/records/x/act", {}, PEOPLE),
    ("POST", "/rectification", {}, PEOPLE),
    ("POST", "/verify", {}, PEOPLE),
    ("POST", "/waivers/x/revoke", {}, {"approver", "secrecy"}),
    ("POST", "/screen", {}, PEOPLE),
    ("POST", "/screen/batch", {}, PEOPLE),
    ("POST", "/redact", {}, PEOPLE),
    ("GET", "/accounts", None, {"administrator", "auditor"}),
    ("POST", "/accounts", {}, {"administrator"}),
    ("GET", "/metrics", None, {"administrator", "auditor"}),
    ("POST", "/lexicons/x/terms", {}, {"administrator", "keeper"}),
    ("POST", "/lexicons/proposals/x", {}, {"administrator", "keeper", "approver"}),
    ("GET", "/words", None, ALL),
    ("POST", "/words", {}, {"administrator", "keeper", "approver"}),
    ("GET", "/nowhere", None, set()),
    ("DELETE", "/records/x", None, PEOPLE),  # let in, and then there is no such method
    ("GET", "/recordsx", None, set()),
]


@pytest.mark.parametrize(
    ("method", "path", "body", "roles"), DOORS, ids=[f"{one[0]} {one[1]}" for one in DOORS]
)
def test_every_role_at_every_door(
    client: TestClient,
    logged_in: Callable[[str], dict[str, str]],
    method: str,
    path: str,
    body: Any,
    roles: set[str],
) -> None:
    """Let in exactly where the table says; without a login nowhere."""
    let_in = set()
    for role in ROLES:
        if path == "/logout" and role != "editor":
            headers = session(client, role)
        else:
            headers = session(client, role) if path == "/logout" else logged_in(role)
        answer = client.request(method, path, json=body, headers=headers, follow_redirects=False)
        if not (answer.status_code == 403 and DENIED in answer.text):
            let_in.add(role)

    assert roles == let_in
    assert 401 == client.request(method, path, json=body).status_code


def test_open_doors(client: TestClient) -> None:
    """What must be asked before one can log in."""
    for path in ("/health", "/ready", "/login", "/static/office.css"):
        assert 200 == client.get(path).status_code


def test_a_browser_is_led_to_the_login(client: TestClient) -> None:
    """And back to where it wanted to go; never to another host."""
    answer = client.get("/records", headers={"accept": "text/html"}, follow_redirects=False)
    assert (303, "/login?next=%2Frecords") == (answer.status_code, answer.headers["location"])
    for path in ("//evil.example", "https://evil.example", "/\\evil.example"):
        page = client.get("/login", params={"next": path})
        assert "evil" not in page.text


# --- keys -------------------------------------------------------------------------------------

SCOPES = [
    ("screen", "POST", "/screen", True),
    ("screen", "GET", "/rules", True),
    ("screen", "GET", "/records", False),
    ("screen", "POST", "/verify", False),
    ("records", "GET", "/records", True),
    ("records", "POST", "/verify", True),
    ("records", "GET", "/rectification", True),
    ("records", "POST", "/rectification", False),
    ("records", "POST", "/rectification/x", False),
    ("records", "POST", "/waivers/x/revoke", False),
    ("records", "POST", "/screen", False),
    ("records", "GET", "/accounts", False),
    ("metrics", "GET", "/metrics", True),
    ("metrics", "GET", "/records", False),
    ("lexicons", "POST", "/lexicons/x/terms", True),
    ("screen", "GET", "/", False),
    ("screen", "GET", "/nowhere", False),
]


def key(client: TestClient, *scopes: str, unit: str = "") -> tuple[dict[str, str], str]:
    """Headers with a new key, and its prefix."""
    register = register_of(client)
    whole, job = keys.adding(register.keys, "CMS", scopes, unit, 30, "test")
    register.call(job)
    gate_of(client).load()
    return {"authorization": f"Bearer {whole}"}, whole.split("_")[1]


@pytest.mark.parametrize(("scope", "method", "path", "may"), SCOPES)
def test_a_key_goes_as_far_as_its_scope(
    client: TestClient, scope: str, method: str, path: str, may: bool
) -> None:
    """And no further."""
    headers, _ = key(client, scope)
    answer = client.request(method, path, json={} if method == "POST" else None, headers=headers)

    assert may == ("没有此项权限" not in answer.text)


def test_a_program_cannot_sign(client: TestClient) -> None:
    """It sends posts in, by a named author, for its unit alone; people sign."""
    headers, prefix = key(client, "screen", "records", unit=UNIT)
    assert 422 == client.post("/screen", json=POST, headers=headers).status_code
    answer = client.post("/screen", json=POST | {"author": "王编辑"}, headers=headers)
    record = answer.json()["record"]
    shown = client.get(f"/records/{record}", headers=headers).json()

    assert (UNIT, {"id": f"key:{prefix}", "name": "王编辑"}) == (shown["unit"], shown["editor"])
    assert (
        403 == client.post(f"/records/{record}/signatures", json={"act": "初审"}, headers=headers).status_code
    )
    other = POST | {"author": "王编辑", "unit": {"name": "县教育局"}}
    assert 403 == client.post("/screen", json=other, headers=headers).status_code
    elsewhere, _ = key(client, "records", unit="县教育局")
    assert 404 == client.get(f"/records/{record}", headers=elsewhere).status_code
    assert [] == client.get("/records", headers=elsewhere).json()["records"]


def test_wrong_and_revoked_keys(client: TestClient) -> None:
    """401 each time; too many from one address: 429 for a while, even with the right one."""
    headers, prefix = key(client, "screen")
    assert 200 == client.get("/rules", headers=headers).status_code
    register_of(client).call(keys.revoking(prefix, "test"))
    gate_of(client).load()
    assert 401 == client.get("/rules", headers=headers).status_code
    good, _ = key(client, "screen")
    statuses = [client.get("/rules", headers={"x-api-key": f"xs_{n:08x}_x"}).status_code for n in range(25)]
    assert {401, 429} == set(statuses)
    assert 429 == client.get("/rules", headers=good).status_code
    gate_of(client).addresses.forget("testclient")
    assert 200 == client.get("/rules", headers=good).status_code


# --- sessions ---------------------------------------------------------------------------------


def test_logging_in_and_out(client: TestClient) -> None:
    """A cookie that scripts cannot read and other sites do not send; after logging out it is worth nothing."""
    page = client.get("/login")
    token = page.text.split('name="csrf" value="')[1].split('"')[0]
    given = {"csrf": token, "login": "editor", "password": GOOD, "next": "/records"}
    answer = client.post("/login", data=given, follow_redirects=False)
    cookie = answer.headers["set-cookie"]

    assert (303, "/records") == (answer.status_code, answer.headers["location"])
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= {one.strip() for one in cookie.split(";")}
    assert "max-age" not in cookie.lower()
    held = {"cookie": cookie.split(";")[0]}
    client.cookies.clear()
    mine = client.get("/tasks", headers=held)
    assert 200 == mine.status_code
    own = mine.text.split('name="csrf" value="')[1].split('"')[0] if 'name="csrf"' in mine.text else ""
    own = own or sessions.form_token(register_of(client), held["cookie"].split("=", 1)[1])
    assert 303 == client.post("/logout", data={"csrf": own}, headers=held, follow_redirects=False).status_code
    client.cookies.clear()
    assert 401 == client.get("/tasks", headers=held).status_code


def test_over_https_the_cookie_is_secure(client: TestClient) -> None:
    """Never sent in the clear."""
    token = client.get("https://testserver/login").text.split('name="csrf" value="')[1].split('"')[0]
    given = {"csrf": token, "login": "reviewer", "password": GOOD}
    answer = client.post("https://testserver/login", data=given, follow_redirects=False)
    client.cookies.clear()

    assert "Secure" in answer.headers["set-cookie"]


def test_five_wrong_passwords_lock(client: TestClient) -> None:
    """The sixth try is not even looked at; unknown accounts are treated alike."""
    token = client.get("/login").text.split('name="csrf" value="')[1].split('"')[0]
    for login in ("keeper", "nobody-there"):
        tries = [
            client.post("/login", data={"csrf": token, "login": login, "password": "x"}).status_code
            for _ in range(6)
        ]
        assert [401] * 5 + [429] == tries
        right = client.post("/login", data={"csrf": token, "login": login, "password": GOOD})
        assert (429, True) == (right.status_code, "retry-after" in right.headers)
    register_of(client).call(people.setting("keeper", "t", "t", locked_until="", failures=0))
    gate_of(client).attempts.forget("keeper")
    gate_of(client).addresses.forget("testclient")


def test_an_idle_session_ends(client: TestClient) -> None:
    """Fifteen minutes; and twelve hours in all."""
    headers = session(client, "editor")
    assert 200 == client.get("/tasks", headers=headers).status_code
    for column, ago in (("seen", 16 * 60), ("began", 13 * 3600)):
        headers = session(client, "editor")
        hashed = register_of(client).keys.token("session", headers["cookie"].split("=", 1)[1])
        then = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=ago)
        with register_of(client).database.write() as connection:
            statement = f"UPDATE sessions SET {column} = :then WHERE hash = :hash"  # noqa: S608 our own two names
            connection.execute(
                text(statement), {"then": then.isoformat(timespec="milliseconds")[:23] + "Z", "hash": hashed}
            )
        assert 401 == client.get("/tasks", headers=headers).status_code


def test_disabling_ends_sessions(client: TestClient) -> None:
    """At once; so does a change of roles."""
    add(client, "leaver", "editor")
    headers = session(client, "leaver")
    assert 200 == client.get("/tasks", headers=headers).status_code
    register_of(client).call(people.setting("leaver", "t", "account-disabled", disabled=True))
    assert 401 == client.get("/tasks", headers=headers).status_code
    register_of(client).call(people.setting("leaver", "t", "account-enabled", disabled=False))
    headers = session(client, "leaver")
    register_of(client).call(people.changing(Account("leaver", "某人", UNIT, roles=("keeper",)), "t"))
    assert 401 == client.get("/tasks", headers=headers).status_code


def test_requests_from_elsewhere(client: TestClient, logged_in: Callable[[str], dict[str, str]]) -> None:
    """CSRF: another site's page, another site's form, a form without its token."""
    headers = {name: value for name, value in logged_in("editor").items() if name != "x-csrf-token"}
    ours = {"origin": "http://testserver"}

    assert 200 == client.post("/screen", json=POST, headers=headers | ours).status_code
    assert (
        200
        == client.post("/screen", json=POST, headers=headers | {"sec-fetch-site": "same-origin"}).status_code
    )
    for wrong in (
        {"origin": "http://evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ):
        assert 403 == client.post("/screen", json=POST, headers=headers | wrong).status_code
    assert 403 == client.post("/submit", data={"body": "x", "csrf": "x"}, headers=headers).status_code
    assert (
        403
        == client.post("/submit", content=b"x", headers=headers | {"content-type": "text/plain"}).status_code
    )


def test_a_first_password_must_be_changed(client: TestClient) -> None:
    """Until then nothing else is open; the old password and the rules are asked."""
    register_of(client).call(people.adding(Account("newcomer", "新人", UNIT, roles=("editor",)), GOOD, "t"))
    headers = session(client, "newcomer")
    assert 403 == client.post("/screen", json=POST, headers=headers).status_code
    led = client.get("/tasks", headers=headers | {"accept": "text/html"}, follow_redirects=False)
    assert "/account/password" == led.headers["location"]

    def change(**fields: str) -> int:
        given = {
            "csrf": headers["x-csrf-token"],
            "old": GOOD,
            "new": "Xinmima2026ab",
            "again": "Xinmima2026ab",
        } | fields
        sent = client.post("/account/password", data=given, headers=headers, follow_redirects=False)
        return int(sent.status_code)

    assert [422] * 4 == [
        change(old="x"),
        change(again="y"),
        change(new=GOOD, again=GOOD),
        change(new="a1", again="a1"),
    ]
    assert 303 == change()
    assert 200 == client.get("/tasks", headers=headers).status_code


def test_an_old_password_must_be_changed(client: TestClient) -> None:
    """After 180 days."""
    add(client, "veteran", "editor")
    with register_of(client).database.write() as connection:
        connection.execute(
            text("UPDATE users SET password_at = '2020-01-01T00:00:00.000Z' WHERE login = 'veteran'")
        )

    assert 403 == client.get("/tasks", headers=session(client, "veteran")).status_code


def test_the_second_factor_over_pages(client: TestClient) -> None:
    """Set up on its page; from then on the login asks for a code."""
    add(client, "careful", "editor")
    headers = session(client, "careful")
    page = client.get("/account/totp", headers=headers)
    secret = page.text.split("<code>")[1].split("</code>")[0]
    wrong = {"csrf": headers["x-csrf-token"], "secret": secret, "code": "000000"}
    assert 422 == client.post("/account/totp", data=wrong, headers=headers).status_code
    right = wrong | {"code": pyotp.TOTP(secret).now()}
    assert (
        303 == client.post("/account/totp", data=right, headers=headers, follow_redirects=False).status_code
    )
    token = client.get("/login").text.split('name="csrf" value="')[1].split('"')[0]
    plain = client.post("/login", data={"csrf": token, "login": "careful", "password": GOOD})

    assert 401 == plain.status_code
    gate_of(client).attempts.forget("careful")
    gate_of(client).addresses.forget("testclient")


def test_what_a_session_sends_in_is_its_persons(
    client: TestClient, logged_in: Callable[[str], dict[str, str]]
) -> None:
    """The record names the editor by account; of their own unit whatever is stated."""
    record = client.post("/screen", json=POST, headers=logged_in("editor")).json()["record"]
    found = lookup.listed(register_of(client), Person("t", "t", covers="all"), Filters(q=record))[0]

    assert ("editor", "实名editor", UNIT) == (found["editor"], found["editor_name"], found["unit"])
    other = POST | {"unit": {"name": "县教育局", "kind": "department"}}
    assert 403 == client.post("/screen", json=other, headers=logged_in("editor")).status_code


# --- without accounts -------------------------------------------------------------------------


def test_without_accounts_only_this_machine(tmp_path: Path) -> None:
    """A request from another address, or through a proxy, is refused; with the first account a login is needed."""
    with TestClient(create(Settings(home=tmp_path)), raise_server_exceptions=False) as client:
        assert 200 == client.post("/screen", json=POST).status_code
        assert 403 == client.post("/screen", json=POST, headers={"x-forwarded-for": "10.0.0.1"}).status_code
        assert 403 == client.post("/screen", json=POST, headers={"origin": "http://evil.example"}).status_code
        for host, status in (
            ("localhost:8000", 200),
            ("127.0.0.1:8000", 200),
            ("[::1]:8000", 200),
            ("rebound.example:8000", 403),  # a page elsewhere, whose name leads here now: its origin is ours
            ("localhost.example", 403),
        ):
            headers = {"host": host, "origin": f"http://{host}", "sec-fetch-site": "same-origin"}
            assert status == client.post("/screen", json=POST, headers=headers).status_code, host
            assert status == client.get("/records", headers=headers).status_code, host
        far = TestClient(client.app, client=("10.0.0.1", 5), raise_server_exceptions=False)
        assert 403 == far.post("/screen", json=POST).status_code
        assert 200 == far.get("/health").status_code
        add(client, "first", "administrator")
        end = time.monotonic() + 20
        while client.get("/rules").status_code != 401:
            assert time.monotonic() < end, "a new account must be known within seconds"
            time.sleep(0.1)


def test_accounts_are_read_whatever_else_breaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A register that cannot be tidied keeps no revoked key alive and no door open."""
    tried = []

    def broken(_: object) -> None:
        tried.append(1)
        raise LookupError("no record")

    monkeypatch.setattr("app.register.house.tidy", broken)
    with TestClient(create(Settings(home=tmp_path)), raise_server_exceptions=False) as client:
        end = time.monotonic() + 20
        while not tried:
            assert time.monotonic() < end
            time.sleep(0.05)
        add(client, "first", "administrator")
        while client.get("/rules").status_code != 401:
            assert time.monotonic() < end, "a new account must be known within seconds"
            time.sleep(0.1)


def test_the_setting_decides(tmp_path: Path) -> None:
    """AUTH=on: a login even without accounts; AUTH=off: none, on this machine."""
    with TestClient(create(Settings(home=tmp_path, auth="on"))) as client:
        assert 401 == client.get("/rules").status_code
        add(client, "first", "administrator")
    with TestClient(create(Settings(home=tmp_path, auth="off"))) as client:
        assert 200 == client.get("/rules").status_code


@pytest.mark.parametrize(
    ("host", "mine"),
    [
        ("127.0.0.1", True), ("127.8.9.1", True), ("::1", True), ("localhost", True), ("::ffff:127.0.0.1", True),
        ("0.0.0.0", False), ("::", False), ("10.0.0.1", False), ("example.gov.cn", False), ("", False), ("::ffff:10.0.0.1", False),  # noqa: S104 judged, not listened at
    ],
)  # fmt: skip
def test_which_addresses_are_this_machine(host: str, mine: bool) -> None:
    """A name other than localhost is not."""
    assert mine == is_loopback(host)


def test_paths_that_only_look_alike() -> None:
    """A line is for its path and what lies below it."""
    assert None is line("/recordsx")
    assert None is line("/accountsx")
    assert "/records" == line("/records/x").path
    assert "/" == line("/").path
