"""End to end and durable: bulk ingest over HTTP, fsynced, and on all followers' timelines."""

import asyncio
import itertools
import json
import time
from collections.abc import Callable
from pathlib import Path

import aiohttp
import numpy as np

from benchmarks.report import Benchmark, Report, at_least, at_most, digest, machine, median
from benchmarks.server import ServerProcess, data_folder
from roost.home import ShardCapacity, capture, synthetic, write_arrays
from roost.processors import SNAPSHOT_FILE

_BATCH_LINES = 488
_CONNECTIONS = 6
_OUTSTANDING_MAX = 400
_TEXT = (
    "A goal in the last minute! Nobody here can believe what they have just seen, and the whole town shouts"
)


def run(small: bool, say: Callable[[str], None]) -> Report:
    users = 50_000 if small else 1_000_000
    authors, followers = (1_000, 100) if small else (24_400, 1_000)
    rate = 4_000 if small else 24_400
    seconds = 3.0 if small else 20.0
    runs = [_one_run(users, authors, followers, rate, seconds, say) for _ in range(1 if small else 3)]
    accepted, writes, p50, p99, p999 = (list(values) for values in zip(*runs, strict=True))
    goals = [
        at_least(median("tweets accepted, durable", accepted, "tweets/s"), rate * 0.99),
        at_least(median("timeline writes stored", writes, "million/s"), rate * followers / 1e6 * 0.99),
        at_most(median("from acceptance to all timelines, p50", p50, "ms"), 1_000),
        at_most(median("from acceptance to all timelines, p99", p99, "ms"), 1_000),
        at_most(median("from acceptance to all timelines, p99.9", p999, "ms"), 1_000),
    ]
    size = f"{rate:,} tweets/s x {followers:,} followers, {users:,} timelines, {seconds:.0f} s"
    notes = ["The load generator runs on the same cores as the server."]
    return Report("deliver", size, machine(), goals, [], digest(users, authors, followers), notes)


def _one_run(
    users: int, authors: int, followers: int, rate: int, seconds: float, say: Callable[[str], None]
) -> tuple[float, float, float, float, float]:
    """A new server; answers tweets/s, million writes/s, and p50, p99 and p99.9 in ms."""
    with data_folder() as folder:
        say(f"making {users:,} timelines; {authors:,} authors with {followers:,} followers each")
        _prepare(folder, users, authors, followers)
        server = ServerProcess(folder, _settings(users))
        try:
            server.wait_until_ready()
            say("waiting until every timeline is in memory")
            while server.statistics()["rings"] < users:
                time.sleep(0.1)
            say(f"sending {rate:,} tweets/s for {seconds:.0f} s")
            accepted, spent_s = asyncio.run(_send(server, authors, rate, seconds))
            found = _settled(server)
        finally:
            server.stop()
    visible, pushes = found["visible_after"], found["fanout"]["pushes"]
    return (
        accepted / spent_s,
        pushes / spent_s / 1e6,
        visible["p50_ms"],
        visible["p99_ms"],
        visible["p999_ms"],
    )


def _settings(users: int) -> dict[str, object]:
    return {
        "strategy": "push",
        "capacity_users": users,
        "capacity_follows": 1 << 26,
        "capacity_rings": users,
        "column_tweets": 1 << 20,
        "snapshot_interval_s": 3_600,
    }


def _prepare(folder: Path, users: int, authors: int, followers: int) -> None:
    """A snapshot with the graph, whose users all read lately, so that the server gives each a ring."""
    capacity = ShardCapacity(users=users, follows=1 << 26, rings=1, tweets=1_024)
    state = synthetic.make_state(
        capacity, synthetic.random_followers(authors, followers, users, seed=7), followers
    )
    synthetic.make_readers(state, 16.0, int(time.time()))
    copy = capture(state)
    write_arrays(folder / SNAPSHOT_FILE, copy.notes, copy.arrays)


async def _send(server: ServerProcess, authors: int, rate: int, seconds: float) -> tuple[int, float]:
    """Send batches on time, whether or not those before have been answered; answers (lines accepted, s)."""
    rng = np.random.default_rng(5)
    bodies = [_body(rng.integers(1, authors + 1, _BATCH_LINES).tolist()) for _ in range(64)]
    accepted = 0
    room = asyncio.Semaphore(_OUTSTANDING_MAX)
    headers = {"Authorization": f"Bearer {server.token}"}
    connector = aiohttp.TCPConnector(limit=_CONNECTIONS)

    async def one(http: aiohttp.ClientSession, body: bytes) -> None:
        nonlocal accepted
        try:
            async with http.post(f"{server.url}/roost/v1/ingest", data=body) as answer:
                accepted += (await answer.read()).count(b'"ok":true')
        finally:
            room.release()

    async with aiohttp.ClientSession(headers=headers, connector=connector) as http:
        began_s = time.monotonic()
        pending: set[asyncio.Task[None]] = set()
        for number, body in zip(
            range(int(rate * seconds / _BATCH_LINES)), itertools.cycle(bodies), strict=False
        ):
            wait_s = began_s + number * _BATCH_LINES / rate - time.monotonic()
            if wait_s > 0:
                await asyncio.sleep(wait_s)
            await room.acquire()
            task = asyncio.create_task(one(http, body))
            pending.add(task)
            task.add_done_callback(pending.discard)
        await asyncio.gather(*pending)
        return accepted, time.monotonic() - began_s


def _body(authors: list[int]) -> bytes:
    return "\n".join(
        json.dumps({"type": "tweet", "author": author, "text": f"{_TEXT} ({number})", "language": "en"})
        for number, author in enumerate(authors)
    ).encode()


def _settled(server: ServerProcess) -> dict:  # type: ignore[type-arg]
    """The statistics once everything accepted is on all timelines."""
    while True:
        found: dict = server.statistics()  # type: ignore[type-arg]
        if not any(each["lag_events"] for each in found["processors"] if each["name"] == "home"):
            return found
        time.sleep(0.05)


BENCHMARK = Benchmark("deliver", "durable bulk ingest to all followers' timelines", run)
