"""A page of a list beside a page of the home timeline, of the same reader in the same run."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.report import Benchmark, Report, at_most, digest, machine, median
from benchmarks.server import data_folder
from roost import node
from roost.config import Settings
from roost.model import Edge, EdgeAdded, EdgeKind, Event, PageRequest, Tweet, TweetPosted, User, UserCreated
from roost.service import ListTerms

_READER, _FIRST, _COLD = 1, 1_000, 2
_APPEND_EVENTS = 500
_ADDED_AT_ONCE = 400
_PAGE = PageRequest(20)


class _Bench:
    def __init__(self, made: node.Node) -> None:
        self.kit, self.service = made.kit, made.service

    async def append(self, events: Sequence[Event]) -> None:
        for start in range(0, len(events), _APPEND_EVENTS):
            await self.kit.committer.commit(events[start : start + _APPEND_EVENTS])
        await self.kit.runner.applied_by_all(self.kit.log.last)

    async def fill(self, authors: range, tweets: int) -> None:
        """A reader who follows all authors, and these ones' tweets: originals, answers and retweets."""
        chance, ids = random.Random(5), self.kit.ids
        made_ms = self.kit.clock.now_ms() - 10**11
        await self.append([UserCreated(User(one, f"u{one}", made_ms)) for one in (_READER, _COLD, *authors)])
        readers = (_READER, _COLD)
        edges = [Edge(EdgeKind.FOLLOW, reader, one, ids.next_id()) for reader in readers for one in authors]
        await self.append([EdgeAdded(edge) for edge in edges])
        said: list[Tweet] = []
        for _ in range(tweets):
            more: dict[str, Any] = {}
            other = chance.choice(said[-200:]) if said else None
            if other is not None and chance.random() < 0.2:
                more = {"reply_to_id": other.tweet_id, "reply_to_author_id": other.author_id}
            elif other is not None and not other.retweet_of_id and chance.random() < 0.15:
                more = {"retweet_of_id": other.tweet_id, "retweet_of_author_id": other.author_id}
            said.append(Tweet(ids.next_id(), chance.choice(authors), "" if more else "words", **more))
        await self.append([TweetPosted(tweet) for tweet in said])

    async def make_list(self, members: Sequence[int]) -> int:
        made = await self.service.lists.create(_READER, ListTerms(title=f"{len(members)}"))
        for start in range(0, len(members), _ADDED_AT_ONCE):
            await self.service.lists.add(_READER, made.list_id, members[start : start + _ADDED_AT_ONCE])
        await self.kit.runner.applied_by_all(self.kit.log.last)
        return made.list_id

    async def ids_of_list(self, list_id: int) -> list[int]:
        userlist = await self.service.lists.get(_READER, list_id)
        contents = await self.kit.choices.list_contents(list_id)
        return await self.kit.list_assembly.page(userlist, contents, _PAGE)


async def _times_us(read: Callable[[], Awaitable[Any]], times: int) -> list[float]:
    """Of each reading but the first, which finds what is kept afterwards."""
    await read()
    found = []
    for _ in range(times):
        began_ns = time.perf_counter_ns()
        await read()
        found.append((time.perf_counter_ns() - began_ns) / 1e3)
    return found


async def _run(
    folder: Path, sizes: Sequence[int], times: int, say: Callable[[str], None]
) -> dict[str, list[float]]:
    settings = Settings(data_folder=str(folder), capacity_users=1 << 14, capacity_follows=1 << 20)
    bench = _Bench(made := await node.start(settings))
    authors = range(_FIRST, _FIRST + max(sizes))
    say(f"making {len(authors):,} authors and their tweets")
    await bench.fill(authors, 20 * len(authors) if len(authors) < 500 else 5 * len(authors))
    timelines, assembly = bench.service.timelines, bench.kit.assembly
    found: dict[str, list[float]] = {}
    say("pages of home")
    found["home: which tweets"] = await _times_us(lambda: assembly.page(_READER, _PAGE), times)
    found["home: a page"] = await _times_us(lambda: timelines.home(_READER, _PAGE), times)
    for size in sizes:
        list_id = await bench.make_list(authors[:size])
        say(f"pages of a list of {size:,}")

        def ids(list_id: int = list_id) -> Awaitable[Any]:
            return bench.ids_of_list(list_id)

        def page(list_id: int = list_id) -> Awaitable[Any]:
            return timelines.of_list(_READER, list_id, _PAGE)

        found[f"a list of {size:,}: which tweets"] = await _times_us(ids, times)
        found[f"a list of {size:,}: a page"] = await _times_us(page, times)
    await made.stop()
    return found


def run(small: bool, say: Callable[[str], None]) -> Report:
    sizes, times = ((5, 50), 50) if small else ((5, 50, 3_000), 500)
    with data_folder() as folder:
        found = asyncio.run(_run(folder, sizes, times, say))
    figures = {name: median(name, values, "us") for name, values in found.items()}
    home = figures["home: a page"].value
    ratios = [value / home for value in found["a list of 50: a page"]]
    ratio = median("pages of a list of 50, times one of home", ratios, "x")
    size = f"lists of {', '.join(f'{size:,}' for size in sizes)}; pages of 20"
    return Report("lists", size, machine(), [at_most(ratio, 1.5)], list(figures.values()), digest(*sizes))


BENCHMARK = Benchmark("lists", "pages of lists beside home", run)
