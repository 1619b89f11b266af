"""Passwords: argon2 in a few threads, and the same work whether or not there is an account."""

import asyncio
import os
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from pydantic import SecretStr
from zxcvbn import zxcvbn  # type: ignore[import-untyped]

from app.core.errors import Malformed
from app.core.reason import Reason

T = TypeVar("T")
LEAST_SCORE = 3
ARGON2 = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),))
NOBODYS = ARGON2.hash(secrets.token_urlsafe())

# At most so many hashes, of 19 MiB each, are under way, and one processor is left to everybody else.
_threads = ThreadPoolExecutor(max(1, min(4, (os.cpu_count() or 2) - 1)), thread_name_prefix="password")


async def _apart(work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(_threads, work)


async def hashed(password: SecretStr) -> str:
    """The argon2 hash to keep."""
    return await _apart(lambda: ARGON2.hash(password.get_secret_value()))


async def matches(password: SecretStr, kept: str | None) -> bool:
    """Whether the password is the one whose hash was kept; without one the work is done all the same."""
    same = await _apart(lambda: ARGON2.verify(password.get_secret_value(), kept or NOBODYS))
    return same and kept is not None


async def refuse_weak(password: SecretStr, *about: str) -> None:
    """Raises Malformed for a password that is easily guessed by who knows the words `about` its owner."""
    words = [word for text in about for word in (text, *text.replace("@", " ").replace(".", " ").split())]
    # The score of a part is never above that of the whole, and long texts would take seconds.
    start = password.get_secret_value()[:72]
    score = (await _apart(lambda: zxcvbn(start, user_inputs=words)))["score"]
    if score < LEAST_SCORE:
        told = "This password is easily guessed; take four or more unrelated words."
        raise Malformed(reasons=[Reason("weak-password", told, "/body/password", "sender")])
