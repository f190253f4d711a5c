"""Any history of an event log equals that of a list; every implementation passes it."""

import asyncio
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roost.errors import Conflict, NotFound
from roost.store.rows import SettingRow
from tests.eventlog.ground import GROUNDS, SETTINGS, Ground, claim, numbers_in, said
from tests.strategies import SEEDED


class Append(msgspec.Struct, frozen=True):
    """Appends at once; each of so many events, claiming a name where one is given."""

    appends: list[tuple[int, str | None]]


class Read(msgspec.Struct, frozen=True):
    after: int
    limit: int


class Note(msgspec.Struct, frozen=True):
    """A reader's cursor, and a row that rides with it."""

    name: str
    position: int


class Forget(msgspec.Struct, frozen=True):
    before: int


class Reopen(msgspec.Struct, frozen=True):
    pass


Action = Append | Read | Note | Forget | Reopen

positions = st.integers(0, 40)
one_append = st.tuples(st.integers(1, 4), st.none() | st.sampled_from(["ann", "bob", "cy"]))
reads = st.builds(Read, positions, st.integers(1, 12))
actions = st.one_of(
    st.builds(Append, st.lists(one_append, min_size=1, max_size=4)),
    reads,
    st.builds(Append, st.lists(one_append, min_size=1, max_size=2)),
    st.builds(Note, st.sampled_from(["home", "search"]), positions),
    st.builds(Forget, positions),
    reads,
    st.builds(Reopen),
)


class Naive:
    def __init__(self) -> None:
        self.numbers: list[int] = []
        self.kept_from = 1
        self.names: set[str] = set()
        self.cursors: dict[str, int] = {}
        self.next_number = 1

    def plan(self, size: int, name: str | None) -> tuple[list[int], bool]:
        """The numbers to be said, and whether they can be: a name is given to the first who claims it."""
        numbers = list(range(self.next_number, self.next_number + size))
        self.next_number += size
        is_free = name not in self.names
        if name is not None:
            self.names.add(name)
        return numbers, is_free

    def place(self, position: int, numbers: list[int]) -> None:
        self.numbers += numbers
        assert position == len(self.numbers), "positions have no gaps"


async def append(ground: Ground, naive: Naive, action: Append) -> None:
    """Which of two appends at once comes first is the log's to say, by their positions."""
    plans = [(*naive.plan(size, name), name) for size, name in action.appends]
    appends = (
        ground.log.append(said(*numbers), None if name is None else claim(name, 1))
        for numbers, _, name in plans
    )
    results = await asyncio.gather(*appends, return_exceptions=True)
    placed: dict[int, list[int]] = {}
    for result, (numbers, is_free, _) in zip(results, plans, strict=True):
        if is_free:
            placed[result] = numbers
        else:
            assert isinstance(result, Conflict)
    for position in sorted(placed):
        naive.place(position, placed[position])


async def read(ground: Ground, naive: Naive, action: Read) -> None:
    log = ground.log
    if action.after + 1 < log.first:
        with pytest.raises(NotFound):
            await log.read(action.after, action.limit)
        return
    found = await log.read(action.after, action.limit)
    assert len(found.events) <= action.limit
    rest = naive.numbers[action.after :]
    assert numbers_in(found.events) == rest[: len(found.events)]
    assert bool(found.events) == bool(rest)


async def note(ground: Ground, naive: Naive, action: Note) -> None:
    changes = claim(f"note of {action.name} at {len(naive.cursors)} {naive.cursors.get(action.name)}", 1)
    changes.put(SETTINGS, SettingRow(action.name, str(action.position).encode()))
    try:
        await ground.log.commit_cursor(action.name, action.position, changes)
    except Conflict:
        return
    naive.cursors[action.name] = action.position


async def play(ground: Ground, history: list[Action]) -> None:
    naive = Naive()
    for action in history:
        match action:
            case Append():
                await append(ground, naive, action)
            case Read():
                await read(ground, naive, action)
            case Note():
                await note(ground, naive, action)
            case Forget(before):
                await ground.log.forget(before)
                naive.kept_from = max(naive.kept_from, min(before, len(naive.numbers) + 1))
            case Reopen() if ground.lasts:
                await ground.reopen()
        assert ground.log.last == len(naive.numbers)
        assert 1 <= ground.log.first <= naive.kept_from
        assert await ground.log.cursors() == naive.cursors
        for name, position in naive.cursors.items():
            row = await ground.store.get(SETTINGS, (name,))
            assert row == SettingRow(name, str(position).encode())
    await ground.close()


@pytest.mark.parametrize("name", list(GROUNDS))
@pytest.mark.parametrize("tail_events", [1, 5, 1_000])
def test_any_history_equals_a_lists(
    name: str, tail_events: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roost.eventlog.tail.LOG_TAIL_EVENTS_MAX", tail_events)
    folders = (tmp_path / str(number) for number in range(1_000_000))

    @settings(SEEDED, max_examples=10 if name == "embedded-rocksdb" else 50)
    @given(st.lists(actions, max_size=14))
    def check(history: list[Action]) -> None:
        asyncio.run(play(GROUNDS[name](next(folders)), history))

    check()
