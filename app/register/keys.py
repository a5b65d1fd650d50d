"""The key behind the register: one secret, from which every use takes a key of its own."""

from __future__ import annotations

import base64
import contextlib
import hmac
import os
import secrets
from functools import cached_property
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.register.durable import made, sync

_SHORTEST = 32  # characters of XIANSHEN_SECRET_KEY
FILE = "secret.key"


class KeyFileError(ValueError):
    """The key cannot be used: says which file or variable, and why."""


def canonical(content: object) -> bytes:
    """JSON with sorted keys and no blanks: the same content has the same bytes."""
    return msgspec.json.encode(content, order="deterministic")


def _new(path: Path) -> None:
    """A key file that is whole from the moment it has its name; where another process was quicker, its file stays."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(base64.b64encode(secrets.token_bytes(32)) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


class Keys:
    """Keyed digests and seals. Without the secret nobody can forge an entry or guess a short text from its digest."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self.chain = self._derived("chain")
        self.prints = self._derived("prints")
        self.marks = self._derived("marks")
        self.tokens = self._derived("tokens")

    @classmethod
    def load(cls, home: Path, secret: str = "") -> Keys:
        """From XIANSHEN_SECRET_KEY, or from the key file of the data folder, which is made at the first start.

        Raises:
            KeyFileError: too short, unreadable, or open to other users of this machine.
        """
        if secret:
            if len(secret) < _SHORTEST:
                raise KeyFileError(f"XIANSHEN_SECRET_KEY 至少 {_SHORTEST} 个字符")
            return cls(secret.encode())
        path = home / FILE
        try:
            made(home)
            if not path.exists():
                _new(path)
            sync(home)
            raw = path.read_bytes()
            mode = path.stat().st_mode
        except OSError as error:
            raise KeyFileError(f"密钥文件 {path} 无法读写（{error.strerror}）") from error
        if os.name == "posix" and mode & 0o077:
            raise KeyFileError(f"密钥文件 {path} 对其他用户开放，请先运行 chmod 600 {path}")
        try:
            key = base64.b64decode(raw.strip(), validate=True)
        except ValueError as error:
            raise KeyFileError(f"密钥文件 {path} 已损坏") from error
        if len(key) < _SHORTEST:
            raise KeyFileError(f"密钥文件 {path} 已损坏")
        return cls(key)

    def _derived(self, use: str) -> bytes:
        return hmac.digest(self._secret, f"xianshen:{use}".encode(), "sha256")

    @property
    def check(self) -> str:
        """Names this key without telling it."""
        return hmac.digest(self._secret, b"xianshen:check", "sha256").hex()

    def link(self, *parts: bytes) -> str:
        """One link of a chain."""
        return hmac.digest(self.chain, b"\0".join(parts), "sha256").hex()

    def print_of(self, letters: str) -> str:
        """Keyed digest of a text or a paragraph, 128 bit."""
        return hmac.digest(self.prints, letters.encode("utf-8", "surrogatepass"), "sha256")[:16].hex()

    def mark_of(self, *parts: str) -> str:
        """Keyed digest of a rule and a phrase, 128 bit."""
        return hmac.digest(self.marks, "\0".join(parts).encode("utf-8", "surrogatepass"), "sha256")[:16].hex()

    def token(self, *parts: str) -> str:
        """Keyed digest of a key, a session or a form's token, 256 bit."""
        return hmac.digest(self.tokens, "\0".join(parts).encode(), "sha256").hex()

    @cached_property
    def _sealing(self) -> AESGCM:
        return AESGCM(self._derived("texts"))

    def seal(self, plain: bytes, bound_to: str) -> bytes:
        """AES-256-GCM; can only be opened again under the same name."""
        nonce = secrets.token_bytes(12)
        return nonce + self._sealing.encrypt(nonce, plain, bound_to.encode())

    def open(self, sealed: bytes, bound_to: str) -> bytes:
        """The opposite.

        Raises:
            KeyFileError: sealed under another key or another name, or damaged.
        """
        try:
            return self._sealing.decrypt(sealed[:12], sealed[12:], bound_to.encode())
        except (InvalidTag, ValueError) as error:  # ValueError: too short to be anything sealed
            raise KeyFileError("密文已损坏，或密钥不符") from error
