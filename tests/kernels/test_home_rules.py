"""What belongs on a home timeline, case by case.

Viewer 0 follows 1 and 2, and 3 without retweets; 2 and 5 are protected.
"""

import pytest

from roost.kernels import KEEP, QUIET, UNKNOWN
from roost.model import Visibility

from .naive import DROP, Tweet, judge
from .paired import NO_BOUND, Pair

FOLLOWERS, DIRECT = Visibility.FOLLOWERS, Visibility.DIRECT
OLD, OTHER, NEW = 100, 104, 200


def original(author: int, visibility: Visibility = Visibility.PUBLIC, is_deleted: bool = False) -> Tweet:
    return Tweet(OLD, author, visibility=visibility, is_deleted=is_deleted)


def retweet(author: int, of_author: int | None, tweet_id: int = OLD) -> Tweet:
    return Tweet(NEW, author, retweet_of=tweet_id, retweet_author=of_author)


def reply(author: int, to: int | None) -> Tweet:
    return Tweet(NEW, author, is_reply=True, reply_author=to)


def verdict(
    tweet: Tweet, *others: Tweet, hidden: frozenset[int] = frozenset(), is_building: bool = False
) -> int:
    """By the kernel, for a cold viewer; the twin must agree."""
    pair = Pair(author_entries=4)
    for followee, flags in ((1, 0), (2, 0), (3, QUIET)):
        pair.follow(0, followee, flags)
    pair.protect(5)
    pair.protect(2)
    for one in (*others, tweet):
        is_deleted, one.is_deleted = one.is_deleted, False
        pair.add_tweet(one)
        if is_deleted:
            pair.delete(one.tweet_id)
    pair.push_author(tweet.author, NEW)
    answers, _ = pair.gather_ring(0, 9) if is_building else pair.gather_home(0, NO_BOUND, 9, set(hidden))
    found = {tweet_id: (shown, its_verdict) for tweet_id, shown, its_verdict in answers}.get(NEW, (0, DROP))
    if tweet.author in (0, 1, 2, 3):
        assert found[1] == judge(pair.naive, 0, NEW, set(hidden), is_building)[0]
    if found[1] == KEEP:
        assert found[0] == (tweet.retweet_of or NEW)
    return found[1]


@pytest.mark.parametrize(
    ("tweet", "expected"),
    [
        (Tweet(NEW, 0), KEEP),
        (Tweet(NEW, 1), KEEP),
        (Tweet(NEW, 2), KEEP),
        (Tweet(NEW, 4), DROP),
        (Tweet(NEW, 1, is_deleted=True), DROP),
        (Tweet(NEW, 1, visibility=FOLLOWERS), KEEP),
        (Tweet(NEW, 1, visibility=DIRECT), UNKNOWN),
        (Tweet(NEW, 0, visibility=DIRECT), KEEP),
    ],
)
def test_tweets(tweet: Tweet, expected: int) -> None:
    assert verdict(tweet) == expected


@pytest.mark.parametrize(
    ("author", "answered", "expected"),
    [(1, 2, KEEP), (1, 0, KEEP), (1, 1, KEEP), (0, 4, KEEP), (1, 3, KEEP), (1, 4, DROP), (1, None, DROP)],
)
def test_replies_need_both_ends(author: int, answered: int | None, expected: int) -> None:
    assert verdict(reply(author, answered)) == expected


@pytest.mark.parametrize(
    ("tweet", "others", "expected"),
    [
        (retweet(1, 2), [original(2)], KEEP),
        (retweet(1, 4), [original(4)], KEEP),
        (retweet(1, 1), [original(1)], KEEP),
        (retweet(0, 4), [original(4)], KEEP),
        (retweet(3, 4), [original(4)], DROP),
        (retweet(1, 4), [original(4, is_deleted=True)], DROP),
        (retweet(1, 4), [], UNKNOWN),
        (retweet(1, None), [original(4)], UNKNOWN),
        (retweet(1, 4, tweet_id=OTHER), [original(4)], UNKNOWN),
        (retweet(1, 5), [original(5)], DROP),
        (retweet(5, 5), [original(5)], DROP),
        (retweet(1, 4), [original(4, FOLLOWERS)], DROP),
        (retweet(1, 2), [original(2, FOLLOWERS)], KEEP),
        (retweet(1, 3), [original(3, FOLLOWERS)], KEEP),
        (retweet(1, 1), [original(1, FOLLOWERS)], KEEP),
        (retweet(1, 0), [original(0, FOLLOWERS)], KEEP),
        (retweet(1, 4), [original(4, DIRECT)], UNKNOWN),
        (retweet(1, 0), [original(0, DIRECT)], KEEP),
    ],
)
def test_retweets_and_their_originals(tweet: Tweet, others: list[Tweet], expected: int) -> None:
    assert verdict(tweet, *others) == expected


@pytest.mark.parametrize(
    ("tweet", "hidden", "expected"),
    [
        (Tweet(NEW, 1), {1}, DROP),
        (Tweet(NEW, 1), {2, 4}, KEEP),
        (Tweet(NEW, 0), {0}, KEEP),
        (reply(1, 2), {2}, DROP),
        (reply(1, 0), {0}, KEEP),
        (retweet(1, 4), {4}, DROP),
        (retweet(1, 4), {1}, DROP),
        (retweet(1, 4, tweet_id=OTHER), {4}, DROP),
    ],
)
def test_hidden_rows_are_not_seen(tweet: Tweet, hidden: set[int], expected: int) -> None:
    assert verdict(tweet, original(4), hidden=frozenset(hidden)) == expected


@pytest.mark.parametrize(
    ("tweet", "others", "expected"),
    [
        (retweet(1, 5), [original(5)], KEEP),
        (retweet(1, 4), [original(4, FOLLOWERS)], DROP),
        (retweet(3, 4), [original(4)], DROP),
        (reply(1, 4), [], DROP),
        (Tweet(NEW, 1, visibility=DIRECT), [], UNKNOWN),
    ],
)
def test_a_ring_is_built_with_what_may_show_again(tweet: Tweet, others: list[Tweet], expected: int) -> None:
    """A protection ends without an event for the viewer's ring, a tweet's own visibility never changes."""
    assert verdict(tweet, *others, is_building=True) == expected
