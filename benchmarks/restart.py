"""From the start of the process to the first home timeline served, after kill -9."""

import json
import random
import time
import urllib.error
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks.report import Benchmark, Report, at_most, digest, machine, median, single
from benchmarks.server import ServerProcess, data_folder
from roost.home import ShardCapacity, capture, synthetic, write_arrays
from roost.processors import SNAPSHOT_FILE

_READER_ID = 1
_TWEETS_AFTER_SNAPSHOT = 20_000


def run(small: bool, say: Callable[[str], None]) -> Report:
    users = 50_000 if small else 1_000_000
    follows_each = 20 if small else 100
    rounds = 1 if small else 3
    settings = {
        "capacity_users": users + 1_000,
        "capacity_follows": 1 << 29,
        "capacity_rings": 1 << 16,
        "snapshot_interval_s": 3_600,
    }
    with data_folder() as folder:
        say(f"making a snapshot of {users:,} users and {users * follows_each:,} follows")
        size = _prepare(folder, users, follows_each)
        say(f"posting {_TWEETS_AFTER_SNAPSHOT:,} tweets behind the snapshot, then kill -9")
        token, expected = _post_and_kill(folder, settings, users)
        served: list[float] = []
        for _ in range(rounds):
            say("starting")
            seconds = _time_to_first_page(folder, settings, token, expected)
            served.append(seconds)
    goals = [at_most(median("started after kill -9, first home timeline served", served, "s"), 10.0)]
    peers = [single("snapshot", round(size / 2**20), "MiB")]
    shape = f"{users:,} users, {users * follows_each:,} follows, {_TWEETS_AFTER_SNAPSHOT:,} tweets to replay"
    return Report("restart", shape, machine(), goals, peers, digest(users, follows_each))


def _prepare(folder: Path, users: int, follows_each: int) -> int:
    capacity = ShardCapacity(users=users, follows=1 << 29, rings=1, tweets=1_024)
    followers = synthetic.random_followers(users, follows_each, users, seed=8)
    copy = capture(synthetic.make_state(capacity, followers, follows_each))
    return write_arrays(folder / SNAPSHOT_FILE, copy.notes, copy.arrays)


def _post_and_kill(folder: Path, settings: Mapping[str, object], users: int) -> tuple[str, str]:
    """Leave a log behind the snapshot; answers a reader's token and the newest tweet that it must see."""
    server = ServerProcess(folder, settings)
    server.wait_until_ready()
    server.ask("POST", "/roost/v1/users", {"username": "reader", "id": _READER_ID})
    token: str = server.ask("POST", "/roost/v1/tokens", {"username": "reader"})["token"]
    chooser = random.Random(2)
    lines: list[dict[str, object]] = [
        {"type": "tweet", "author": chooser.randint(2, users), "text": f"tweet {number}"}
        for number in range(_TWEETS_AFTER_SNAPSHOT)
    ]
    server.ingest(lines[: len(lines) // 2])
    server.ingest(lines[len(lines) // 2 :])
    newest = server.ingest([{"type": "tweet", "author": _READER_ID, "text": "the newest"}])[0]["id"]
    server.kill()
    return token, newest


def _time_to_first_page(folder: Path, settings: Mapping[str, object], token: str, expected: str) -> float:
    """Seconds from the start of the process to a home timeline with the newest tweet on it."""
    began_s = time.monotonic()
    server = ServerProcess(folder, settings)
    server.wait_until_ready()
    while True:
        try:
            page = server.ask("GET", "/api/v1/timelines/home", token=token)
        except (urllib.error.URLError, json.JSONDecodeError):
            continue
        if page and page[0]["id"] == expected:
            break
        time.sleep(0.005)
    seconds = time.monotonic() - began_s
    server.kill()
    return seconds


BENCHMARK = Benchmark("restart", "start after a crash to the first home timeline", run)
