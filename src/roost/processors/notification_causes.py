"""Which notifications an event causes, and which it takes back, before anybody asks whether they are welcome.

One event tells one receiver one thing at most. Where it is several things to them, the first of these counts:
a mention (an answer is one), a quote, a tweet of somebody they want to be told of; of an edit: a mention that
is new, a retweet of theirs, a quote of theirs.

An event may concern very many. It is told to a slice of them; to the next slice by an event of its own, which
says where the last one ended.
"""

from collections.abc import Callable, Sequence
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
    FanoutPlace,
    ModerationAction,
    NotificationKind,
    NotificationsContinued,
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


class Slice(msgspec.Struct, frozen=True):
    """Some that an event causes, and up to where that is; None where it is all."""

    causes: list[Cause]
    ended: FanoutPlace | None = None


_RETWEETERS, _QUOTERS = 0, 1
"""Stages of an edit."""
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


async def of_author(store: Store, tweet: Tweet, above: int) -> Slice:
    """Those who followed to be told of the author's tweets before this one, but for those told already."""
    already = {tweet.author_id, *(cause.receiver_id for cause in of_tweet(tweet))}
    found = await store.scan(
        tables.TWEET_ALERTS,
        (tweet.author_id,),
        above=(above,) if above else None,
        below=(tweet.tweet_id,),
        limit=NOTIFICATION_SLICE_ROWS,
    )
    causes = [
        _from_tweet(tweet, row.follower_id, NotificationKind.TWEET, tweet.tweet_id)
        for row in found
        if row.follower_id not in already
    ]
    return Slice(causes, _place(0, [row.edge_id for row in found]))


async def of_poll(store: Store, ending: PollEnding, above: int) -> Slice:
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

    found = await store.scan(
        tables.VOTES,
        (ending.tweet_id, ending.edition),
        above=(above,) if above else None,
        limit=NOTIFICATION_SLICE_ROWS,
    )
    voters = [vote.user_id for vote in found]
    causes = [told(user_id) for user_id in voters if user_id != ending.author_id]
    if not above:
        causes.insert(0, told(ending.author_id))
    return Slice(causes, _place(0, voters))


async def of_edit(store: Store, edit: Edit, after: FanoutPlace | None) -> Slice:
    """Whom it newly mentions, who retweeted the tweet, and who quoted it. Who quoted it more than once is
    told once a slice."""
    tweet = edit.tweet
    named = set(tweet.addressed_ids) - set(edit.before.addressed_ids)

    def told(kind: NotificationKind, receiver_id: int, source_id: int) -> Cause:
        made_ms, about, tweet_id = tweet.edited_ms, rows.About.TWEET, tweet.tweet_id
        return Cause(receiver_id, kind, tweet.author_id, made_ms, about, tweet_id, source_id, tweet_id)

    causes: list[Cause] = []
    if after is None:
        causes = [told(NotificationKind.MENTION, user_id, tweet.tweet_id) for user_id in sorted(named)]
    place = after or FanoutPlace(_RETWEETERS, 0)
    if place.stage == _RETWEETERS:
        retweets = await _some(store, tables.RETWEETS, tweet.tweet_id, place.above)
        causes += [
            told(NotificationKind.EDIT, row.author_id, row.tweet_id)
            for row in retweets
            if row.author_id not in named
        ]
        ended = _place(_RETWEETERS, [row.tweet_id for row in retweets])
        if ended is not None:
            return Slice(causes, ended)
        place = FanoutPlace(_QUOTERS, 0)
    quotes = await _some(store, tables.QUOTES, tweet.tweet_id, place.above)
    keys = [(row.author_id, tweet.tweet_id, rows.Mark.RETWEETED) for row in quotes]
    retweeted = await store.get_many(tables.MARKS, keys)
    seen = set(named)
    for row, mark in zip(quotes, retweeted, strict=True):
        if mark is None and row.author_id not in seen:
            seen.add(row.author_id)
            causes.append(told(NotificationKind.QUOTE_EDIT, row.author_id, row.tweet_id))
    return Slice(causes, _place(_QUOTERS, [row.tweet_id for row in quotes]))


async def _some(store: Store, table: Table[Any], tweet_id: int, above: int) -> list[Any]:
    """Rows of a table below a tweet, which are ordered by tweets' ids."""
    return await store.scan(
        table, (tweet_id,), above=(above,) if above else None, limit=NOTIFICATION_SLICE_ROWS
    )


def _place(stage: int, keys: Sequence[int]) -> FanoutPlace | None:
    """Where a scan ended that found these; None where it has found all."""
    return FanoutPlace(stage, keys[-1]) if len(keys) >= NOTIFICATION_SLICE_ROWS else None


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


async def of_event(store: Store, event: Event, tells: Callable[[int], bool]) -> Slice:
    """What an event causes, or its first slice. `tells`: whether anybody is told of a user's tweets."""
    match event:
        case TweetLiked():
            return Slice(of_like(event))
        case EdgeAdded(edge):
            return Slice(of_edge(edge))
        case TweetPosted(tweet):
            found = of_tweet(tweet)
            if not (is_told_of(tweet) and tells(tweet.author_id)):
                return Slice(found)
            told = await of_author(store, tweet, 0)
            return Slice(found + told.causes, told.ended)
        case PollEnded(ending):
            return await of_poll(store, ending, 0)
        case TweetEdited(edit):
            return await of_edit(store, edit, None)
        case ReportFiled(report):
            return Slice(await of_report(store, report))
        case UserCreated(user):
            return Slice(await of_sign_up(store, user))
        case UserModerated(strike):
            return Slice(of_strike(strike))
        case _:
            return Slice([])


async def of_continued(store: Store, event: NotificationsContinued) -> Slice:
    """The next slice of what an event causes."""
    match event.origin:
        case TweetPosted(tweet):
            return await of_author(store, tweet, event.after.above)
        case PollEnded(ending):
            return await of_poll(store, ending, event.after.above)
        case TweetEdited(edit):
            return await of_edit(store, edit, event.after)
