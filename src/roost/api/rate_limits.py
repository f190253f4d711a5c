"""How often a caller may ask: fixed windows, counted in memory, per token, user or address."""

from collections import OrderedDict
from datetime import UTC, datetime

import msgspec

from roost import limits
from roost.clock import Clock


class Rate(msgspec.Struct, frozen=True):
    requests: int
    window_s: int


RATES: dict[str, Rate] = {
    "requests": Rate(limits.RATE_REQUESTS_PER_WINDOW, limits.RATE_WINDOW_S),
    "users": Rate(limits.RATE_USER_REQUESTS_PER_WINDOW, limits.RATE_WINDOW_S),
    "pages": Rate(limits.RATE_PAGES_PER_WINDOW, limits.RATE_WINDOW_S),
    "registrations": Rate(limits.RATE_REGISTRATIONS_PER_WINDOW, limits.REGISTRATION_WINDOW_S),
    "deletes": Rate(limits.RATE_DELETES_PER_WINDOW, limits.DELETE_WINDOW_S),
    "exports": Rate(limits.RATE_EXPORTS_PER_WINDOW, limits.EXPORT_WINDOW_S),
    "media": Rate(limits.RATE_MEDIA_PER_WINDOW, limits.MEDIA_WINDOW_S),
    "sign_ins": Rate(limits.SIGN_IN_ATTEMPTS_PER_5_MIN, 300),
}


class Allowance(msgspec.Struct, frozen=True):
    """What is left of a window."""

    limit: int
    remaining: int
    reset_s: int
    """When the window ends, in s since the Unix epoch."""
    wait_s: int = 0
    """How long the caller has to wait, where this request was one too many."""

    def headers(self) -> dict[str, str]:
        reset = datetime.fromtimestamp(self.reset_s, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": reset,
        }


class RateLimits:
    """The callers seen longest ago are forgotten first, which only ever is lenient. 1 us a call."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._used: OrderedDict[tuple[str, str], tuple[int, int]] = OrderedDict()

    def take(self, rate_name: str, caller: str) -> Allowance:
        """Count one request, which may be one too many."""
        rate = RATES[rate_name]
        now_s = self._clock.now_ms() // 1000
        window = now_s // rate.window_s
        key = (rate_name, caller)
        counted, used = self._used.pop(key, (window, 0))
        used = used + 1 if counted == window else 1
        self._used[key] = (window, used)
        if len(self._used) > limits.RATE_CALLERS_MAX:
            self._used.popitem(last=False)
        reset_s = (window + 1) * rate.window_s
        if used > rate.requests:
            return Allowance(rate.requests, 0, reset_s, wait_s=reset_s - now_s)
        return Allowance(rate.requests, rate.requests - used, reset_s)
