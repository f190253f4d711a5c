"""What events mean for the interaction graph."""

from typing import NamedTuple

from roost.ids import unix_ms_of
from roost.interactions import InteractionKind
from roost.model import (
    Event,
    QuoteRevoked,
    Tweet,
    TweetClicked,
    TweetDeleted,
    TweetEdited,
    TweetLiked,
    TweetPosted,
    TweetUnliked,
    UserErased,
    Visibility,
)

_OPEN = (Visibility.PUBLIC, Visibility.UNLISTED)


class Added(NamedTuple):
    user_id: int
    tweet_id: int
    kind: InteractionKind
    when_ms: int


class Cancelled(NamedTuple):
    user_id: int
    tweet_id: int
    kind: InteractionKind


class TweetGone(NamedTuple):
    tweet_id: int


class UserGone(NamedTuple):
    user_id: int


Change = Added | Cancelled | TweetGone | UserGone


def changes_of(event: Event) -> list[Change]:
    """In the order in which they are made. Tweets that not everybody may see make no edges, but are liked."""
    match event:
        case TweetLiked(like):
            return [Added(like.user_id, like.tweet_id, InteractionKind.LIKE, unix_ms_of(like.like_id))]
        case TweetUnliked(like):
            return [Cancelled(like.user_id, like.tweet_id, InteractionKind.LIKE)]
        case TweetClicked(click):
            return [Added(click.user_id, click.tweet_id, InteractionKind.CLICK, click.at_ms)]
        case TweetPosted(tweet) if tweet.visibility in _OPEN:
            when_ms = unix_ms_of(tweet.tweet_id)
            return [Added(*ends, when_ms) for ends in _edges_of(tweet)]
        case TweetDeleted(tweet) if tweet.visibility in _OPEN:
            others = [ends for ends in _edges_of(tweet) if ends[1] != tweet.tweet_id]
            return [TweetGone(tweet.tweet_id), *(Cancelled(*ends) for ends in others)]
        case TweetDeleted(tweet):
            return [TweetGone(tweet.tweet_id)]
        case TweetEdited(edit) if edit.tweet.visibility in _OPEN:
            before, after = _edges_of(edit.before), _edges_of(edit.tweet)
            return [
                *(Cancelled(*ends) for ends in before if ends not in after),
                *(Added(*ends, edit.tweet.edited_ms) for ends in after if ends not in before),
            ]
        case QuoteRevoked(tweet) if tweet.visibility in _OPEN and tweet.quote_of_id:
            return [Cancelled(tweet.author_id, tweet.quote_of_id, InteractionKind.QUOTE)]
        case UserErased(user_id):
            return [UserGone(user_id)]
    return []


def _edges_of(tweet: Tweet) -> list[tuple[int, int, InteractionKind]]:
    author = tweet.author_id
    if tweet.is_retweet:
        return [(author, tweet.retweet_of_id, InteractionKind.RETWEET)]
    edges = [(author, tweet.tweet_id, InteractionKind.AUTHOR)]
    edges += [
        (user, tweet.tweet_id, InteractionKind.MENTION) for user in tweet.addressed_ids if user != author
    ]
    if tweet.is_reply:
        edges.append((author, tweet.reply_to_id, InteractionKind.REPLY))
    if tweet.quote_of_id and not tweet.quote_revoked:
        edges.append((author, tweet.quote_of_id, InteractionKind.QUOTE))
    return edges
