"""Passwords: argon2id in worker threads, few at a time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from roost.errors import Overloaded
from roost.limits import PASSWORD_CHECKS_AT_ONCE, PASSWORD_CHECKS_WAITING_MAX

P = ParamSpec("P")
T = TypeVar("T")

# OWASP's first recommendation for argon2id (Password Storage Cheat Sheet): 19 MiB, 2 passes; 40 ms here.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_ABSENT = _HASHER.hash("nobody has this password")


class Passwords:
    """The hasher releases the interpreter lock; the event loop goes on meanwhile."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(PASSWORD_CHECKS_AT_ONCE, "roost-password")
        self._waiting = 0

    async def hash(self, password: str) -> str:
        return await self._run(_HASHER.hash, password)

    async def verify(self, password_hash: str, password: str) -> bool:
        """Takes as long for an account that has no password, or does not exist, as for one that has."""
        matches = await self._run(_verify, password_hash or _ABSENT, password)
        return matches and bool(password_hash)

    def close(self) -> None:
        self._pool.shutdown()

    async def _run(self, work: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
        if self._waiting >= PASSWORD_CHECKS_WAITING_MAX:
            raise Overloaded("Too many sign-ins at once")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(
                self._pool, partial(work, *arguments, **options)
            )
        finally:
            self._waiting -= 1


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False
