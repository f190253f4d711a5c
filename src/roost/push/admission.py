"""How many may connect at once: after a restart, all who were connected come back in the same second.

Letting them in takes time (a handshake, a look at what they missed), which those who are in already would
wait for. So they are let in at a steady rate, and who comes too early is told when to come again: later, the
more of them there are, so that they do not all come back together.
"""

from roost.limits import STREAM_ADMISSIONS_AT_ONCE, STREAM_ADMISSIONS_PER_S, STREAM_RETRY_S_MAX


class Admission:
    """A bucket of tokens. Time goes in as s of a clock that only goes forward. 0.5 us."""

    def __init__(
        self, per_s: float = STREAM_ADMISSIONS_PER_S, at_once: float = STREAM_ADMISSIONS_AT_ONCE
    ) -> None:
        self._per_s = per_s
        self._at_once = at_once
        self._tokens = at_once
        self._promised = 0.0
        """How many were sent away and may come back, less those whose time has come."""
        self._seen_s = 0.0
        self.admitted = 0
        self.turned_away = 0

    def ask(self, now_s: float) -> int:
        """0 for one who may come in; else in how many s to ask again."""
        passed = max(0.0, now_s - self._seen_s) * self._per_s
        self._seen_s = max(now_s, self._seen_s)
        self._tokens = min(self._at_once, self._tokens + passed)
        self._promised = max(0.0, self._promised - passed)
        if self._tokens >= 1:
            self._tokens -= 1
            self.admitted += 1
            return 0
        self._promised = min(self._promised + 1, self._per_s * STREAM_RETRY_S_MAX)
        self.turned_away += 1
        return min(STREAM_RETRY_S_MAX, 1 + int(self._promised / self._per_s))
