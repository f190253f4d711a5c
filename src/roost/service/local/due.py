"""Does what is to be done at its time: posts scheduled tweets, ends polls, goes on with notifications."""

import asyncio
import logging

from roost.limits import DUE_S
from roost.service.local.notification_work import NotificationWork
from roost.service.local.polls import LocalPolls
from roost.service.local.scheduled import LocalScheduled

_log = logging.getLogger("roost.due")


class DueWork:
    """A task of its own. What came due while the server was down is done when it starts."""

    def __init__(self, scheduled: LocalScheduled, polls: LocalPolls, notifications: NotificationWork) -> None:
        self._notifications = notifications
        self._scheduled = scheduled
        self._polls = polls
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="roost-due")
        self._notifications.start()

    async def stop(self) -> None:
        await self._notifications.stop()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def tick(self) -> None:
        """Do all that is due by now."""
        while await self._scheduled.post_due():
            pass
        while await self._polls.end_due():
            pass

    async def _run(self) -> None:
        while True:
            try:
                await self.tick()
            except Exception:
                _log.exception("What is due could not be done; it is tried again in %.0f s", DUE_S)
            await asyncio.sleep(DUE_S)
