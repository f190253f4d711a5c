"""The contract of what rides with events and cursors: all or nothing; every implementation passes it."""

import asyncio

import pytest

from roost.errors import Conflict
from roost.eventlog import MemoryLog
from roost.store import Batch
from roost.store.rows import SettingRow, UsernameRow
from tests.eventlog.ground import NAMES, SETTINGS, Ground, claim, read_all, said, setting


async def test_rows_ride_with_events(ground: Ground) -> None:
    changes = setting("color", b"red")
    changes.put(SETTINGS, SettingRow("shape", b"round"))
    assert await ground.log.append(said(1, 2), changes) == 2
    assert await ground.store.get(SETTINGS, ("color",)) == SettingRow("color", b"red")
    removal = setting("color", b"blue")
    removal.delete(SETTINGS, ("shape",))
    assert await ground.log.append(said(3), removal) == 3
    assert await ground.store.get(SETTINGS, ("color",)) == SettingRow("color", b"blue")
    assert await ground.store.get(SETTINGS, ("shape",)) is None
    assert await read_all(ground.log) == [1, 2, 3]


async def test_an_unmet_condition_appends_nothing_and_leaves_no_gap(ground: Ground) -> None:
    assert await ground.log.append(said(1), claim("ann", 1)) == 1
    changes = claim("ann", 2)
    changes.put(SETTINGS, SettingRow("half", b"done"))
    with pytest.raises(Conflict):
        await ground.log.append(said(2, 3), changes)
    assert ground.log.last == 1
    assert await ground.store.get(SETTINGS, ("half",)) is None
    assert await ground.store.get(NAMES, ("ann",)) == UsernameRow("ann", 1)
    assert await ground.log.append(said(4), claim("bob", 3)) == 2
    assert await read_all(ground.log) == [1, 4]


async def test_of_writers_who_claim_one_name_a_single_one_is_in_the_log(ground: Ground) -> None:
    claims = [ground.log.append(said(user, 100 + user), claim("ann", user)) for user in range(20)]
    others = [ground.log.append(said(200 + user), claim(f"user{user}", user)) for user in range(20)]
    results = await asyncio.gather(*claims, *others, return_exceptions=True)
    (winner,) = [user for user, result in enumerate(results[:20]) if not isinstance(result, Conflict)]
    assert await ground.store.get(NAMES, ("ann",)) == UsernameRow("ann", winner)
    found = await read_all(ground.log)
    assert sorted(found) == sorted([winner, 100 + winner, *range(200, 220)])
    assert found[results[winner] - 2 : results[winner]] == [winner, 100 + winner]
    assert [found[position - 1] for position in results[20:]] == list(range(200, 220))


@pytest.mark.usefixtures("short_tail")
async def test_refused_appends_among_others_leave_no_gaps_in_the_engine(lasting: Ground) -> None:
    for turn in range(3):
        appends = [
            lasting.log.append(said(10 * turn + place), claim(str(place % 2), 1)) for place in range(5)
        ]
        appends += [lasting.log.append(said(10 * turn + place)) for place in range(5, 8)]
        await asyncio.gather(*appends, return_exceptions=True)
    await lasting.reopen()
    expected = [0, 1, 5, 6, 7, 15, 16, 17, 25, 26, 27]
    assert (await read_all(lasting.log), lasting.log.last) == (expected, len(expected))


async def test_a_cursor_says_how_far_its_reader_came(ground: Ground) -> None:
    log = ground.log
    await log.append(said(1, 2, 3))
    await log.commit_cursor("home", 2)
    await log.commit_cursor("search", 1)
    await log.commit_cursor("home", 3)
    assert (await log.cursor("home"), await log.cursor("search"), await log.cursor("trends")) == (3, 1, 0)
    assert await log.cursors() == {"home": 3, "search": 1}


async def test_a_cursor_is_dropped_together_with_what_was_derived(ground: Ground) -> None:
    for name in ("home", "home.1", "words"):
        await ground.log.commit_cursor(name, 7)
    await ground.log.drop_cursor("home", setting("seen", b"7"))
    await ground.log.drop_cursor("nobody")
    assert await ground.log.cursors() == {"home.1": 7, "words": 7}
    assert await ground.store.get(SETTINGS, ("seen",)) == SettingRow("seen", b"7")


async def test_cursors_of_similar_names_stay_apart(ground: Ground) -> None:
    names = ["a", "ab", "A", "a b", "ä", "home.1", "home.10", "L", "C"]
    for position, name in enumerate(names, 1):
        await ground.log.commit_cursor(name, position)
    assert await ground.log.cursors() == {name: position for position, name in enumerate(names, 1)}
    assert [await ground.log.cursor(name) for name in names] == list(range(1, len(names) + 1))
    assert (ground.log.last, await read_all(ground.log)) == (0, [])


async def test_a_cursor_and_what_was_derived_are_one(ground: Ground) -> None:
    await ground.log.append(said(1, 2))
    await ground.log.commit_cursor("names", 1, claim("ann", 1))
    assert await ground.store.get(NAMES, ("ann",)) == UsernameRow("ann", 1)
    changes = claim("ann", 2)
    changes.put(SETTINGS, SettingRow("half", b"done"))
    with pytest.raises(Conflict):
        await ground.log.commit_cursor("names", 2, changes)
    assert await ground.log.cursor("names") == 1
    assert await ground.store.get(SETTINGS, ("half",)) is None


async def test_a_cursor_may_be_set_back(ground: Ground) -> None:
    """For a table that is built anew."""
    await ground.log.append(said(1, 2))
    await ground.log.commit_cursor("home", 2)
    await ground.log.commit_cursor("home", 0)
    assert await ground.log.cursor("home") == 0


async def test_rows_cursors_and_events_are_there_after_reopening(lasting: Ground) -> None:
    await lasting.log.append(said(1), claim("ann", 1))
    await lasting.log.append(said(2), setting("color", b"red"))
    await lasting.log.commit_cursor("home", 2, setting("seen", b"2"))
    await lasting.reopen()
    assert await read_all(lasting.log) == [1, 2]
    assert await lasting.log.cursors() == {"home": 2}
    assert await lasting.store.get(NAMES, ("ann",)) == UsernameRow("ann", 1)
    found = await lasting.store.get_many(SETTINGS, [("color",), ("seen",)])
    assert found == [SettingRow("color", b"red"), SettingRow("seen", b"2")]
    with pytest.raises(Conflict):
        await lasting.log.append(said(3), claim("ann", 3))
    assert await lasting.log.append(said(4)) == 3


async def test_the_logs_own_keys_are_in_no_table(lasting: Ground) -> None:
    await lasting.log.append(said(1, 2), setting("color"))
    await lasting.log.commit_cursor("home", 2)
    rows, after = await lasting.store.export(SETTINGS, b"", 100)
    assert (rows, after) == ([SettingRow("color", b"")], None)
    keys = [key for key, _ in lasting.store.scan_raw(b"\x00C", b"\xff", False, 100)]
    assert sum(key >= b"\x01" for key in keys) == 1


async def test_a_memory_log_without_a_store_takes_no_rows() -> None:
    log = MemoryLog()
    assert await log.append(said(1)) == 1
    with pytest.raises(AssertionError, match="without a store"):
        await log.append(said(2), Batch())
    assert log.last == 1


async def test_a_dropped_cursor_is_that_of_a_new_reader(ground: Ground) -> None:
    for name in ("home", "homes"):
        await ground.log.commit_cursor(name, 3)
    await ground.log.drop_cursor("home")
    await ground.log.drop_cursor("nobody")
    assert await ground.log.cursors() == {"homes": 3}
    assert await ground.log.cursor("home") == 0
