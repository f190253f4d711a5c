"""The promise of the whole: what is read is the truth, whoever reads it, however it got there."""

from hypothesis import given
from hypothesis import strategies as st

from roost.model import Visibility

from .living import CAPACITY, COLUMNS, ENTRIES, USERS, Step, live, post, some_hidden, steps, strangers, warmth
from .paired import NO_BOUND, examples
from .shard import Shard


@examples(4)
@given(steps, strangers, warmth, some_hidden, st.sampled_from([1, 2, 5, 40]))
def test_what_is_read_is_the_truth(
    plan: list[Step], apart: set[tuple[int, int]], warm: set[int], hidden: set[int], need: int
) -> None:
    """Down to where memory ends: every tweet that belongs there, no other, none twice, newest first."""
    shard = live(plan, apart, warm)
    for viewer in range(USERS):
        ids, exact_above = shard.walk(viewer, need, hidden)
        truth = shard.timeline(viewer, hidden)
        assert ids == [tweet_id for tweet_id in truth if tweet_id > exact_above]


@examples(2)
@given(steps, strangers, warmth, some_hidden)
def test_a_warm_viewer_reads_what_a_cold_one_reads(
    plan: list[Step], apart: set[tuple[int, int]], warm: set[int], hidden: set[int]
) -> None:
    """As far down as both can go. Neither a new ring nor the end of a delivery changes what is read."""
    shard = live(plan, apart, warm)
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
