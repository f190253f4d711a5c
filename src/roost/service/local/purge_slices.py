"""What a deleted account did, found by its id: the events that take back the next few things.

Each function answers at most about `PURGE_SLICE_ROWS` events, and none where nothing is left.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from roost.limits import PURGE_SLICE_ROWS
from roost.model import (
    ConversationMute,
    ConversationUnmuted,
    DraftRemoved,
    EdgeRemoved,
    Event,
    FiltersChanged,
    FilterSet,
    ListDeleted,
    ListMemberRemoved,
    ListTagRemoved,
    TagUnfeatured,
    TagUnfollowed,
    TweetDeleted,
    TweetUnbookmarked,
    TweetUnliked,
    TweetUnpinned,
    TweetUnscheduled,
    UserNote,
    UserNoted,
    UserUnendorsed,
)
from roost.service.local.kit import Kit
from roost.store import Table, rows, tables, without_text

SliceOf = Callable[[Kit, int], Awaitable[Sequence[Event]]]


def _each(table: Table[Any], event: Callable[[Any], Event]) -> SliceOf:
    """One event a row, of the user's partition of a table."""

    async def slice_of(kit: Kit, user_id: int) -> Sequence[Event]:
        return [event(row) for row in await kit.store.scan(table, (user_id,), limit=PURGE_SLICE_ROWS)]

    return slice_of


async def _tweets(kit: Kit, user_id: int) -> Sequence[Event]:
    """Tweets; before a tweet its retweets and likes, by whomever: nothing is left that leads to it."""
    found = await kit.store.scan(tables.TWEETS_BY_AUTHOR, (user_id,), limit=PURGE_SLICE_ROWS)
    events: list[Event] = []
    for tweet in await kit.tweets.get_many([row.tweet_id for row in found]):
        if tweet is not None:
            if hanging := await _hanging_on(kit, tweet.tweet_id):
                return [*events, *hanging]
            events.append(TweetDeleted(without_text(tweet)))
    return events


async def _hanging_on(kit: Kit, tweet_id: int) -> Sequence[Event]:
    retweets = await kit.store.scan(tables.RETWEETS, (tweet_id,), limit=PURGE_SLICE_ROWS)
    found = await kit.tweets.get_many([row.tweet_id for row in retweets])
    events: list[Event] = [TweetDeleted(without_text(tweet)) for tweet in found if tweet is not None]
    likes = await kit.store.scan(tables.LIKES, (tweet_id,), limit=PURGE_SLICE_ROWS)
    return [*events, *map(TweetUnliked, likes)]


async def _conversation_mutes(kit: Kit, user_id: int) -> Sequence[Event]:
    marks = await kit.store.scan(tables.MARKS, (user_id,), limit=PURGE_SLICE_ROWS)
    return [
        ConversationUnmuted(ConversationMute(user_id, row.tweet_id, row.mark_id))
        for row in marks
        if row.mark is rows.Mark.MUTED
    ]


async def _filters(kit: Kit, user_id: int) -> Sequence[Event]:
    held = await kit.store.get(tables.FILTERS, (user_id,))
    return [FiltersChanged(FilterSet(user_id))] if held is not None else []


async def _lists(kit: Kit, user_id: int) -> Sequence[Event]:
    """One of the user's lists; its members and hashtags before itself."""
    for userlist in await kit.store.scan(tables.LISTS, (user_id,), limit=1):
        key = (userlist.list_id,)
        if members := await kit.store.scan(tables.LIST_MEMBERS, key, limit=PURGE_SLICE_ROWS):
            return [ListMemberRemoved(member) for member in members]
        if tags := await kit.store.scan(tables.LIST_TAGS, key, limit=PURGE_SLICE_ROWS):
            return [ListTagRemoved(tag) for tag in tags]
        return [ListDeleted(userlist)]
    return []


SLICES: tuple[SliceOf, ...] = (
    _each(tables.SCHEDULED, TweetUnscheduled),
    _each(tables.DRAFTS, DraftRemoved),
    _tweets,
    _each(tables.LIKES_OF_USER, TweetUnliked),
    _each(tables.BOOKMARKS, TweetUnbookmarked),
    _each(tables.PINS, TweetUnpinned),
    _conversation_mutes,
    _filters,
    _lists,
    _each(tables.LISTS_OF_MEMBER, ListMemberRemoved),
    _each(tables.FOLLOWED_TAGS, TagUnfollowed),
    _each(tables.FEATURED_TAGS, TagUnfeatured),
    _each(tables.ENDORSEMENTS, UserUnendorsed),
    _each(tables.USER_NOTES, lambda note: UserNoted(UserNote(note.user_id, note.other_id))),
    _each(tables.EDGES, lambda row: EdgeRemoved(row.edge)),
)
"""In this order: a scheduled tweet that fails becomes a draft."""
