"""Rows of tweets that change: what they said before, and what they are found by now."""

from roost.model import QuotePolicySet, QuoteRevoked, Tweet, TweetEdited, TweetEnriched
from roost.store import tables
from roost.store.batch import Batch
from roost.store.derivation.cards import hold_card_of, let_go_card_of
from roost.store.derivation.media import hold_media_of, let_go_media_of
from roost.store.derivation.polls import ask_poll_of, drop_poll_of
from roost.store.derivation.rule import Rules
from roost.store.derivation.tags import index_tags, unindex_tags
from roost.store.derivation.tweets import author_row
from roost.store.rows import VersionRow


def _edit(event: TweetEdited, batch: Batch) -> None:
    tweet, before = event.edit.tweet, event.edit.before
    batch.put(tables.TWEETS, tweet)
    batch.put(tables.TWEETS_BY_AUTHOR, author_row(tweet))
    batch.put(tables.TWEET_VERSIONS, VersionRow(before.tweet_id, before.edits, before))
    let_go_media_of(before, batch)
    hold_media_of(tweet, batch)
    let_go_card_of(before, batch)
    hold_card_of(tweet, batch)
    unindex_tags(before, batch)
    index_tags(tweet, batch)
    _change_poll(tweet, before, batch)


def _change_poll(tweet: Tweet, before: Tweet, batch: Batch) -> None:
    """A poll that is the same goes on, or has ended already."""
    if tweet.poll == before.poll:
        return
    if before.poll is not None and tweet.poll is not None and before.poll.edition == tweet.poll.edition:
        batch.delete(tables.POLL_ENDINGS, (0, before.poll.ends_ms, before.tweet_id))
    else:
        drop_poll_of(before, batch)
    ask_poll_of(tweet, batch)


def _set_policy(event: QuotePolicySet, batch: Batch) -> None:
    batch.put(tables.TWEETS, event.tweet)


def _revoke(event: QuoteRevoked, batch: Batch) -> None:
    tweet = event.tweet
    batch.put(tables.TWEETS, tweet)
    batch.delete(tables.QUOTES, (tweet.quote_of_id, tweet.tweet_id))


def _enrich(event: TweetEnriched, batch: Batch) -> None:
    tweet = event.enriched.tweet
    batch.put(tables.TWEETS, tweet)
    hold_card_of(tweet, batch)


RULES: Rules = {
    TweetEdited: _edit,
    QuotePolicySet: _set_policy,
    QuoteRevoked: _revoke,
    TweetEnriched: _enrich,
}
