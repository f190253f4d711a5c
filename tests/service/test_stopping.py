"""A node stops when it is asked to, whatever its parts are about to do."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest

from roost.processors.search_intake import Intake
from roost.search import TextIndex
from roost.service.local import Housekeeping
from tests.service.ground import Ground

TURNS = range(6)
"""Of the event loop, between being called and being stopped."""


@pytest.mark.parametrize("turns", TURNS)
def test_housekeeping_that_was_just_called_stops(ground: Ground, turns: int) -> None:
    async def call_and_stop() -> None:
        housekeeping = Housekeeping(ground.kit)
        tidied = asyncio.Event()

        async def tidy() -> None:
            tidied.set()

        housekeeping.also(tidy)
        housekeeping.start()
        await tidied.wait()
        await asyncio.sleep(0)
        housekeeping.soon()
        await _pass(turns)
        await housekeeping.stop()

    ground.do(call_and_stop())


@pytest.mark.parametrize("turns", TURNS)
def test_a_search_index_that_was_just_called_stops(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, turns: int
) -> None:
    monkeypatch.setattr("roost.processors.search_intake.SEARCH_BATCH_MAX", 2)
    kit, index, writing = ground.kit, TextIndex(), ThreadPoolExecutor(1)
    ann = ground.user("ann")
    ids = [ground.post(ann, f"heron {number}") for number in range(2)]

    async def call_and_stop() -> None:
        applied = kit.runner.applied_by_all
        intake = Intake(index, kit.store, kit.tweets, kit.counts, applied, writing)
        intake.start()
        intake.add(ids[:1])
        await _pass(3)  # it waits for more
        intake.add(ids[1:])
        await _pass(turns)
        await intake.stop()

    ground.do(call_and_stop())
    writing.shutdown()
    index.close()


async def _pass(turns: int) -> None:
    for _ in range(turns):
        await asyncio.sleep(0)
