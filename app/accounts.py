"""Who may use the page: a file of lines `user:hash`, made by `wenzheng passwd`, hashed with scrypt (RFC 7914)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from corpus.errors import UsageError

SHORTEST_PASSWORD = 8
_USER = re.compile(r"[^\s:\x00-\x1f\x7f]{1,64}")
_COST, _BLOCK, _LANES = 15, 8, 1  # 32 MiB and about a tenth of a second for each guess
_MARK = f"scrypt${_COST}${_BLOCK}${_LANES}$"
_HASH = re.compile(re.escape(_MARK) + r"[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=")  # 16 bytes of salt, 32 of key


@dataclass(frozen=True, slots=True)
class Accounts:
    """The people who may log in: user name → hash."""

    hashes: Mapping[str, str]
    _nobody: str = field(default_factory=lambda: _hash(secrets.token_urlsafe()))

    def holds(self, user: str, password: str) -> bool:
        """Whether the password is that user's. An unknown user takes as long to refuse as a wrong password."""
        known = self.hashes.get(user)
        right = _matches(password, known or self._nobody)
        return right and known is not None

    async def check(self, user: str, password: str) -> bool:
        """`holds`, without stopping everybody else meanwhile."""
        return await asyncio.to_thread(self.holds, user, password)


def read_accounts(file: Path) -> Accounts:
    """Read a file of accounts; empty lines and those that begin with # say nothing.

    Raises:
        UsageError: it cannot be read, names nobody, or a line of it is no account.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise UsageError(f"The file of accounts {file} cannot be read: {fault}.") from fault
    hashes: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        user, _, hashed = line.strip().partition(":")
        if not _USER.fullmatch(user) or not _HASH.fullmatch(hashed) or user in hashes:
            raise UsageError(
                f"Line {number} of {file} is no account, or a second one.", "Make it: wenzheng passwd USER."
            )
        hashes[user] = hashed
    if not hashes:
        raise UsageError(f"The file of accounts {file} names nobody.", f"Add one: wenzheng passwd USER >> {file}")
    return Accounts(hashes)


def account_line(user: str, password: str) -> str:
    """The line of a user, with a new salt.

    Raises:
        UsageError: the name cannot be a user's, or the password is too short.
    """
    if not _USER.fullmatch(user):
        raise UsageError(f"{user!r} cannot be a user.", "Use up to 64 characters, no white space and no colon.")
    if len(password) < SHORTEST_PASSWORD:
        raise UsageError(f"The password has {len(password)} characters.", f"Use at least {SHORTEST_PASSWORD}.")
    return f"{user}:{_hash(password)}"


def _hash(password: str) -> str:
    salt = secrets.token_bytes(16)
    return f"{_MARK}{_text(salt)}${_text(_key(password, salt))}"


def _matches(password: str, hashed: str) -> bool:
    salt, key = map(base64.b64decode, hashed.removeprefix(_MARK).split("$"))
    return hmac.compare_digest(_key(password, salt), key)


def _key(password: str, salt: bytes) -> bytes:
    memory = 2 * 128 * _BLOCK * (1 << _COST)
    data = password.encode("utf-8", "replace")
    return hashlib.scrypt(data, salt=salt, n=1 << _COST, r=_BLOCK, p=_LANES, maxmem=memory, dklen=32)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
