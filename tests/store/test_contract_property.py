"""Any history of batches and reads equals that of a dictionary; every engine passes it."""

import asyncio
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from roost.errors import Conflict
from roost.store import Batch, KeyValueStore
from tests.store.samples import EDGE_INTEGERS, HIGHEST, MIXED, TRICKY_BYTES, TRICKY_WORDS, Mixed
from tests.strategies import SEEDED

Key = tuple[Any, ...]
Rows = dict[Key, Mixed]

words = st.sampled_from(TRICKY_WORDS) | st.text(max_size=3)
raws = st.sampled_from(TRICKY_BYTES) | st.binary(max_size=3)
numbers = st.sampled_from(EDGE_INTEGERS) | st.integers(0, HIGHEST)


class Put(msgspec.Struct, frozen=True):
    key: Key
    value: int


class PutNew(msgspec.Struct, frozen=True):
    key: Key
    value: int


class Delete(msgspec.Struct, frozen=True):
    key: Key


class Together(msgspec.Struct, frozen=True):
    """Batches that are written at once, so that they share a commit group."""

    batches: list[list[Put | PutNew | Delete]]


class Scan(msgspec.Struct, frozen=True):
    """A prefix beyond the partition, bounds after it, and the rest."""

    prefix: Key
    above: Key | None
    below: Key | None
    reverse: bool
    limit: int


class Forget(msgspec.Struct, frozen=True):
    prefix: Key


@st.composite
def histories(draw: st.DrawFn) -> list[Together | Scan | Forget]:
    """Operations over a small pool of keys, so that they meet."""
    keys = st.sampled_from(draw(st.lists(st.tuples(words, raws, numbers), min_size=1, max_size=8)))
    values = st.integers(0, 9)
    change = st.builds(Put, keys, values) | st.builds(PutNew, keys, values) | st.builds(Delete, keys)
    batches = st.lists(st.lists(change, max_size=6), min_size=1, max_size=4)

    @st.composite
    def scans(draw: st.DrawFn) -> Scan:
        taken = draw(st.integers(0, 2))
        prefix = draw(keys)[:taken]
        bounds = st.none() | st.builds(lambda key, end: key[taken:end], keys, st.integers(taken + 1, 3))
        return Scan(prefix, draw(bounds), draw(bounds), draw(st.booleans()), draw(st.integers(1, 6)))

    forget = st.builds(lambda key, taken: Forget(key[:taken]), keys, st.integers(0, 3))
    steps = st.builds(Together, batches) | scans() | st.builds(Together, batches) | forget
    return draw(st.lists(steps, max_size=12))


class Naive:
    """One partition as a dictionary; slow and plain."""

    def __init__(self) -> None:
        self.rows: Rows = {}

    def write(self, group: int, changes: list[Put | PutNew | Delete]) -> bool:
        """Whether the batch took effect."""
        if any(isinstance(change, PutNew) and change.key in self.rows for change in changes):
            return False
        for change in changes:
            if isinstance(change, Delete):
                self.rows.pop(change.key, None)
            else:
                self.rows[change.key] = Mixed(group, *change.key, change.value)
        return True

    def scan(self, wanted: Scan) -> list[Mixed]:
        def is_wanted(key: Key) -> bool:
            rest = key[len(wanted.prefix) :]
            return (
                key[: len(wanted.prefix)] == wanted.prefix
                and (wanted.above is None or rest[: len(wanted.above)] > wanted.above)
                and (wanted.below is None or rest[: len(wanted.below)] < wanted.below)
            )

        found = sorted(filter(is_wanted, self.rows), reverse=wanted.reverse)
        return [self.rows[key] for key in found[: wanted.limit]]

    def forget(self, prefix: Key) -> None:
        self.rows = {key: row for key, row in self.rows.items() if key[: len(prefix)] != prefix}


def batch_of(group: int, changes: list[Put | PutNew | Delete]) -> Batch:
    batch = Batch()
    for change in changes:
        if isinstance(change, Delete):
            batch.delete(MIXED, (group, *change.key))
        elif isinstance(change, PutNew):
            batch.put_if_absent(MIXED, Mixed(group, *change.key, change.value), "taken")
        else:
            batch.put(MIXED, Mixed(group, *change.key, change.value))
    return batch


async def step(store: KeyValueStore, naive: Naive, group: int, action: Together | Scan | Forget) -> None:
    if isinstance(action, Scan):
        bounds = {"above": action.above, "below": action.below}
        found = await store.scan(
            MIXED, (group, *action.prefix), **bounds, reverse=action.reverse, limit=action.limit
        )
        assert found == naive.scan(action)
    elif isinstance(action, Forget):
        await store.delete_prefix(MIXED, (group, *action.prefix))
        naive.forget(action.prefix)
    else:
        writes = [store.write(batch_of(group, changes)) for changes in action.batches]
        results = await asyncio.gather(*writes, return_exceptions=True)
        expected = [None if naive.write(group, changes) else Conflict for changes in action.batches]
        assert [result and type(result) for result in results] == expected


def test_any_history_equals_a_dictionarys(store: KeyValueStore, runner: asyncio.Runner) -> None:
    group = 0

    async def play(history: list[Together | Scan | Forget]) -> None:
        nonlocal group
        group += 1  # a partition of its own for each example
        naive = Naive()
        for action in history:
            await step(store, naive, group, action)
        everything = Scan((), None, None, reverse=False, limit=1_000)
        assert await store.scan(MIXED, (group,), limit=1_000) == naive.scan(everything)
        keys = [key for key, _ in sorted(naive.rows.items())]
        found = await store.get_many(MIXED, [(group, *key) for key in keys])
        assert found == [naive.rows[key] for key in keys]

    @settings(SEEDED, max_examples=60)
    @given(histories())
    def check(history: list[Together | Scan | Forget]) -> None:
        runner.run(play(history))

    check()
