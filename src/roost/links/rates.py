"""How often a host is asked: a plain object, told the time, that says how long to wait.

The generic cell rate algorithm: for each host one number, the time at which it will have had its rest.
"""

from collections import OrderedDict

from roost.limits import LINK_HOST_AT_ONCE, LINK_HOST_PER_S, LINK_HOST_WAIT_S, LINK_HOSTS_MAX


class HostRates:
    def __init__(
        self,
        per_s: float = LINK_HOST_PER_S,
        at_once: int = LINK_HOST_AT_ONCE,
        wait_s_max: float = LINK_HOST_WAIT_S,
        hosts_max: int = LINK_HOSTS_MAX,
    ) -> None:
        self._interval_s = 1 / per_s
        self._slack_s = (at_once - 1) / per_s
        self._wait_s_max = wait_s_max
        self._hosts_max = hosts_max
        self._rested_s: OrderedDict[str, float] = OrderedDict()

    def take(self, host: str, now_s: float) -> float | None:
        """How long to wait before a request, which is counted; None where it must not be made. O(1)."""
        rested_s = max(self._rested_s.get(host, now_s), now_s)
        wait_s = max(0.0, rested_s - self._slack_s - now_s)
        if wait_s > self._wait_s_max or not self._has_room(host, now_s):
            return None
        self._rested_s[host] = rested_s + self._interval_s
        self._rested_s.move_to_end(host)
        return wait_s

    def __len__(self) -> int:
        return len(self._rested_s)

    def _has_room(self, host: str, now_s: float) -> bool:
        """A host that has had its rest is forgotten for a new one: it is as good as new itself."""
        if host in self._rested_s or len(self._rested_s) < self._hosts_max:
            return True
        oldest = next(iter(self._rested_s))
        if self._rested_s[oldest] > now_s:
            return False
        del self._rested_s[oldest]
        return True
