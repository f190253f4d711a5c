"""Queries beside a thread that writes, seals and drops: every answer is of edges that were there."""

import threading

import numpy as np
import pytest

from roost.interactions import (
    InteractionCapacity,
    InteractionGraph,
    Walk,
    interactions_of,
    salsa,
    top_by_proof,
)
from roost.kernels import JIT_DISABLED

pytestmark = pytest.mark.skipif(
    JIT_DISABLED, reason="plain Python holds the interpreter lock, so that nothing runs at once"
)
USERS = 50
CLUSTER = 1_000
"""User u interacts only with tweets u * CLUSTER + n, and with those of user u + 1."""
READS_MIN = 300


def write(graph: InteractionGraph, stop: threading.Event) -> None:
    rng = np.random.default_rng(1)
    now_ms = 1
    while not stop.is_set():
        users = rng.integers(1, USERS + 1, 300)
        tweets = (users + rng.integers(0, 2, 300)) * CLUSTER + rng.integers(0, 40, 300)
        graph.add(users, tweets, np.full(300, 1, np.uint8), np.arange(now_ms, now_ms + 300))
        now_ms += 300
        graph.cancel(int(users[0]), int(tweets[0]), 1)
        graph.delete_tweet(int(tweets[1]))


def is_possible(user: int, tweet: int) -> bool:
    return tweet // CLUSTER - user in (0, 1) and tweet % CLUSTER < 40


def test_every_answer_is_of_edges_that_were_there() -> None:
    graph = InteractionGraph(InteractionCapacity(3, 2_000, 60, 3_000))
    stop = threading.Event()
    writer = threading.Thread(target=write, args=(graph, stop))
    writer.start()
    try:
        for number in range(READS_MIN):
            user = number % USERS + 1
            for edge in interactions_of(graph, user, 5_000):
                assert is_possible(user, edge.tweet_id)
            for each in salsa(graph, {user: 1.0}, 50, Walk(200, 5)):
                assert 1 <= each.tweet_id // CLUSTER <= USERS + 1
                assert all(is_possible(proof.user_id, each.tweet_id) for proof in each.proofs)
            for each in top_by_proof(graph, {user: 1.0}, 50):
                assert is_possible(user, each.tweet_id)
    finally:
        stop.set()
        writer.join()
    graph.settle()
    assert graph.statistics().segments == 3


def test_the_writer_waits_for_a_view_that_is_held(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """However long that takes: nothing is lost, and no edge is there twice."""
    monkeypatch.setattr("roost.interactions.segments.INTERACTION_ROW_WAIT_S", 0.001)
    graph = InteractionGraph(InteractionCapacity(1, 8, 8, 8))
    held = []
    added = 0

    def add(count: int) -> None:
        nonlocal added
        for _ in range(count):
            added += 1
            one = np.array([added], np.int64)
            graph.add(one, one, np.ones(1, np.uint8), one)

    def add_much() -> None:
        add(200)

    add(8)
    held.append(graph.view())
    writer = threading.Thread(target=add_much)
    writer.start()
    while "takes nothing" not in caplog.text:
        writer.join(0.01)
        assert writer.is_alive()
    held.clear()
    writer.join()
    assert graph.statistics().edges_ever == added == 208
    newest = interactions_of(graph, added, 10)
    assert len(newest) == 1
