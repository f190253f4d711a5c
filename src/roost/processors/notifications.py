"""Tells users what others did that concerns them: rows of notifications, derived from the log.

A notification's id is its event's position on the log, so that applying an event again writes the same row.
Rows and counts ride in one write with the cursor. An event with very many receivers (an author whom a
hundred thousand want to be told of) is told to the first of them, and a row says where to go on; the service
(`NotificationWork`) appends an event to the log for each slice that follows: others get in between.
Whatever causes a notification and is taken back later (a like, a follow, a tweet) takes it along.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence

from roost.clock import Clock
from roost.eventlog import EventLog, LogSlice
from roost.limits import (
    NOTIFICATION_CURSOR_EVENTS,
    NOTIFICATION_PACKS_AT_ONCE,
    NOTIFICATION_SLICE_ROWS,
    NOTIFICATION_YIELD_EVENTS,
)
from roost.model import (
    EdgeAdded,
    EdgeKind,
    EdgeRemoved,
    Event,
    Notification,
    NotificationDismissed,
    NotificationErasure,
    NotificationKind,
    NotificationRequest,
    NotificationsContinued,
    NotificationsErased,
    NotificationsGathered,
    PollEnded,
    RequestAccepted,
    RequestDismissed,
    Tweet,
    TweetDeleted,
    TweetEdited,
    TweetPosted,
    TweetUnliked,
    UserErased,
    Verdict,
)
from roost.processors.notification_causes import Cause, Slice, of_continued, of_event
from roost.processors.notification_judge import NotificationJudge
from roost.processors.notification_ledger import NotificationLedger, Told
from roost.processors.notification_packs import spans_of
from roost.processors.notification_rebuild import OWNED, older_notifications
from roost.processors.seam import Rebuild, Source
from roost.processors.shadow import TableRebuild, chunks_of
from roost.processors.standing import stands
from roost.store import Batch, Store, TweetCache, UserCache, rows, tables

_log = logging.getLogger("roost.notifications")
Tell = Callable[[Sequence[Told]], None]


class NotificationsProcessor:
    name = "notifications"

    def __init__(
        self, store: Store, log: EventLog, tweets: TweetCache, users: UserCache, clock: Clock
    ) -> None:
        self._store = store
        self._log = log
        self._others = tweets, users, clock
        self.judge = NotificationJudge(store, tweets, users, clock)
        self._listeners: list[Tell] = []
        self.gathers: Callable[[Sequence[rows.QuietGroupRow]], None] = _nothing
        """Called with groups whose receivers are to be told of them after a while."""
        self.goes_on: Callable[[rows.NotificationFanoutRow], None] = _nothing
        """Called with events that have more receivers."""
        self._fanouts: dict[int, rows.NotificationFanoutRow] = {}
        self._told_authors: set[int] = set()
        """Authors whom somebody wants to be told of: one look here for a tweet, not one at a table."""
        self._position = 0
        self._written_position = 0
        self._ledger = NotificationLedger(store)

    def listen(self, tell: Tell) -> None:
        """Have `tell(notifications)` called, on the event loop, when notifications are durable.

        Those of one write come together, in order. Filtered ones are left out, and of groups that have many,
        those whose receiver is neither told at once nor pushed to. After a crash the last ones may be told
        again.
        """
        self._listeners.append(tell)

    async def begin(self) -> int:
        self._position = await self._log.cursor(self.name)
        if self._position + 1 < self._log.first:  # the log's older end is gone: nobody is told of that
            self._position = self._log.first - 1
            await self._log.commit_cursor(self.name, self._position)
        self._written_position = self._position
        self._ledger = NotificationLedger(self._store)
        await self._load_told_authors()
        return self._position

    async def apply(self, events: LogSlice) -> None:
        """Events that were applied already are passed over."""
        try:
            for offset, event in enumerate(events.events):
                position = events.first + offset
                if position > self._position:
                    await self._apply_one(position, event)
                    self._position = position
                if offset % NOTIFICATION_YIELD_EVENTS == NOTIFICATION_YIELD_EVENTS - 1:
                    await asyncio.sleep(0)
            if not self._ledger.is_empty or self._is_far():
                await self._write(self._position)
        except BaseException:
            self._ledger, self._fanouts = NotificationLedger(self._store), {}
            self._position = self._written_position
            raise

    async def rest(self) -> None:
        if self._position > self._written_position:
            await self._write(self._position)

    def pass_over(self, position: int) -> None:
        self._position = self._written_position = position

    async def redo(self, position: int, event: Event, also: Batch) -> None:
        """A late notification stands where it would have stood. Of what was taken back nobody is told."""
        try:
            if await stands(self._store, event):
                await self._apply_one(position, event)
            self._ledger.batch.add(also)
            await self._write(self._position)
        except BaseException:
            self._ledger, self._fanouts = NotificationLedger(self._store), {}
            raise

    def rebuild(self, source: Source) -> Rebuild:
        """Nobody is told again: the one that derives them has no listeners."""

        def make(store: Store, log: EventLog) -> NotificationsProcessor:
            return NotificationsProcessor(store, log, *self._others)

        return TableRebuild(self.name, self._store, source, OWNED, make, older_notifications, self._hand_on)

    async def _hand_on(self) -> None:
        """After a rebuild: have those called who go on with what is left to do."""
        async for quiet in chunks_of(self._store, tables.QUIET_GROUPS):
            self.gathers(quiet)
        async for fanouts in chunks_of(self._store, tables.NOTIFICATION_FANOUTS):
            for row in fanouts:
                self.goes_on(row)

    def _is_far(self) -> bool:
        return self._position - self._written_position >= NOTIFICATION_CURSOR_EVENTS

    async def _apply_one(self, position: int, event: Event) -> None:
        match event:
            case TweetUnliked(like):
                await self._take_back(position, rows.About.TWEET, like.tweet_id, like.like_id)
                line = like.author_id, NotificationKind.LIKE, like.tweet_id
                await self._unpack(position, line, like.like_id)
            case TweetDeleted(tweet):
                await self._take_back_tweet(position, tweet)
            case EdgeRemoved(edge):
                await self._take_back(position, rows.About.EDGE, edge.edge_id)
            case NotificationDismissed(notification):
                await self._fresh(position)
                await self._ledger.remove(notification)
            case NotificationsErased(erasure):
                await self._fresh(position)
                await self._erase(position, erasure)
            case UserErased(user_id):
                await self._fresh(position)
                self._ledger.forget_user(user_id, position)
                await self._take_back(position, rows.About.USER, user_id)
            case RequestAccepted(request):
                await self._answer(position, request, accepted=True)
            case RequestDismissed(request):
                await self._answer(position, request, accepted=False)
            case EdgeAdded(edge) if edge.kind is EdgeKind.FOLLOW and edge.tells:
                self._told_authors.add(edge.target_id)
                await self._add_edge(position, event)
            case EdgeAdded():
                await self._add_edge(position, event)
            case NotificationsGathered(telling):
                await self._ledger.gather(telling)
            case NotificationsContinued():
                await self._go_on(position, event)
            case _:
                await self._add_all(position, event)

    # -- adding

    async def _add_edge(self, position: int, event: EdgeAdded) -> None:
        """A follow that stands and has new terms is no news."""
        edge_id = event.edge.edge_id
        if self._ledger.has_of(rows.About.EDGE, edge_id):
            return
        if not await self._store.scan(tables.NOTIFICATION_INDEX, (rows.About.EDGE, edge_id), limit=1):
            await self._add_all(position, event)

    async def _add_all(self, position: int, event: Event) -> None:
        found = await of_event(self._store, event, self._told_authors.__contains__)
        await self._add_slice(position, found)
        if found.ended is not None:
            assert isinstance(event, TweetPosted | PollEnded | TweetEdited)
            self._keep_fanout(rows.NotificationFanoutRow(position, event, found.ended))

    async def _go_on(self, position: int, event: NotificationsContinued) -> None:
        """Tell the next slice, unless they have been told already."""
        held = self._fanouts.get(event.position)
        if held is None:
            held = await self._store.get(tables.NOTIFICATION_FANOUTS, (0, event.position))
        if held is None or held.after != event.after:
            return
        found = await of_continued(self._store, event)
        await self._add_slice(position, found)
        self._keep_fanout(rows.NotificationFanoutRow(event.position, event.origin, found.ended))

    def _keep_fanout(self, row: rows.NotificationFanoutRow) -> None:
        self._fanouts[row.position] = row
        if row.after is None:
            self._ledger.batch.delete(tables.NOTIFICATION_FANOUTS, (0, row.position))
        else:
            self._ledger.batch.put(tables.NOTIFICATION_FANOUTS, row)

    async def _add_slice(self, position: int, found: Slice) -> None:
        if found.causes and self._ledger.takes_back:
            await self._fresh(position)
        for count, cause in enumerate(found.causes, 1):
            await self._add(cause, position)
            if count % NOTIFICATION_YIELD_EVENTS == 0:
                await asyncio.sleep(0)

    async def _add(self, cause: Cause, position: int) -> None:
        verdict = await self.judge.verdict(cause)
        if verdict is not Verdict.DROP:
            await self._ledger.add(cause, position, verdict is Verdict.FILTER)

    # -- taking back

    async def _take_back_tweet(self, position: int, tweet: Tweet) -> None:
        if tweet.retweet_of_id:
            await self._take_back(position, rows.About.TWEET, tweet.retweet_of_id, tweet.tweet_id)
            line = tweet.retweet_of_author_id, NotificationKind.RETWEET, tweet.retweet_of_id
            await self._unpack(position, line, tweet.tweet_id)
            return
        await self._take_back(position, rows.About.TWEET, tweet.tweet_id)
        for kind in (NotificationKind.LIKE, NotificationKind.RETWEET):
            await self._unpack(position, (tweet.author_id, kind, tweet.tweet_id))
        if tweet.quote_of_id:
            await self._take_back(position, rows.About.TWEET, tweet.quote_of_id, tweet.tweet_id)

    async def _take_back(self, position: int, about: rows.About, about_id: int, source_id: int = 0) -> None:
        """Remove what is about something, or only what one source of it caused; slice by slice."""
        if self._ledger.has_of(about, about_id):
            await self._fresh(position)
        prefix = (about, about_id, source_id) if source_id else (about, about_id)
        while True:
            found = await self._store.scan(tables.NOTIFICATION_INDEX, prefix, limit=NOTIFICATION_SLICE_ROWS)
            if not found:
                return
            await self._fresh(position)
            await self._remove_indexed(found)
            await self._fresh(position)
            if len(found) < NOTIFICATION_SLICE_ROWS:
                return
            await asyncio.sleep(0)

    async def _unpack(self, position: int, group: Sequence[int], source_id: int = 0) -> None:
        """Remove what packs have of a group, or of all groups of a receiver, kind and tweet; or only what one
        source of it caused. 3 us for each pack of them."""
        if self._ledger.has_of(rows.About.TWEET, group[2]):
            await self._fresh(position)
        span: rows.NotificationSpanRow | None = None
        while True:
            found = await spans_of(self._store, group, span, NOTIFICATION_SLICE_ROWS)
            for span in found:
                if source_id and not span.low_source_id <= source_id <= span.high_source_id:
                    continue
                await self._fresh_every(position, NOTIFICATION_PACKS_AT_ONCE)
                if await self._ledger.unpack(span, source_id) and source_id:
                    return
            if len(found) < NOTIFICATION_SLICE_ROWS:
                return
            await asyncio.sleep(0)

    async def _fresh_every(self, position: int, packs: int) -> None:
        """Write what was gathered where something waits to be added, or many packs were changed."""
        if not self._ledger.takes_back or self._ledger.packs >= packs:
            await self._fresh(position)

    async def _remove_indexed(self, found: Sequence[rows.NotificationIndexRow]) -> None:
        for row in found:
            await self._ledger.remove_one(row.receiver_id, row.notification_id)
            key = (row.about, row.subject_id, row.source_id, row.receiver_id, row.notification_id)
            self._ledger.batch.delete(tables.NOTIFICATION_INDEX, key)

    async def _erase(self, position: int, erasure: NotificationErasure) -> None:
        """Remove a group's notifications, or all of a receiver's, that came before `position`."""
        key = erasure.receiver_id, erasure.kind, erasure.tweet_id, erasure.hour
        if not erasure.kind:
            self._ledger.forget_all(erasure.receiver_id, position)
        else:
            while found := await self._store.scan(
                tables.NOTIFICATION_MEMBERS, key, limit=NOTIFICATION_SLICE_ROWS
            ):
                for member in found:
                    await self._remove_member(member)
                await self._fresh(position)
                await asyncio.sleep(0)
            await self._unpack(position, key)
        self._ledger.batch.delete(tables.NOTIFICATION_ERASURES, key)
        self._ledger.takes_back = True

    async def _remove_member(self, member: rows.NotificationMemberRow) -> None:
        await self._ledger.remove(
            Notification(
                member.receiver_id,
                member.notification_id,
                member.kind,
                member.actor_id,
                0,
                member.tweet_id,
                member.hour,
            )
        )

    async def _answer(self, position: int, request: NotificationRequest, accepted: bool) -> None:
        """Release or remove what waited of a sender; slice by slice."""
        await self._fresh(position)
        prefix = (rows.About.SENDER, request.receiver_id, request.sender_id)
        while found := await self._store.scan(
            tables.NOTIFICATION_INDEX, prefix, limit=NOTIFICATION_SLICE_ROWS
        ):
            keys = [(row.receiver_id, row.notification_id) for row in found]
            for held in await self._store.get_many(tables.NOTIFICATIONS, keys):
                if held is not None and accepted:
                    self._ledger.release(held)
                elif held is not None:
                    self._ledger.batch.delete(tables.NOTIFICATIONS, (held.receiver_id, held.notification_id))
            for row in found:
                self._ledger.batch.delete(
                    tables.NOTIFICATION_INDEX, (*prefix, row.receiver_id, row.notification_id)
                )
            await self._fresh(position)
            await asyncio.sleep(0)
        key = request.receiver_id, request.sender_id
        waiting = await self._store.get(tables.NOTIFICATION_SENDERS, key)
        self._ledger.forget_request(*key, waiting.request_id if waiting else request.request_id)

    # -- writing

    async def _fresh(self, position: int) -> None:
        """Write what was gathered while the event at `position` is not yet done."""
        if not self._ledger.is_empty:
            await self._write(position - 1)
            await asyncio.sleep(0)

    async def _write(self, position: int) -> None:
        """The cursor never goes back: an event that is redone is older than it."""
        ledger, fanouts, position = self._ledger, self._fanouts, max(position, self._written_position)
        await self._log.commit_cursor(self.name, position, await ledger.seal())
        self._ledger, self._fanouts = NotificationLedger(self._store), {}
        self._written_position = position
        self.gathers(list(ledger.quiet.values()))
        for fanout in fanouts.values():
            if fanout.after is not None:
                self.goes_on(fanout)
        if ledger.told:
            for tell in self._listeners:
                try:
                    tell(ledger.told)
                except Exception:
                    _log.exception("A listener failed at position %d", position)

    async def _load_told_authors(self) -> None:
        after: bytes | None = b""
        while after is not None:
            found, after = await self._store.export(tables.TWEET_ALERTS, after, NOTIFICATION_SLICE_ROWS)
            self._told_authors.update(row.author_id for row in found)
            await asyncio.sleep(0)


def _nothing(_what: object) -> None:
    return
