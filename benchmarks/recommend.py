"""Recommendations on real retweets: what is known before a cut in time, and what came after it.

The retweets around the announcement of 4 July 2012 (SNAP higgs-twitter; De Domenico et al., "The Anatomy of
a Scientific Rumor", Scientific Reports 3, 2013) say who retweeted whom and when, and not which tweet: so an
item is an author, and asked is whom a user retweets next of those they never retweeted before. The first 70%
are known. Hit rate: for how many users one of the first ten was right; MRR: the mean of 1 / the first right
place.
"""

import gzip
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from benchmarks.report import Benchmark, Report, at_least, digest, machine, single
from roost.interactions import (
    Filters,
    InteractionCapacity,
    InteractionGraph,
    InteractionKind,
    Recommended,
    Walk,
    Weighing,
    recommend,
    salsa,
    subgraph_salsa,
    top_by_proof,
)

_DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "higgs"
_ITEMS = 10**9
"""Added to an author who is an item: the graph's two sides have ids of their own."""
_KNOWN_SHARE = 0.7
_FIRST = 10
_HOUR_MS = 3_600_000
_FAN_MOST = 200
"""Who retweeted more authors says nothing of any two of them, for the counts of items."""
_DEFAULT = "Roost's default"

Lines = NDArray[np.int64]
Ask = Callable[[int], list[int]]


class _World(msgspec.Struct):
    graph: InteractionGraph
    known: dict[int, set[int]]
    """By user: the authors whom they retweeted before the cut."""
    fans: dict[int, set[int]]
    """The other way."""
    coming: dict[int, set[int]]
    """By user: new authors whom they retweeted after it, who were retweeted before."""
    followees: dict[int, list[int]]
    cut_ms: int


def run(small: bool, say: Callable[[str], None]) -> Report:
    notes: list[str] = []
    say("reading the retweets")
    if (_DATA / "activity.txt.gz").exists():
        lines, followees = _real()
    else:
        lines, followees = _made()
        notes.append("shared/data/higgs is not there: made retweets, whose figures say nothing")
    world = _world(lines, followees)
    most = 60 if small else 1_000
    groups = {
        "who retweeted before": _some([user for user in world.coming if world.known.get(user)], most),
        "who follow at least 5": _some([u for u in world.coming if len(followees.get(u, ())) >= 5], most),
    }
    figures, hits = [], defaultdict(dict)  # type: ignore[var-annotated]
    for group, users in groups.items():
        for name, ask in _methods(world, lines).items():
            say(f"{group}, {len(users):,} users: {name}")
            hit, reciprocal, spent_ms = _judged(ask, users, world)
            hits[group][name] = hit
            label = f"{group}: {name}"
            figures += [
                single(f"{label}: hit rate@{_FIRST}", hit, ""),
                single(f"{label}: MRR", reciprocal, ""),
                single(f"{label}: a user", spent_ms, "ms"),
            ]
    goals = [
        at_least(single(f"{group}: hit rate of the default, times most popular", _times(found), "x"), 1.0)
        for group, found in hits.items()
    ]
    sizes = ", ".join(f"{len(users):,} {group}" for group, users in groups.items())
    checked = digest(*(f"{found[_DEFAULT]:.6f}" for found in hits.values()))
    return Report("recommend", f"{len(lines):,} retweets; {sizes}", machine(), goals, figures, checked, notes)


def _times(found: dict[str, float]) -> float:
    return found[_DEFAULT] / max(found["most popular"], 1e-9)


def _methods(world: _World, lines: Lines) -> dict[str, Ask]:
    known = lines[lines[:, 2] * 1000 <= world.cut_ms]
    lately = known[known[:, 2] * 1000 > world.cut_ms - 6 * _HOUR_MS]

    def walked(user: int) -> list[int]:
        walk = Walk(2_000, 3)
        return _authors(
            salsa(world.graph, {user: 1.0}, _FIRST, walk, _weighing(world), _filters(world, user))
        )

    def subgraph(user: int) -> list[int]:
        seeds = _seeds(world, user)
        walk = Walk(2_000, 5)
        found = subgraph_salsa(world.graph, seeds, _FIRST, walk, _weighing(world), _filters(world, user))
        return _authors(found)

    def proof(user: int) -> list[int]:
        seeds = dict.fromkeys(world.followees.get(user, ()), 1.0)
        weighing, filters = _weighing(world, 6), _filters(world, user)
        return _authors(top_by_proof(world.graph, seeds, _FIRST, weighing=weighing, filters=filters))

    def default(user: int) -> list[int]:
        circle = world.followees.get(user, [])[:500]
        found = recommend(world.graph, user, circle, _FIRST, _weighing(world), _filters(world, user))
        return _authors(found)

    return {
        "most popular": _popular(world, known),
        "most popular in the last 6 h": _popular(world, lately),
        "item-item counts": _by_items(world, lambda _one, _other: 1.0),
        "item-item cosine": _by_items(world, lambda one, other: (one * other) ** -0.5),
        "SALSA from oneself, 3 steps": walked,
        "subgraph SALSA with followees": subgraph,
        "social proof of followees": proof,
        _DEFAULT: default,
    }


def _weighing(world: _World, half_life_h: int = 24) -> Weighing:
    weights = {InteractionKind.RETWEET: 1.0}
    return Weighing(weights, half_life_ms=half_life_h * _HOUR_MS, now_ms=world.cut_ms, seed=5)


def _filters(world: _World, user: int) -> Filters:
    left_out = [*(author + _ITEMS for author in world.known.get(user, ())), user + _ITEMS]
    return Filters(tweets=np.array(left_out, np.int64))


def _seeds(world: _World, user: int) -> dict[int, float]:
    followees = world.followees.get(user, [])[:500]
    return {**dict.fromkeys(followees, 0.9 / max(1, len(followees))), user: 0.1}


def _authors(found: Iterable[Recommended]) -> list[int]:
    return [each.tweet_id - _ITEMS for each in found]


def _popular(world: _World, lines: Lines) -> Ask:
    order = [author for author, _ in Counter(lines[:, 1].tolist()).most_common(1_000)]

    def ask(user: int) -> list[int]:
        known = world.known.get(user, set())
        return [author for author in order if author not in known and author != user][:_FIRST]

    return ask


def _by_items(world: _World, weigh: Callable[[int, int], float]) -> Ask:
    """By how many users two authors have in common, as `weigh` has it of how many each has."""

    def ask(user: int) -> list[int]:
        known = world.known.get(user, set())
        scores: dict[int, float] = defaultdict(float)
        for author in known:
            for fan in world.fans[author]:
                others = world.known[fan]
                if fan != user and len(others) < _FAN_MOST:
                    for other in others - known:
                        scores[other] += weigh(len(world.fans[author]), len(world.fans[other]))
        return sorted(scores, key=lambda other: (-scores[other], other))[:_FIRST]

    return ask


def _judged(ask: Ask, users: list[int], world: _World) -> tuple[float, float, float]:
    hits, reciprocals = 0, 0.0
    began_s = time.process_time()
    for user in users:
        places = [place for place, author in enumerate(ask(user), 1) if author in world.coming[user]]
        hits += bool(places)
        reciprocals += 1 / places[0] if places else 0.0
    spent_ms = (time.process_time() - began_s) * 1e3
    return hits / len(users), reciprocals / len(users), spent_ms / len(users)


def _some(users: list[int], most: int) -> list[int]:
    rng = np.random.default_rng(7)
    chosen: list[int] = rng.choice(np.sort(users), min(most, len(users)), replace=False).tolist()
    return chosen


def _world(lines: Lines, followees: dict[int, list[int]]) -> _World:
    lines = lines[np.argsort(lines[:, 2], kind="stable")]
    cut_s = int(np.quantile(lines[:, 2], _KNOWN_SHARE))
    known, fans, coming = defaultdict(set), defaultdict(set), defaultdict(set)
    before = lines[lines[:, 2] <= cut_s]
    for user, author, _ in before.tolist():
        known[user].add(author)
        fans[author].add(user)
    for user, author, _ in lines[lines[:, 2] > cut_s].tolist():
        if author in fans and author not in known.get(user, ()):
            coming[user].add(author)
    graph = InteractionGraph(InteractionCapacity(8, 1 << 17, 1 << 17, 1 << 17, 1 << 40))
    kinds = np.full(len(before), int(InteractionKind.RETWEET), np.uint8)
    graph.add(before[:, 0].copy(), before[:, 1] + _ITEMS, kinds, before[:, 2] * 1000)
    return _World(graph, dict(known), dict(fans), dict(coming), followees, cut_s * 1000)


def _real() -> tuple[Lines, dict[int, list[int]]]:
    with gzip.open(_DATA / "activity.txt.gz", "rt") as file:
        parts = [line.split() for line in file]
    kept = [(int(a), int(b), int(at)) for a, b, at, kind in parts if kind == "RT" and a != b]
    lines = np.array(kept, np.int64)
    followees: dict[int, list[int]] = defaultdict(list)
    with gzip.open(_DATA / "follows-prefix.txt.gz", "rt") as file:
        for line in file:
            user, other = map(int, line.split())
            if user != 22_732:  # whose list is cut
                followees[user].append(other)
    return lines, dict(followees)


def _made() -> tuple[Lines, dict[int, list[int]]]:
    """Circles of fifty, who mostly retweet each other."""
    rng = np.random.default_rng(3)
    count, users = 40_000, 2_000
    who = rng.integers(1, users, count)
    near = who // 50 * 50 + (rng.random(count) ** 2 * 50).astype(np.int64) + 1
    lines = np.stack([who, near, np.sort(rng.integers(10**9, 10**9 + 400_000, count))], axis=1)
    followees = {user: list(range(user // 50 * 50 + 1, user // 50 * 50 + 9)) for user in range(1, users)}
    return lines[lines[:, 0] != lines[:, 1]], followees


BENCHMARK = Benchmark("recommend", "recommendations, on real retweets", run)
