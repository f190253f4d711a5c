"""Everything at once for ten minutes, by many people over HTTP; then all that is derived is verified.

What is measured on the way: answers by kind of request, how long the event loop lets a bare request wait,
memory, and how far processors fall behind. The people are in processes of their own on the same machine.
"""

import multiprocessing
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

import numpy as np

from benchmarks.report import Benchmark, Figure, Report, at_least, at_most, digest, machine, single
from benchmarks.server import ServerProcess, data_folder
from benchmarks.soak_people import Person, Told, live

_PROCESSES = 2
_PROBE_S = 0.05
_LOOK_EVERY = 20
_SEED = 20_261_126
_SETTLE_S = 120.0
_DIFFERENCES_SHOWN = 10
_SETTINGS: dict[str, object] = {
    "capacity_users": 4_096,
    "capacity_follows": 1 << 20,
    "capacity_rings": 64,
    "ring_entries": 64,
    "column_tweets": 4_096,
    "snapshot_interval_s": 20,
}
"""Little room, so that rings are given away and columns overwritten."""


class _Watcher(threading.Thread):
    """Asks for next to nothing again and again: how long that takes is how long the event loop is busy."""

    def __init__(self, server: ServerProcess) -> None:
        super().__init__(daemon=True)
        self.waits_ms: list[float] = []
        self.lags: dict[str, tuple[int, float]] = {}
        self._server = server
        self._ended = threading.Event()

    def run(self) -> None:
        looks = 0
        while not self._ended.wait(_PROBE_S):
            began_s = time.perf_counter()
            self._server.ask("GET", "/roost/v1/health")
            self.waits_ms.append((time.perf_counter() - began_s) * 1e3)
            looks += 1
            if looks % _LOOK_EVERY == 0:
                self._note_lags()

    def end(self) -> None:
        self._ended.set()
        self.join()

    def _note_lags(self) -> None:
        for found in self._server.statistics()["processors"]:
            events, seconds = self.lags.get(found["name"], (0, 0.0))
            self.lags[found["name"]] = max(events, found["lag_events"]), max(seconds, found["lag_s"])


def run(small: bool, say: Callable[[str], None]) -> Report:
    people, seconds, rate = (24, 8.0, 60.0) if small else (200, 600.0, 100.0)
    with data_folder() as folder:
        server = ServerProcess(folder, _SETTINGS)
        try:
            server.wait_until_ready()
            say(f"making {people} accounts")
            everybody = [_make_person(server, number) for number in range(people)]
            before = server.statistics()["resident_bytes"]
            watcher = _Watcher(server)
            watcher.start()
            say(f"{rate:.0f} requests a second for {seconds:.0f} s")
            told = _live(server, everybody, rate, seconds)
            watcher.end()
            say("verifying everything")
            _settle(server)
            after = server.statistics()
            verified = server.ask("POST", "/roost/v1/verify", {"users": people})
        finally:
            server.stop()
    size = f"{people} people, {rate:.0f} requests/s for {seconds:.0f} s, {_PROCESSES} processes"
    return _report(size, seconds, told, watcher, (before, after), verified)


def _make_person(server: ServerProcess, number: int) -> Person:
    """One in ten approves of followers, and is read by these alone."""
    name = f"person{number}"
    made = server.ask("POST", "/roost/v1/users", {"username": name, "protected": number % 10 == 9})
    token = server.ask("POST", "/roost/v1/tokens", {"username": name})["token"]
    return Person(made["id"], name, token)


def _live(server: ServerProcess, everybody: list[Person], rate: float, seconds: float) -> list[Told]:
    terms = (rate / _PROCESSES, seconds, max(1, len(everybody) // 20))
    shares = [everybody[start::_PROCESSES] for start in range(_PROCESSES)]
    with ProcessPoolExecutor(_PROCESSES, multiprocessing.get_context("spawn")) as pool:
        works = [
            pool.submit(live, server.url, share, everybody, _SEED + number, terms)
            for number, share in enumerate(shares)
        ]
        return [work.result() for work in works]


def _settle(server: ServerProcess) -> None:
    """Until the processors are done with the log."""
    until_s = time.monotonic() + _SETTLE_S
    while any(found["lag_events"] for found in server.statistics()["processors"]):
        if time.monotonic() > until_s:
            raise RuntimeError("the processors did not come to the end of the log")
        time.sleep(0.1)


def _report(
    size: str,
    seconds: float,
    told: list[Told],
    watcher: _Watcher,
    memory: tuple[int, Any],
    verified: Any,
) -> Report:
    answers: dict[str, list[float]] = {}
    refused: Counter[str] = Counter()
    for each in told:
        refused.update(each.refused)
        for kind, found in each.answers_ms.items():
            answers.setdefault(kind, []).extend(found)
    done = sum(map(len, answers.values()))
    compared = sum(subject["compared"] for subject in verified["subjects"])
    errors = refused.pop("error", 0)
    goals = [
        at_most(single("what is derived and not as the tables say", verified["differing"], "things"), 0),
        at_most(single("answers that were errors", errors, "answers"), 0),
        at_least(single("compared with the tables", compared, "things"), 1),
    ]
    before, after = memory
    peers = [
        single("done", done / seconds, "requests/s"),
        *_quantiles("an answer", [value for found in answers.values() for value in found]),
        *_quantiles("a request for nothing", watcher.waits_ms),
        single("memory at the beginning", before / 2**20, "MiB"),
        single("memory at the end", after["resident_bytes"] / 2**20, "MiB"),
        single("events on the log", after["log"]["last"], "events"),
        single("messages streamed", sum(each.streamed for each in told), "messages"),
    ]
    notes = [_note(kind, found) for kind, found in sorted(answers.items())]
    notes += [f"refused: {kind}, {count:,} times" for kind, count in sorted(refused.items())]
    notes += [
        f"{name} was behind by up to {events:,} events, {s:.2f} s"
        for name, (events, s) in watcher.lags.items()
    ]
    notes += [
        f"verified: {each['name']}, {each['compared']:,} {each['unit']}" for each in verified["subjects"]
    ]
    notes += [
        f"not compared, of {each['name']}: {reason}"
        for each in verified["subjects"]
        for reason in each["left_open"]
    ]
    notes += [error for each in told for error in each.errors]
    notes += [
        f"{subject['name']}: {one['what']}: found {one['found']}, expected {one['expected']}"
        for subject in verified["subjects"]
        for one in subject["differences"][:_DIFFERENCES_SHOWN]
    ]
    return Report("soak", size, machine(), goals, peers, digest("soak", _SEED, size), notes)


def _quantiles(name: str, values_ms: list[float]) -> list[Figure]:
    half, most, all_but_few = np.quantile(values_ms, (0.5, 0.99, 0.999)).tolist()
    shares = (("p50", half), ("p99", most), ("p99.9", all_but_few), ("longest", max(values_ms)))
    return [single(f"{name}, {share}", value, "ms") for share, value in shares]


def _note(kind: str, values_ms: list[float]) -> str:
    half, most = np.quantile(values_ms, (0.5, 0.99)).tolist()
    return f"{kind}: {len(values_ms):,}, p50 {half:.1f} ms, p99 {most:.1f} ms"


BENCHMARK = Benchmark("soak", "everything at once for a while, and then all of it verified", run)
