"""The shard as a state machine: events in, state changed. No thread, no clock, no I/O of its own."""

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np

from roost.graph import flags_of
from roost.home.batch import make_batch
from roost.home.fanout import Fanout
from roost.home.found import found_flags
from roost.home.state import ShardCapacity, ShardState
from roost.home.strategies import STRATEGIES, StrategySettings
from roost.home.warm import Warmer
from roost.ids import unix_ms_of
from roost.kernels import mark_deleted, note_found, remove_from_ring
from roost.model import (
    Edge,
    EdgeAdded,
    EdgeKind,
    EdgeRemoved,
    Edit,
    Event,
    ListSaved,
    TagFollowed,
    Tweet,
    TweetDeleted,
    TweetEdited,
    TweetEnriched,
    TweetPosted,
    UserCreated,
    UserUpdated,
    Visibility,
)

_BATCH_TWEETS_MAX = 4_096


class Shard:
    """Applies events in the log's order. One thread calls it."""

    def __init__(
        self,
        capacity: ShardCapacity,
        strategy: str = "cost",
        settings: StrategySettings | None = None,
        threads: int = 1,
    ) -> None:
        self.state = ShardState(capacity)
        self._settings = settings or StrategySettings()
        self.fanout = Fanout(self.state, STRATEGIES[strategy](self._settings), threads)
        self.warmer = Warmer(self.state)

    def use_strategy(self, name: str) -> None:
        """From the next tweet on."""
        self.fanout.strategy = STRATEGIES[name](self._settings)

    def apply(self, first: int, events: Sequence[Event]) -> None:
        """Apply events that stand in the log from position `first` on, but those applied before."""
        skipped = max(0, self.state.position + 1 - first)
        for kind, run in _runs(events[skipped:]):
            if kind is TweetPosted:
                self._post([event.tweet for event in run if isinstance(event, TweetPosted)])
            elif kind is UserCreated:
                self._add_users([event for event in run if isinstance(event, UserCreated)])
            elif kind is EdgeAdded:
                self._add_edges([event.edge for event in run if isinstance(event, EdgeAdded)])
            else:
                for event in run:
                    self._apply_one(event)
        self.state.position = max(self.state.position, first + len(events) - 1)

    def step(self, now_s: int, flush: bool = False) -> bool:
        """Do one piece of background work; False where there is none."""
        return self.fanout.step(flush) or self.warmer.step(now_s)

    def settle(self, now_s: int) -> None:
        """Do all background work."""
        while self.step(now_s, flush=True):
            pass

    def close(self) -> None:
        self.fanout.close()

    def _post(self, tweets: list[Tweet]) -> None:
        for start in range(0, len(tweets), _BATCH_TWEETS_MAX):
            self.fanout.enter(make_batch(tweets[start : start + _BATCH_TWEETS_MAX], self.state.graph))

    def _add_users(self, created: list[UserCreated]) -> None:
        users = [event.user for event in created]
        self.state.graph.add_users([user.user_id for user in users], [flags_of(user) for user in users])

    def _add_edges(self, edges: list[Edge]) -> None:
        for kind, run in groupby(edges, key=lambda edge: edge.kind):
            if kind is EdgeKind.FOLLOW:
                self._follow(list(run))
            elif kind in (EdgeKind.BLOCK, EdgeKind.MUTE):
                for edge in run:
                    self._hide(edge)

    def _follow(self, edges: list[Edge]) -> None:
        graph = self.state.graph
        sources = graph.rows_of(np.array([edge.source_id for edge in edges], np.int64))
        targets = graph.rows_of(np.array([edge.target_id for edge in edges], np.int64))
        graph.follow_all(sources, targets, np.array([edge.shows_retweets for edge in edges], np.bool_))
        # What the new followee said before belongs on the follower's timeline too.
        for row in dict.fromkeys(sources.tolist()):
            if row >= 0:
                self.warmer.drop(row)

    def _hide(self, edge: Edge) -> None:
        graph = self.state.graph
        source, target = graph.row_of(edge.source_id), graph.row_of(edge.target_id)
        if source < 0 or target < 0:
            return
        now_ms = unix_ms_of(edge.edge_id)
        if edge.kind is EdgeKind.BLOCK:
            graph.hidden.block(source, target, now_ms)
        else:
            graph.hidden.mute(source, target, edge.until_ms, now_ms)

    def _apply_one(self, event: Event) -> None:
        match event:
            case TweetDeleted(tweet):
                self._delete(tweet)
            case TweetEdited(edit):
                self._edit(edit)
            case TweetEnriched(enriched):
                self._note_found(enriched.tweet)
            case EdgeRemoved(edge):
                self._remove_edge(edge)
            case UserUpdated(user):
                row = self.state.graph.row_of(user.user_id)
                if row >= 0:
                    self.state.graph.set_flags(row, flags_of(user))
            case TagFollowed(follow):
                self._note_choices(follow.user_id)
            case ListSaved(userlist) if userlist.exclusive:
                self._note_choices(userlist.owner_id)

    def _note_choices(self, user_id: int) -> None:
        row = self.state.graph.row_of(user_id)
        if row >= 0:
            self.state.graph.note_choices(row)

    def _delete(self, tweet: Tweet) -> None:
        """Rings and author rings keep the id: every reader looks at the flag, or finds no row."""
        mark_deleted(self.state.columns, tweet.tweet_id)
        author = self.state.graph.row_of(tweet.author_id)
        if author >= 0:
            self.state.tallies[author] -= 1

    def _edit(self, edit: Edit) -> None:
        """Of what is kept here, what was found of the text may change, and whom a direct tweet is for: rings
        are made anew for those who were not addressed before."""
        tweet = edit.tweet
        self._note_found(tweet)
        if tweet.visibility is not Visibility.DIRECT:
            return
        for user_id in set(tweet.addressed_ids).difference(edit.before.addressed_ids):
            row = self.state.graph.row_of(user_id)
            if row >= 0:
                self.warmer.drop(row)

    def _note_found(self, tweet: Tweet) -> None:
        note_found(self.state.columns, tweet.tweet_id, found_flags(tweet))

    def _remove_edge(self, edge: Edge) -> None:
        state = self.state
        source, target = state.graph.row_of(edge.source_id), state.graph.row_of(edge.target_id)
        if source < 0 or target < 0:
            return
        now_ms = unix_ms_of(edge.edge_id)
        if edge.kind is EdgeKind.FOLLOW:
            if state.graph.unfollow(source, target):
                remove_from_ring(state.columns, state.rings, source, target)
        elif edge.kind is EdgeKind.BLOCK:
            state.graph.hidden.unblock(source, target, now_ms)
        elif edge.kind is EdgeKind.MUTE:
            state.graph.hidden.unmute(source, target, now_ms)


def _runs(events: Sequence[Event]) -> Iterator[tuple[type[Event], list[Event]]]:
    """Consecutive events of the same type, together."""
    for kind, run in groupby(events, key=type):
        yield kind, list(run)
