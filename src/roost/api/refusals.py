"""What is written to the log of requests that are refused: a few lines, however many come at once."""

import logging
from collections.abc import Callable

from roost.errors import Forbidden, Invalid, NotFound, Overloaded, RateLimited, RoostError, Unauthenticated
from roost.limits import REFUSALS_LOGGED_EVERY_S

_log = logging.getLogger("roost.api")
_ORDINARY = (Invalid, NotFound, Unauthenticated, Forbidden)
_IN_CROWDS = (Overloaded, RateLimited)


class Refusals:
    """`now_s` is a clock that only goes forward."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._next_s = 0.0
        self._passed_over = 0

    def note(self, method: str, path: str, error: RoostError) -> None:
        """Of those who come too often or too many at once, one is written down now and then, and how many
        were passed over."""
        if isinstance(error, _ORDINARY):
            return
        if isinstance(error, _IN_CROWDS):
            now_s = self._now_s()
            if now_s < self._next_s:
                self._passed_over += 1
                return
            self._next_s = now_s + REFUSALS_LOGGED_EVERY_S
            if self._passed_over:
                _log.info("%d requests were refused meanwhile", self._passed_over)
                self._passed_over = 0
        _log.info("%s %s: %s", method, path, error.text)
