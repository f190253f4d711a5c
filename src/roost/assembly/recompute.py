"""A home timeline from the tables in the plainest way: everything by all followees, judged and sorted."""

from roost.assembly.judging import Judge
from roost.assembly.relations import load_relations
from roost.assembly.reposts import without_reposts
from roost.store import Store, TweetCache, UserCache, tables

_CHUNK_ROWS = 1_000


async def recompute_home(
    store: Store, tweets: TweetCache, users: UserCache, user_id: int, now_ms: int
) -> list[int]:
    """The ids of the whole timeline, newest first. Reads every tweet of every followee."""
    relations = await load_relations(store, user_id, now_ms)
    ids: list[int] = []
    for author_id in (user_id, *relations.followee_ids()):
        ids.extend(await _all_of(store, author_id))
    ids.sort(reverse=True)
    judge = Judge(tweets, users, relations)
    entries = [entry for entry in await judge.entries(ids) if entry is not None]
    return [entry.tweet_id for entry in without_reposts(entries, whole=True)]


async def _all_of(store: Store, author_id: int) -> list[int]:
    ids: list[int] = []
    while True:
        last = ids[-1] if ids else 0
        rows = await store.scan(tables.TWEETS_BY_AUTHOR, (author_id,), above=(last,), limit=_CHUNK_ROWS)
        ids.extend(row.tweet_id for row in rows)
        if len(rows) < _CHUNK_ROWS:
            return ids
