"""Rows of tweets, and of what users do to them."""

import msgspec

from roost.model import Card, Like, Tweet, TweetDeleted, TweetLiked, TweetPosted, TweetUnliked
from roost.store import tables
from roost.store.batch import Batch
from roost.store.derivation.cards import hold_card_of, image_of, let_go_card_of
from roost.store.derivation.media import hold_media_of, let_go_media_of
from roost.store.derivation.polls import ask_poll_of, drop_poll_of
from roost.store.derivation.rule import Rules
from roost.store.derivation.tags import index_tags, only_tags, unindex_tags
from roost.store.rows import AuthorTweetRow, HourRow, Mark, MarkRow, QuoteRow, ReplyRow, RetweetRow


def _post(event: TweetPosted, batch: Batch) -> None:
    tweet = event.tweet
    batch.put(tables.TWEETS, tweet)
    hour = tables.hour_of(tweet.tweet_id)
    batch.put(tables.TWEET_HOURS, HourRow(tables.year_of(hour), hour))
    batch.put(tables.TWEETS_BY_AUTHOR, author_row(tweet))
    hold_media_of(tweet, batch)
    hold_card_of(tweet, batch)
    ask_poll_of(tweet, batch)
    if tweet.entities.hashtags or tweet.entities.urls:
        index_tags(tweet, batch)
    if tweet.reply_to_id:
        batch.put(tables.REPLIES, ReplyRow(tweet.reply_to_id, tweet.tweet_id, tweet.author_id))
    if tweet.quote_of_id and not tweet.quote_revoked:
        row = QuoteRow(tweet.quote_of_id, tweet.tweet_id, tweet.author_id, tweet.visibility)
        batch.put(tables.QUOTES, row)
    if tweet.retweet_of_id:
        original_id = tweet.retweet_of_id
        batch.put(tables.RETWEETS, RetweetRow(original_id, tweet.tweet_id, tweet.author_id, tweet.visibility))
        batch.put(tables.MARKS, MarkRow(tweet.author_id, original_id, Mark.RETWEETED, tweet.tweet_id))


def _delete(event: TweetDeleted, batch: Batch) -> None:
    tweet = event.tweet
    batch.delete(tables.TWEETS, (tables.hour_of(tweet.tweet_id), tweet.tweet_id))
    batch.delete(tables.TWEETS_BY_AUTHOR, (tweet.author_id, tweet.tweet_id))
    batch.delete(tables.TWEET_COUNTS, (tweet.tweet_id,))
    let_go_media_of(tweet, batch)
    let_go_card_of(tweet, batch)
    drop_poll_of(tweet, batch)
    unindex_tags(tweet, batch)
    if tweet.reply_to_id:
        batch.delete(tables.REPLIES, (tweet.reply_to_id, tweet.tweet_id))
    if tweet.quote_of_id:
        batch.delete(tables.QUOTES, (tweet.quote_of_id, tweet.tweet_id))
    for number in range(tweet.edits):
        batch.delete(tables.TWEET_VERSIONS, (tweet.tweet_id, number))
    if tweet.retweet_of_id:
        batch.delete(tables.RETWEETS, (tweet.retweet_of_id, tweet.tweet_id))
        batch.delete(tables.MARKS, (tweet.author_id, tweet.retweet_of_id, Mark.RETWEETED))


def _like(event: TweetLiked, batch: Batch) -> None:
    like = event.like
    batch.put(tables.MARKS, MarkRow(like.user_id, like.tweet_id, Mark.LIKED, like.like_id))
    batch.put(tables.LIKES, like)
    batch.put(tables.LIKES_OF_USER, like)


def _unlike(event: TweetUnliked, batch: Batch) -> None:
    like: Like = event.like
    batch.delete(tables.MARKS, (like.user_id, like.tweet_id, Mark.LIKED))
    batch.delete(tables.LIKES, (like.tweet_id, like.like_id))
    batch.delete(tables.LIKES_OF_USER, (like.user_id, like.like_id))


def author_row(tweet: Tweet) -> AuthorTweetRow:
    """A tweet in its author's index."""
    return AuthorTweetRow(
        tweet.author_id,
        tweet.tweet_id,
        tweet.visibility,
        tweet.reply_to_id,
        tweet.reply_to_author_id,
        tweet.retweet_of_id,
        tweet.retweet_of_author_id,
        bool(tweet.media),
    )


def without_text(tweet: Tweet) -> Tweet:
    """What TweetDeleted keeps of a tweet: everything that its rows are found by, hashtags and links among
    it, and nothing else that it said."""
    image = image_of(tweet)
    card = Card("", image=image) if image else None
    return msgspec.structs.replace(only_tags(tweet), spoiler="", card=card)


RULES: Rules = {TweetPosted: _post, TweetDeleted: _delete, TweetLiked: _like, TweetUnliked: _unlike}
