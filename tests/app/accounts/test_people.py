"""Accounts: which may be, and which roles may not meet in one hand; passwords; the second factor."""

from __future__ import annotations

import datetime
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pyotp
import pytest

from app.accounts import keys, passwords, people
from app.accounts.limiter import Limiter
from app.accounts.passwords import BusyError, WeakPasswordError
from app.accounts.people import Account, AccountError, WrongError
from app.register.keys import Keys
from app.register.store import Register
from app.register.writer import Refused
from app.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GOOD = "Zhongguo2026ok"

ACCOUNTS: list[tuple[bool, dict[str, Any]]] = [
    (True, {"roles": ("editor",)}),
    (True, {"roles": ("editor", "reviewer")}),
    (True, {"roles": ("approver",), "posts": ("分管领导",)}),
    (True, {"roles": ("administrator",)}),
    (True, {"roles": ("auditor",), "unit": "", "covers": "all"}),
    (True, {"roles": ("editor", "reviewer"), "staff": "contractor"}),
    (False, {"roles": ()}),
    (False, {"roles": ("root",)}),
    (False, {"roles": ("administrator", "auditor")}),
    (False, {"roles": ("administrator", "approver")}),
    (False, {"roles": ("auditor", "approver")}),
    (False, {"roles": ("approver",), "staff": "contractor"}),
    (False, {"roles": ("publisher",), "staff": "contractor"}),
    (False, {"roles": ("administrator",), "staff": "contractor"}),
    (False, {"roles": ("editor",), "posts": ("分管领导",)}),
    (False, {"roles": ("editor",), "name": " "}),
    (False, {"roles": ("editor",), "unit": ""}),
    (False, {"roles": ("editor",), "staff": "volunteer"}),
    (False, {"roles": ("editor",), "covers": "world"}),
    (False, {"roles": ("editor",), "login": "Zhang San"}),
    (False, {"roles": ("editor",), "login": "张三"}),
]


@pytest.mark.parametrize(("may", "fields"), ACCOUNTS)
def test_which_accounts_may_be(may: bool, fields: dict[str, Any]) -> None:
    """Administrator and auditor never one person, neither approves; contractors neither approve nor publish."""
    account = Account(**({"login": "zhang.san", "name": "张三", "unit": "县局"} | fields))
    if may:
        account.check()
    else:
        with pytest.raises(AccountError, match=r"[\u4e00-\u9fff]"):
            account.check()


@pytest.mark.parametrize(
    "password",
    ["Ab1", "onlyletters", "12345678901", "zhangsan2026", "aaaa1aaaa1", "Password2026x", "x1" * 101],
)
def test_weak_passwords(password: str) -> None:
    """Ten characters, letters and digits, not the login, not what everybody takes."""
    with pytest.raises(WeakPasswordError):
        passwords.check(password, "zhangsan")


def test_good_passwords() -> None:
    """What we make ourselves passes our own rules, and looks different each time."""
    passwords.check(GOOD, "zhangsan")
    made = {passwords.new_password() for _ in range(50)}

    assert 50 == len(made)
    for one in made:
        passwords.check(one, "zhangsan")


def test_passwords_are_stored_by_argon2() -> None:
    """Never the same twice, never the password; a login nobody has is never right."""
    stored = passwords.hashed(GOOD)

    assert stored.startswith("$argon2id$")
    assert GOOD not in stored
    assert (True, False, False) == (
        passwords.right(stored, GOOD),
        passwords.right(stored, GOOD + "x"),
        passwords.right("", GOOD),
    )


def test_at_most_two_hashes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A third waits; when it has waited long enough it is told so."""
    running, most, lock = [0], [0], threading.Lock()

    class Slow:
        def verify(self, *_: object) -> None:
            with lock:
                running[0] += 1
                most[0] = max(most[0], running[0])
            time.sleep(0.05)
            with lock:
                running[0] -= 1

    monkeypatch.setattr(passwords, "_hasher", Slow())
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda _: passwords.right("x", "y"), range(8)))
    assert 2 == most[0]

    monkeypatch.setattr(passwords, "_WAIT", 0.01)
    with ThreadPoolExecutor(8) as pool, pytest.raises(BusyError):
        list(pool.map(lambda _: passwords.right("x", "y"), range(8)))


def test_the_limiter() -> None:
    """So many failures in so many seconds; then wait; success forgets them."""
    limiter = Limiter(3, 60)
    for _ in range(3):
        assert 0 == limiter.wait("a")
        limiter.fail("a")
    assert 0 < limiter.wait("a") <= 61
    assert 0 == limiter.wait("b")
    limiter.forget("a")
    assert 0 == limiter.wait("a")
    for number in range(20_000):
        limiter.fail(f"n{number}")
    assert 10_000 >= len(limiter._failures)


# --- over a register --------------------------------------------------------------------------


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Register]:
    """With one account, zhangsan."""
    register = Register(Settings(home=tmp_path))
    register.call(people.adding(Account("zhangsan", "张三", "县局", roles=("editor",)), GOOD, "cli"))
    yield register
    register.close()


def login(register: Register, password: str = GOOD, code: str = "") -> str:
    """The words of the refusal; none ("") when it went well."""
    try:
        people.try_login(register, "zhangsan", password, code)
    except WrongError as error:
        return str(error)
    return ""


def test_five_failures_lock_for_ten_minutes(register: Register) -> None:
    """Even the right password does not help then; an administrator can unlock; all is in the audit log."""
    assert "" == login(register)
    for _ in range(people.LOCK_AFTER):
        assert people._WRONG == login(register, "wrong")
    assert people.LOCKED == login(register)
    register.call(people.setting("zhangsan", "admin", "account-unlocked", locked_until="", failures=0))
    assert "" == login(register)


def test_an_unknown_login_fails_alike(register: Register) -> None:
    """The words tell nobody whether the account exists."""
    with pytest.raises(WrongError) as error:
        people.try_login(register, "nobody", GOOD, "")
    assert login(register, "wrong") == str(error.value)


def test_the_second_factor(register: Register) -> None:
    """Once on, the code is needed; a code is good once; sealed in the database."""
    secret = people.new_secret()
    totp = pyotp.TOTP(secret)
    with pytest.raises(WrongError):
        people.enrolling(register, "zhangsan", secret, "000000")
    register.call(people.enrolling(register, "zhangsan", secret, totp.now()))
    later = totp.at(datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=30))

    assert people._WRONG == login(register)
    assert people._WRONG == login(register, code=totp.now())
    assert "" == login(register, code=later)
    assert people._WRONG == login(register, code=later)
    assert secret.encode() not in (register.settings.home / "register.sqlite").read_bytes()


def test_a_code_two_send_at_once_is_good_once(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looked over a shoulder is as fast as the owner: the second of them is not let in."""
    secret = people.new_secret()
    totp, right = pyotp.TOTP(secret), passwords.right
    register.call(people.enrolling(register, "zhangsan", secret, totp.now()))
    later = totp.at(datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=30))
    others: list[str] = []

    def meanwhile(stored: str, password: str) -> bool:
        monkeypatch.setattr(passwords, "right", right)
        others.append(login(register, code=later))
        return right(stored, password)

    monkeypatch.setattr(passwords, "right", meanwhile)
    assert (people._WRONG, [""]) == (login(register, code=later), others)


def test_a_disabled_account(register: Register) -> None:
    """Cannot log in; its name is never given to somebody else."""
    register.call(people.setting("zhangsan", "admin", "account-disabled", disabled=True))

    assert people._WRONG == login(register)
    with pytest.raises(Refused, match="已存在"):
        register.call(people.adding(Account("zhangsan", "另一人", "县局", roles=("editor",)), GOOD, "cli"))


def test_nobody_changes_their_own_roles(register: Register) -> None:
    """An administrator asks another."""
    with pytest.raises(AccountError, match="自己"):
        people.changing(Account("zhangsan", "张三", "县局", roles=("reviewer",)), "zhangsan")


def test_keys_are_stored_as_digests(register: Register) -> None:
    """256 bits, shown once; found again by one look and one digest; scoped, expiring, revocable."""
    whole, job = keys.adding(register.keys, "门户CMS", ["screen"], "县局", 30, "admin")
    register.call(job)
    known = keys.valid(register)
    found = keys.find(known, register.keys, whole)

    assert found is not None
    assert (frozenset({"screen"}), "县局", frozenset()) == (
        found.scopes,
        found.person.unit,
        found.person.roles,
    )
    assert len(whole) - len("xs_12345678_") >= 43
    assert whole.encode() not in (register.settings.home / "register.sqlite").read_bytes()
    for wrong in (whole[:-1], whole + "x", whole.replace("xs_", "ys_"), "", "xs_", "xs_00000000_x"):
        assert None is keys.find(known, register.keys, wrong)
    old = {prefix: one._replace(expires="2020-01-01T00:00:00.000Z") for prefix, one in known.items()}
    assert None is keys.find(old, register.keys, whole)
    register.call(keys.revoking(whole.split("_")[1], "admin"))
    assert {} == keys.valid(register)


@pytest.mark.parametrize(
    ("name", "scopes", "days"),
    [("", ["screen"], 30), ("a", [], 30), ("a", ["root"], 30), ("a", ["screen"], 0), ("a", ["screen"], 9999)],
)
def test_keys_that_may_not_be(name: str, scopes: list[str], days: int) -> None:
    """Without a name, a scope or an end."""
    with pytest.raises(AccountError):
        keys.adding(Keys(b"k" * 32), name, scopes, "", days, "admin")
