"""Which rows an event makes. Tables are derived from the log; this is the whole derivation.

Pure: it reads nothing and needs nothing but the event, so that it can run at commit time (one atomic write
with the event) and again from the log (healing after a crash between the two, in a cluster). Applying an
event twice leaves what applying it once left.
"""

import msgspec

from roost.model import (
    Edge,
    EdgeAdded,
    EdgeKind,
    EdgeRemoved,
    Event,
    Like,
    Tweet,
    TweetDeleted,
    TweetLiked,
    TweetPosted,
    TweetUnliked,
    User,
    UserCreated,
    UserUpdated,
)
from roost.store import tables
from roost.store.batch import Batch
from roost.store.rows import (
    AuthorTweetRow,
    EdgeListRow,
    EdgeRow,
    HourRow,
    Mark,
    MarkRow,
    ReplyRow,
    RetweetRow,
    Side,
    UsernameRow,
)

SIDES: dict[EdgeKind, tuple[Side, Side]] = {
    EdgeKind.FOLLOW: (Side.FOLLOWS, Side.FOLLOWED_BY),
    EdgeKind.FOLLOW_REQUEST: (Side.REQUESTS, Side.REQUESTED_BY),
    EdgeKind.BLOCK: (Side.BLOCKS, Side.BLOCKED_BY),
    EdgeKind.MUTE: (Side.MUTES, Side.MUTED_BY),
}
"""The two sides of each kind of edge: its source's and its target's."""


def derive(event: Event, batch: Batch) -> None:
    """Add to `batch` the rows that `event` puts and deletes. 2 to 12 us."""
    match event:
        case TweetPosted(tweet):
            _post(tweet, batch)
        case TweetDeleted(tweet):
            _delete(tweet, batch)
        case EdgeAdded(edge):
            _add_edge(edge, batch)
        case EdgeRemoved(edge):
            _remove_edge(edge, batch)
        case TweetLiked(like):
            _like(like, batch)
        case TweetUnliked(like):
            batch.delete(tables.MARKS, (like.user_id, like.tweet_id, Mark.LIKED))
            batch.delete(tables.LIKES, (like.tweet_id, like.like_id))
            batch.delete(tables.LIKES_OF_USER, (like.user_id, like.like_id))
        case UserCreated(user):
            batch.put(tables.USERNAMES, UsernameRow(user.username.lower(), user.user_id))
            batch.put(tables.USERS, user)
        case UserUpdated(user):
            batch.put(tables.USERS, user)


def _post(tweet: Tweet, batch: Batch) -> None:
    batch.put(tables.TWEETS, tweet)
    hour = tables.hour_of(tweet.tweet_id)
    batch.put(tables.TWEET_HOURS, HourRow(tables.year_of(hour), hour))
    batch.put(
        tables.TWEETS_BY_AUTHOR,
        AuthorTweetRow(
            tweet.author_id,
            tweet.tweet_id,
            tweet.visibility,
            tweet.reply_to_id,
            tweet.reply_to_author_id,
            tweet.retweet_of_id,
            tweet.retweet_of_author_id,
        ),
    )
    if tweet.reply_to_id:
        batch.put(tables.REPLIES, ReplyRow(tweet.reply_to_id, tweet.tweet_id, tweet.author_id))
    if tweet.retweet_of_id:
        original_id = tweet.retweet_of_id
        batch.put(tables.RETWEETS, RetweetRow(original_id, tweet.tweet_id, tweet.author_id, tweet.visibility))
        batch.put(tables.MARKS, MarkRow(tweet.author_id, original_id, Mark.RETWEETED, tweet.tweet_id))


def _delete(tweet: Tweet, batch: Batch) -> None:
    batch.delete(tables.TWEETS, (tables.hour_of(tweet.tweet_id), tweet.tweet_id))
    batch.delete(tables.TWEETS_BY_AUTHOR, (tweet.author_id, tweet.tweet_id))
    batch.delete(tables.TWEET_COUNTS, (tweet.tweet_id,))
    if tweet.reply_to_id:
        batch.delete(tables.REPLIES, (tweet.reply_to_id, tweet.tweet_id))
    if tweet.retweet_of_id:
        batch.delete(tables.RETWEETS, (tweet.retweet_of_id, tweet.tweet_id))
        batch.delete(tables.MARKS, (tweet.author_id, tweet.retweet_of_id, Mark.RETWEETED))


def _add_edge(edge: Edge, batch: Batch) -> None:
    near, far = SIDES[edge.kind]
    batch.put(tables.EDGES, EdgeRow(edge.source_id, edge.target_id, near, edge))
    batch.put(tables.EDGES, EdgeRow(edge.target_id, edge.source_id, far, edge))
    batch.put(tables.EDGE_LISTS, EdgeListRow(edge.source_id, near, edge.edge_id, edge.target_id))
    batch.put(tables.EDGE_LISTS, EdgeListRow(edge.target_id, far, edge.edge_id, edge.source_id))


def _remove_edge(edge: Edge, batch: Batch) -> None:
    near, far = SIDES[edge.kind]
    batch.delete(tables.EDGES, (edge.source_id, edge.target_id, near))
    batch.delete(tables.EDGES, (edge.target_id, edge.source_id, far))
    batch.delete(tables.EDGE_LISTS, (edge.source_id, near, edge.edge_id))
    batch.delete(tables.EDGE_LISTS, (edge.target_id, far, edge.edge_id))


def _like(like: Like, batch: Batch) -> None:
    batch.put(tables.MARKS, MarkRow(like.user_id, like.tweet_id, Mark.LIKED, like.like_id))
    batch.put(tables.LIKES, like)
    batch.put(tables.LIKES_OF_USER, like)


def claim_names(user: User, batch: Batch) -> None:
    """Make `batch` fail with Conflict where the user's name or id is taken when its turn comes."""
    name = UsernameRow(user.username.lower(), user.user_id)
    batch.put_if_absent(tables.USERNAMES, name, "Username has already been taken")
    batch.put_if_absent(tables.USERS, user, "The account id is in use")


def without_text(tweet: Tweet) -> Tweet:
    """What TweetDeleted keeps of a tweet: everything that its rows are found by, and nothing it said."""
    return msgspec.structs.replace(tweet, text="", spoiler="", entities=Tweet(0, 0).entities)
