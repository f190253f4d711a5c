"""The contract of an event log: positions, reads and waiting; every implementation passes it."""

import asyncio

import pytest

from tests.eventlog.ground import Ground, numbers_in, read_all, said

SIZES = [1, 3, 1, 2, 5, 1]
TOTAL = sum(SIZES)


async def fill(ground: Ground) -> list[int]:
    """Appends of several sizes; the numbers are their positions."""
    position = 0
    for size in SIZES:
        position += size
        assert await ground.log.append(said(*range(position - size + 1, position + 1))) == position
    return list(range(1, TOTAL + 1))


async def test_a_new_log_is_empty(ground: Ground) -> None:
    log = ground.log
    assert (log.first, log.last) == (1, 0)
    assert await read_all(log) == []
    assert list((await log.read(5, 10)).events) == []
    assert (await log.cursor("anyone"), await log.cursors()) == (0, {})
    assert (log.statistics().first, log.statistics().last) == (1, 0)


async def test_positions_begin_with_one_and_have_no_gaps(ground: Ground) -> None:
    everything = await fill(ground)
    assert (ground.log.first, ground.log.last) == (1, TOTAL)
    assert await read_all(ground.log) == everything
    statistics = ground.log.statistics()
    assert (statistics.first, statistics.last) == (1, TOTAL)


async def read_everywhere(ground: Ground, everything: list[int]) -> None:
    """From each offset and with each limit: what stands there, at least one event unless it is the end."""
    for after in range(TOTAL + 3):
        for limit in range(1, TOTAL + 2):
            found = await ground.log.read(after, limit)
            assert found.first == after + 1
            assert len(found.events) <= limit
            assert numbers_in(found.events) == everything[after : after + len(found.events)]
            assert bool(found.events) == (after < TOTAL)
        for limit in (1, 2, TOTAL):
            assert await read_all(ground.log, after, limit) == everything[after:]


async def test_reads_begin_anywhere_and_keep_their_limit(ground: Ground) -> None:
    await read_everywhere(ground, await fill(ground))


@pytest.mark.usefixtures("short_tail")
async def test_reads_beyond_the_tail_fall_back_to_the_engine(ground: Ground) -> None:
    await read_everywhere(ground, await fill(ground))


@pytest.mark.usefixtures("short_tail")
async def test_the_tail_is_bounded(lasting: Ground) -> None:
    for number in range(1, 30):
        await lasting.log.append(said(number))
        assert lasting.log.statistics().tail_events == 1
    await lasting.log.append(said(30, 31, 32))
    assert lasting.log.statistics().tail_events == 3, "one append is kept whole"
    await lasting.log.append(said(33))
    assert lasting.log.statistics().tail_events == 1
    assert await read_all(lasting.log) == list(range(1, 34))


async def test_a_reader_finds_the_position_that_append_gave(ground: Ground) -> None:
    for number in range(1, 20):
        position = await ground.log.append(said(number))
        assert ground.log.last == position
        assert numbers_in((await ground.log.read(position - 1, 1)).events) == [number]


@pytest.mark.parametrize("tail_events", [1, 1_000])
async def test_one_read_is_bounded_whatever_was_asked(
    ground: Ground, tail_events: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roost.eventlog.tail.LOG_TAIL_EVENTS_MAX", tail_events)
    for module in ("memory", "embedded"):
        monkeypatch.setattr(f"roost.eventlog.{module}.LOG_READ_EVENTS_MAX", 4)
    everything = await fill(ground)
    for after in range(TOTAL):
        assert 1 <= len((await ground.log.read(after, 1_000_000)).events) <= 4
    assert await read_all(ground.log, limit=1_000_000) == everything


async def test_what_its_caller_does_with_a_list_does_not_reach_the_log(ground: Ground) -> None:
    events = said(1, 2)
    append = asyncio.create_task(ground.log.append(events))
    await asyncio.sleep(0)
    events += said(9)
    assert await append == 2
    events.clear()
    assert await ground.log.append(said(3)) == 3
    assert await read_all(ground.log) == [1, 2, 3]


async def test_an_append_has_events(ground: Ground) -> None:
    with pytest.raises(AssertionError):
        await ground.log.append([])


async def append_at_once(ground: Ground, sizes: list[int]) -> dict[int, list[int]]:
    """Concurrent appends; the numbers of each by the position it was given."""
    batches = [[1_000 * writer + place for place in range(size)] for writer, size in enumerate(sizes)]
    positions = await asyncio.gather(*(ground.log.append(said(*batch)) for batch in batches))
    return dict(zip(positions, batches, strict=True))


async def test_concurrent_appends_are_all_there_where_their_positions_say(ground: Ground) -> None:
    sizes = [1 + writer % 3 for writer in range(60)]
    by_position = await append_at_once(ground, sizes)
    assert len(by_position) == len(sizes)
    found = await read_all(ground.log)
    assert len(found) == sum(sizes) == ground.log.last
    for position, batch in by_position.items():
        assert found[position - len(batch) : position] == batch


@pytest.mark.usefixtures("short_tail")
async def test_rounds_of_concurrent_appends_read_back_from_the_engine(ground: Ground) -> None:
    expected: list[int] = []
    for _ in range(4):
        by_position = await append_at_once(ground, [2, 1, 3])
        expected += [number for position in sorted(by_position) for number in by_position[position]]
    assert await read_all(ground.log, limit=2) == expected


async def test_appends_of_one_writer_keep_their_order(ground: Ground) -> None:
    async def writer(start: int) -> None:
        for number in range(start, start + 10):
            await ground.log.append(said(number))

    await asyncio.gather(*(writer(start) for start in range(0, 100, 10)))
    found = await read_all(ground.log)
    for start in range(0, 100, 10):
        own = [number for number in found if start <= number < start + 10]
        assert own == list(range(start, start + 10))


async def test_readers_go_along_with_writers(ground: Ground) -> None:
    async def follow() -> list[int]:
        seen: list[int] = []
        while len(seen) < 40:
            await ground.log.wait_beyond(len(seen))
            found = await ground.log.read(len(seen), 7)
            assert found.events, "there is something beyond"
            seen += numbers_in(found.events)
        return seen

    async def write() -> None:
        for number in range(1, 41, 2):
            await ground.log.append(said(number, number + 1))

    one, other, _ = await asyncio.gather(follow(), follow(), write())
    assert one == other == list(range(1, 41))


async def test_waiting_ends_when_the_log_is_beyond(ground: Ground) -> None:
    waiters = [asyncio.create_task(ground.log.wait_beyond(position)) for position in (0, 1, 2, 2)]
    await asyncio.sleep(0)
    assert [waiter.done() for waiter in waiters] == [False] * 4
    await ground.log.append(said(1))
    await waiters[0]
    assert [waiter.done() for waiter in waiters] == [True, False, False, False]
    await ground.log.append(said(2, 3))
    await asyncio.gather(*waiters)


async def test_waiting_for_what_is_there_returns_at_once(ground: Ground) -> None:
    await ground.log.append(said(1, 2))
    waiter = asyncio.create_task(ground.log.wait_beyond(1))
    await asyncio.sleep(0)
    assert waiter.done()


async def test_a_waiter_may_go_away(ground: Ground) -> None:
    gone = asyncio.create_task(ground.log.wait_beyond(0))
    stays = asyncio.create_task(ground.log.wait_beyond(0))
    await asyncio.sleep(0)
    gone.cancel()
    await ground.log.append(said(1))
    await stays
    assert gone.cancelled()


async def test_reopening_keeps_every_event_and_goes_on(lasting: Ground) -> None:
    everything = await fill(lasting)
    for turn in range(3):
        await lasting.reopen()
        assert (lasting.log.first, lasting.log.last) == (1, TOTAL + turn)
        assert await read_all(lasting.log) == everything
        assert await lasting.log.append(said(TOTAL + turn + 1)) == TOTAL + turn + 1
        everything.append(TOTAL + turn + 1)
    assert await read_all(lasting.log, limit=3) == everything


async def test_an_empty_log_reopens_empty(lasting: Ground) -> None:
    await lasting.reopen()
    assert (lasting.log.first, lasting.log.last) == (1, 0)
    assert await lasting.log.append(said(1)) == 1


async def test_long_logs_are_read_back_in_several_slices(lasting: Ground) -> None:
    for start in range(1, 301, 2):
        await lasting.log.append(said(start, start + 1))
    await lasting.reopen()
    for after in (0, 1, 127, 128, 299):
        assert await read_all(lasting.log, after) == list(range(after + 1, 301))


@pytest.mark.usefixtures("short_tail")
async def test_ages_fall_along_the_log(ground: Ground) -> None:
    """As far back as the tail reaches; what is older is at least as old, and what is yet to come has none."""
    await fill(ground)
    ages = [ground.log.age_s(position) for position in range(TOTAL + 1, 0, -1)]
    assert ages == sorted(ages)
    assert (ages[0], ages[1] > 0) == (0, True)
