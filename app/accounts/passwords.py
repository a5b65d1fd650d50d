"""Passwords: the rules of the sources, and argon2 that cannot be used to wear the machine down.

FZ 第三十一条: letters and digits, at least eight; 六安 第二十二条: at least two kinds. Here ten, and changed now and then.
"""

from __future__ import annotations

import secrets
import string
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

SHORTEST, LONGEST = 10, 200
_AT_ONCE = 2  # 64 MiB and a good part of a second each
_WAIT = 5.0  # seconds

_hasher = PasswordHasher()
_turn = threading.BoundedSemaphore(_AT_ONCE)
_COMMON = ("password", "12345678", "qwertyui", "admin", "xianshen", "88888888", "66666666")


class WeakPasswordError(ValueError):
    """Says which rule is broken."""


class BusyError(RuntimeError):
    """Too many people are logging in at the same time."""


def check(password: str, login: str) -> None:
    """The rules.

    Raises:
        WeakPasswordError: naming the first that is broken.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise WeakPasswordError(f"密码须为 {SHORTEST} 到 {LONGEST} 个字符")
    if not (any(one.isalpha() for one in password) and any(one.isdigit() for one in password)):
        raise WeakPasswordError("密码须同时含有字母和数字")
    if login.lower() in password.lower():
        raise WeakPasswordError("密码不得含有账号")
    if len(set(password)) < 5 or any(one in password.lower() for one in _COMMON):  # noqa: PLR2004 few different letters
        raise WeakPasswordError("密码过于简单")


def new_password() -> str:
    """A password for the first login, to be changed at once; without letters that look alike."""
    letters = "".join(one for one in string.ascii_letters + string.digits if one not in "0OIl1")
    while True:
        made = "".join(secrets.choice(letters) for _ in range(14))
        if any(one.isdigit() for one in made) and any(one.isalpha() for one in made):
            return made


def hashed(password: str) -> str:
    """What is stored.

    Raises:
        BusyError: two are being made already, for too long.
    """
    with _Turn():
        return _hasher.hash(password)


_nobody: list[str] = []


def right(stored: str, password: str) -> bool:
    """Whether it is the right one; a login nobody has (stored "") takes just as long.

    Raises:
        BusyError: two are being tried already, for too long.
    """
    if not stored and not _nobody:
        _nobody.append(hashed(secrets.token_urlsafe(16)))
    with _Turn():
        try:
            _hasher.verify(stored or _nobody[0], password[:LONGEST])
        except (VerifyMismatchError, InvalidHashError):
            return False
    return bool(stored)


class _Turn:
    def __enter__(self) -> None:
        if not _turn.acquire(timeout=_WAIT):
            raise BusyError("登录人数过多，请稍后再试")

    def __exit__(self, *_: object) -> None:
        _turn.release()
