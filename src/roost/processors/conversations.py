"""Conversations of direct tweets, as each of their people has them: which there are, and what was said last.

A conversation is all direct tweets of one thread. Its rows change with every tweet, so what is not written
yet is looked up in memory first; they are written at once, with the cursor.
"""

import functools
import logging
from collections.abc import Callable, Iterable, Sequence

from roost.eventlog import EventLog, LogSlice
from roost.limits import CONVERSATION_SCAN_ROWS, CONVERSATIONS_PENDING_MAX, NOTIFICATION_CURSOR_EVENTS
from roost.model import Event, Tweet, TweetDeleted, TweetEdited, TweetPosted, UserErased, Visibility
from roost.processors.conversation_rebuild import OWNED, conversations_from_tables
from roost.processors.seam import Rebuild, Source
from roost.processors.shadow import TableRebuild
from roost.processors.standing import stands
from roost.store import Batch, Store, forget_partitions, rows, tables

_log = logging.getLogger("roost.conversations")
Tell = Callable[[int, Sequence[tuple[int, int]]], None]


class ConversationsProcessor:
    name = "conversations"

    def __init__(self, store: Store, log: EventLog) -> None:
        self._store = store
        self._log = log
        self._listeners: list[Tell] = []
        self._position = 0
        self._written_position = 0
        self._batch = Batch()
        self._changed: dict[tuple[int, int], rows.ConversationRow] = {}
        """What is in the batch, by user and root."""

    def listen(self, tell: Tell) -> None:
        """Have `tell(position, changes)` called, on the event loop, when changes are durable.

        Each is (user, root): that user's conversation has something new. After a crash the last ones may be
        told again.
        """
        self._listeners.append(tell)

    async def begin(self) -> int:
        self._position = self._written_position = await self._log.cursor(self.name)
        self._reset()
        return self._position

    async def apply(self, events: LogSlice) -> None:
        """Events that were applied already are passed over."""
        try:
            for offset, event in enumerate(events.events):
                position = events.first + offset
                if position > self._position:
                    await self._apply_one(event)
                    self._position = position
                    if len(self._batch) >= CONVERSATIONS_PENDING_MAX:
                        await self._write()
            if len(self._batch) or self._position - self._written_position >= NOTIFICATION_CURSOR_EVENTS:
                await self._write()
        except BaseException:
            self._reset()
            self._position = self._written_position
            raise

    async def rest(self) -> None:
        if self._position > self._written_position:
            await self._write()

    def pass_over(self, position: int) -> None:
        self._position = self._written_position = position

    async def redo(self, position: int, event: Event, also: Batch) -> None:
        """What was said last is said by ids, in whatever order tweets come. One that is gone stays gone."""
        del position
        try:
            if await stands(self._store, event):
                await self._apply_one(event)
            self._batch.add(also)
            await self._write()
        except BaseException:
            self._reset()
            raise

    def rebuild(self, source: Source) -> Rebuild:
        make = ConversationsProcessor
        load = functools.partial(conversations_from_tables, make=make)
        return TableRebuild(self.name, self._store, source, OWNED, make, load)

    async def _apply_one(self, event: Event) -> None:
        match event:
            case TweetPosted(tweet) if tweet.visibility == Visibility.DIRECT:
                await self._add(tweet)
            case TweetEdited(edit) if edit.tweet.visibility == Visibility.DIRECT:
                left = _people_of(edit.before) - _people_of(edit.tweet)
                if left:
                    await self._leave(edit.tweet, left)
                await self._add(edit.tweet)
            case TweetDeleted(tweet) if tweet.visibility == Visibility.DIRECT:
                await self._remove(tweet)
            case UserErased(user_id):
                await self._erase(user_id)

    async def _add(self, tweet: Tweet) -> None:
        people = tuple(sorted(_people_of(tweet)))
        root_id = tweet.root_id
        said = rows.DirectTweetRow(root_id, tweet.tweet_id, tweet.author_id, people)
        self._batch.put(tables.DIRECT_TWEETS, said)
        for user_id in people:
            held = await self._held(user_id, root_id)
            others = {*people, *(held.people if held else ())} - {user_id}
            last_id, author_id = tweet.tweet_id, tweet.author_id
            if held is not None and held.last_id > last_id:
                last_id, author_id = held.last_id, held.last_author_id
            made = rows.ConversationRow(user_id, root_id, last_id, author_id, tuple(sorted(others)))
            self._put(held, made)

    async def _remove(self, tweet: Tweet) -> None:
        self._batch.delete(tables.DIRECT_TWEETS, (tweet.root_id, tweet.tweet_id))
        await self._leave(tweet, _people_of(tweet))

    async def _leave(self, tweet: Tweet, people: Iterable[int]) -> None:
        """A tweet is for some people no more: who had it as the last one has the one before; or no
        conversation, where there is none."""
        if self._changed:
            await self._write()
        root_id = tweet.root_id
        said = await self._store.scan(
            tables.DIRECT_TWEETS, (root_id,), reverse=True, limit=CONVERSATION_SCAN_ROWS
        )
        said = [row for row in said if row.tweet_id != tweet.tweet_id]
        for user_id in sorted(people):
            held = await self._held(user_id, root_id)
            if held is None or held.last_id != tweet.tweet_id:
                continue
            last = next((row for row in said if user_id in row.people), None)
            if last is not None:
                made = rows.ConversationRow(user_id, root_id, last.tweet_id, last.author_id, held.people)
                self._put(held, made)
            else:
                self._batch.delete(tables.CONVERSATIONS, (user_id, root_id))
                self._batch.delete(tables.CONVERSATION_ORDER, (user_id, held.last_id))
        await self._write()  # what is gone is not to be found again in the tables

    async def _erase(self, user_id: int) -> None:
        """What others said in a conversation stays theirs; only its entry in this user's list goes."""
        if self._changed:
            await self._write()
        forget_partitions(user_id, (tables.CONVERSATIONS, tables.CONVERSATION_ORDER), self._batch)
        await self._write()

    async def _held(self, user_id: int, root_id: int) -> rows.ConversationRow | None:
        found = self._changed.get((user_id, root_id))
        return found or await self._store.get(tables.CONVERSATIONS, (user_id, root_id))

    def _put(self, held: rows.ConversationRow | None, made: rows.ConversationRow) -> None:
        if held is not None and held.last_id != made.last_id:
            self._batch.delete(tables.CONVERSATION_ORDER, (held.user_id, held.last_id))
        order = rows.ConversationOrderRow(made.user_id, made.last_id, made.root_id)
        self._batch.put(tables.CONVERSATION_ORDER, order)
        self._batch.put(tables.CONVERSATIONS, made)
        self._changed[made.user_id, made.root_id] = made

    async def _write(self) -> None:
        position, changed = self._position, list(self._changed)
        await self._log.commit_cursor(self.name, position, self._batch)
        self._reset()
        self._written_position = position
        if changed:
            for tell in self._listeners:
                try:
                    tell(position, changed)
                except Exception:
                    _log.exception("A listener failed at position %d", position)

    def _reset(self) -> None:
        self._batch = Batch()
        self._changed = {}


def _people_of(tweet: Tweet) -> set[int]:
    """Whom a direct tweet concerns."""
    return {tweet.author_id, *tweet.addressed_ids}
