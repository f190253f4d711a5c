"""Rows of polls: votes, and when they end. What the votes come to is counted by a processor."""

from roost.model import PollEnded, PollVoted, Tweet
from roost.store import tables
from roost.store.batch import Batch
from roost.store.derivation.rule import Rules
from roost.store.rows import PollEndingRow


def ask_poll_of(tweet: Tweet, batch: Batch) -> None:
    """A tweet's poll, if it has one, will end."""
    poll = tweet.poll
    if poll is not None:
        row = PollEndingRow(0, poll.ends_ms, tweet.tweet_id, tweet.author_id, poll.edition)
        batch.put(tables.POLL_ENDINGS, row)


def drop_poll_of(tweet: Tweet, batch: Batch) -> None:
    """A tweet's poll, if it had one, is gone: it does not end."""
    poll = tweet.poll
    if poll is not None:
        batch.delete(tables.POLL_ENDINGS, (0, poll.ends_ms, tweet.tweet_id))
        batch.delete(tables.TALLIES, (tweet.tweet_id, poll.edition))


def _vote(event: PollVoted, batch: Batch) -> None:
    batch.put(tables.VOTES, event.vote)


def _end(event: PollEnded, batch: Batch) -> None:
    batch.delete(tables.POLL_ENDINGS, (0, event.ending.ends_ms, event.ending.tweet_id))


RULES: Rules = {PollVoted: _vote, PollEnded: _end}
