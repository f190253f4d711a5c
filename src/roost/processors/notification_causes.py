"""Which notifications an event causes, and which it takes back, before anybody asks whether they are welcome.

One event tells one receiver one thing at most. Where it is several things to them, the first of these counts:
a mention (an answer is one), a quote, a tweet of somebody they want to be told of; of an edit: a mention that
is new, a retweet of theirs, a quote of theirs.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import msgspec

from roost.ids import unix_ms_of
from roost.limits import NOTIFICATION_SLICE_ROWS
from roost.model import (
    Edge,
    EdgeAdded,
    EdgeKind,
    Edit,
    Event,
    ModerationAction,
    NotificationKind,
    PollEnded,
    PollEnding,
    Report,
    ReportFiled,
    Strike,
    Tweet,
    TweetEdited,
    TweetLiked,
    TweetPosted,
    User,
    UserCreated,
    UserModerated,
)
from roost.store import Store, Table, rows, tables


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
_WARNINGS = frozenset(
    (
        ModerationAction.WARN,
        ModerationAction.MARK_SENSITIVE,
        ModerationAction.SILENCE,
        ModerationAction.DISABLE,
        ModerationAction.SUSPEND,
    )
)
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


async def of_edit(store: Store, edit: Edit) -> Slices:
    """Whom it newly mentions, who retweeted the tweet, and who quoted it."""
    tweet = edit.tweet
    named = set(tweet.addressed_ids) - set(edit.before.addressed_ids)

    def told(kind: NotificationKind, receiver_id: int, source_id: int) -> Cause:
        made_ms, about, tweet_id = tweet.edited_ms, rows.About.TWEET, tweet.tweet_id
        return Cause(receiver_id, kind, tweet.author_id, made_ms, about, tweet_id, source_id, tweet_id)

    yield [told(NotificationKind.MENTION, user_id, tweet.tweet_id) for user_id in sorted(named)]
    async for retweets in _sliced(store, tables.RETWEETS, tweet.tweet_id):
        yield [
            told(NotificationKind.EDIT, row.author_id, row.tweet_id)
            for row in retweets
            if row.author_id not in named
        ]
    async for quotes in _sliced(store, tables.QUOTES, tweet.tweet_id):
        keys = [(row.author_id, tweet.tweet_id, rows.Mark.RETWEETED) for row in quotes]
        retweeted = await store.get_many(tables.MARKS, keys)
        seen: set[int] = set()
        for row, mark in zip(quotes, retweeted, strict=True):
            if mark is None and row.author_id not in named and row.author_id not in seen:
                seen.add(row.author_id)
                yield [told(NotificationKind.QUOTE_EDIT, row.author_id, row.tweet_id)]


async def _sliced(store: Store, table: Table[Any], tweet_id: int) -> AsyncIterator[Sequence[Any]]:
    """The rows of a table below a tweet, which are ordered by tweets' ids."""
    above = 0
    while True:
        found = await store.scan(
            table, (tweet_id,), above=(above,) if above else None, limit=NOTIFICATION_SLICE_ROWS
        )
        if found:
            yield found
            above = found[-1].tweet_id
        if len(found) < NOTIFICATION_SLICE_ROWS:
            return


async def of_report(store: Store, report: Report) -> list[Cause]:
    """All who moderate."""
    kind, made_ms = NotificationKind.REPORT, unix_ms_of(report.report_id)
    return [
        Cause(
            user_id,
            kind,
            report.reporter_id,
            made_ms,
            rows.About.REPORT,
            report.report_id,
            report.report_id,
            subject_id=report.report_id,
        )
        for user_id in await _staff(store)
    ]


async def of_sign_up(store: Store, user: User) -> list[Cause]:
    """All who moderate."""
    kind, about, user_id = NotificationKind.SIGN_UP, rows.About.USER, user.user_id
    return [
        Cause(staff_id, kind, user_id, user.created_ms, about, user_id, user_id)
        for staff_id in await _staff(store)
    ]


def of_strike(strike: Strike) -> list[Cause]:
    """Whom a moderator did something about; what is taken back needs no warning."""
    if strike.action not in _WARNINGS:
        return []
    kind, about, strike_id = NotificationKind.WARNING, rows.About.REPORT, strike.strike_id
    made_ms, user_id = unix_ms_of(strike_id), strike.user_id
    return [Cause(user_id, kind, user_id, made_ms, about, strike_id, strike_id, subject_id=strike_id)]


async def _staff(store: Store) -> list[int]:
    found = await store.scan(tables.STAFF, (0,), limit=NOTIFICATION_SLICE_ROWS)
    return [row.user_id for row in found]


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
        case TweetEdited(edit):
            async for readers in of_edit(store, edit):
                yield readers
        case ReportFiled(report):
            yield await of_report(store, report)
        case UserCreated(user):
            yield await of_sign_up(store, user)
        case UserModerated(strike):
            yield of_strike(strike)
        case _:
            return
