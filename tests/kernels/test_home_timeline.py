"""The promise of the whole: what is read is the truth, whoever reads it, however it got there."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from roost.kernels import QUIET
from roost.model import Visibility

from . import naive
from .paired import NO_BOUND, examples, plans
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
steps = plans(
    st.one_of(
        *[posts] * 6,
        st.tuples(st.just("follow"), users, users, st.sampled_from([0, 0, QUIET])),
        st.tuples(st.just("unfollow"), users, users),
        st.tuples(st.just("delete"), back),
        st.tuples(st.just("build"), users, st.integers(1, 8)),
        st.tuples(st.just("drop"), users),
        st.tuples(st.just("sink"), users, st.integers(1, 8)),
        st.tuples(st.just("protect"), users),
        st.tuples(st.just("settle"), st.integers(1, 3)),
    ),
    80,
)
friendships = st.sets(st.tuples(users, users), max_size=14)
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


def live(plan: list[Step], friends: set[tuple[int, int]]) -> Shard:
    shard = Shard(USERS, CAPACITY, ENTRIES, COLUMNS)
    for follower, followee in sorted(friends):
        if follower != followee:
            shard.follow(follower, followee, 0)
    for kind, *values in plan:
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
    return shard


@examples(4)
@given(steps, friendships, some_hidden, st.sampled_from([1, 2, 5, 40]))
def test_what_is_read_is_the_truth(
    plan: list[Step], friends: set[tuple[int, int]], hidden: set[int], need: int
) -> None:
    """Down to where memory ends: every tweet that belongs there, no other, none twice, newest first."""
    shard = live(plan, friends)
    for viewer in range(USERS):
        ids, exact_above = shard.walk(viewer, need, hidden)
        truth = shard.timeline(viewer, hidden)
        assert ids == [tweet_id for tweet_id in truth if tweet_id > exact_above]


@examples(2)
@given(steps, friendships, some_hidden)
def test_a_warm_viewer_reads_what_a_cold_one_reads(
    plan: list[Step], friends: set[tuple[int, int]], hidden: set[int]
) -> None:
    """As far down as both can go. Neither a new ring nor the end of a delivery changes what is read."""
    shard = live(plan, friends)
    pair = shard.pair
    for viewer in range(USERS):
        reads = [shard.walk(viewer, 40, hidden)]
        pair.drop(viewer)
        reads.append(shard.walk(viewer, 40, hidden))
        pair.build(viewer, 3)
        reads.append(shard.walk(viewer, 40, hidden))
        bound = max(exact_above for _, exact_above in reads)
        first, *others = ([tweet_id for tweet_id in ids if tweet_id > bound] for ids, _ in reads)
        assert others == [first, first]
    before = [shard.walk(viewer, 40, hidden) for viewer in range(USERS)]
    shard.settle(len(shard.deferred))
    for viewer, (ids, exact_above) in enumerate(before):
        later, later_above = shard.walk(viewer, 40, hidden)
        bound = max(exact_above, later_above)
        assert [key for key in later if key > bound] == [key for key in ids if key > bound]


def make_pulled(how: str, level: int) -> Shard:
    """Viewer 0 follows 1, has a ring of a level, and 1 has written once."""
    shard = Shard(USERS, CAPACITY, ENTRIES, COLUMNS)
    shard.follow(0, 1, 0)
    shard.pair.build(0, level)
    post(shard, 1, "tweet", Visibility.PUBLIC, None, 0, how)
    return shard


def test_an_open_delivery_is_pulled_until_it_ends() -> None:
    shard = make_pulled("later", 5)
    assert shard.pair.naive.rings.of[0].kept() == []
    assert shard.walk(0, 10, set()) == ([4], 0)
    shard.settle(1)
    assert shard.pair.naive.rings.of[0].kept() == [-4]
    assert shard.walk(0, 10, set()) == ([4], 0)


def test_a_tweet_withheld_from_a_level_is_pulled_by_it() -> None:
    for level, kept in ((3, []), (4, [4])):
        shard = make_pulled("withheld", level)
        assert shard.pair.naive.rings.of[0].kept() == kept
        assert shard.walk(0, 10, set()) == ([4], 0)


def test_a_ring_built_later_has_what_was_withheld() -> None:
    shard = make_pulled("withheld", 3)
    shard.pair.drop(0)
    shard.pair.build(0, 2)
    assert shard.pair.naive.rings.of[0].kept() == [4]
    answers, exact_above = shard.pair.gather_home(0, NO_BOUND, 10, set())
    assert (answers, exact_above) == ([(4, 4, 1)], 0)
