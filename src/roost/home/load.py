"""A shard's state from the tables, for when there is no snapshot that could be used, or no log to replay."""

from collections.abc import AsyncIterator, Callable

import numpy as np

from roost.graph import flags_of
from roost.home.batch import make_batch
from roost.home.state import ShardState
from roost.ids import ID_MAX
from roost.kernels import push_author, record_tweets
from roost.limits import EXPORT_ROWS_MAX
from roost.model import EdgeKind, Tweet
from roost.store import Row, Store, Table, rows, tables, tweets_below

_NEAR_SIDES = (rows.Side.FOLLOWS, rows.Side.BLOCKS, rows.Side.MUTES)

Progress = Callable[[str, int], None]
"""Told what is being loaded, and how many rows of it so far."""


async def load_from_tables(
    state: ShardState, store: Store, position: int, now_ms: int, tell: Progress
) -> None:
    """Fill a new state with what the tables say; they hold everything up to log position `position`.

    Who read how often is not in the tables: everybody starts as inactive and is warm after their next read.
    """
    await _load_users(state, store, tell)
    await _load_edges(state, store, now_ms, tell)
    await _load_choices(state, store, tell)
    await _load_author_rings(state, store, tell)
    await _load_columns(state, store, tell)
    state.position = position


async def _load_users(state: ShardState, store: Store, tell: Progress) -> None:
    async for count, users in _chunks(store, tables.USERS):
        state.graph.add_users([user.user_id for user in users], [flags_of(user) for user in users])
        tell("accounts", count)


async def _load_edges(state: ShardState, store: Store, now_ms: int, tell: Progress) -> None:
    graph = state.graph
    async for count, chunk in _chunks(store, tables.EDGES):
        edges = [row.edge for row in chunk if row.side in _NEAR_SIDES]
        sources = graph.rows_of(np.array([edge.source_id for edge in edges], np.int64))
        targets = graph.rows_of(np.array([edge.target_id for edge in edges], np.int64))
        is_follow = np.array([edge.kind is EdgeKind.FOLLOW for edge in edges], np.bool_)
        shows = np.array([edge.shows_retweets for edge in edges], np.bool_)
        graph.follow_all(sources[is_follow], targets[is_follow], shows[is_follow])
        for index in np.nonzero(~is_follow)[0]:
            edge, source, target = edges[index], int(sources[index]), int(targets[index])
            if source >= 0 and target >= 0 and edge.kind is EdgeKind.BLOCK:
                graph.hidden.block(source, target, now_ms)
            elif source >= 0 and target >= 0:
                graph.hidden.mute(source, target, edge.until_ms, now_ms)
        tell("follows, blocks and mutes", count)


async def _load_choices(state: ShardState, store: Store, tell: Progress) -> None:
    """Who has exclusive lists or follows hashtags."""
    async for count, userlists in _chunks(store, tables.LISTS):
        _note_choices(state, [userlist.owner_id for userlist in userlists if userlist.exclusive])
        tell("lists", count)
    async for count, follows in _chunks(store, tables.FOLLOWED_TAGS):
        _note_choices(state, list(dict.fromkeys(follow.user_id for follow in follows)))
        tell("followed hashtags", count)


def _note_choices(state: ShardState, user_ids: list[int]) -> None:
    for row in state.graph.rows_of(np.array(user_ids, np.int64)).tolist():
        if row >= 0:
            state.graph.note_choices(row)


async def _load_author_rings(state: ShardState, store: Store, tell: Progress) -> None:
    async for count, chunk in _chunks(store, tables.TWEETS_BY_AUTHOR):
        authors = state.graph.rows_of(np.array([row.author_id for row in chunk], np.int64))
        for author, row in zip(authors.tolist(), chunk, strict=True):
            if author >= 0:
                push_author(state.authors, author, row.tweet_id)
                state.tallies[author] += 1
        tell("tweets by author", count)


async def _load_columns(state: ShardState, store: Store, tell: Progress) -> None:
    """The newest tweets, the oldest of them first, as they came in."""
    newest = await _newest_tweets(store, state.capacity.tweets)
    tallies = state.tallies[: state.graph.users].copy()
    for start in range(0, len(newest), EXPORT_ROWS_MAX):
        batch = make_batch(newest[start : start + EXPORT_ROWS_MAX], state.graph)
        rates = np.zeros(len(batch), np.float64)
        record_tweets(
            state.columns, state.authors, state.paces, state.tallies, batch.facts, batch.times_s, rates
        )
        state.highest_id = max(state.highest_id, int(batch.ids[-1]))
        tell("newest tweets", start + len(batch))
    state.tallies[: state.graph.users] = tallies  # counted already, from the author index


async def _newest_tweets(store: Store, limit: int) -> list[Tweet]:
    newest: list[Tweet] = []
    async for chunk in tweets_below(store, ID_MAX):
        newest.extend(chunk)
        if len(newest) >= limit:
            break
    del newest[limit:]
    newest.reverse()
    return newest


async def _chunks(store: Store, table: Table[Row]) -> AsyncIterator[tuple[int, list[Row]]]:
    """All rows of a table, with how many there were so far."""
    after: bytes | None = b""
    count = 0
    while after is not None:
        rows, after = await store.export(table, after, EXPORT_ROWS_MAX)
        count += len(rows)
        yield count, rows
