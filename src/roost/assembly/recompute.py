"""Timelines from the tables in the plainest way: all there is to choose from, judged and sorted."""

import asyncio
from collections.abc import Iterable
from typing import Any

from roost.assembly.judging import Judge
from roost.assembly.relations import load_relations
from roost.assembly.reposts import without_reposts
from roost.assembly.rules import HomeRules, ListRules, TagRules
from roost.assembly.union import merged_entries
from roost.home import Entry
from roost.model import UserList
from roost.store import (
    KeyValue,
    ListContents,
    Store,
    Table,
    TweetCache,
    UserCache,
    load_choices,
    tables,
)

_CHUNK_ROWS = 500
_JUDGED_AT_ONCE = 200


async def recompute_home(
    store: Store, tweets: TweetCache, users: UserCache, user_id: int, now_ms: int
) -> list[int]:
    """The ids of the whole timeline, newest first.

    Reads every tweet of every followee, and every tweet with a hashtag that the user follows.
    """
    choices = await load_choices(store, user_id)
    relations = await load_relations(store, user_id, now_ms, choices.left_out)
    authors = (user_id, *relations.followee_ids())
    by_followees = await _all_of_each(store, tables.TWEETS_BY_AUTHOR, authors)
    by_tag = await _all_of_each(store, tables.TAGGED, choices.tags)
    home = await _judged(Judge(tweets, users, HomeRules(relations)), by_followees)
    tagged = await _judged(Judge(tweets, users, TagRules(relations, frozenset(choices.tags))), by_tag)
    return _ids(merged_entries(home, tagged))


async def recompute_list(
    store: Store,
    tweets: TweetCache,
    users: UserCache,
    userlist: UserList,
    contents: ListContents,
    now_ms: int,
) -> list[int]:
    """The ids of a list's whole timeline, newest first."""
    relations = await load_relations(store, userlist.owner_id, now_ms)
    found = await _all_of_each(store, tables.TWEETS_BY_AUTHOR, contents.member_ids)
    found |= await _all_of_each(store, tables.TAGGED, contents.tags)
    rules = ListRules(relations, contents.member_ids, userlist.replies, frozenset(contents.tags))
    return _ids(await _judged(Judge(tweets, users, rules), found))


def _ids(entries: list[Entry]) -> list[int]:
    return [entry.tweet_id for entry in without_reposts(entries, whole=True)]


async def _judged(judge: Judge, ids: set[int]) -> list[Entry]:
    """Newest first."""
    found: list[Entry] = []
    wanted = sorted(ids, reverse=True)
    for start in range(0, len(wanted), _JUDGED_AT_ONCE):
        entries = await judge.entries(wanted[start : start + _JUDGED_AT_ONCE])
        found.extend(entry for entry in entries if entry is not None)
        await asyncio.sleep(0)
    return found


async def _all_of_each(store: Store, table: Table[Any], keys: Iterable[KeyValue]) -> set[int]:
    """The tweets under some keys. Others get their turn after each."""
    ids: set[int] = set()
    for key in keys:
        last = 0
        while True:
            rows = await store.scan(table, (key,), above=(last,), limit=_CHUNK_ROWS)
            ids.update(row.tweet_id for row in rows)
            await asyncio.sleep(0)
            if len(rows) < _CHUNK_ROWS:
                break
            last = rows[-1].tweet_id
    return ids
