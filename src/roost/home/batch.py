"""A batch of tweets as arrays, ready for the kernels."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from roost.graph import Graph
from roost.home.found import found_flags
from roost.ids import unix_ms_of
from roost.kernels import IS_REPLY, TO_ALL, TO_NONE, list_extras
from roost.model import Tweet, Visibility

_NONE = np.empty(0, np.int64)


class TweetBatch(msgspec.Struct):
    """Tweets in ascending order of id; see `kernels.record_tweets` for `facts`."""

    facts: NDArray[np.int64]
    times_s: NDArray[np.int64]
    others: NDArray[np.int64]
    """To whom: TO_ALL, TO_NONE, or the row of the second end of a reply."""
    extra_stop: NDArray[np.int64]
    extra_rows: NDArray[np.int64]

    @property
    def ids(self) -> NDArray[np.int64]:
        return self.facts[:, 0]

    @property
    def authors(self) -> NDArray[np.int64]:
        return self.facts[:, 1]

    @property
    def retweeted(self) -> NDArray[np.int64]:
        return self.facts[:, 3]

    def __len__(self) -> int:
        return len(self.facts)


def make_batch(tweets: Sequence[Tweet], graph: Graph) -> TweetBatch:
    """About 2 us a tweet."""
    raw = np.array(
        [
            (
                tweet.tweet_id,
                tweet.author_id,
                tweet.reply_to_author_id,
                tweet.retweet_of_id,
                tweet.retweet_of_author_id,
                tweet.visibility,
                tweet.reply_to_id,
                found_flags(tweet),
            )
            for tweet in tweets
        ],
        np.int64,
    ).reshape(len(tweets), 8)
    order = np.argsort(raw[:, 0], kind="stable")
    raw = raw[order]
    is_reply = raw[:, 6] != 0
    authors = graph.rows_of(raw[:, 1])
    answered = np.where(is_reply, graph.rows_of(raw[:, 2]), -1)
    facts = np.column_stack(
        (
            raw[:, 0],
            authors,
            answered,
            raw[:, 3],
            graph.rows_of(raw[:, 4]),
            raw[:, 5] | raw[:, 7] | np.where(is_reply, IS_REPLY, 0),
        )
    )
    others = np.where(is_reply & (answered != authors), answered, TO_ALL)
    others[is_reply & (answered < 0)] = TO_NONE
    is_direct = raw[:, 5] == Visibility.DIRECT
    others[is_direct] = TO_NONE
    stop, rows = _extras(tweets, order, is_direct, authors, answered, graph)
    times_s = (raw[:, 0] >> 22) // 1000 + unix_ms_of(0) // 1000
    return TweetBatch(facts, times_s, others, stop, rows)


def _extras(
    tweets: Sequence[Tweet],
    order: NDArray[np.int64],
    is_direct: NDArray[np.bool_],
    authors: NDArray[np.int64],
    answered: NDArray[np.int64],
    graph: Graph,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    addressed_stop = np.zeros(len(tweets), np.int64)
    addressed = _NONE
    if is_direct.any():
        groups = [
            tweets[place].addressed_ids if direct else ()
            for place, direct in zip(order, is_direct, strict=True)
        ]
        addressed_stop = np.cumsum([len(group) for group in groups], dtype=np.int64)
        addressed = graph.rows_of(np.array([user_id for group in groups for user_id in group], np.int64))
    direct_replies = np.where(is_direct, -1, answered)
    stop = np.empty(len(tweets), np.int64)
    rows = np.empty(2 * len(tweets) + len(addressed), np.int64)
    count = list_extras(graph.following, authors, direct_replies, addressed_stop, addressed, stop, rows)
    return stop, rows[:count]
