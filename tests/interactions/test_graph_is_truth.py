"""Whatever is added, cancelled, deleted, sealed and restored: the graph holds what the naive one holds."""

import itertools
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from roost.interactions import (
    UNIFORM,
    InteractionGraph,
    LiveCapture,
    View,
    capture_live,
    capture_sealed,
    restore_live,
    restore_sealed,
    sampling_for,
)
from roost.kernels import USERS_SIDE, list_edges, look_up, make_found, make_walkers
from tests.kernels.paired import examples, plans

from .ground import TINY, TWEETS, USERS, Pair, add_lines, random_lines

users, tweets, kinds = st.sampled_from(USERS), st.sampled_from(TWEETS), st.sampled_from([0, 1, 6])
lines = st.tuples(users, tweets, kinds, st.integers(1_000, 8_000))
Step = tuple[str, Any]
steps = plans(
    st.one_of(
        st.tuples(st.just("add"), st.lists(lines, min_size=1, max_size=25)),
        st.tuples(st.just("add"), st.lists(st.tuples(st.just(1), tweets, kinds, st.just(2_000)), max_size=9)),
        st.tuples(st.just("cancel"), st.tuples(users, tweets, kinds)),
        st.tuples(st.just("cancel_first"), st.integers(0, 50)),
        st.tuples(st.just("delete_tweet"), tweets),
        st.tuples(st.just("delete_user"), users),
        st.tuples(st.just("rotate"), st.none()),
        st.tuples(st.just("run_job"), st.none()),
        st.tuples(st.just("settle"), st.none()),
    ),
    25,
)


def run_step(pair: Pair, step: Step) -> None:
    kind, value = step
    match kind:
        case "add":
            pair.add(*value)
        case "cancel":
            pair.cancel(*value)
        case "cancel_first":
            there = pair.naive.contents()
            if there:
                pair.cancel(*there[value % len(there)][:3])
        case "delete_tweet" | "delete_user":
            getattr(pair, kind)(value)
        case _:
            getattr(pair, kind)()


@examples(2)
@given(steps)
def test_the_graph_holds_what_the_naive_one_holds(plan: list[Step]) -> None:
    pair = Pair()
    for step in plan:
        run_step(pair, step)
    pair.check()
    pair.settle()
    pair.check()


def saved(graph: InteractionGraph) -> tuple[LiveCapture, list[dict[str, Any]]]:
    sealed = [capture_sealed(graph, each) for each in graph.view().segments if each.is_sealed]
    return capture_live(graph), sealed


@examples(1)
@given(steps, steps)
def test_a_restored_graph_is_the_same_and_goes_on(plan: list[Step], later: list[Step]) -> None:
    pair = Pair()
    for step in plan:
        run_step(pair, step)
    pair.graph.position = 7
    live, sealed = saved(pair.graph)
    pair.graph = InteractionGraph(TINY)
    for arrays in sealed:
        restore_sealed(pair.graph, arrays)
    restore_live(pair.graph, live.position, live.arrays)
    pair.naive.settle()
    assert pair.graph.position == 7
    for step in [("rotate", None), *later]:
        pair.check()
        run_step(pair, step)
    pair.check()


@given(st.lists(st.integers(1, 60), max_size=5))
def test_the_same_log_gives_the_same_graph_however_it_is_cut(cuts: list[int]) -> None:
    """A graph that is made anew from the log equals the one that was there."""
    log = random_lines(3, 150)
    graphs = [InteractionGraph(TINY), InteractionGraph(TINY)]
    bounds = sorted({0, *(cut * 2 for cut in cuts), len(log)})
    add_lines(graphs[0], log)
    for first, stop in itertools.pairwise(bounds):
        add_lines(graphs[1], log[first:stop])
        if graphs[1].job is not None and first % 3 == 0:
            graphs[1].settle()
    captures = []
    for graph in graphs:
        graph.settle()
        live, sealed = saved(graph)
        captures.append([{name: array.tobytes() for name, array in part.items()} for part in sealed])
        captures[-1].append({name: array.tobytes() for name, array in live.arrays.items()})
    for one, other in zip(*captures, strict=True):
        one.pop("words", None), other.pop("words", None)  # the rows may differ
        assert one == other


def test_the_oldest_segment_is_dropped_whole() -> None:
    dropped: list[int] = []
    pair = Pair()
    pair.graph = InteractionGraph(
        TINY, lambda segment: dropped.append(int(capture_sealed(pair.graph, segment)["number"][0]))
    )
    for line in random_lines(1, 200):
        pair.add(line)
        pair.settle()
        pair.check()
    assert dropped == list(range(len(dropped)))
    assert len(dropped) > 5
    assert pair.graph.statistics().segments == TINY.segments
    assert pair.graph.statistics().segments_dropped == len(dropped)


def test_a_view_stays_as_it_is_while_segments_come_and_go() -> None:
    """Its rows are not written to before it is let go; what it is of by then has been sealed and dropped."""
    pair = Pair()
    pair.add(*random_lines(2, 11))
    view = pair.graph.view()
    before = view_edges(view)
    pair.rotate()
    pair.settle()
    pair.add(*random_lines(3, 9))
    assert view_edges(view) == before
    assert len(before) == 11
    del view
    for seed in range(8):
        pair.add(*random_lines(seed, 9))
        pair.rotate()
    pair.check()


def view_edges(view: View) -> list[tuple[int, int]]:
    """The ends of every edge of a view's first segment."""
    sampling, walkers, found = sampling_for(UNIFORM, view), make_walkers(1), make_found(100)
    edges = []
    for user in USERS:
        walkers.here[0] = user
        look_up(view.arrays.users, USERS_SIDE, view.directory[:1], walkers, 1)
        count = list_edges(view.arrays, 1, view.directory[:1], sampling, walkers, 0, 100, found)
        edges += [(user, tweet) for tweet in found.ids[:count].tolist()]
    return sorted(edges)
