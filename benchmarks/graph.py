"""The interaction graph: edges in, bytes an edge, and random walks; GraphJet's own figures are the bar."""

import gc
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import (
    Benchmark,
    Figure,
    Goal,
    Report,
    at_least,
    at_most,
    digest,
    machine,
    median,
    single,
)
from roost.interactions import (
    InteractionCapacity,
    InteractionGraph,
    Recommended,
    Walk,
    salsa,
    subgraph_salsa,
)

_SEGMENTS = 8
_USERS = 1_000_000
_TWEETS = 2_000_000
_EXPONENT = 0.83
"""Of popularity by rank: degrees then follow a power law with exponent 1 + 1 / 0.83 = 2.2."""
_BATCH = 1 << 16
_NOW_MS = 1_750_000_000_000
_WINDOW_MS = 24 * 3_600_000

_GRAPHJET = {"edges/s": 0.85, "p50": 13.8, "p99": 26.2, "rate": 70.0, "subgraph p50": 0.97, "bytes": 17.8}
"""At 100 million edges, one thread, both ways indexed; ingest is its better figure, of 20 million."""
_GRAPHJET_SUBGRAPH_RATE = 1_530
"""Queries/s of subgraph SALSA at 20 million edges."""

Batch = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8], NDArray[np.int64]]


def run(small: bool, say: Callable[[str], None]) -> Report:
    sizes = (200_000,) if small else (10_000_000, 100_000_000)
    goals: list[Goal] = []
    peers: list[Figure] = []
    hashes: list[str] = []
    for edges in sizes:
        say(f"adding {edges:,} edges")
        graph, in_figures = _fill(edges)
        label = f"{edges / 1e6:g} million edges"
        goals += _ingest_goals(label, *in_figures)
        is_largest = edges == sizes[-1]
        if is_largest:
            goals.append(_memory(label, graph, edges))
        say(f"walking over {edges:,} edges")
        found, results = _queries(label, graph, small, is_largest)
        goals += found
        peers += _more_walks(label, graph, small)
        say(f"walking over {edges:,} edges beside a writer")
        peers += _beside_a_writer(label, graph, small)
        hashes.append(results)
        del graph
        gc.collect()
    size = " and ".join(f"{edges:,}" for edges in sizes) + " edges"
    return Report("graph", size, machine(), goals, peers, digest(*hashes))


def _stream(edges: int, seed: int) -> Iterator[Batch]:
    """A power-law stream in order of time: each user and tweet comes as often as its rank says."""
    rng = np.random.default_rng(seed)
    kinds = np.array([0, 0, 0, 1, 1, 1, 1, 2, 3, 4, 5, 6], np.uint8)
    for first in range(0, edges, _BATCH):
        count = min(_BATCH, edges - first)
        users = (1 << 50) + 7_919 * _ranks(rng, _USERS, count)
        tweets = (1 << 51) + 104_729 * _ranks(rng, _TWEETS, count)
        times = _NOW_MS + (first + np.arange(count)) * _WINDOW_MS // edges
        yield users, tweets, kinds[rng.integers(0, len(kinds), count)], times


def _ranks(rng: np.random.Generator, most: int, count: int) -> NDArray[np.int64]:
    power = 1 - _EXPONENT
    drawn = rng.random(count)
    ranks: NDArray[np.int64] = ((most**power * drawn + 1 - drawn) ** (1 / power)).astype(np.int64)
    return np.clip(ranks, 1, most)


def _fill(edges: int) -> tuple[InteractionGraph, tuple[list[float], list[float]]]:
    """The graph; and for each segment the rate of writing alone and with sealing, million/s of a core."""
    segment = edges // _SEGMENTS
    capacity = InteractionCapacity(_SEGMENTS, segment, min(_USERS, segment), min(_TWEETS, segment))
    _warm()
    graph = InteractionGraph(capacity)
    alone: list[float] = []
    whole: list[float] = []
    spent_s, count = 0.0, 0
    for batch in _stream(edges, seed=1):
        began_s = time.thread_time()
        graph.add(*batch)
        spent_s += time.thread_time() - began_s
        count += len(batch[0])
        if graph.job is not None or graph.statistics().edges_ever == edges:
            sealing_s = _seal(graph)
            alone.append(count / spent_s / 1e6)
            whole.append(count / (spent_s + sealing_s) / 1e6)
            spent_s, count = 0.0, 0
    return graph, (alone, whole)


def _warm() -> None:
    graph = InteractionGraph(InteractionCapacity(2, 1_000, 1_000, 1_000))
    for batch in _stream(1_500, seed=2):
        graph.add(*batch)
    graph.settle()
    for query in (salsa, subgraph_salsa):
        query(graph, {(1 << 50) + 7_919: 1.0}, 10)


def _seal(graph: InteractionGraph) -> float:
    """Seal what is full, or else what there is; answer what that took of this thread."""
    began_s = time.thread_time()
    if graph.job is None:
        graph.rotate()
    graph.settle()
    return time.thread_time() - began_s


def _ingest_goals(label: str, alone: list[float], whole: list[float]) -> list[Goal]:
    return [
        at_least(median(f"edges in, both ways, sealed on the same core, {label}", whole, "million/s"), 2.4),
        at_least(median(f"edges in, both ways, sealed by another core, {label}", alone, "million/s"), 2.4),
    ]


def _memory(label: str, graph: InteractionGraph, edges: int) -> Goal:
    stats = graph.statistics()
    assert stats.live_edges == 0
    return at_most(
        single(f"sealed, both ways, {label}", stats.sealed_edges_bytes / edges, "bytes/edge"), 12.0
    )


def _queries(label: str, graph: InteractionGraph, small: bool, is_largest: bool) -> tuple[list[Goal], str]:
    rounds = 50 if small else 2_000
    users = _seeds(rounds, seed=3)
    full, found = _timed([partial(salsa, graph, {user: 1.0}, 10) for user in users.tolist()])
    groups = _seeds(100 * rounds, seed=4).reshape(rounds, 100).tolist()
    part, also = _timed([partial(subgraph_salsa, graph, dict.fromkeys(group, 1.0), 10) for group in groups])
    name = f"full SALSA, 1,000 walks x 5, {label}"
    goals = [
        at_most(_percentile(f"{name}, p50", full, 50), _GRAPHJET["p50"] / 3 if is_largest else 4.7 / 3),
        at_most(_percentile(f"{name}, p99", full, 99), _GRAPHJET["p99"] / 3 if is_largest else 8.7 / 3),
        at_least(_rate(f"{name}, one core", full), 3 * _GRAPHJET["rate"] if is_largest else 1_000),
        at_most(
            _percentile(f"subgraph SALSA, 100 seeds, {label}, p50", part, 50),
            (_GRAPHJET["subgraph p50"] if is_largest else 0.55) / 3,
        ),
        at_least(
            _rate(f"subgraph SALSA, 100 seeds, {label}, one core", part),
            1_500 if is_largest else 3 * _GRAPHJET_SUBGRAPH_RATE,
        ),
    ]
    return goals, digest(*(f"{each.tweet_id} {each.score:.9f}" for each in [*found, *also]))


def _more_walks(label: str, graph: InteractionGraph, small: bool) -> list[Figure]:
    users = _seeds(10 if small else 300, seed=5)
    walk = Walk(10_000, 5)
    spent, _ = _timed([partial(salsa, graph, {user: 1.0}, 10, walk) for user in users.tolist()])
    name = f"full SALSA, 10,000 walks x 5, {label}"
    return [
        _percentile(f"{name}, p50", spent, 50),
        _percentile(f"{name}, p99", spent, 99),
        _rate(f"{name}, one core", spent),
    ]


def _beside_a_writer(label: str, graph: InteractionGraph, small: bool) -> list[Figure]:
    """Walks while another thread writes as fast as it can, and a third one seals what is full."""
    stop, done = threading.Event(), [0]
    stream = list(_stream(20 * _BATCH, seed=6))

    def write() -> None:
        while not stop.is_set():
            graph.add(*stream[done[0] % len(stream)])
            done[0] += 1

    writer = threading.Thread(target=write)
    began_s = time.perf_counter()
    writer.start()
    users = _seeds(30 if small else 1_000, seed=7)
    spent, _ = _timed([partial(salsa, graph, {user: 1.0}, 10) for user in users.tolist()])
    stop.set()
    writer.join()
    written = done[0] * _BATCH / (time.perf_counter() - began_s) / 1e6
    name = f"full SALSA, 1,000 walks x 5, beside a writer, {label}"
    return [
        _percentile(f"{name}, p50", spent, 50),
        _percentile(f"{name}, p99", spent, 99),
        single(f"edges in beside walks, both ways, sealed, {label}", written, "million/s"),
    ]


def _seeds(count: int, seed: int) -> NDArray[np.int64]:
    """Users as often as they are active."""
    return (1 << 50) + 7_919 * _ranks(np.random.default_rng(seed), _USERS, count)


class Spent(NamedTuple):
    wall_ms: list[float]
    cpu_s: float
    """Of the one thread that asked."""


def _timed(queries: Sequence[Callable[[], list[Recommended]]]) -> tuple[Spent, list[Recommended]]:
    """What the queries took, one after another, and what all of them answered."""
    wall_ms: list[float] = []
    answers: list[Recommended] = []
    cpu_began_s = time.thread_time()
    for query in queries:
        began_s = time.perf_counter()
        answer = query()
        wall_ms.append((time.perf_counter() - began_s) * 1000)
        answers += answer
    return Spent(wall_ms, time.thread_time() - cpu_began_s), answers


def _percentile(name: str, spent: Spent, percent: int) -> Figure:
    return single(name, float(np.percentile(spent.wall_ms, percent)), "ms")


def _rate(name: str, spent: Spent) -> Figure:
    return single(name, len(spent.wall_ms) / spent.cpu_s, "queries/s")


BENCHMARK = Benchmark("graph", "the interaction graph: edges in, bytes an edge, random walks", run)
