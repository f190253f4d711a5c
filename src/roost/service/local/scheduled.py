"""Tweets that are to be posted at a time.

Each is posted once: the write that posts it is the one that forgets it. One that cannot be posted when its
time has come (what it answers is gone, say) is kept as a draft, so that nothing its author wrote is lost.
"""

from contextlib import AsyncExitStack

import msgspec

from roost.errors import FieldProblem, Forbidden, Invalid, NotFound
from roost.ingest import Draft
from roost.limits import (
    SCHEDULED_A_DAY_MAX,
    SCHEDULED_AHEAD_S_MAX,
    SCHEDULED_AHEAD_S_MIN,
    SCHEDULED_AT_ONCE,
    SCHEDULED_MAX,
)
from roost.model import (
    DraftKept,
    Event,
    Page,
    PageRequest,
    SavedDraft,
    ScheduledTweet,
    TweetPosted,
    TweetScheduled,
    TweetUnscheduled,
    User,
)
from roost.service.local.composing import composed_of, draft_of
from roost.service.local.kit import Kit
from roost.service.local.media import LocalMedia
from roost.service.local.paging import scan_page
from roost.service.views import ScheduledView
from roost.store import Batch, rows, tables

_DAY_MS = 86_400_000


class LocalScheduled:
    def __init__(self, kit: Kit, media: LocalMedia) -> None:
        self._kit = kit
        self._media = media

    async def add(self, author_id: int, at_ms: int, draft: Draft, key: str = "") -> ScheduledView:
        """Schedule a tweet that could be posted now; the same `key` answers the one that has it already.

        Raises Invalid for a time that is not far enough ahead, for too many, and as for a tweet.
        """
        author = await self._author(author_id)
        async with self._kit.locks.hold("scheduled", author_id), AsyncExitStack() as held:
            there = await self._kit.store.scan(tables.SCHEDULED, (author_id,), limit=SCHEDULED_MAX)
            for earlier in there:
                if key and earlier.composed.key == key:
                    return await self._view(earlier)
            self._check_time(at_ms, there)
            if len(there) >= SCHEDULED_MAX:
                raise _invalid(f"You have exceeded the limit of {SCHEDULED_MAX} scheduled posts")
            taken = await self._media.taken(author_id, draft, held) if draft.media_ids else draft
            await self._kit.pipeline.make(author, taken)
            scheduled = ScheduledTweet(self._kit.ids.next_id(), author_id, at_ms, composed_of(draft, key))
            await self._kit.committer.commit([TweetScheduled(scheduled)])
        return await self._view(scheduled)

    async def get(self, author_id: int, scheduled_id: int) -> ScheduledView:
        """Raises NotFound."""
        return await self._view(await self._own(author_id, scheduled_id))

    async def page(self, author_id: int, page: PageRequest) -> Page[ScheduledView]:
        """Those scheduled last first."""
        found = await scan_page(
            self._kit.store, tables.SCHEDULED, (author_id,), page, lambda row: row.scheduled_id
        )
        if not found:
            return Page(())
        views = tuple([await self._view(row) for row in found])
        full = len(found) == page.limit
        return Page(views, found[0].scheduled_id, found[-1].scheduled_id, full)

    async def move(self, author_id: int, scheduled_id: int, at_ms: int) -> ScheduledView:
        """Have it posted at another time. Raises NotFound and Invalid."""
        async with self._kit.locks.hold("scheduled", author_id):
            before = await self._own(author_id, scheduled_id)
            there = await self._kit.store.scan(tables.SCHEDULED, (author_id,), limit=SCHEDULED_MAX)
            self._check_time(at_ms, [row for row in there if row.scheduled_id != scheduled_id])
            after = msgspec.structs.replace(before, at_ms=at_ms)
            await self._kit.committer.commit([TweetUnscheduled(before), TweetScheduled(after)])
        return await self._view(after)

    async def cancel(self, author_id: int, scheduled_id: int) -> None:
        """Raises NotFound."""
        async with self._kit.locks.hold("scheduled", author_id):
            scheduled = await self._own(author_id, scheduled_id)
            await self._kit.committer.commit([TweetUnscheduled(scheduled)])

    async def post_due(self) -> int:
        """Post what is due; how many were. Raises Overloaded, and goes on with them the next time."""
        now_ms = self._kit.clock.now_ms()
        due = await self._kit.store.scan(
            tables.SCHEDULED_TIMES, (0,), below=(now_ms + 1,), limit=SCHEDULED_AT_ONCE
        )
        for row in due:
            async with self._kit.locks.hold("scheduled", row.author_id):
                await self._post(row)
        return len(due)

    async def _post(self, row: rows.ScheduledTimeRow) -> None:
        key = (row.author_id, row.scheduled_id)
        scheduled = await self._kit.store.get(tables.SCHEDULED, key)
        if scheduled is None or scheduled.at_ms != row.at_ms:
            batch = Batch()
            batch.delete(tables.SCHEDULED_TIMES, (0, row.at_ms, row.scheduled_id))
            await self._kit.store.write(batch)
            return
        async with AsyncExitStack() as held:
            try:
                outcome = await self._outcome(scheduled, held)
            except (Invalid, NotFound, Forbidden):
                kept = SavedDraft(
                    scheduled.scheduled_id, scheduled.author_id, self._kit.clock.now_ms(), scheduled.composed
                )
                outcome = DraftKept(kept)
            position = await self._kit.committer.commit([TweetUnscheduled(scheduled), outcome])
        self._kit.positions.note(scheduled.author_id, position)

    async def _outcome(self, scheduled: ScheduledTweet, held: AsyncExitStack) -> Event:
        author = await self._author(scheduled.author_id)
        draft = draft_of(scheduled.composed)
        if draft.media_ids:
            draft = await self._media.taken(author.user_id, draft, held, scheduled.scheduled_id)
        return TweetPosted(await self._kit.pipeline.make(author, draft))

    def _check_time(self, at_ms: int, others: list[ScheduledTweet]) -> None:
        now_ms = self._kit.clock.now_ms()
        if at_ms < now_ms + 1000 * SCHEDULED_AHEAD_S_MIN:
            raise _invalid("Scheduled at the scheduled date must be at least 5 minutes in the future")
        if at_ms > now_ms + 1000 * SCHEDULED_AHEAD_S_MAX:
            raise _invalid("Scheduled at the scheduled date is too far in the future")
        same_day = sum(other.at_ms // _DAY_MS == at_ms // _DAY_MS for other in others)
        if same_day >= SCHEDULED_A_DAY_MAX:
            raise _invalid(
                f"You have exceeded the limit of {SCHEDULED_A_DAY_MAX} scheduled posts for that day"
            )

    async def _view(self, scheduled: ScheduledTweet) -> ScheduledView:
        return ScheduledView(scheduled, await self._media.known(scheduled.composed.media_ids))

    async def _own(self, author_id: int, scheduled_id: int) -> ScheduledTweet:
        found = await self._kit.store.get(tables.SCHEDULED, (author_id, scheduled_id))
        if found is None:
            raise NotFound
        return found

    async def _author(self, user_id: int) -> User:
        user = await self._kit.users.get(user_id)
        if user is None or user.is_barred:
            raise NotFound
        return user


def _invalid(text: str) -> Invalid:
    problem = FieldProblem("ERR_INVALID", text[:1].lower() + text[1:])
    return Invalid(f"Validation failed: {text}", {"scheduled_at": (problem,)})
