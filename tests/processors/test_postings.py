"""Lists of ids by term against plain sets, whatever was written when."""

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st

from roost.processors.postings import Postings
from roost.store import KeyValueStore
from tests.store.samples import memory_store
from tests.strategies import SEEDED

TERMS = ["a", "b", "c"]
ids = st.integers(1, 400)
additions = st.tuples(ids, st.lists(st.sampled_from(TERMS), unique=True, max_size=3))
steps = st.lists(additions | st.just("write"), max_size=60)


async def write(postings: Postings, store: KeyValueStore, position: int) -> None:
    postings.take()
    for piece in postings.pieces(position):
        await store.write(piece)
    postings.wrote()


@given(
    steps, st.lists(st.sampled_from(TERMS), min_size=1, max_size=3), st.integers(0, 400), st.integers(0, 401)
)
@settings(SEEDED, max_examples=300)
def test_candidates_are_in_falling_order_and_none_is_missing(
    history: list[tuple[int, list[str]] | str], wanted: list[str], low: int, high: int
) -> None:
    async def check() -> None:
        store = memory_store()
        postings = Postings(store, 1_000_000)
        truth: dict[int, set[str]] = {}
        for position, step in enumerate(history):
            if isinstance(step, str):
                await write(postings, store, position)
            else:
                postings.add(*step)
                truth.setdefault(step[0], set()).update(step[1])
        found: list[int] = []
        async for piece in postings.with_all(wanted, low, high):
            found += piece
        assert found == sorted(set(found), reverse=True)
        expected = {item for item, terms in truth.items() if set(wanted) <= terms and low < item < high}
        assert expected <= set(found)
        assert all(low < item < high for item in found)
        await store.close()

    asyncio.run(check())


def test_long_lists_over_many_writes_in_any_order() -> None:
    """More rows than are read at once, of which each overlaps with others."""

    async def check() -> None:
        store = memory_store()
        postings = Postings(store, 1_000_000)
        truth: dict[str, set[int]] = {"a": set(), "b": set()}
        for position in range(200):
            for number in range(5):
                item = (position * 7_919 + number * 104_729) % 10_007 + 1
                terms = ["a", "b"] if item % 3 == 0 else ["a"]
                postings.add(item, terms)
                for term in terms:
                    truth[term].add(item)
            await write(postings, store, position)
        for wanted in (["a"], ["b"], ["a", "b"], ["b", "a"]):
            found = [item async for piece in postings.with_all(wanted, 0, 1 << 62) for item in piece]
            assert found == sorted(set.intersection(*(truth[term] for term in wanted)), reverse=True)
        assert [
            item async for piece in postings.with_all(["a", "nothing"], 0, 1 << 62) for item in piece
        ] == []
        await store.close()

    asyncio.run(check())


def test_what_is_being_written_is_found_and_so_is_what_could_not_be() -> None:
    async def check() -> None:
        store = memory_store()
        postings = Postings(store, 1_000)

        async def found() -> list[int]:
            return [item async for piece in postings.with_all(["a"], 0, 1 << 62) for item in piece]

        postings.add(1, ["a"])
        postings.take()
        postings.add(2, ["a"])
        assert await found() == [2, 1]
        postings.give_back()
        assert await found() == [2, 1]
        assert postings.pending == 2
        await write(postings, store, 1)
        assert (await found(), postings.pending) == ([2, 1], 0)
        await store.close()

    asyncio.run(check())
