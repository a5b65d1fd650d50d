"""Accounts of people: one account, one person by their real name; roles that may not meet in one hand."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pyotp
from sqlalchemy import delete, func, insert, select, update

from app.accounts import passwords
from app.register.chain import new_id
from app.register.clock import written
from app.register.models import sessions, users
from app.register.store import Register
from app.register.way import ROLES, Person
from app.register.writer import Job, Refused, Transaction

LOCK_AFTER, LOCK_MINUTES = 5, 10
_LOGIN = re.compile(r"[a-z][a-z0-9._-]{2,39}")
_OFFICE = frozenset({"reviewer", "secrecy", "approver"})  # roles in which an office is held


class AccountError(ValueError):
    """An account that cannot be: says why."""


@dataclass(frozen=True)
class Account:
    """What an administrator states of somebody. ``posts``: offices such as 分管领导; ``covers``: own or all units."""

    login: str
    name: str
    unit: str = ""
    covers: str = "own"
    roles: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    staff: str = "permanent"
    extra: Mapping[str, Any] = field(default_factory=dict)

    def check(self) -> None:
        """Whether such an account may be.

        Raises:
            AccountError: naming the rule.
        """
        roles = set(self.roles)
        reasons = {
            "账号须以小写字母开头，3 到 40 个小写字母、数字、点、横线": not _LOGIN.fullmatch(self.login),
            "须写明真实姓名（一人一账号，实名）": not self.name.strip() or len(self.name) > 80,  # noqa: PLR2004 column
            f"没有角色 {'、'.join(sorted(roles - ROLES.keys()))}；可用 {'、'.join(ROLES)}": bool(
                roles - ROLES.keys()
            ),
            "至少须有一个角色": not roles,
            "须写明所在单位": not self.unit.strip() and self.covers != "all",
            "人员性质为 permanent（在编）或 contractor（外聘）": self.staff
            not in {"permanent", "contractor"},
            "范围为 own（本单位）或 all（全部单位）": self.covers not in {"own", "all"},
            "系统管理员和审计员不得为同一人": {"administrator", "auditor"} <= roles,
            "系统管理员和审计员不得审批": "approver" in roles and bool(roles & {"administrator", "auditor"}),
            "外聘人员不得审批、发布或管理系统": self.staff == "contractor"
            and bool(roles & {"approver", "publisher", "administrator"}),
            "任职须同时有审核、保密审查或审批角色": bool(self.posts) and not roles & _OFFICE,
        }
        for reason, true in reasons.items():
            if true:
                raise AccountError(reason)


def person(row: Mapping[str, Any]) -> Person:
    """A row of ``users`` as the way of a post sees it. The login names a person for ever; it is never given anew."""
    return Person(
        row["login"],
        row["name"],
        row["unit"],
        row["covers"],
        frozenset(msgspec.json.decode(row["roles"])),
        frozenset(msgspec.json.decode(row["posts"])),
        row["staff"],
    )


def _columns(account: Account) -> dict[str, Any]:
    return {
        "name": account.name.strip(),
        "unit": account.unit.strip(),
        "covers": account.covers,
        "roles": _json(account.roles),
        "posts": _json(account.posts),
        "staff": account.staff,
    }


def _json(words: Iterable[str]) -> str:
    return msgspec.json.encode(sorted({one.strip() for one in words if one.strip()})).decode()


def adding(account: Account, password: str, by: str) -> Job[None]:
    """A new account; its password must be changed at the first login. The hash is made before the job."""
    account.check()
    passwords.check(password, account.login)
    stored = passwords.hashed(password)

    def job(transaction: Transaction) -> None:
        connection = transaction.connection
        if connection.execute(select(users.c.id).where(users.c.login == account.login)).first():
            raise Refused(409, f"账号 {account.login} 已存在（停用的账号也不再给别人用）")
        connection.execute(
            insert(users).values(
                id=new_id(),
                login=account.login,
                **_columns(account),
                password=stored,
                password_at=transaction.at,
                must_change=True,
                totp=b"",
                totp_last=0,
                failures=0,
                failed_at="",
                locked_until="",
                disabled=False,
                at=transaction.at,
            )
        )
        said = {"login": account.login, **_columns(account), "print": transaction.keys.print_of(stored)}
        transaction.audit("account-added", by, said)

    return job


def changing(account: Account, by: str) -> Job[None]:
    """Other roles, posts or unit: sessions end and the password must be changed (六安 第二十二条)."""
    account.check()
    if account.login == by:
        raise AccountError("不得更改自己的角色")

    def job(transaction: Transaction) -> None:
        _must_exist(transaction, account.login)
        transaction.connection.execute(
            update(users).where(users.c.login == account.login).values(**_columns(account), must_change=True)
        )
        _end_sessions(transaction, account.login)
        transaction.audit("account-changed", by, {"login": account.login, **_columns(account)})

    return job


def setting(login: str, by: str, what: str, **values: Any) -> Job[None]:  # noqa: ANN401 columns
    """Disable, enable, unlock, drop the TOTP: ``what`` names it in the audit log."""

    def job(transaction: Transaction) -> None:
        _must_exist(transaction, login)
        transaction.connection.execute(update(users).where(users.c.login == login).values(**values))
        if values.get("disabled"):
            _end_sessions(transaction, login)
        transaction.audit(what, by, {"login": login})

    return job


def passing(login: str, password: str, by: str) -> Job[None]:
    """A new password; set by another it must be changed again at the next login."""
    passwords.check(password, login)
    stored = passwords.hashed(password)

    def job(transaction: Transaction) -> None:
        _must_exist(transaction, login)
        values = {
            "password": stored,
            "password_at": transaction.at,
            "must_change": by != login,
            "failures": 0,
            "locked_until": "",
        }
        transaction.connection.execute(update(users).where(users.c.login == login).values(**values))
        if by != login:
            _end_sessions(transaction, login)
        said = {"login": login, "print": transaction.keys.print_of(stored)}
        transaction.audit("password-changed", by, said)

    return job


def _must_exist(transaction: Transaction, login: str) -> dict[str, Any]:
    row = transaction.connection.execute(select(users).where(users.c.login == login)).first()
    if row is None:
        raise Refused(404, f"没有账号 {login}")
    return row._asdict()


def _end_sessions(transaction: Transaction, login: str) -> None:
    of = select(users.c.id).where(users.c.login == login).scalar_subquery()
    transaction.connection.execute(delete(sessions).where(sessions.c.person == of))


def listed(register: Register) -> list[dict[str, Any]]:
    """All accounts, without what is secret."""
    with register.read() as connection:
        rows = [row._asdict() for row in connection.execute(select(users).order_by(users.c.login))]
    return [
        {
            **{
                key: row[key]
                for key in (
                    "login",
                    "name",
                    "unit",
                    "covers",
                    "staff",
                    "disabled",
                    "locked_until",
                    "at",
                    "must_change",
                )
            },
            "roles": msgspec.json.decode(row["roles"]),
            "posts": msgspec.json.decode(row["posts"]),
            "totp": bool(row["totp"]),
        }
        for row in rows
    ]


def count(register: Register) -> int:
    """How many accounts there are, the disabled ones included."""
    with register.read() as connection:
        return int(connection.execute(select(func.count()).select_from(users)).scalar() or 0)


# --- logging in -------------------------------------------------------------------------------


class WrongError(ValueError):
    """The login failed; the message tells nobody whether the account exists."""


_WRONG = "账号、密码或动态口令不正确"
LOCKED = f"尝试次数过多，请 {LOCK_MINUTES} 分钟后再试"


def try_login(register: Register, login: str, password: str, code: str) -> dict[str, Any]:
    """The account, if everything is right. Slow on purpose.

    Raises:
        WrongError: something is wrong, locked or disabled.
        passwords.BusyError: too many at once.
    """
    with register.read() as connection:
        found = connection.execute(select(users).where(users.c.login == login)).first()
    row = found._asdict() if found is not None else None
    moment = datetime.datetime.now(datetime.UTC)
    if row is not None and row["locked_until"] > written(moment):
        raise WrongError(LOCKED)
    good = passwords.right(row["password"] if row else "", password)
    step = 0
    if row is not None and good and row["totp"]:
        secret = register.keys.open(bytes(row["totp"]), f"totp:{login}").decode()
        step = matching_step(secret, code, moment)
        good = step > row["totp_last"]  # a code is good once
    if row is None:
        raise WrongError(_WRONG)
    if not good or row["disabled"]:
        register.call(_failing(login, moment))
        raise WrongError(_WRONG)

    def done(transaction: Transaction) -> None:
        if step and step <= _must_exist(transaction, login)["totp_last"]:
            raise WrongError(_WRONG)  # somebody else used the code meanwhile
        transaction.connection.execute(
            update(users)
            .where(users.c.login == login)
            .values(failures=0, locked_until="", totp_last=max(step, row["totp_last"]))
        )

    register.call(done)
    return row


def _failing(login: str, moment: datetime.datetime) -> Job[None]:
    def job(transaction: Transaction) -> None:
        row = _must_exist(transaction, login)
        window = written(moment - datetime.timedelta(minutes=LOCK_MINUTES))
        failures = row["failures"] + 1 if row["failed_at"] > window else 1
        locked = failures >= LOCK_AFTER
        until = written(moment + datetime.timedelta(minutes=LOCK_MINUTES)) if locked else ""
        transaction.connection.execute(
            update(users)
            .where(users.c.login == login)
            .values(failures=0 if locked else failures, failed_at=transaction.at, locked_until=until)
        )
        transaction.audit(
            "locked" if locked else "login-failed", login, {"login": login, "failures": failures}
        )

    return job


def matching_step(secret: str, code: str, moment: datetime.datetime) -> int:
    """The 30-second step whose code this is, one before or after allowed; 0: none."""
    totp = pyotp.TOTP(secret)
    now = totp.timecode(moment)
    for step in (now - 1, now, now + 1):
        if pyotp.utils.strings_equal(code.strip(), totp.generate_otp(step)):
            return step
    return 0


def enrolling(register: Register, login: str, secret: str, code: str) -> Job[None]:
    """Turn the second factor on, once its code has been typed rightly.

    Raises:
        WrongError: it was not.
    """
    step = matching_step(secret, code, datetime.datetime.now(datetime.UTC))
    if not step:
        raise WrongError("动态口令不正确，请核对手机时间后重试")
    sealed = register.keys.seal(secret.encode(), f"totp:{login}")
    return setting(login, login, "totp-on", totp=sealed, totp_last=step)


def otp_address(login: str, secret: str) -> str:
    """What the authenticator's camera reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name="先审")


def new_secret() -> str:
    """160 bit."""
    return pyotp.random_base32()
