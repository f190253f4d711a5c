"""Has happen later what notifications have left for later, by events on the log: so it has a position that
streams can go on from, and a crash loses nothing of it.

A group that grows fast is told of once in a while, as it is by then. An event with very many receivers is
told slice by slice, each when the one before is done, so that whatever else happens comes in between.
"""

import asyncio
import logging
from collections.abc import Sequence

from roost.limits import (
    EXPORT_ROWS_MAX,
    NOTIFICATION_FANOUTS_AT_ONCE,
    NOTIFICATION_GROUP_TELL_S,
    NOTIFICATION_WORK_EVENTS,
    NOTIFICATION_WORK_S,
)
from roost.model import Event, GroupTelling, NotificationsContinued, NotificationsGathered
from roost.processors import GroupId
from roost.service.local.kit import Kit
from roost.store import rows, tables

_log = logging.getLogger("roost.notifications")
_LOOK_AGAIN_S = 60.0


class NotificationWork:
    """A task of its own."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._due_ms: dict[GroupId, int] = {}
        self._fanouts: dict[int, rows.NotificationFanoutRow] = {}
        self._called = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        kit.notices.gathers = self._gather
        kit.notices.goes_on = self._go_on

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="roost-notification-work")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def tick(self) -> None:
        """Do what is due by now."""
        now_ms = self._kit.clock.now_ms()
        due = [group for group, due_ms in self._due_ms.items() if due_ms <= now_ms]
        due = due[:NOTIFICATION_WORK_EVENTS]
        fanouts = list(self._fanouts.values())[:NOTIFICATION_FANOUTS_AT_ONCE]
        events: list[Event] = [NotificationsGathered(GroupTelling(*group, now_ms)) for group in due]
        events += [
            NotificationsContinued(row.position, row.origin, row.after)
            for row in fanouts
            if row.after is not None
        ]
        if not events:
            return
        for group in due:
            del self._due_ms[group]
        for row in fanouts:
            del self._fanouts[row.position]
        try:
            await self._kit.committer.commit(events)
        except BaseException:
            for group in due:
                self._due_ms.setdefault(group, now_ms)
            for row in fanouts:
                self._fanouts.setdefault(row.position, row)
            raise

    def _gather(self, quiet: Sequence[rows.QuietGroupRow]) -> None:
        due_ms = self._kit.clock.now_ms() + 1_000 * NOTIFICATION_GROUP_TELL_S
        for row in quiet:
            self._due_ms.setdefault((row.receiver_id, row.kind, row.tweet_id, row.hour), due_ms)

    def _go_on(self, row: rows.NotificationFanoutRow) -> None:
        self._fanouts[row.position] = row
        self._called.set()

    async def load(self) -> None:
        """Take up what the tables say is left to do. What the log holds of it already is not asked for again:
        that is applied first."""
        kit = self._kit
        while not await kit.background.applied(kit.log.last, _LOOK_AGAIN_S, kit.notices.name):
            continue
        after: bytes | None = b""
        while after is not None:
            quiet, after = await kit.store.export(tables.QUIET_GROUPS, after, EXPORT_ROWS_MAX)
            self._gather(quiet)
        after = b""
        while after is not None:
            fanouts, after = await kit.store.export(tables.NOTIFICATION_FANOUTS, after, EXPORT_ROWS_MAX)
            for row in fanouts:
                self._go_on(row)

    async def _run(self) -> None:
        await self.load()
        while True:
            self._called.clear()
            try:
                await self.tick()
                if not self._fanouts:
                    async with asyncio.timeout(NOTIFICATION_WORK_S):
                        await self._called.wait()
            except TimeoutError:
                continue
            except Exception:
                _log.exception("Notifications wait: they could not be written to the log")
                await asyncio.sleep(NOTIFICATION_WORK_S)
