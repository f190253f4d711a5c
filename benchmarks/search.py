"""Search: how fast tweets are indexed and found, and how long searches take beside that."""

import asyncio
import itertools
import shutil
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path

import aiohttp
import msgspec
import numpy as np

from benchmarks.report import Benchmark, Report, at_least, at_most, digest, machine, median, single
from benchmarks.server import ServerProcess, data_folder
from roost import node
from roost.config import Settings
from roost.ids import first_id_at
from roost.model import Entities, Event, Like, Span, Tweet, TweetLiked, TweetPosted, User, UserCreated

_VOCABULARY = 100_000
_WORDS = 14
_TAGS = 2_000
_USERS = 1 << 16
_COMMIT = 500
_AHEAD = 20_000
"""Tweets that are committed and not yet indexed, at most."""
_LIKES_PER_TWEET = 0.2
_LANGUAGES = ("en", "en", "en", "ja", "es", "de", "pt")
_SEARCHERS = 2
_SYLLABLES = [head + vowel for head in "bcdfghklmnprstvw" for vowel in "aeiou"]
_encode = msgspec.json.encode


def run(small: bool, say: Callable[[str], None]) -> Report:
    tweets, authors = (20_000, 200) if small else (1_000_000, 5_000)
    rate, seconds, rounds, probes = (200, 2.0, 1, 5) if small else (500, 20.0, 5, 50)
    town = _Town(tweets, authors)
    with data_folder() as folder:
        say(f"{tweets:,} tweets of {_WORDS} words")
        indexed = asyncio.run(_prepare(folder, town))
        rows = tweets + authors
        server = _start(folder)
        try:
            say("searches, beside new tweets")
            found = [asyncio.run(_search(server, town, rate, seconds, n)) for n in range(rounds)]
            alone = [asyncio.run(_search(server, town, 20, seconds, n)) for n in range(rounds)]
            seen = [asyncio.run(_visibility(server, town, rate, probes)) for _ in range(rounds)]
            say("time to be found beside ten times as many new tweets")
            busy = [asyncio.run(_visibility(server, town, 10 * rate, probes)) for _ in range(rounds)]
            _settled(server)
        finally:
            server.stop()
        size_bytes = sum(path.stat().st_size for path in (folder / "search").rglob("*") if path.is_file())
        say("the index made anew from the tables")
        anew = _made_anew(folder, rows)
    beside = f"the same beside {10 * rate:,} new tweets/s, p99"
    goals = [
        at_most(median("a search, p99", [_at(r.all_ms, 99) for r in found], "ms"), 50),
        at_most(median("from acceptance to being found, p99", [_at(r, 99) for r in seen], "ms"), 1_000),
        at_most(median(beside, [_at(r, 99) for r in busy], "ms"), 1_000),
        at_least(single("tweets taken in and indexed", indexed, "tweets/s"), 1_000),
    ]
    peers = [
        median("searches answered", [r.a_second for r in found], "requests/s"),
        median("a search, p50", [_at(r.all_ms, 50) for r in found], "ms"),
        median("newest first, p50", [_at(r.newest_ms, 50) for r in found], "ms"),
        median("newest first, p99", [_at(r.newest_ms, 99) for r in found], "ms"),
        median("best first, p50", [_at(r.best_ms, 50) for r in found], "ms"),
        median("best first, p99", [_at(r.best_ms, 99) for r in found], "ms"),
        median("searches alone, p50", [_at(r.all_ms, 50) for r in alone], "ms"),
        median("searches alone, p99", [_at(r.all_ms, 99) for r in alone], "ms"),
        median(
            "searches for a second of the server's processor time",
            [r.a_processor_second for r in alone],
            "requests",
        ),
        median("from acceptance to being found, p50", [_at(r, 50) for r in seen], "ms"),
        single("the index made anew from the tables, beside nothing", anew, "tweets/s"),
        single("the index on disk", size_bytes / 2**20, "MiB"),
    ]
    size = f"{tweets:,} tweets of {_WORDS} words, {_SEARCHERS} searchers, {rate:,} new tweets/s beside them"
    return Report("search", size, machine(), goals, peers, digest(tweets, town.text(0)), _NOTES)


_NOTES = [
    "Words follow Zipf's law over 100,000: the most frequent is in two of three tweets. The load generator "
    "runs on the same cores as the server. Times are those of whole HTTP requests of 20 statuses."
]


class _Town:
    """What is written, and what is searched for; the same in every run."""

    def __init__(self, tweets: int, authors: int) -> None:
        self.tweets = tweets
        self.authors = authors
        rng = np.random.default_rng(11)
        weights = 1 / np.arange(1, _VOCABULARY + 1)
        self._drawn = rng.choice(_VOCABULARY, size=(min(tweets, 200_000), _WORDS), p=weights / weights.sum())
        self._tags = rng.zipf(1.3, len(self._drawn)) % _TAGS

    def text(self, number: int) -> str:
        place = number % len(self._drawn)
        row = np.roll(self._drawn[place], number // len(self._drawn))
        words = " ".join(_word(each) for each in row.tolist())
        return f"{words} #{_word(int(self._tags[place]))}tag" if number % 3 == 0 else words

    def line(self, number: int) -> bytes:
        """A line of bulk ingest."""
        language = _LANGUAGES[number % len(_LANGUAGES)]
        author = number * 7_919 % self.authors + 1
        return _encode({"type": "tweet", "author": author, "text": self.text(number), "language": language})

    def tweet_id(self, number: int, first_ms: int) -> int:
        return first_id_at(first_ms + number)

    def tweet(self, number: int, first_ms: int) -> Tweet:
        text = self.text(number)
        tags = (Span(text.index("#"), len(text)),) if "#" in text else ()
        return Tweet(
            self.tweet_id(number, first_ms),
            self.author(number),
            text,
            language=_LANGUAGES[number % len(_LANGUAGES)],
            entities=Entities(hashtags=tags),
        )

    def author(self, number: int) -> int:
        return number * 7_919 % self.authors + 1

    def searches(self, seed: int) -> Iterator[tuple[str, str]]:
        """Searches with their order, a mix without an end."""
        rng = np.random.default_rng(seed)
        while True:
            a, b, c = (_word(int(each)) for each in rng.zipf(1.15, 3) % _VOCABULARY)
            name = f"u{rng.integers(1, self.authors + 1)}"
            tag = f"#{_word(int(rng.zipf(1.3)) % _TAGS)}tag"
            words = [a, f"{a} {b}", f"{a} {b} {c}", f"{a} or {b}", f"{a} -{b}", f'"{a} {b}"']
            others = [
                tag,
                f"{a} {tag}",
                f"from:{name}",
                f"from:{name} {a}",
                f"{a} lang:de",
                f"{a} min_likes:2",
            ]
            text = str(rng.choice([*words, *others, f"{a} min_likes:2"]))
            yield text, "relevance" if rng.random() < 0.3 else "time"


def _word(number: int) -> str:
    """A word that can be spoken, another for each number."""
    parts = [_SYLLABLES[number % 80], _SYLLABLES[number // 80 % 80]]
    return "".join(parts) + (_SYLLABLES[number // 6_400] if number >= 6_400 else "")


class _Found(msgspec.Struct):
    newest_ms: list[float] = []
    best_ms: list[float] = []
    a_second: float = 0.0
    a_processor_second: float = 0.0
    """For a second of the server's processor time, new tweets included."""

    @property
    def all_ms(self) -> list[float]:
        return self.newest_ms + self.best_ms


def _start(folder: Path) -> ServerProcess:
    server = ServerProcess(folder, {"capacity_users": _USERS, "snapshot_interval_s": 3_600})
    server.wait_until_ready()
    return server


async def _prepare(folder: Path, town: _Town) -> float:
    """Everything that is there before, by a node in this process; answers tweets/s until all is indexed."""
    made = await node.start(Settings(data_folder=str(folder), capacity_users=_USERS))
    commit, finder = made.kit.committer.commit, made.kit.finder
    await _in_pieces(commit, [UserCreated(User(n, f"u{n}", 1)) for n in range(1, town.authors + 1)])
    began_s = time.monotonic()
    first_ms = int(time.time() * 1_000) - town.tweets
    for start in range(0, town.tweets, _COMMIT):
        numbers = range(start, min(start + _COMMIT, town.tweets))
        await commit([TweetPosted(town.tweet(number, first_ms)) for number in numbers])
        await made.kit.indexing.applied(made.kit.log.last - _AHEAD, 600)
    await made.kit.indexing.applied(made.kit.log.last, 600)
    await finder.rest()
    spent_s = time.monotonic() - began_s
    rng = np.random.default_rng(12)
    liked = (rng.zipf(1.5, int(town.tweets * _LIKES_PER_TWEET)) * 7_919) % town.tweets
    pairs = zip(rng.integers(1, town.authors + 1, len(liked)).tolist(), liked.tolist(), strict=True)
    likes = [
        TweetLiked(Like(user, town.tweet_id(number, first_ms), town.author(number), like_id))
        for like_id, (user, number) in enumerate(dict.fromkeys(pairs), 1)
    ]
    await _in_pieces(commit, likes)
    await made.stop()
    return town.tweets / spent_s


async def _in_pieces(commit: Callable[[list[Event]], Awaitable[int]], events: Sequence[Event]) -> None:
    for start in range(0, len(events), _COMMIT):
        await commit(list(events[start : start + _COMMIT]))


def _settled(server: ServerProcess) -> None:
    """Return when the index has everything that was accepted."""
    while True:
        found = server.statistics()
        if found["search"]["pending"] == 0 and all(each["lag_events"] == 0 for each in found["processors"]):
            return
        time.sleep(0.02)


def _made_anew(folder: Path, rows: int) -> float:
    shutil.rmtree(folder / "search")
    server = _start(folder)
    try:
        began_s = time.monotonic()
        while not server.statistics()["search"]["is_whole"]:
            time.sleep(0.05)
        return rows / (time.monotonic() - began_s)
    finally:
        server.stop()


async def _search(server: ServerProcess, town: _Town, rate: int, seconds: float, seed: int) -> _Found:
    """Searchers who ask one after the other, beside new tweets."""
    found, spent_s = _Found([], []), server.processor_seconds()
    until_s = time.monotonic() + seconds
    async with aiohttp.ClientSession() as http, _Beside(http, server, town, rate):
        asked = await asyncio.gather(
            *(_searcher(http, server, town, seed * 100 + n, until_s, found) for n in range(_SEARCHERS))
        )
    found.a_second = sum(asked) / seconds
    found.a_processor_second = sum(asked) / (server.processor_seconds() - spent_s)
    return found


async def _searcher(
    http: aiohttp.ClientSession, server: ServerProcess, town: _Town, seed: int, until_s: float, found: _Found
) -> int:
    asked = 0
    for text, order in town.searches(seed):
        began_s = time.perf_counter()
        query = {"q": text, "order": order, "limit": "20"}
        async with http.get(f"{server.url}/roost/v1/search", params=query) as answer:
            body = await answer.read()
            if answer.status != 200:
                raise RuntimeError(f"{text}: {body.decode()}")
        spent_ms = (time.perf_counter() - began_s) * 1_000
        (found.newest_ms if order == "time" else found.best_ms).append(spent_ms)
        asked += 1
        if time.monotonic() >= until_s:
            break
    return asked


async def _visibility(server: ServerProcess, town: _Town, rate: int, probes: int) -> list[float]:
    """How long it takes, from the answer that a tweet was accepted on, until somebody finds it."""
    spent_ms: list[float] = []
    async with aiohttp.ClientSession() as http, _Beside(http, server, town, rate):
        for number in range(probes):
            needle = f"needle{time.monotonic_ns()}x{number}"
            line = _encode({"type": "tweet", "author": number % town.authors + 1, "text": needle})
            await _ingest(http, server, line)
            began_s = time.perf_counter()
            while not await _is_found(http, server, needle):  # noqa: ASYNC110
                await asyncio.sleep(0.005)
            spent_ms.append((time.perf_counter() - began_s) * 1_000)
            await asyncio.sleep(0.05)
    return spent_ms


async def _is_found(http: aiohttp.ClientSession, server: ServerProcess, text: str) -> bool:
    async with http.get(f"{server.url}/roost/v1/search", params={"q": text}) as answer:
        return len((await answer.json())["statuses"]) > 0


async def _ingest(http: aiohttp.ClientSession, server: ServerProcess, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {server.token}"}
    async with http.post(f"{server.url}/roost/v1/ingest", data=body, headers=headers) as answer:
        raw = await answer.read()
        if b'"ok":false' in raw:
            raise RuntimeError(raw.decode()[:500])


class _Beside:
    """New tweets, twenty times a second, for as long as it is entered."""

    def __init__(self, http: aiohttp.ClientSession, server: ServerProcess, town: _Town, rate: int) -> None:
        count = rate // 20
        numbers = itertools.count(town.tweets + time.monotonic_ns() % 1_000_003)
        self._bodies = [b"\n".join(town.line(next(numbers)) for _ in range(count)) for _ in range(50)]
        self._http = http
        self._server = server

    async def __aenter__(self) -> None:
        self._task = asyncio.create_task(self._run())

    async def __aexit__(self, *_: object) -> None:
        if self._task.done():
            self._task.result()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        began_s = time.monotonic()
        for number in itertools.count():
            await asyncio.sleep(max(0.0, began_s + number / 20 - time.monotonic()))
            await _ingest(self._http, self._server, self._bodies[number % len(self._bodies)])


def _at(values: list[float], percent: float) -> float:
    return float(np.percentile(values, percent))


BENCHMARK = Benchmark("search", "indexing, finding, and how long a search takes", run)
