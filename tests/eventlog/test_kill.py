"""`kill -9` at any moment: what was acknowledged is there exactly once, with its rows; nothing is half there.

This proves the order of writes and the recovery, not the sync: what a killed process wrote, its kernel still
has. That nobody is answered before the sync is proven where the disk is the tests' own.
"""

import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from roost.eventlog import EmbeddedLog
from roost.model import Event, Like, Tweet, TweetLiked, TweetPosted
from roost.store import Batch, KeyValueStore, open_rocksdb, tables
from roost.store.rows import SettingRow
from tests.eventlog import killed_writer
from tests.eventlog.ground import slices_of
from tests.store.samples import rows_of

ROUNDS = 6
SEED = 20_101_104

Acknowledged = dict[int, list[int]]
"""The ids of an append's tweets by the position of its last event."""


def run_and_kill(folder: Path, round_number: int, lines: int) -> Acknowledged:
    """Let a writer acknowledge so many appends, kill it, and return all that it had acknowledged by then."""
    command = [sys.executable, killed_writer.__file__, str(folder), str(round_number)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        heard = [process.stdout.readline() for _ in range(lines)]
        process.kill()
        heard += process.stdout.readlines()
    assert process.returncode == -9, "it wrote until it was killed"
    whole = [line for line in heard if line.endswith("\n")]
    assert len(whole) >= lines
    return {position: ids for position, *ids in (map(int, line.split()) for line in whole)}


def tweets_in(events: Sequence[Event]) -> list[Tweet]:
    return [event.tweet for event in events if isinstance(event, TweetPosted)]


def likes_in(events: Sequence[Event]) -> list[Like]:
    return [event.like for event in events if isinstance(event, TweetLiked)]


async def check(folder: Path, acknowledged: Acknowledged) -> int:
    """Compare the log, the tables and what was acknowledged; the log's last position."""
    store = KeyValueStore(open_rocksdb(folder))
    log = EmbeddedLog(store, Batch)
    events = [event for found in await slices_of(log) for event in found.events]
    assert (log.first, log.last) == (1, len(events)), "no gap"
    for position, ids in acknowledged.items():
        own = events[position - 2 * len(ids) : position]
        assert [tweet.tweet_id for tweet in tweets_in(own)] == ids
        assert [like.tweet_id for like in likes_in(own)] == ids
    await check_rows(store, events)
    cursor = await log.cursor(killed_writer.READER)
    note = await store.get(tables.SETTINGS, (killed_writer.READER,))
    assert note == (SettingRow(killed_writer.READER, str(cursor).encode()) if cursor else None)
    assert cursor <= log.last
    await store.close()
    return log.last


async def check_rows(store: KeyValueStore, events: Sequence[Event]) -> None:
    """Every event is there once and has all its rows, and every row has its event."""
    posted, liked = tweets_in(events), likes_in(events)
    assert len(events) == len(posted) + len(liked)
    assert len({tweet.tweet_id for tweet in posted}) == len(posted)
    assert await rows_of(store, tables.TWEETS) == sorted(posted, key=lambda tweet: tweet.tweet_id)
    by_author = await rows_of(store, tables.TWEETS_BY_AUTHOR)
    assert [(row.author_id, row.tweet_id) for row in by_author] == sorted(
        (tweet.author_id, tweet.tweet_id) for tweet in posted
    )
    in_key_order = sorted(liked, key=lambda like: (like.user_id, like.like_id))
    assert await rows_of(store, tables.LIKES_OF_USER) == in_key_order
    assert len(await rows_of(store, tables.LIKES)) == len(liked)
    marks = await rows_of(store, tables.MARKS)
    assert [(mark.user_id, mark.tweet_id) for mark in marks] == [
        (like.user_id, like.tweet_id) for like in in_key_order
    ]


async def test_nothing_acknowledged_is_lost_when_killed(tmp_path: Path) -> None:
    chance = random.Random(SEED)
    folder = tmp_path / "data"
    acknowledged: Acknowledged = {}
    last = 0
    for round_number in range(1, ROUNDS + 1):
        new = run_and_kill(folder, round_number, chance.randint(1, 400))
        assert min(new) > last, "positions go on where the log ended"
        acknowledged |= new
        last = await check(folder, acknowledged)
        assert last >= max(new)
