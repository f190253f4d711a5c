"""Home timelines over HTTP: latency at 2,000 requests/s beside fan-out, and how many a core can serve."""

import json
import random
import threading
import time
from collections.abc import Callable

from benchmarks import wrk
from benchmarks.report import Benchmark, Report, at_least, at_most, digest, machine, median, single
from benchmarks.server import ServerProcess, data_folder
from roost.errors import Invalid

_PATH = "/api/v1/timelines/home?limit=20"
_FOLLOWEES = 100
_READERS = 400
_BACKGROUND_TWEETS_A_SECOND = 200


def run(small: bool, say: Callable[[str], None]) -> Report:
    if not wrk.available():
        raise Invalid("This benchmark needs wrk (Debian: apt-get install wrk)")
    users = 400 if small else 10_000
    seconds = 3 if small else 10
    rounds = 1 if small else 5
    with data_folder() as folder:
        server = ServerProcess(folder, {"capacity_users": 1 << 16, "strategy": "push"})
        try:
            server.wait_until_ready()
            say(f"making {users:,} accounts that follow {_FOLLOWEES} each, and their tweets")
            tokens = _fill(server, users)
            say("waiting until all that follows from it is derived")
            _settle(server)
            wrk.run(server.url, _PATH, tokens, 16, 2)
            say("2,000 requests/s beside fan-out")
            beside = [_beside_fanout(server, users, tokens, seconds) for _ in range(rounds)]
            say("as many requests as it can answer")
            alone = [_saturated(server, tokens, seconds) for _ in range(rounds)]
            page, _ = server.fetch("GET", _PATH, token=tokens[0])
        finally:
            server.stop()
    rate = median("requests answered beside fan-out", [r.requests_a_second for r in beside], "requests/s")
    failures = sum(r.failures for r in beside) + sum(r.failures for r, _ in alone)
    goals = [
        at_most(median("20 tweets at about 2,000 requests/s, p99", [r.p99_ms for r in beside], "ms"), 10),
        at_least(median("at saturation, a core", [per_core for _, per_core in alone], "requests/s"), 5_000),
        at_most(single("failed requests", failures, "requests"), 0),
    ]
    peers = [
        rate,
        median("p50 beside fan-out", [r.p50_ms for r in beside], "ms"),
        median("at saturation, in all", [r.requests_a_second for r, _ in alone], "requests/s"),
        median("p99 at saturation, 32 connections", [r.p99_ms for r, _ in alone], "ms"),
        single("bytes of a page", len(page), "bytes"),
    ]
    beside_it = f"{_BACKGROUND_TWEETS_A_SECOND} tweets/s x {_FOLLOWEES} followers"
    size = f"{users:,} users, pages of 20, beside {beside_it}"
    return Report("home", size, machine(), goals, peers, digest(len(json.loads(page)), users))


def _fill(server: ServerProcess, users: int) -> list[str]:
    chooser = random.Random(3)
    everybody = range(1, users + 1)
    lines: list[dict[str, object]] = [{"type": "user", "username": f"u{n}", "id": n} for n in everybody]
    for start in range(0, users, 5_000):
        server.ingest(lines[start : start + 5_000])
    for start in range(1, users + 1, 500):
        batch = range(start, min(start + 500, users + 1))
        server.ingest(
            [
                {"type": "follow", "follower": n, "followees": chooser.sample(everybody, _FOLLOWEES)}
                for n in batch
            ]
        )
    for _ in range(4):
        server.ingest([_tweet(chooser, users) for _ in range(5_000)])
    return [
        server.ask("POST", "/roost/v1/tokens", {"username": f"u{n}"})["token"]
        for n in range(1, min(users, _READERS) + 1)
    ]


def _settle(server: ServerProcess) -> None:
    while any(each["lag_events"] for each in server.statistics()["processors"]):
        time.sleep(0.5)


def _tweet(chooser: random.Random, users: int) -> dict[str, object]:
    words = " ".join(chooser.choices(("rain", "goal", "coffee", "morning", "train", "music", "winter"), k=12))
    return {"type": "tweet", "author": chooser.randint(1, users), "text": f"{words} #{words[:4]}"}


def _beside_fanout(server: ServerProcess, users: int, tokens: list[str], seconds: int) -> wrk.WrkResult:
    """20 connections that wait 9 ms after each answer: about 2,000 requests/s."""
    stop = threading.Event()
    poster = threading.Thread(target=_post_until, args=(server, users, stop))
    poster.start()
    try:
        return wrk.run(server.url, _PATH, tokens, 20, seconds, delay_ms=9)
    finally:
        stop.set()
        poster.join()


def _post_until(server: ServerProcess, users: int, stop: threading.Event) -> None:
    chooser = random.Random(11)
    share = _BACKGROUND_TWEETS_A_SECOND // 10
    while not stop.is_set():
        began_s = time.monotonic()
        server.ingest([_tweet(chooser, users) for _ in range(share)])
        stop.wait(max(0.0, 0.1 - (time.monotonic() - began_s)))


def _saturated(server: ServerProcess, tokens: list[str], seconds: int) -> tuple[wrk.WrkResult, float]:
    before_s = server.processor_seconds()
    result = wrk.run(server.url, _PATH, tokens, 32, seconds)
    used_s = server.processor_seconds() - before_s
    return result, result.requests_a_second * seconds / used_s


BENCHMARK = Benchmark("home", "home timelines over HTTP", run)
