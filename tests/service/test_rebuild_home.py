"""The home state, when it is rebuilt while it serves, and when an event breaks its writer."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from roost.model import Visibility
from roost.processors import RebuildPhase
from roost.service import Verification
from tests.service.ground import Ground


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    made = Ground(tmp_path)
    yield made
    made.stop()
    made.close()


def rebuilt(ground: Ground, name: str) -> RebuildPhase:
    """How the rebuild of a processor ended."""

    async def end() -> Any:
        while True:
            found = {each.name: each.rebuild for each in ground.service.processors.statistics()}[name]
            if found.phase in (RebuildPhase.DONE, RebuildPhase.FAILED):
                assert found.error == ""
                return found.phase
            await asyncio.sleep(0.005)

    return ground.do(end())  # type: ignore[no-any-return]


def verified(ground: Ground) -> Verification:
    ground.settle()
    found: Verification = ground.do(ground.service.operations.verify(100, 0, ("home", "people")))
    return found


def _populate(ground: Ground) -> list[int]:
    users = [ground.user(f"user{number}", protected=number == 3) for number in range(8)]
    for number, user_id in enumerate(users):
        for other_id in users[: number // 2]:
            if other_id != user_id:
                ground.do(ground.service.edges.follow(user_id, other_id))
    for number in range(24):
        visibility = Visibility.FOLLOWERS if number % 5 == 0 else Visibility.PUBLIC
        ground.post(users[number % 4], f"tweet {number}", visibility=visibility)
    ground.do(ground.service.edges.block(users[7], users[1]))
    return users


def test_home_timelines_are_the_same_after_a_rebuild(ground: Ground) -> None:
    users = _populate(ground)
    before = [ground.home(user_id) for user_id in users]
    rows = [ground.kit.reader.state.graph.row_of(user_id) for user_id in users]
    state = ground.kit.reader.state
    # Whatever had gone wrong with it:
    state.tallies[:] = 77
    state.authors.recent[:] = 0
    ground.do(ground.service.processors.rebuild("home"))
    assert rebuilt(ground, "home") is RebuildPhase.DONE
    assert ground.kit.reader.state is not state
    assert ground.kit.writer.shard.state is ground.kit.reader.state
    assert [ground.kit.reader.state.graph.row_of(user_id) for user_id in users] == rows
    assert [ground.home(user_id) for user_id in users] == before
    assert ground.do(ground.service.accounts.by_id(users[0])).counts.tweets == 6
    assert verified(ground).differing == 0
    posted = ground.post(users[0], "after it")
    assert posted in ground.home(users[6])
    assert ground.kit.reader.state.graph.flags[rows[3]] & 1 == state.graph.flags[rows[3]] & 1
    ground.restart()
    assert posted in ground.home(users[6])
    assert verified(ground).differing == 0


def test_an_event_that_breaks_the_writer_is_healed_from_the_tables(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It can be left out by no processor that later events depend on; but the tables have what it says."""
    monkeypatch.setattr("roost.processors.delivery.PROCESSOR_RETRY_S_FIRST", 0.001)
    users = _populate(ground)
    shard = ground.kit.writer.shard
    real = shard.apply

    def poisoned(first: int, events: Any) -> None:
        real(first, events[: len(events) // 2])  # half of it has changed the arrays
        raise IndexError("no such row")

    monkeypatch.setattr(shard, "apply", poisoned)
    posted = ground.post(users[0], "the bad one")
    assert rebuilt(ground, "home") is RebuildPhase.DONE
    assert posted in ground.home(users[6])
    found = {each.name: each for each in ground.service.processors.statistics()}["home"]
    assert (found.state, found.dead_letters, found.failures) == ("running", 0, 5)
    assert verified(ground).differing == 0
    later = ground.post(users[0], "the next one")
    assert later in ground.home(users[6])
    ground.restart()
    assert verified(ground).differing == 0
