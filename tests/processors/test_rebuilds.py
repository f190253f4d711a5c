"""A processor that is derived anew, whatever its rows had become, has what one delivery of the log gives;
also where the log has forgotten its beginning, where events come meanwhile, and after a crash in between."""

import asyncio
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from roost.errors import Conflict, Invalid
from roost.eventlog import LogSlice
from roost.model import Event, Like, Tweet, TweetLiked, TweetPosted
from roost.processors import (
    CountsProcessor,
    DeadLetters,
    ProcessorRunner,
    ProcessorState,
    RebuildPhase,
)
from roost.store import Batch, rows, tables
from tests.processors.cases import CASES, Case, World, history, rebuilder_of
from tests.processors.test_notifications import SMALL
from tests.store.samples import rows_of

TABLED = [case for case in CASES if case.name not in ("home", "push", "search")]
"""The home state is rebuilt in tests/service, with a service that reads it."""
FROM_LOG_AND_TABLES = [case for case in CASES if case.name in ("counts", "notifications")]
"""Those that need no more of the log than there is: what is left of older events says all."""


class Running:
    """One processor under its runner."""

    def __init__(self, world: World, processor: Any) -> None:
        self.world = world
        self.processor = processor
        self.letters = DeadLetters(world.store, world.log, world.clock)
        self.rebuilder = rebuilder_of(self.letters)
        self.runner = ProcessorRunner(world.log, self.letters, self.rebuilder, [processor])

    async def settled(self) -> None:
        assert await self.runner.applied(self.world.log.last, 60.0)

    async def rebuilt(self) -> Any:
        """Wait until the rebuild has ended; how it ended."""
        while True:
            (found,) = self.runner.statistics()
            if found.rebuild.phase in (RebuildPhase.DONE, RebuildPhase.FAILED):
                return found.rebuild
            await asyncio.sleep(0.001)

    async def stop(self) -> None:
        await self.rebuilder.stop()
        await self.runner.stop()


async def _as_delivered(case: Case, world: World) -> Any:
    processor = await case.make(world)
    await processor.begin()
    await processor.apply(await world.log.read(0, 4_096))
    await processor.rest()
    return await case.derived(world, processor)


async def _damage(case: Case, world: World, strange: World, chance: random.Random) -> None:
    """Some rows go, and some of another history are put among them, in the place of others too."""
    batch = Batch()
    for table in case.owned:
        for row in await rows_of(world.store, table):
            if chance.random() < 0.4:
                batch.changes[table.key_of(row)] = None
        for row in await rows_of(strange.store, table):
            batch.put(table, row)
    batch.delete(tables.SETTINGS, ("weeks",))
    await world.store.write(batch)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("case", TABLED, ids=lambda case: case.name)
def test_a_rebuild_gives_what_the_log_gives(
    case: Case, seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in SMALL.items():  # so that there are packs
        monkeypatch.setattr(f"roost.processors.{name}", value)
    asyncio.run(_rebuild(case, seed, tmp_path, forgotten=0))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("case", FROM_LOG_AND_TABLES, ids=lambda case: case.name)
def test_a_rebuild_goes_beyond_what_the_log_has_forgotten(case: Case, seed: int, tmp_path: Path) -> None:
    asyncio.run(_rebuild(case, seed, tmp_path, forgotten=40))


async def _rebuild(case: Case, seed: int, folder: Path, forgotten: int) -> None:
    events = history(seed, 80)
    once = World(folder / "once")
    await once.commit(events)
    expected = await _as_delivered(case, once)

    world = World(folder / "rebuilt")
    for event in events:  # records are forgotten whole
        await world.commit([event])
    running = Running(world, await case.make(world))
    await running.runner.start()
    await running.settled()
    await running.processor.rest()
    if forgotten:
        await world.log.forget(forgotten)
        assert world.log.first == forgotten
    else:
        strange = World(folder / "strange")
        await strange.commit(history(seed + 1_000, 80))
        await _as_delivered(case, strange)
        await _damage(case, world, strange, random.Random(seed))
    running.runner.rebuild(case.name)
    with pytest.raises(Conflict):
        running.runner.rebuild(case.name)
    report = await running.rebuilt()
    assert (report.phase, report.error) == (RebuildPhase.DONE, "")
    found = await case.derived(world, running.processor)
    if forgotten:
        found, expected = _as_known(found), _as_known(expected)
    assert found == expected
    assert list(await world.log.cursors()) == [case.name], "nothing keeps the log from being forgotten"
    await running.stop()


_FORGOTTEN = {"joined": 0, "told_ms": 0, "hour": 0}
"""What only the forgotten part of the log says of groups: how many they ever had, when their receivers were
told last, and when they began, where what they began with is gone."""


def _as_known(tabled: list[list[Any]]) -> list[list[Any]]:
    return [[replace(row, **_named(row)) for row in table] for table in tabled]


def _named(row: Any) -> dict[str, int]:
    return {name: value for name, value in _FORGOTTEN.items() if name in row.__struct_fields__}


def likes(first: int, count: int) -> list[Event]:
    return [TweetLiked(Like(number, 1, 9, 1_000 + number)) for number in range(first, first + count)]


async def _counting(folder: Path, wrap: Callable[[Any], Any] | None = None) -> Running:
    """Counts of one tweet with ten likes, and one too many in its row."""
    world = World(folder)
    await world.commit([TweetPosted(Tweet(1, 9)), *likes(1, 10)])
    processor = CountsProcessor(world.store, world.log)
    running = Running(world, wrap(processor) if wrap is not None else processor)
    await running.runner.start()
    await running.settled()
    return running


async def _likes(running: Running) -> int:
    (found,) = await running.processor.get_many([1])
    return int(found.likes)


class Interrupted:
    """A processor whose rebuilds let something happen after their look at the tables, or in their switch."""

    def __init__(self, processor: Any) -> None:
        self._processor = processor
        self.after_load: Callable[[], Any] | None = None
        self.in_switch: Callable[[], Any] | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._processor, name)

    def pass_over(self, position: int) -> None:
        self._processor.pass_over(position)

    async def redo(self, position: int, event: Event, also: Batch) -> None:
        await self._processor.redo(position, event, also)

    def rebuild(self, source: Any) -> Any:
        made = self._processor.rebuild(source)
        load, take_place = made.load, made.take_place

        async def loaded(tell: Any) -> int:
            position: int = await load(tell)
            if self.after_load is not None:
                await self.after_load()
            return position

        async def taken(position: int, also: Batch) -> None:
            if self.in_switch is not None:
                await self.in_switch()
            await take_place(position, also)

        made.load, made.take_place = loaded, taken
        return made


def test_what_is_accepted_meanwhile_is_served_and_is_in_the_new_state(tmp_path: Path) -> None:
    async def body() -> None:
        running = await _counting(tmp_path, Interrupted)
        served: list[int] = []

        async def more() -> None:
            await running.world.log.append(likes(11, 5))
            await running.settled()
            served.append(await _likes(running))

        running.processor.after_load = more
        running.runner.rebuild("counts")
        assert (await running.rebuilt()).phase is RebuildPhase.DONE
        await running.world.log.append(likes(16, 1))
        await running.settled()
        assert served == [15], "the old state went on being served"
        assert await _likes(running) == 16
        await running.stop()

    asyncio.run(body())


def test_nobody_waits_for_a_processor_that_is_being_switched(tmp_path: Path) -> None:
    async def body() -> None:
        running = await _counting(tmp_path, Interrupted)
        waited: list[int] = []

        async def ask() -> None:
            await running.world.log.append(likes(11, 1))
            await running.runner.applied_by_all(running.world.log.last)
            waited.append(running.runner.position_of("counts"))

        running.processor.in_switch = ask
        running.runner.rebuild("counts")
        assert (await running.rebuilt()).phase is RebuildPhase.DONE
        assert waited == [11]
        await running.settled()
        assert await _likes(running) == 11
        await running.stop()

    asyncio.run(body())


def test_a_crash_within_the_switch_is_made_good_at_the_next_start(tmp_path: Path) -> None:
    """Its rows are then some old and some new: it says so, and rebuilds by itself."""

    async def body() -> None:
        running = await _counting(tmp_path, Interrupted)

        async def crash() -> None:
            await running.world.store.write(_one_row(77))
            raise RuntimeError("as if killed")

        running.processor.in_switch = crash
        running.runner.rebuild("counts")
        report = await running.rebuilt()
        assert (report.phase, report.error) == (RebuildPhase.FAILED, "RuntimeError: as if killed")
        world = running.world
        world.restart()
        again = Running(world, CountsProcessor(world.store, world.log))
        await again.runner.start()
        assert (await again.rebuilt()).phase is RebuildPhase.DONE
        assert await _likes(again) == 10
        assert not await again.rebuilder.is_half_switched("counts")
        for each in (again, running):
            await each.stop()

    asyncio.run(body())


def test_a_disk_that_fails_within_the_switch_is_waited_for(tmp_path: Path) -> None:
    async def body() -> None:
        running = await _counting(tmp_path, Interrupted)
        store = running.world.store
        write, failures = store.write, 2

        async def fail_twice(batch: Batch) -> None:
            nonlocal failures
            if failures:
                failures -= 1
                raise OSError("no space left")
            await write(batch)

        async def spoil() -> None:
            await store.write(_one_row(77))
            store.write = fail_twice  # type: ignore[method-assign]

        running.processor.in_switch = spoil
        running.runner.rebuild("counts")
        assert (await running.rebuilt()).phase is RebuildPhase.DONE
        assert (failures, await _likes(running)) == (0, 10)
        assert not await running.rebuilder.is_half_switched("counts")
        await running.stop()

    asyncio.run(body())


def _one_row(likes: int) -> Batch:
    batch = Batch()
    batch.put(tables.TWEET_COUNTS, rows.CountsRow(1, likes, 0, 0, 0))
    return batch


def test_a_processor_that_the_log_does_not_reach_is_rebuilt_by_itself(tmp_path: Path) -> None:
    """A new one, say, in an old data folder."""

    async def body() -> None:
        running = await _counting(tmp_path)
        await running.stop()
        world = running.world
        await world.log.append(likes(11, 5))
        await world.log.forget(12)
        await world.log.drop_cursor("counts")
        await world.store.delete_prefix(tables.TWEET_COUNTS, (1,))
        batch = Batch()
        for event in likes(11, 5):
            assert isinstance(event, TweetLiked)
            batch.put(tables.LIKES, event.like)
        await world.store.write(batch)
        world.restart()
        again = Running(world, CountsProcessor(world.store, world.log))
        await again.runner.start()
        assert (await again.rebuilt()).phase is RebuildPhase.DONE
        await again.settled()
        assert await _likes(again) == 15
        (found,) = again.runner.statistics()
        assert found.state is ProcessorState.RUNNING
        await again.stop()

    asyncio.run(body())


class Broken(CountsProcessor):
    """Cannot apply the event at position 5."""

    async def apply(self, events: LogSlice) -> None:
        if events.first <= 5 <= events.last and self._position < 5:
            raise ValueError("bad")
        await super().apply(events)


def test_a_rebuild_makes_dead_letters_superfluous(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What they could not say is in the tables."""
    monkeypatch.setattr("roost.processors.delivery.PROCESSOR_RETRY_S_FIRST", 0.0005)

    async def body() -> None:
        world = World(tmp_path)
        await world.commit([TweetPosted(Tweet(1, 9)), *likes(1, 10)])
        running = Running(world, Broken(world.store, world.log))
        await running.runner.start()
        await running.settled()
        assert await _likes(running) == 9
        assert running.letters.count("counts") == 1
        running.runner.rebuild("counts")
        assert (await running.rebuilt()).phase is RebuildPhase.DONE
        assert await _likes(running) == 10
        assert running.letters.count("counts") == 0
        assert await running.letters.page("counts", 0, 10) == []
        await running.stop()

    asyncio.run(body())


def test_what_keeps_nothing_cannot_be_rebuilt(tmp_path: Path) -> None:
    async def body() -> None:
        world = World(tmp_path)
        (case,) = [case for case in CASES if case.name == "push"]
        running = Running(world, await case.make(world))
        with pytest.raises(Invalid, match="none of those that are rebuilt"):
            running.runner.rebuild("push")

    asyncio.run(body())
