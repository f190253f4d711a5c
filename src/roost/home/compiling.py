"""Compiles every kernel before the first request needs one."""

import numpy as np

from roost.graph import Graph
from roost.home.known import worth_showing
from roost.home.reader import ListRows, ShardReader
from roost.home.shard import Shard
from roost.home.snapshot import capture, restore
from roost.home.state import ShardCapacity, ShardState
from roost.ids import first_id_at
from roost.kernels import (
    FRAME_COLUMNS,
    LANE_COLUMNS,
    TO_MEMBERS,
    TWEET_FACTS,
    Jobs,
    deliver_slice,
    list_audience,
    list_audience_among,
    list_candidates,
    merge_list,
    send_frames,
)
from roost.model import (
    NO_FINDINGS,
    Edge,
    EdgeAdded,
    EdgeKind,
    EdgeRemoved,
    Enriched,
    Event,
    Tweet,
    TweetDeleted,
    TweetEnriched,
    TweetPosted,
    User,
    UserCreated,
    UserUpdated,
)

_NOW_S = 1_700_000_000
_TINY = ShardCapacity(users=16, follows=4_096, rings=2, ring_entries=16, tweets=64)


def compile_kernels() -> None:
    """Run a tiny shard through everything that a shard can do.

    The first time on a machine this takes about half a minute; machine code is kept beside the source, and
    later it takes about a second.
    """
    shard = Shard(_TINY, "cost")
    users = [User(user_id, f"user{user_id}", 0) for user_id in range(1, 5)]
    edge_id = first_id_at(_NOW_S * 1000)
    follows = [Edge(EdgeKind.FOLLOW, follower, 1, edge_id + follower) for follower in (2, 3, 4)]
    tweets = [Tweet(edge_id + 10 + number, 1, "text") for number in range(40)]
    reply = Tweet(edge_id + 60, 1, "text", reply_to_id=tweets[0].tweet_id, reply_to_author_id=2)
    events: list[Event] = [
        *(UserCreated(user) for user in users),
        *(EdgeAdded(edge) for edge in follows),
        *(TweetPosted(tweet) for tweet in (*tweets, reply)),
        TweetDeleted(tweets[-1]),
        TweetEnriched(Enriched(tweets[0], NO_FINDINGS)),
        UserUpdated(users[0]),
    ]
    shard.apply(1, events)
    reader = ShardReader(shard.state)
    for row in (1, 2, 3):
        shard.warmer.note_reads([row], _NOW_S)
        shard.settle(_NOW_S)
        reader.gather(row, edge_id + 100, 10, 0)
        reader.page(row, edge_id + 100, 0, 10, 0)
    followees = ListRows(np.array([1, 2], np.uint32), TO_MEMBERS)
    reader.gather_list(0, followees, edge_id + 100, 10, 0)
    reader.list_page(0, followees, edge_id + 100, 0, 10, 0)
    shard.warmer.revive()
    shard.settle(_NOW_S)
    reader.newest(shard.state.graph.followees(1))
    shard.state.graph.follows(1, 0)
    shard.state.graph.follower_rows(0)
    worth_showing(shard.state, np.array([edge_id + 10], np.int64))
    _compile_audience(shard.state.graph)
    _compile_lanes()
    shard.apply(len(events) + 1, [EdgeRemoved(follows[0])])
    shard.warmer.sweep(_NOW_S + 10_000_000)
    _compile_slices(shard)
    copy = capture(shard.state)
    restore(ShardState(_TINY), copy.notes, copy.arrays, 0)
    shard.close()


def _compile_audience(graph: Graph) -> None:
    facts, found = np.zeros((1, TWEET_FACTS), np.int64), np.zeros(16, np.int64)
    list_audience(graph.followers, graph.following, np.zeros(16, np.uint8), facts, found)
    list_audience_among(graph.following, np.ones(1, np.int64), facts, found)
    list_candidates(graph.following, facts, 0, 1, 1, found)


def _compile_lanes() -> None:
    """No lane has anything to send."""
    pairs, room = np.zeros((1, 2), np.int64), np.zeros(1, np.uint8)
    lanes, frames = np.zeros((1, LANE_COLUMNS), np.int64), np.zeros((1, FRAME_COLUMNS), np.int64)
    send_frames(lanes, frames, pairs, np.zeros(2, np.int64), np.zeros(1, np.uint8), room, 0, pairs.copy())


def _compile_slices(shard: Shard) -> None:
    """The kernel for deliveries that are too large for a tiny shard."""
    graph = shard.state.graph
    merge_list(graph.followers, 0, 0)
    one = np.zeros(1, np.int64)
    job = Jobs(one, one, one, one, one, np.zeros(1, np.uint8), one, np.empty(0, np.int64))
    deliver_slice(graph.followers, graph.following, shard.state.rings, job, 0, -1, 0, 1)
