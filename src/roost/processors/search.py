"""Brings the search index what happens, and searches in it.

The index stands in a folder beside the store and holds its own position, so a crash leaves the two where they
belong together; what came after the last commit is read again from the log. Where there is no index, or one
of another version, or one that the log does not reach, it is made anew from the tables, newest tweets first,
while it serves: what is in it already is found.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import msgspec

from roost.clock import Clock
from roost.errors import Overloaded
from roost.eventlog import EventLog, LogSlice
from roost.ids import first_id_at
from roost.limits import (
    PROCESSOR_RETRY_S_MAX,
    SEARCH_IDLE_EVENTS,
    SEARCH_PEOPLE_MAX,
    SEARCH_THREADS,
    SEARCH_WAITING_MAX,
)
from roost.model import Event
from roost.processors.counts import CountsProcessor
from roost.processors.seam import Source
from roost.processors.search_intake import Counted, Intake
from roost.processors.search_rebuild import SearchRebuild, fill
from roost.search import (
    Asked,
    Generations,
    IndexChanges,
    IndexNote,
    Likes,
    Node,
    Ranking,
    TextIndex,
    leaves,
    newest,
    panics_contained,
    ranked,
    users_with,
)
from roost.store import Batch, Store, TweetCache, tables

_log = logging.getLogger("roost.search")
_FORMER_NAME = "words"
T = TypeVar("T")


class SearchStatistics(msgspec.Struct, frozen=True):
    documents: int
    """Tweets and users in the index."""
    position: int
    """Up to which the index has the log."""
    pending: int
    """Tweets and users that wait to be written to it."""
    failures: int
    is_whole: bool
    """Whether it has all that is older, too."""
    filled: int
    """Rows that were read to make it anew, since the start."""


class SearchProcessor:
    name = "search"

    def __init__(
        self,
        store: Store,
        log: EventLog,
        tweets: TweetCache,
        counts: CountsProcessor,
        counted: Counted,
        clock: Clock,
        folder: Path | None,
    ) -> None:
        """`counted` returns when the likes up to a position have been counted; None for an index in
        memory."""
        self._store = store
        self._log = log
        self._tweets = tweets
        self._counts = counts
        self._counted = counted
        self._clock = clock
        self.folder = folder
        self._generations = Generations(folder)
        self._writing = ThreadPoolExecutor(1, "roost-search-index")
        self._searching = ThreadPoolExecutor(SEARCH_THREADS, "roost-search")
        self._searches = 0
        self._intake: Intake | None = None
        self._filling: asyncio.Task[None] | None = None
        self._leaving: asyncio.Task[None] | None = None
        self._filled = 0

    @property
    def intake(self) -> Intake:
        assert self._intake is not None, "not begun"
        return self._intake

    async def begin(self) -> int:
        if self._intake is None:
            await self._serve(await self._open())
            await self._forget_former()
        return self.intake.note.position

    async def apply(self, events: LogSlice) -> None:
        """Events that were applied already are passed over."""
        self.intake.take(events)
        await self.intake.room()

    async def rest(self) -> None:
        """Also when the node stops."""
        intake = self.intake
        if intake.pending or intake.note.position - intake.index.note.position >= SEARCH_IDLE_EVENTS:
            await intake.write()

    def pass_over(self, position: int) -> None:
        self.intake.reach(position)

    async def redo(self, position: int, event: Event, also: Batch) -> None:
        """What is written is what the tables say now, however late."""
        del position
        self.intake.note_event(event)
        await self.intake.write()
        await self._store.write(also)

    def rebuild(self, source: Source) -> SearchRebuild:
        return SearchRebuild(self, source)

    async def begin_another(self, position: int) -> Intake:
        """An intake of an index beside the one that serves, with nothing in it yet."""
        index = await self._in_writing(self._generations.begin)
        note = IndexNote(position=position)
        await self._in_writing(lambda: index.commit(IndexChanges(), note))
        intake = self._make_intake(index)
        intake.start()
        return intake

    async def serve_another(self, intake: Intake) -> None:
        """From now on searches are answered by its index, which is whole; the other one goes."""
        former, self._intake = self.intake, intake
        intake.written = self._written
        if self._filling is not None:
            self._filling.cancel()
        self._filling = None
        self._leaving = asyncio.create_task(self.give_up(former), name="roost-search-former")

    async def give_up(self, intake: Intake) -> None:
        """Forget an index."""
        await intake.stop()
        await self._in_writing(lambda: self._generations.drop(intake.index))

    @property
    def newest_id(self) -> int:
        """Above that of any tweet that there is."""
        return first_id_at(self._clock.now_ms() + 1_000)

    async def close(self) -> None:
        """After the last `rest`."""
        if self._intake is None:
            return
        if self._filling is not None:
            self._filling.cancel()
            await asyncio.gather(self._filling, return_exceptions=True)
        if self._leaving is not None:
            await asyncio.gather(self._leaving, return_exceptions=True)
        await self.intake.stop()
        await self._in_writing(self.intake.index.close)
        self._writing.shutdown()
        self._searching.shutdown()

    @property
    def is_behind(self) -> bool:
        """Whether more is accepted than can be indexed, just now."""
        return self.intake.is_full

    async def newest(self, asked: Asked, limit: int) -> list[int]:
        """The highest ids of tweets that fit, as the last commit knows them."""
        index = self.intake.index
        return await self._search(lambda: newest(index, asked, limit))

    async def ranked(self, asked: Asked, now_ms: int) -> Ranking:
        """The most relevant tweets that fit, as the last commit knows them."""
        index = self.intake.index
        return await self._search(lambda: ranked(index, asked, now_ms))

    async def users_with(self, grams: Sequence[str]) -> list[int]:
        """The newest users whose names may have all of some parts (`wanted_grams`)."""
        index = self.intake.index
        found = await self._search(lambda: users_with(index, grams, SEARCH_PEOPLE_MAX))
        return list(dict.fromkeys([*self.intake.fresh_users(), *found]))

    async def read(self, work: Callable[[TextIndex], T]) -> T:
        """Have a look at the index with all that was accepted until now."""
        await self.intake.write()
        index = self.intake.index
        return await self._search(lambda: work(index))

    def fresh_tweets(self, node: Node) -> list[int]:
        """Tweets of which the last commit does not know what a search asks for: new, changed or, where likes
        are asked for, liked since then; the newest of them, if they are many."""
        return self.intake.fresh_tweets(any(isinstance(leaf, Likes) for leaf in leaves(node)))

    def statistics(self) -> SearchStatistics:
        index = self.intake.index
        return SearchStatistics(
            index.documents,
            index.note.position,
            self.intake.pending,
            self.intake.failures,
            index.note.is_whole,
            self._filled,
        )

    async def _open(self) -> TextIndex:
        """The index that serves; a new one where the log does not go on from it."""
        index = await self._in_writing(self._generations.open)
        position = index.note.position
        if not self._log.first - 1 <= position <= self._log.last:
            if index.documents:
                _log.warning("The search index is of log position %d; it is made anew", position)
            await self._in_writing(lambda: self._generations.drop(index))
            index = await self._in_writing(self._generations.begin)
        if index.note == IndexNote():
            last = self._log.last
            note = IndexNote(position=last, is_whole=last == 0)
            await self._in_writing(lambda: index.commit(IndexChanges(), note))
        return index

    async def _forget_former(self) -> None:
        """What took this one's place has left a cursor and rows behind."""
        if _FORMER_NAME in await self._log.cursors():
            changes = Batch()
            for number in tables.RETIRED_NUMBERS:
                changes.forget_raw(bytes([number]), bytes([number + 1]))
            await self._log.drop_cursor(_FORMER_NAME, changes)

    async def _serve(self, index: TextIndex) -> None:
        intake = self._make_intake(index)
        intake.written = self._written
        self._intake = intake
        intake.start()
        if not intake.note.is_whole:
            self._filling = asyncio.create_task(self._fill(intake), name="roost-search-fill")

    def _make_intake(self, index: TextIndex) -> Intake:
        return Intake(index, self._store, self._tweets, self._counts, self._counted, self._writing)

    async def _written(self, note: IndexNote) -> None:
        await self._log.commit_cursor(self.name, note.position)

    async def _fill(self, intake: Intake) -> None:
        """Have all that the tables hold in the index; goes on where it left off."""
        began_s = time.monotonic()
        _log.info("Making the search index from the tables; what is in it is found meanwhile")
        while not intake.note.is_whole:
            try:
                await fill(intake, self._store, self.newest_id, self._tell)
                intake.mark(is_whole=True)
            except Exception:
                _log.exception("The search index is not whole yet; going on in %d s", PROCESSOR_RETRY_S_MAX)
                await asyncio.sleep(PROCESSOR_RETRY_S_MAX)
        await intake.write()
        _log.info("The search index is whole after %.0f s", time.monotonic() - began_s)

    def _tell(self, rows: int) -> None:
        before, self._filled = self._filled, self._filled + rows
        if before // 100_000 != self._filled // 100_000:
            _log.info("Making the search index: %d rows so far", self._filled)

    async def _search(self, work: Callable[[], T]) -> T:
        if self._searches >= SEARCH_WAITING_MAX:
            raise Overloaded("Too many searches at once; please try again", retry_after_s=2)

        def contained() -> T:
            with panics_contained():
                return work()

        self._searches += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._searching, contained)
        finally:
            self._searches -= 1

    async def _in_writing(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._writing, work)
