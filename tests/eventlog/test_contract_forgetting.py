"""The contract of forgetting old events; every implementation passes it, with a long tail and a short one."""

import pytest

from roost.errors import NotFound
from roost.store.rows import UsernameRow
from tests.eventlog.ground import NAMES, Ground, claim, read_all, said


@pytest.fixture(autouse=True, params=["short tail", "long tail"])
def _tail(request: pytest.FixtureRequest) -> None:
    """What was forgotten must be gone from the engine, and from the tail where that still holds it."""
    if request.param == "short tail":
        request.getfixturevalue("short_tail")


async def fill(ground: Ground, count: int = 10) -> None:
    for number in range(1, count + 1):
        await ground.log.append(said(number))


async def check_forgotten(ground: Ground, wanted: int, last: int) -> None:
    """All from `wanted` on can be read, nothing below the first; the numbers are the positions."""
    first = ground.log.first
    assert 1 <= first <= max(wanted, 1)
    assert ground.log.last == last
    assert await read_all(ground.log, first - 1) == list(range(first, last + 1))
    for after in range(first - 1):
        with pytest.raises(NotFound):
            await ground.log.read(after, 10)


@pytest.mark.parametrize("before", [2, 5, 9, 10])
async def test_what_is_below_is_gone_and_the_rest_stays(ground: Ground, before: int) -> None:
    await fill(ground)
    await ground.log.forget(before)
    assert ground.log.first == before
    await check_forgotten(ground, before, 10)


async def test_forgetting_nothing(ground: Ground) -> None:
    await ground.log.forget(5)
    assert (ground.log.first, ground.log.last) == (1, 0)
    await fill(ground)
    for before in (0, 1):
        await ground.log.forget(before)
        assert ground.log.first == 1
    assert await read_all(ground.log) == list(range(1, 11))


@pytest.mark.parametrize("before", [11, 12, 1_000])
async def test_the_end_of_the_log_is_never_forgotten(ground: Ground, before: int) -> None:
    await fill(ground)
    await ground.log.forget(before)
    assert ground.log.last == 10
    await check_forgotten(ground, before, 10)
    assert await ground.log.append(said(11)) == 11
    await check_forgotten(ground, before, 11)


async def test_forgetting_goes_forward_only(ground: Ground) -> None:
    await fill(ground)
    for before in (6, 3, 6, 1):
        await ground.log.forget(before)
        await check_forgotten(ground, 6, 10)
    await ground.log.forget(9)
    await check_forgotten(ground, 9, 10)


async def test_a_record_is_dropped_whole_or_not_at_all(lasting: Ground) -> None:
    for record in ([1, 2, 3], [4], [5, 6, 7, 8], [9, 10]):
        await lasting.log.append(said(*record))
    for before, first in ((3, 1), (4, 4), (5, 5), (7, 5), (8, 5), (9, 9), (11, 9)):
        await lasting.log.forget(before)
        assert lasting.log.first == first
        await check_forgotten(lasting, before, 10)


async def test_appending_and_cursors_go_on_after_forgetting(ground: Ground) -> None:
    await fill(ground)
    await ground.log.commit_cursor("home", 7)
    await ground.log.forget(7)
    assert await ground.log.append(said(11, 12), claim("ann", 1)) == 12
    await check_forgotten(ground, 7, 12)
    assert await ground.log.cursor("home") == 7
    assert await ground.store.get(NAMES, ("ann",)) == UsernameRow("ann", 1)


async def test_statistics_know_the_first_position(ground: Ground) -> None:
    await fill(ground)
    await ground.log.forget(4)
    statistics = ground.log.statistics()
    assert (statistics.first, statistics.last) == (4, 10)


@pytest.mark.parametrize("before", [5, 10, 11])
async def test_reopening_after_forgetting_goes_on_with_the_right_position(
    lasting: Ground, before: int
) -> None:
    await fill(lasting)
    await lasting.log.forget(before)
    await lasting.log.append(said(11))
    first = lasting.log.first
    await lasting.reopen()
    assert lasting.log.first == first
    await check_forgotten(lasting, before, 11)
    assert await lasting.log.append(said(12)) == 12
    await lasting.reopen()
    await check_forgotten(lasting, before, 12)


async def test_reopening_right_after_forgetting_everything(lasting: Ground) -> None:
    await fill(lasting)
    await lasting.log.forget(11)
    await lasting.reopen()
    assert lasting.log.last == 10
    await check_forgotten(lasting, 11, 10)
    assert await lasting.log.append(said(11)) == 11
