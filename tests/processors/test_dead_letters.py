"""An event that a processor cannot apply is found, kept as a dead letter, retried and dropped; what the
surroundings do is waited out; and a processor that has too many of them stops, and goes on by itself."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roost.clock import ManualClock
from roost.errors import NotFound, Overloaded
from roost.eventlog import EmbeddedLog, LogSlice
from roost.limits import DEAD_LETTER_ERROR_CHARACTERS_MAX, DEAD_LETTERS_MAX
from roost.model import (
    Card,
    Edit,
    Enriched,
    Event,
    Findings,
    Like,
    Tweet,
    TweetDeleted,
    TweetEdited,
    TweetEnriched,
    TweetLiked,
    TweetPosted,
    User,
    UserUpdated,
)
from roost.processors import CountsProcessor, DeadLetters, ProcessorRunner, ProcessorState
from roost.store import Batch, KeyValueStore, derive, open_memory, tables
from tests.processors.cases import rebuilder_of
from tests.strategies import SEEDED


class Picky:
    """Writes down, durably, which positions it has applied; fails at some, as long as they are bad."""

    name = "picky"

    def __init__(self, store: KeyValueStore, log: EmbeddedLog, bad: set[int]) -> None:
        self.seen: list[int] = []
        self.redone: list[int] = []
        self.bad = bad
        self.calls = 0
        self.error: Exception = ValueError("bad\n" * 1_000)
        self._store = store
        self._log = log
        self._position = 0

    async def begin(self) -> int:
        self._position = await self._log.cursor(self.name)
        return self._position

    async def apply(self, events: LogSlice) -> None:
        self.calls += 1
        for position in range(max(events.first, self._position + 1), events.last + 1):
            if position in self.bad:
                raise self.error
            self.seen.append(position)
            self._position = position

    async def rest(self) -> None:
        await self._log.commit_cursor(self.name, self._position)

    def pass_over(self, position: int) -> None:
        self._position = position

    async def redo(self, position: int, event: Event, also: Batch) -> None:
        if position in self.bad:
            raise ValueError("still bad")
        self.redone.append(position)
        await self._store.write(also)


class Ground:
    def __init__(self, bad: set[int]) -> None:
        self.store = KeyValueStore(open_memory(Path()))
        self.log = EmbeddedLog(self.store, Batch)
        self.picky = Picky(self.store, self.log, bad)
        self.letters = DeadLetters(self.store, self.log, ManualClock())
        self.runner = ProcessorRunner(self.log, self.letters, rebuilder_of(self.letters), [self.picky])

    def again(self) -> "Ground":
        """As after a crash: nothing but what is durable is left."""
        other = Ground(self.picky.bad)
        other.store, other.log = self.store, EmbeddedLog(self.store, Batch)
        other.picky = Picky(other.store, other.log, self.picky.bad)
        other.letters = DeadLetters(other.store, other.log, ManualClock())
        other.runner = ProcessorRunner(other.log, other.letters, rebuilder_of(other.letters), [other.picky])
        return other

    async def dead(self) -> list[int]:
        return [row.position for row in await self.letters.page("picky", 0, DEAD_LETTERS_MAX)]

    async def like(self, count: int) -> None:
        first = self.log.last + 1
        await self.log.append([TweetLiked(Like(n, 1, 2, n)) for n in range(first, first + count)])


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("delivery", "runner", "running"):
        for name in ("PROCESSOR_RETRY_S_FIRST", "PROCESSOR_RETRY_S_MAX", "PROCESSOR_REST_S"):
            monkeypatch.setattr(f"roost.processors.{module}.{name}", 0.0005, raising=False)


def run(body: Callable[[], Awaitable[Any]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(60):
            await body()

    asyncio.run(bounded())


async def until(holds: Callable[[], bool]) -> None:
    while not holds():  # noqa: ASYNC110 - there is nothing to wait for but the runner's turns
        await asyncio.sleep(0)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=6), st.sets(st.integers(1, 100), max_size=6))
@settings(SEEDED, max_examples=25)
def test_exactly_the_poisoned_events_are_left_out(batches: list[int], bad: set[int]) -> None:
    """Whatever else came with them."""

    async def body() -> None:
        ground = Ground(set(bad))
        await ground.like(batches[0])
        await ground.runner.start()
        for count in batches[1:]:
            await ground.like(count)
        last = ground.log.last
        assert await ground.runner.applied(last, 30.0)
        there = set(range(1, last + 1))
        assert ground.picky.seen == sorted(there - bad)
        assert await ground.dead() == sorted(there & bad)
        await ground.runner.stop()

    run(body)


def test_a_dead_letter_says_what_happened_and_is_durable() -> None:
    async def body() -> None:
        ground = Ground({7})
        await ground.like(10)
        await ground.runner.start()
        assert await ground.runner.applied(10, 30.0)
        (row,) = await ground.letters.page("picky", 0, 10)
        assert (row.position, row.kind, row.attempts) == (7, "TweetLiked", 5)
        assert row.error.startswith("ValueError: bad bad bad")
        assert len(row.error) == DEAD_LETTER_ERROR_CHARACTERS_MAX
        assert await ground.letters.event_of(row) == TweetLiked(Like(7, 1, 2, 7))
        # No stop in between: the cursor went past the event in the write that kept it.
        assert await ground.log.cursor("picky") >= 7
        after = ground.again()
        await after.runner.start()
        assert await after.runner.applied(10, 30.0)
        assert 7 not in after.picky.seen
        (found,) = after.runner.statistics()
        assert (found.dead_letters, found.state, found.error) == (1, ProcessorState.RUNNING, "")
        for each in (ground, after):
            await each.runner.stop()

    run(body)


def test_retrying_applies_the_event_and_takes_the_letter_away() -> None:
    async def body() -> None:
        ground = Ground({3, 5})
        await ground.like(6)
        await ground.runner.start()
        assert await ground.runner.applied(6, 30.0)
        again = await ground.runner.retry("picky", 3)
        assert again is not None
        assert (again.attempts, again.error) == (6, "ValueError: still bad")
        ground.picky.bad.clear()
        assert await ground.runner.retry("picky", 3) is None
        assert ground.picky.redone == [3]
        assert await ground.dead() == [5]
        assert ground.letters.count("picky") == 1
        with pytest.raises(NotFound):
            await ground.runner.retry("picky", 3)
        await ground.runner.stop()

    run(body)


@pytest.mark.parametrize("cause", [OSError("disk"), Overloaded("queue"), TimeoutError(), MemoryError()])
def test_what_the_surroundings_do_is_waited_out(cause: Exception) -> None:
    """However often: no event is to blame for a full disk."""

    async def body() -> None:
        ground = Ground({4})
        ground.picky.error = cause
        await ground.like(6)
        await ground.runner.start()
        await until(lambda: ground.picky.calls >= 50)
        (found,) = ground.runner.statistics()
        assert found.state is ProcessorState.RETRYING
        assert found.error.startswith(type(cause).__name__)
        assert await ground.dead() == []
        ground.picky.bad.clear()
        assert await ground.runner.applied(6, 30.0)
        assert ground.picky.seen == [1, 2, 3, 4, 5, 6]
        await ground.runner.stop()

    run(body)


def test_no_event_is_left_out_while_nothing_can_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the store is what fails, whatever a processor calls it, the dead letter cannot be kept either."""

    async def body() -> None:
        ground = Ground({2})
        broken = [True]
        real = ground.log.commit_cursor

        async def commit_cursor(name: str, position: int, changes: Batch | None = None) -> None:
            if broken:
                raise Overloaded("The store failed")
            await real(name, position, changes)

        monkeypatch.setattr(ground.log, "commit_cursor", commit_cursor)
        await ground.like(3)
        await ground.runner.start()
        await until(lambda: ground.picky.calls >= 30)
        assert ground.runner.position() == 1
        ground.picky.bad.clear()
        assert await ground.runner.applied(3, 30.0)
        assert ground.picky.seen == [1, 2, 3]
        broken.clear()
        await ground.runner.stop()

    run(body)


def test_a_processor_with_too_many_stops_and_goes_on_when_there_is_room(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("roost.processors.dead_letters.DEAD_LETTERS_MAX", 3)

    async def body() -> None:
        ground = Ground({1, 2, 3, 4, 5})
        await ground.like(8)
        await ground.runner.start()
        await until(lambda: ground.runner.statistics()[0].state is ProcessorState.STOPPED)
        assert ground.runner.position_of("picky") == 3
        assert await ground.dead() == [1, 2, 3]
        assert not await ground.runner.applied(8, 30.0, "picky"), "who asks for it alone is told at once"
        await ground.runner.applied_by_all(8)  # nobody waits for what has stopped
        assert "picky has STOPPED at position 3" in caplog.text
        ground.picky.bad = {4, 5}
        for position in (1, 2):
            assert await ground.runner.retry("picky", position) is None
        await until(lambda: ground.runner.position_of("picky") == 8)
        assert ground.picky.seen == [6, 7, 8]
        assert await ground.dead() == [3, 4, 5]
        await ground.runner.stop()

    run(body)


def test_dead_letters_hold_no_words_and_get_them_back_from_the_tables() -> None:
    said = Tweet(11, 1, "my secret", spoiler="hush", reply_to_id=5, reply_to_author_id=2)
    edited = Tweet(11, 1, "another secret", reply_to_id=5, reply_to_author_id=2, edits=1)
    user = User(1, "ann", 5, display_name="secret", note="secret")
    found = Findings("en", card=Card("https://birds.org/secret", "A secret page"))
    events = [
        TweetPosted(said),
        TweetEdited(Edit(edited, said)),
        UserUpdated(user),
        TweetEnriched(Enriched(edited := edited.enriched(found), found)),
    ]

    async def body() -> None:
        ground = Ground({1, 2, 3, 4})
        for event in events:
            batch = Batch()
            derive(event, batch)
            await ground.log.append([event], batch)
        await ground.runner.start()
        assert await ground.runner.applied(4, 30.0)
        letters = await ground.letters.page("picky", 0, 10)
        assert not any(word in row.record for row in letters for word in (b"secret", b"hush"))
        whole = [await ground.letters.event_of(row) for row in letters]
        assert whole[0] == TweetPosted(edited), "as it is now"
        assert whole[2:] == events[2:]
        batch = Batch()
        derive(TweetDeleted(edited), batch)
        await ground.store.write(batch)
        left = await ground.letters.event_of(letters[0])
        assert isinstance(left, TweetPosted)
        assert (left.tweet.text, left.tweet.reply_to_id) == ("", 5)
        await ground.runner.stop()

    run(body)


class CorruptCounts:
    """A store whose row of one tweet's counts cannot be read while it is broken."""

    def __init__(self, store: KeyValueStore) -> None:
        self._store = store
        self.broken = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def get_many(self, table: Any, keys: Any) -> Any:
        if self.broken and table is tables.TWEET_COUNTS and (2,) in keys:
            raise ValueError("a row of tweet_counts cannot be read")
        return await self._store.get_many(table, keys)


def test_a_late_like_counts_once(tmp_path: Path) -> None:
    async def body() -> None:
        store = KeyValueStore(open_memory(tmp_path))
        log, corrupt = EmbeddedLog(store, Batch), CorruptCounts(store)
        counts = CountsProcessor(corrupt, log)  # type: ignore[arg-type]
        letters = DeadLetters(store, log, ManualClock())
        runner = ProcessorRunner(log, letters, rebuilder_of(letters), [counts])
        await log.append([TweetLiked(Like(10 + n, tweet, 9, n)) for n, tweet in enumerate((1, 2, 1, 2, 3))])
        await runner.start()
        assert await runner.applied(5, 30.0)
        assert [row.position for row in await letters.page("counts", 0, 10)] == [2, 4]
        assert [found.likes for found in await counts.get_many([1, 3])] == [2, 1]
        corrupt.broken = False
        assert await runner.retry("counts", 4) is None
        assert await runner.retry("counts", 2) is None
        assert [found.likes for found in await counts.get_many([1, 2, 3])] == [2, 2, 1]
        await runner.stop()
        again = CountsProcessor(store, log)
        assert await again.begin() == 5
        assert [found.likes for found in await again.get_many([1, 2, 3])] == [2, 2, 1]
        assert await letters.page("counts", 0, 10) == []

    run(body)
