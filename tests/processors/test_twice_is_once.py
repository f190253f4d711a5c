"""Applying twice equals applying once, for every processor: events in any lumps, delivered again, and crashes
that lose what was in memory alone, give what one delivery gives."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roost.processors import HomeProcessor, Passing, Rebuildable, SearchProcessor
from tests.processors.cases import CASES, Case, World, history
from tests.service.ground import Ground
from tests.strategies import SEEDED

_EVENTS = 60
ELSEWHERE = {
    "enrichment": "it derives events: tests/ingest",
    "interactions": "tests/processors/test_interactions.py",
}
"""Processors without a case, and why."""

steps = st.lists(
    st.tuples(st.sampled_from(("apply", "apply", "again", "rest", "crash")), st.integers(1, 30)),
    min_size=3,
    max_size=14,
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
@given(seed=st.integers(0, 1 << 32), taken=steps)
@settings(SEEDED, max_examples=8)
def test_applying_twice_equals_applying_once(case: Case, seed: int, taken: list[tuple[str, int]]) -> None:
    asyncio.run(_compare(case, seed, taken))


async def _compare(case: Case, seed: int, taken: list[tuple[str, int]]) -> None:
    events = history(seed, _EVENTS)
    found = []
    with tempfile.TemporaryDirectory() as once, tempfile.TemporaryDirectory() as often:
        for folder, plan in ((once, [("apply", 1_000)]), (often, [*taken, *2 * [("again", 1_000)]])):
            world = World(Path(folder))
            before = await case.make(world)
            await _end(before)
            await world.commit(events)
            found.append(await _follow(case, world, plan))
    assert found[0] == found[1]


async def _follow(case: Case, world: World, plan: list[tuple[str, int]]) -> Any:
    processor = await case.make(world)
    position = await processor.begin()
    for step, size in plan:
        if step == "crash":
            await _end(processor)
            world.restart()
            processor = await case.make(world)
            position = await processor.begin()
        elif step == "rest":
            await processor.rest()
            if isinstance(processor, HomeProcessor):
                await processor.snapshot()
        else:
            begin = max(0, position - size) if step == "again" else position
            slice_ = await world.log.read(begin, size if step == "apply" else 4_096)
            await processor.apply(slice_)
            position = max(position, slice_.last)
    await processor.rest()
    assert position == world.log.last or plan[-1][0] == "apply"
    seen = await case.derived(world, processor)
    await _end(processor)
    return seen


async def _end(processor: Any) -> None:
    """Let go of its threads, as a crash would: nothing is written, but that the search index is locked until
    it is closed."""
    writer = getattr(processor, "_writer", None)
    if writer is not None:
        await writer.stop()
    if isinstance(processor, SearchProcessor):
        await processor.close()


def test_every_processor_has_its_case(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    try:
        processors = [
            running.processor for runner in ground.kit.runners for running in runner._running.values()
        ]
        assert {each.name for each in processors} - ELSEWHERE.keys() == {case.name for case in CASES}
        assert {each.name for each in processors if not isinstance(each, Passing)} == {"home", "interactions"}
        lasting = {each.name for each in processors if not isinstance(each, Rebuildable)}
        assert lasting - ELSEWHERE.keys() == {"push"}
    finally:
        ground.stop()
        ground.close()
