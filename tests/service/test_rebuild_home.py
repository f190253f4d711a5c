"""The home state, when it is rebuilt while it serves, and when an event breaks its writer."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from roost.errors import Corrupt
from roost.model import PageRequest, Visibility
from roost.processors import ProcessorState, RebuildPhase
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


def test_a_home_state_that_cannot_be_healed_stops_and_says_so(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Home timelines are read from the tables then, and a rebuild that succeeds has it go on."""
    for module, name in (("delivery", "PROCESSOR_RETRY_S_FIRST"), ("delivery", "PROCESSOR_RETRY_S_MAX")):
        monkeypatch.setattr(f"roost.processors.{module}.{name}", 0.001)
    users = _populate(ground)
    ground.settle()

    async def unreadable(*_: Any) -> None:
        raise Corrupt("A row of users cannot be read")

    def poisoned(*_: Any) -> None:
        raise IndexError("no such row")

    async def state(wanted: ProcessorState) -> str:
        while True:
            found = {each.name: each for each in ground.service.processors.statistics()}["home"]
            if found.state is wanted:
                return str(found.rebuild.error)
            await asyncio.sleep(0.005)

    with monkeypatch.context() as broken:
        broken.setattr(ground.kit.writer.shard, "apply", poisoned)
        broken.setattr("roost.processors.home_rebuild.load_from_tables", unreadable)
        posted = ground.post(users[0], "the bad one")
        error = ground.do(state(ProcessorState.STOPPED))
        assert error == "Corrupt: A row of users cannot be read"
        assert not ground.service.operations.ready()
        page = ground.do(ground.service.timelines.home(users[0], PageRequest(5)))
        assert posted in [view.tweet.tweet_id for view in page.items]
        assert not ground.do(ground.kit.runner.applied(ground.kit.log.last, 30.0)), "at once"
    ground.do(ground.service.processors.rebuild("home"))
    assert rebuilt(ground, "home") is RebuildPhase.DONE
    ground.do(state(ProcessorState.RUNNING))
    assert ground.service.operations.ready()
    assert posted in ground.home(users[6])
    assert verified(ground).differing == 0
