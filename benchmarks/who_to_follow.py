"""Who to follow: of follows that were hidden, how many are among the first suggestions.

One follow in ten of a real graph is hidden (SNAP ego-Twitter; McAuley and Leskovec 2012), each method sees
the rest, and for each of some users with a hidden follow it is looked at which share of theirs is among the
first 10 and 50. The product's own functions, beside popularity and a factorisation of implicit feedback (Hu,
Koren and Volinsky, "Collaborative Filtering for Implicit Feedback Datasets", ICDM 2008) by the library
`implicit`.
"""

import gzip
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.report import Benchmark, Figure, Report, at_least, digest, machine, single
from roost.graph import Graph, GraphCapacity, near_users, walked_users
from roost.kernels import FLAG_BITS, load_lists

_DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "ego-twitter" / "follows.tsv.gz"
_HIDDEN_SHARE = 0.1
_FIRST, _MORE = 10, 50
_FACTORS = 64
_WALKS = 10_000
_BANDS = ((1, 10), (10, 50), (50, 1 << 31))

Ids = NDArray[np.int64]
Suggest = Callable[[int], Ids]
"""From a user's row to rows, the best first."""


def run(small: bool, say: Callable[[str], None]) -> Report:
    notes: list[str] = []
    say("reading the graph")
    if _DATA.exists():
        follows = _real()
    else:
        follows = _made()
        notes.append("shared/data/ego-twitter is not there: a made graph, whose figures say nothing")
    rng = np.random.default_rng(7)
    hides = rng.random(len(follows)) < _HIDDEN_SHARE
    graph, hidden = _graph(follows[~hides]), _by_user(follows[hides])
    able = [user for user in hidden if graph.followee_count(user)]
    askers = rng.choice(able, min(len(able), 100 if small else 4_000), replace=False).tolist()
    figures, recalls = [], {}
    for name, suggest in _methods(graph, follows[~hides], small, say).items():
        say(f"asking for {len(askers):,} users: {name}")
        began_s = time.process_time()
        found = [suggest(user) for user in askers]
        spent_ms = (time.process_time() - began_s) * 1e3 / len(askers)
        at_10 = _recall(found, askers, hidden, _FIRST)
        recalls[name] = float(at_10.mean())
        figures += [
            single(f"{name}: recall@{_FIRST}", recalls[name], ""),
            *_banded(name, graph, askers, at_10),
            single(f"{name}: recall@{_MORE}", float(_recall(found, askers, hidden, _MORE).mean()), ""),
            single(f"{name}: a user", spent_ms, "ms"),
        ]
    default = recalls.pop(_DEFAULT)
    times = single("recall@10 of the default, times the best other's", default / max(recalls.values()), "x")
    hid = f"{hides.sum():,} of {len(follows):,} follows hidden"
    size = f"{graph.users:,} users, {hid}; for {len(askers):,} users"
    checked = digest(len(askers), f"{default:.6f}")
    return Report("who_to_follow", size, machine(), [at_least(times, 1.0)], figures, checked, notes)


_DEFAULT = "two steps both ways, discounted, and who follows one"


def _methods(graph: Graph, seen: Ids, small: bool, say: Callable[[str], None]) -> dict[str, Suggest]:
    by_followers = np.argsort(-graph.follower_counts(), kind="stable")

    def popular(user: int) -> Ids:
        known = np.append(graph.followees(user), user)
        first = by_followers[: _MORE + len(known)]
        return first[~np.isin(first, known)][:_MORE]

    def around(user: int) -> Ids:
        return np.union1d(graph.followees(user), graph.follower_rows(user))

    def steps(exponent: float, both_ways: bool = False) -> Suggest:
        def suggest(user: int) -> Ids:
            sources = around(user) if both_ways else graph.followees(user)
            return near_users(graph, user, sources, _MORE, all_open, exponent, 0.0).rows

        return suggest

    def walked(user: int) -> Ids:
        walks = 1_000 if small else _WALKS
        return walked_users(graph, user, around(user), _MORE, all_open, user + 1, walks).rows

    all_open = np.zeros(graph.users, np.uint8)
    say("factorising")
    return {
        "popularity": popular,
        "two steps, counted": steps(0.0),
        "two steps, discounted by 1 / out": steps(1.0),
        "two steps, discounted by 1 / sqrt(out)": steps(0.5),
        "two steps both ways, discounted": steps(0.5, both_ways=True),
        _DEFAULT: lambda user: near_users(graph, user, around(user), _MORE, all_open).rows,
        "walks with restart both ways": walked,
        "implicit factorisation (ALS, 64)": _factorised(graph.users, seen, small),
    }


def _factorised(users: int, seen: Ids, small: bool) -> Suggest:
    from implicit.als import AlternatingLeastSquares
    from scipy.sparse import csr_matrix
    from threadpoolctl import threadpool_limits

    matrix = csr_matrix((np.ones(len(seen), np.float32), (seen[:, 0], seen[:, 1])), shape=(users, users))
    model = AlternatingLeastSquares(
        factors=_FACTORS, regularization=0.05, alpha=10, iterations=2 if small else 15, random_state=7
    )
    with threadpool_limits(1, "blas"):
        model.fit(matrix, show_progress=False)

    def suggest(user: int) -> Ids:
        rows, _ = model.recommend(user, matrix[user], N=_MORE, filter_already_liked_items=True)
        return np.asarray(rows, np.int64)

    return suggest


def _recall(
    found: list[Ids], askers: list[int], hidden: dict[int, set[int]], first: int
) -> NDArray[np.float64]:
    return np.array(
        [
            len(hidden[user].intersection(rows[:first].tolist())) / len(hidden[user])
            for user, rows in zip(askers, found, strict=True)
        ]
    )


def _banded(name: str, graph: Graph, askers: list[int], recall: NDArray[np.float64]) -> list[Figure]:
    """By how many the users follow already."""
    counts = np.array([graph.followee_count(user) for user in askers])
    figures = []
    for low, high in _BANDS:
        within = recall[(counts >= low) & (counts < high)]
        if len(within):
            span = f"{low} to {high - 1}" if high < 1 << 30 else f"{low} and more"
            figures.append(
                single(f"{name}: recall@{_FIRST}, of those who follow {span}", float(within.mean()), "")
            )
    return figures


def _real() -> Ids:
    with gzip.open(_DATA, "rt") as file:
        pairs: Ids = np.loadtxt(file, np.int64, skiprows=1)
    moved: Ids = pairs - pairs.min()
    return moved


def _made() -> Ids:
    """Towns of a hundred, in which most follow each other's friends."""
    rng = np.random.default_rng(3)
    users = 5_000
    own = np.repeat(np.arange(users), 12)
    near = own // 100 * 100 + (rng.random(len(own)) ** 2 * 100).astype(np.int64)
    pairs = np.unique(np.stack([own, near], axis=1), axis=0)
    made: Ids = pairs[pairs[:, 0] != pairs[:, 1]]
    return made


def _graph(follows: Ids) -> Graph:
    users = int(follows.max()) + 1
    graph = Graph(GraphCapacity(users, 1 << 24))
    graph.add_users(range(1, users + 1), [0] * users)
    for lists, own, other in ((graph.following, 0, 1), (graph.followers, 1, 0)):
        ordered = follows[np.lexsort((follows[:, other], follows[:, own]))]
        counts = np.bincount(ordered[:, own], minlength=users).astype(np.uint32)
        assert load_lists(lists, counts, ordered[:, other].astype(np.uint32) << np.uint32(FLAG_BITS))
    return graph


def _by_user(follows: Ids) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for user, other in follows.tolist():
        found.setdefault(user, set()).add(other)
    return found


BENCHMARK = Benchmark("who_to_follow", "whom to follow, on a real graph", run)
