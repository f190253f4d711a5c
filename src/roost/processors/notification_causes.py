"""Which notifications an event causes, and which it takes back, before anybody asks whether they are welcome.

One event tells one receiver one thing at most. Where it is several things to them, the first of these counts:
a mention (an answer is one), a quote, a tweet of somebody they want to be told of.
"""

from collections.abc import AsyncIterator, Callable

import msgspec

from roost.ids import unix_ms_of
from roost.limits import NOTIFICATION_SLICE_ROWS
from roost.model import (
    Edge,
    EdgeAdded,
    EdgeKind,
    Event,
    NotificationKind,
    PollEnded,
    PollEnding,
    Tweet,
    TweetLiked,
    TweetPosted,
)
from roost.store import Store, rows, tables


class Cause(msgspec.Struct, frozen=True, gc=False):
    """A notification that somebody may have to get, and what it is found by when it is taken back."""

    receiver_id: int
    kind: NotificationKind
    actor_id: int
    made_ms: int
    about: rows.About
    about_id: int
    source_id: int
    tweet_id: int = 0
    subject_id: int = 0


Slices = AsyncIterator[list[Cause]]
_EDGES = {EdgeKind.FOLLOW: NotificationKind.FOLLOW, EdgeKind.FOLLOW_REQUEST: NotificationKind.FOLLOW_REQUEST}


def of_like(event: TweetLiked) -> list[Cause]:
    like = event.like
    made_ms = unix_ms_of(like.like_id)
    return [
        Cause(
            like.author_id,
            NotificationKind.LIKE,
            like.user_id,
            made_ms,
            rows.About.TWEET,
            like.tweet_id,
            like.like_id,
            like.tweet_id,
        )
    ]


def of_edge(edge: Edge) -> list[Cause]:
    kind = _EDGES.get(edge.kind)
    if kind is None:
        return []
    made_ms = unix_ms_of(edge.edge_id)
    return [Cause(edge.target_id, kind, edge.source_id, made_ms, rows.About.EDGE, edge.edge_id, edge.edge_id)]


def of_tweet(tweet: Tweet) -> list[Cause]:
    """Whom a new tweet concerns itself; not who wants to be told of its author's tweets."""
    if tweet.retweet_of_id:
        return [_from_tweet(tweet, tweet.retweet_of_author_id, NotificationKind.RETWEET, tweet.retweet_of_id)]
    found: dict[int, NotificationKind] = {}
    for user_id in (*tweet.addressed_ids, tweet.reply_to_author_id):
        found.setdefault(user_id, NotificationKind.MENTION)
    found.setdefault(tweet.quote_of_author_id, NotificationKind.QUOTE)
    found.pop(0, None)
    return [_from_tweet(tweet, user_id, kind, tweet.tweet_id) for user_id, kind in found.items()]


def _from_tweet(tweet: Tweet, receiver_id: int, kind: NotificationKind, shown_id: int) -> Cause:
    made_ms, about = unix_ms_of(tweet.tweet_id), rows.About.TWEET
    return Cause(receiver_id, kind, tweet.author_id, made_ms, about, shown_id, tweet.tweet_id, shown_id)


def is_told_of(tweet: Tweet) -> bool:
    """Whether those who want to be told of an author's tweets are told of this one."""
    answers_others = tweet.is_reply and tweet.reply_to_author_id != tweet.author_id
    return not tweet.is_retweet and not answers_others


async def of_author(store: Store, tweet: Tweet, already: set[int]) -> Slices:
    """Those who followed to be told of the author's tweets before this one, but for those told already; a
    slice at a time."""
    above = 0
    while True:
        found = await store.scan(
            tables.TWEET_ALERTS,
            (tweet.author_id,),
            above=(above,) if above else None,
            below=(tweet.tweet_id,),
            limit=NOTIFICATION_SLICE_ROWS,
        )
        if found:
            yield [
                _from_tweet(tweet, row.follower_id, NotificationKind.TWEET, tweet.tweet_id)
                for row in found
                if row.follower_id not in already
            ]
            above = found[-1].edge_id
        if len(found) < NOTIFICATION_SLICE_ROWS:
            return


async def of_poll(store: Store, ending: PollEnding) -> Slices:
    """Its author, and all who voted."""

    def told(user_id: int) -> Cause:
        return Cause(
            user_id,
            NotificationKind.POLL,
            ending.author_id,
            ending.ends_ms,
            rows.About.TWEET,
            ending.tweet_id,
            ending.tweet_id,
            ending.tweet_id,
        )

    yield [told(ending.author_id)]
    above = 0
    prefix = (ending.tweet_id, ending.edition)
    while True:
        found = await store.scan(
            tables.VOTES, prefix, above=(above,) if above else None, limit=NOTIFICATION_SLICE_ROWS
        )
        if found:
            yield [told(vote.user_id) for vote in found if vote.user_id != ending.author_id]
            above = found[-1].user_id
        if len(found) < NOTIFICATION_SLICE_ROWS:
            return


async def of_event(store: Store, event: Event, tells: Callable[[int], bool]) -> Slices:
    """All that an event causes, in slices. `tells`: whether anybody wants to be told of a user's tweets."""
    match event:
        case TweetLiked():
            yield of_like(event)
        case EdgeAdded(edge):
            yield of_edge(edge)
        case TweetPosted(tweet):
            found = of_tweet(tweet)
            yield found
            if is_told_of(tweet) and tells(tweet.author_id):
                already = {cause.receiver_id for cause in found} | {tweet.author_id}
                async for told in of_author(store, tweet, already):
                    yield told
        case PollEnded(ending):
            async for voters in of_poll(store, ending):
                yield voters
        case _:
            return
