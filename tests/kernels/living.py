"""What may happen to a shard in miniature, as steps that hypothesis can make."""

import itertools
from typing import Any

from hypothesis import strategies as st

from roost.kernels import QUIET
from roost.model import Visibility

from . import naive
from .paired import plans
from .shard import Post, Shard

USERS, CAPACITY, ENTRIES, COLUMNS = 5, 16, 4, 16
users = st.integers(0, USERS - 1)
someone = st.one_of(st.none(), users, users)
back = st.integers(0, 12)
hows = st.sampled_from(["now", "now", "later", "withheld"])
Step = tuple[Any, ...]
posts = st.tuples(
    st.just("post"),
    users,
    st.sampled_from(["tweet", "tweet", "reply", "retweet"]),
    st.sampled_from([Visibility.PUBLIC, Visibility.PUBLIC, Visibility.FOLLOWERS, Visibility.DIRECT]),
    someone,
    back,
    hows,
)
any_step = st.one_of(
    *[posts] * 6,
    st.tuples(st.just("follow"), users, users, st.sampled_from([0, 0, QUIET])),
    st.tuples(st.just("unfollow"), users, users),
    st.tuples(st.just("delete"), back),
    st.tuples(st.just("build"), users, st.integers(1, 8)),
    st.tuples(st.just("drop"), users),
    st.tuples(st.just("sink"), users, st.integers(1, 8)),
    st.tuples(st.just("protect"), users),
    st.tuples(st.just("settle"), st.integers(1, 3)),
)
steps = plans(any_step, 80)
strangers = st.sets(st.tuples(users, users), max_size=12)
"""Who does not follow whom; all others do."""
warmth = st.sets(users)
some_hidden = st.sets(users, max_size=2)


def post(
    shard: Shard, author: int, kind: str, visibility: Visibility, other: int | None, back: int, how: str
) -> None:
    """A retweet's original is an earlier tweet, or one that the shard has never seen."""
    tweet = naive.Tweet(shard.next_id(), author, visibility=visibility)
    addressed = set()
    if kind == "reply":
        tweet.is_reply, tweet.reply_author = True, other
    elif kind == "retweet":
        tweet.visibility = Visibility.PUBLIC
        tweet.retweet_of = max(0, shard.newest - 4 * back - 4) or 1
        if tweet.retweet_of in shard.posts:
            tweet.retweet_author = shard.posts[tweet.retweet_of].tweet.author
    elif visibility == Visibility.DIRECT and other is not None:
        addressed = {other}
    shard.post(Post(tweet, addressed), how)


def run_step(shard: Shard, step: Step) -> None:
    kind, *values = step
    match kind:
        case "post":
            post(shard, *values)
        case "follow" | "unfollow":
            if values[0] != values[1]:
                getattr(shard, kind)(*values)
        case "settle":
            shard.settle(*values)
        case "delete":
            if (tweet_id := shard.newest - 4 * values[0]) > 0:
                shard.delete(tweet_id)
        case _:
            getattr(shard.pair, kind)(*values)


def live(plan: list[Step], apart: set[tuple[int, int]], warm: set[int]) -> Shard:
    """A shard after some steps; some users have had rings from the beginning."""
    shard = Shard(USERS, CAPACITY, ENTRIES, COLUMNS)
    for follower, followee in itertools.permutations(range(USERS), 2):
        if (follower, followee) not in apart:
            shard.follow(follower, followee, 0)
    for row in sorted(warm):
        shard.pair.build(row, 5)
    for step in plan:
        run_step(shard, step)
    return shard
