"""Read your own writes: each user's last write, and whether the processors have come to it."""

from collections import OrderedDict

from roost.limits import SESSIONS_MAX
from roost.processors import ProcessorRunner


class Positions:
    """The log position of each user's last write; the longest unused are forgotten. A reader waits for
    `wait_ms` at most."""

    def __init__(self, runner: ProcessorRunner, wait_ms: int) -> None:
        self._runner = runner
        self._wait_s = wait_ms / 1000
        self._last: OrderedDict[int, int] = OrderedDict()

    def note(self, user_id: int, position: int) -> None:
        """`user_id` has written; their next reads are to show it."""
        self._last[user_id] = max(position, self._last.pop(user_id, 0))
        if len(self._last) > SESSIONS_MAX:
            self._last.popitem(last=False)

    def forget(self, user_id: int) -> None:
        self._last.pop(user_id, None)

    async def caught_up(self, user_id: int) -> bool:
        """Whether everything that this user wrote has been applied; waits a little where it has not.

        Where it answers False, the reader has to read the tables.
        """
        position = self._last.get(user_id, 0)
        if position <= self._runner.position():
            return True
        return await self._runner.applied(position, self._wait_s)

    async def settle(self, user_id: int, position: int) -> None:
        """After a change that others are to notice at once (a block, a deletion): wait a little for it."""
        self.note(user_id, position)
        await self.caught_up(user_id)
