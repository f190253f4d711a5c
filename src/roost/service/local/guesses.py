"""Guessing passwords is made slow: after some wrong ones, each further one costs a wait that doubles.

Wrong passwords are counted for an account from one address (so that nobody can lock out its owner, who comes
from another), for an address whatever the account, and at last for an account wherever they come from.
"""

from collections import OrderedDict

from roost import limits
from roost.clock import Clock
from roost.errors import RateLimited

_Key = tuple[str, int, str]


class Guesses:
    """In memory. Counts are lost with the process, which only ever is lenient."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wrong: OrderedDict[_Key, tuple[int, int]] = OrderedDict()
        """How many wrong passwords, and when the last one came, in ms."""

    def check(self, user_id: int, address: str) -> None:
        """Raises RateLimited while a wait lasts: then even the right password is not looked at."""
        now_ms = self._clock.now_ms()
        wait_s = max((self._wait_s(key, free, now_ms) for key, free in _keys(user_id, address)), default=0)
        if wait_s > 0:
            raise RateLimited(wait_s, "Too many wrong passwords; wait before you try again")

    def wrong(self, user_id: int, address: str) -> None:
        now_ms = self._clock.now_ms()
        for key, _ in _keys(user_id, address):
            count, last_ms = self._wrong.pop(key, (0, 0))
            if now_ms - last_ms > limits.GUESSES_FORGOTTEN_S * 1000:
                count = 0
            self._wrong[key] = (count + 1, now_ms)
        while len(self._wrong) > limits.GUESSERS_MAX:
            self._wrong.popitem(last=False)

    def right(self, user_id: int, address: str) -> None:
        """The account's own count from this address begins anew; the address's does not."""
        self._wrong.pop(("both", user_id, address), None)

    def _wait_s(self, key: _Key, free: int, now_ms: int) -> int:
        count, last_ms = self._wrong.get(key, (0, 0))
        if count < free:
            return 0
        whole_s = min(1 << min(count - free, 20), limits.GUESS_WAIT_S_MAX)
        left_ms = last_ms + whole_s * 1000 - now_ms
        return -(-left_ms // 1000)


def _keys(user_id: int, address: str) -> list[tuple[_Key, int]]:
    """What a guess counts for, and how many are free; an unknown account counts for its address alone.

    Who is signed in guesses for that account alone (`address` is empty): one user's wrong passwords make no
    other one wait.
    """
    found: list[tuple[_Key, int]] = []
    if address:
        found.append((("address", 0, address), limits.GUESSES_FREE_PER_ADDRESS))
    if user_id:
        found.append((("both", user_id, address), limits.GUESSES_FREE_PER_ACCOUNT_AND_ADDRESS))
        found.append((("account", user_id, ""), limits.GUESSES_FREE_PER_ACCOUNT))
    return found
