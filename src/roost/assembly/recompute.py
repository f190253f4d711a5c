"""A home timeline from the tables in the plainest way: all there is to choose from, judged and sorted."""

from typing import Any

from roost.assembly.judging import Judge
from roost.assembly.relations import load_relations
from roost.assembly.reposts import without_reposts
from roost.assembly.rules import HomeRules, TagRules
from roost.assembly.union import merged_entries
from roost.home import Entry
from roost.store import KeyValue, Store, Table, TweetCache, UserCache, load_choices, tables

_CHUNK_ROWS = 1_000


async def recompute_home(
    store: Store, tweets: TweetCache, users: UserCache, user_id: int, now_ms: int
) -> list[int]:
    """The ids of the whole timeline, newest first.

    Reads every tweet of every followee, and every tweet with a hashtag that the user follows.
    """
    choices = await load_choices(store, user_id)
    relations = await load_relations(store, user_id, now_ms, choices.left_out)
    by_followees: set[int] = set()
    for author_id in (user_id, *relations.followee_ids()):
        by_followees.update(await _all_of(store, tables.TWEETS_BY_AUTHOR, author_id))
    by_tag: set[int] = set()
    for tag in choices.tags:
        by_tag.update(await _all_of(store, tables.TAGGED, tag))
    home = await _judged(Judge(tweets, users, HomeRules(relations)), by_followees)
    tagged = await _judged(Judge(tweets, users, TagRules(relations, frozenset(choices.tags))), by_tag)
    return [entry.tweet_id for entry in without_reposts(merged_entries(home, tagged), whole=True)]


async def _judged(judge: Judge, ids: set[int]) -> list[Entry]:
    return [entry for entry in await judge.entries(sorted(ids, reverse=True)) if entry is not None]


async def _all_of(store: Store, table: Table[Any], key: KeyValue) -> list[int]:
    ids: list[int] = []
    while True:
        last = ids[-1] if ids else 0
        rows = await store.scan(table, (key,), above=(last,), limit=_CHUNK_ROWS)
        ids.extend(row.tweet_id for row in rows)
        if len(rows) < _CHUNK_ROWS:
            return ids
