"""A process that appends until it is killed, and says what was acknowledged.

Called with a folder and a round's number. Each line it prints is an acknowledged append: its position, then
the ids of its tweets. One task among the writers follows the log with a cursor and a row that says the same.
"""

import asyncio
import itertools
import random
import sys
from pathlib import Path

from roost.eventlog import EmbeddedLog
from roost.model import Event, Like, Tweet, TweetLiked, TweetPosted
from roost.store import Batch, KeyValueStore, derive, open_rocksdb, tables
from roost.store.rows import SettingRow

WRITERS = 6
READER = "reader"


def tweet_id(round_number: int, writer: int, number: int) -> int:
    """No two rounds or writers share one; each lies in an hour of its own round."""
    return round_number << 44 | writer << 32 | number


def events_of(ids: list[int], writer: int) -> list[Event]:
    """Tweets, each with its author's own like."""
    posted = [TweetPosted(Tweet(each, 1 + writer, "x" * (each % 300))) for each in ids]
    liked = [TweetLiked(Like(1 + writer, each, 1 + writer, each)) for each in ids]
    return [*posted, *liked]


async def write(log: EmbeddedLog, round_number: int, writer: int) -> None:
    chance = random.Random(round_number * WRITERS + writer)
    numbers = itertools.count()
    while True:
        ids = [tweet_id(round_number, writer, next(numbers)) for _ in range(chance.randint(1, 3))]
        events, batch = events_of(ids, writer), Batch()
        for event in events:
            derive(event, batch)
        position = await log.append(events, batch)
        print(position, *ids, flush=True)


async def follow(log: EmbeddedLog) -> None:
    position = await log.cursor(READER)
    while True:
        await log.wait_beyond(position)
        position = (await log.read(position, 50)).last
        batch = Batch()
        batch.put(tables.SETTINGS, SettingRow(READER, str(position).encode()))
        await log.commit_cursor(READER, position, batch)


async def main(folder: Path, round_number: int) -> None:
    log = EmbeddedLog(KeyValueStore(open_rocksdb(folder)), Batch)
    writers = [write(log, round_number, writer) for writer in range(WRITERS)]
    await asyncio.gather(*writers, follow(log))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
