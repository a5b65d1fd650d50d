"""Pages of accounts: log in and out, one's own password and second factor, and the administrator's list."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

import segno
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse

from app.accounts import keys, passwords, people, sessions
from app.accounts.passwords import BusyError, WeakPasswordError
from app.accounts.people import AccountError, WrongError
from app.api.gate import Gate, who
from app.api.problems import Problem
from app.api.records import store
from app.api.screen import registered
from app.register.way import ROLES
from app.web.forms import one, sent
from app.web.office import landing, office

if TYPE_CHECKING:
    from fastapi.responses import Response

router = APIRouter(include_in_schema=False)


def _gate(request: Request) -> Gate:
    gate: Gate = request.app.gate
    return gate


def _root(request: Request) -> str:
    return str(request.scope.get("root_path", ""))


# --- in and out -------------------------------------------------------------------------------


@router.get("/login", response_model=None)
async def login_page(request: Request) -> Response:
    """Name, password and, where it is on, the code of the second factor."""
    return office(
        request, "login.html", trouble="", login="", there=_there(request.query_params.get("next", ""))
    )


def _there(path: str) -> str:
    """A path of this service to go on to; nothing else, so that nobody is led away."""
    return path if path.startswith("/") and not path.startswith(("//", "/\\")) and "\n" not in path else ""


@router.post("/login", response_model=None)
async def login(request: Request) -> Response:
    """A session in a cookie that scripts cannot read and other sites do not send."""
    register, gate = store(request), _gate(request)
    given = await sent(request, register)
    name, there = one(given, "login").lower()[:40], _there(one(given, "next"))
    address = request.client.host if request.client else ""
    wait = max(gate.attempts.wait(name), gate.addresses.wait(address))
    if wait:
        page = office(request, "login.html", 429, trouble=people.LOCKED, login=name, there=there)
        page.headers["retry-after"] = str(wait)
        return page
    try:
        with registered():
            secret, code = given.get("password", [""])[0], one(given, "code")
            row = await run_in_threadpool(people.try_login, register, name, secret, code)
            token, job = sessions.beginning(register, row["id"], name)
            await register.done(job)
    except WrongError as error:
        gate.attempts.fail(name)
        gate.addresses.fail(address)
        return office(request, "login.html", 401, trouble=str(error), login=name, there=there)
    except BusyError as error:
        return office(request, "login.html", 429, trouble=str(error), login=name, there=there)
    gate.attempts.forget(name)
    answer = RedirectResponse(_root(request) + (gate.duty(row) or there or landing(people.person(row))), 303)
    answer.set_cookie(
        sessions.COOKIE,
        token,
        path=_root(request) or "/",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return answer


@router.post("/logout", response_model=None)
async def logout(request: Request) -> Response:
    """The session ends here, not only in the browser."""
    register = store(request)
    await sent(request, register)
    with registered():
        await register.done(sessions.ending(register, request.scope["session"], who(request).id))
    answer = RedirectResponse(f"{_root(request)}/login", 303)
    answer.delete_cookie(sessions.COOKIE, path=_root(request) or "/")
    return answer


# --- one's own --------------------------------------------------------------------------------


def _own(request: Request) -> str:
    if "session" not in request.scope:
        raise Problem(409, "本机没有账户，不须登录。")
    return who(request).id


@router.get("/account/password", response_model=None)
async def password_page(request: Request) -> Response:
    """Change it."""
    _own(request)
    return office(request, "password.html", trouble="", must=bool(request.scope["duty"]))


@router.post("/account/password", response_model=None)
async def password(request: Request) -> Response:
    """The old one is asked too; other sessions of the account stay."""
    register, login = store(request), _own(request)
    given = await sent(request, register)
    old, new, again = (given.get(name, [""])[0] for name in ("old", "new", "again"))
    gate = _gate(request)
    if wait := gate.attempts.wait(login):
        raise Problem(429, people.LOCKED, retry_after=str(wait))
    row = await run_in_threadpool(sessions.find, register, request.scope["session"])
    trouble = "两次输入的新密码不一致" if new != again else "新密码不得与原密码相同" if new == old else ""
    try:
        stored = str(row["password"]) if row else ""
        if not trouble and not await asyncio.to_thread(passwords.right, stored, old):
            gate.attempts.fail(login)
            trouble = "原密码不正确"
        if not trouble:
            with registered():
                await register.done(await run_in_threadpool(people.passing, login, new, login))
    except (WeakPasswordError, BusyError) as error:
        trouble = str(error)
    if trouble:
        return office(request, "password.html", 422, trouble=trouble, must=bool(request.scope["duty"]))
    return RedirectResponse(_root(request) + landing(who(request)), 303)


@router.get("/account/totp", response_model=None)
async def totp_page(request: Request) -> Response:
    """Set the second factor up."""
    return _totp_page(request, people.new_secret(), "", 200)


def _totp_page(request: Request, secret: str, trouble: str, status: int) -> Response:
    address = people.otp_address(_own(request), secret)
    qr = segno.make(address, error="m").svg_data_uri(scale=4)
    return office(request, "totp.html", status, secret=secret, qr=qr, trouble=trouble)


@router.post("/account/totp", response_model=None)
async def totp(request: Request) -> Response:
    """On, once a code of it was typed rightly."""
    register, login = store(request), _own(request)
    given = await sent(request, register)
    secret = one(given, "secret")
    try:
        with registered():
            await register.done(people.enrolling(register, login, secret, one(given, "code")))
    except (WrongError, ValueError) as error:
        return _totp_page(request, people.new_secret(), str(error), 422)
    return RedirectResponse(_root(request) + landing(who(request)), 303)


# --- the administrator's ----------------------------------------------------------------------


@router.get("/accounts", response_model=None)
async def accounts(request: Request) -> Response:
    """Everybody and every key."""
    return await _accounts(request)


async def _accounts(
    request: Request, trouble: str = "", shown: tuple[str, str] | None = None, status: int = 200
) -> Response:
    register = store(request)
    with registered():
        everybody = await run_in_threadpool(people.listed, register)
        known = await run_in_threadpool(keys.listed, register)
    may = "administrator" in who(request).roles
    chosen = next((row for row in everybody if row["login"] == request.query_params.get("change")), None)
    return office(
        request, "accounts.html", status, accounts=everybody, keys=known, roles=ROLES, scopes=keys.SCOPES,
        trouble=trouble, shown=shown, may=may, chosen=chosen,
    )  # fmt: skip


@router.post("/accounts", response_model=None)
async def change(request: Request) -> Response:
    """One change; a password or a key is shown once, on the page that follows."""
    register, by = store(request), who(request).id
    given = await sent(request, register)
    try:
        with registered():
            shown = await _change(request, given, by)
    except (AccountError, WeakPasswordError, BusyError) as error:
        return await _accounts(request, str(error), status=422)
    except Problem as problem:
        return await _accounts(request, problem.detail, status=problem.status)
    await run_in_threadpool(_gate(request).load)
    return await _accounts(request, shown=shown)


async def _change(request: Request, given: dict[str, list[str]], by: str) -> tuple[str, str] | None:
    register, login, what = store(request), one(given, "login"), one(given, "do")
    simple: dict[str, tuple[str, dict[str, Any]]] = {
        "disable": ("account-disabled", {"disabled": True}),
        "enable": ("account-enabled", {"disabled": False}),
        "unlock": ("account-unlocked", {"locked_until": "", "failures": 0}),
        "totp-off": ("totp-off", {"totp": b"", "totp_last": 0}),
    }
    if what in simple:
        if login == by and what == "disable":
            raise AccountError("不得停用自己的账号")
        name, values = simple[what]
        await register.done(people.setting(login, by, name, **values))
        _gate(request).attempts.forget(login)
        return None
    if what == "reset":
        made = passwords.new_password()
        await register.done(await run_in_threadpool(people.passing, login, made, by))
        return f"{login} 的初始密码", made
    if what in {"add", "change"}:
        posts = (post.strip() for post in re.split("[,，、]", one(given, "posts")))
        account = people.Account(
            login, one(given, "name"), one(given, "unit"), one(given, "covers") or "own", tuple(given.get("roles", ())),
            tuple(filter(None, posts)), one(given, "staff") or "permanent",
        )  # fmt: skip
        if what == "change":
            await register.done(people.changing(account, by))
            return None
        made = passwords.new_password()
        await register.done(await run_in_threadpool(people.adding, account, made, by))
        return f"{login} 的初始密码", made
    if what == "key-add":
        days = int(one(given, "days")) if one(given, "days").isdecimal() else 365
        whole, job = keys.adding(
            register.keys, one(given, "name"), given.get("scopes", []), one(given, "unit"), days, by
        )
        await register.done(job)
        return f"密钥“{one(given, 'name')}”", whole
    if what == "key-revoke":
        await register.done(keys.revoking(one(given, "prefix"), by))
        return None
    raise AccountError("没有这一操作")
