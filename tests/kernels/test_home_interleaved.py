"""The writer steps in between any two accesses of `gather_home`: nothing is lost, and nothing let through."""

from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from roost.kernels import KEEP, LEVEL, gather_home, make_scratch

from . import naive
from .interleaving import Turns, every_moment, needs_plain_python, watch
from .list_steps import LIST_STEPS, USERS, VIEWER, crowd
from .paired import NO_BOUND, Answers, Pair, read_answers

pytestmark = needs_plain_python

CAPACITY = 8
Check = Callable[[list[int], int, int], None]
"""Of the ids, the marker and the level."""


def read_home(pair: Pair, turns: Turns, hidden: list[int]) -> tuple[Answers, int, int]:
    """All there is, watched; with the level of the ring that was read."""
    scratch, world = make_scratch(CAPACITY, pair.users, 256), watch(pair.world, turns)
    count = gather_home(world, scratch, np.array(hidden, np.uint32), VIEWER, NO_BOUND, 256)
    return *read_answers(scratch, count), int(scratch.facts[LEVEL])


def at_every_moment(make: Callable[[], Pair], act: Callable[[Pair], object], check: Check) -> None:
    """What is answered descends and is above the marker; the rest is for `check`."""

    def story(moment: int) -> Turns:
        pair = make()
        turns = Turns(partial(act, pair), moment)
        answers, exact_above, level = read_home(pair, turns, [])
        ids = [tweet_id for tweet_id, _, _ in answers]
        assert ids == sorted(set(ids), reverse=True)
        assert all(tweet_id > exact_above for tweet_id in ids)
        check(ids, exact_above, level)
        return turns

    assert len(list(every_moment(story))) > 5


def whole(before: set[int], gained: set[int] = frozenset()) -> Check:
    """What was there before is there, or not above the marker; else only what the writer added."""

    def check(ids: list[int], exact_above: int, level: int) -> None:
        assert {tweet_id for tweet_id in before if tweet_id > exact_above} <= set(ids) <= before | gained

    return check


def home_of(pair: Pair) -> set[int]:
    return {tweet_id for tweet_id, _, _ in pair.gather_home(VIEWER, NO_BOUND, 256, set())[0]}


@pytest.mark.parametrize("change", LIST_STEPS)
def test_a_cold_timeline_has_what_stays(change: str) -> None:
    old, new = crowd(), crowd()
    LIST_STEPS[change](new)
    before, after = home_of(old), home_of(new)
    at_every_moment(crowd, LIST_STEPS[change], whole(before & after, before | after))


HELD = list(range(100, 68, -4))


def ringed(held: list[int] = HELD, slot: int = 1) -> Pair:
    """The viewer has a ring with `held`, in the first slot or the second one."""
    pair = Pair(users=USERS, capacity=CAPACITY)
    if slot == 1:
        pair.install(1, 5, [4], 0)
    pair.install(VIEWER, 5, held, held[-1] - 1)
    return pair


@pytest.mark.parametrize("pushes", [1, 2, 3, 7, 8, 9, 12, 20])
@pytest.mark.parametrize("count", [CAPACITY, CAPACITY - 1, 3])
def test_a_ring_is_whole_above_what_it_says(pushes: int, count: int) -> None:
    """However many are pushed: round the ring, and for the first time as well as later."""
    pushed = [104 + 4 * index for index in range(pushes)]
    at_every_moment(
        partial(ringed, HELD[:count]),
        lambda pair: [pair.push(VIEWER, 1, 256, tweet_id) for tweet_id in pushed],
        whole(set(HELD[:count]), set(pushed)),
    )


def test_late_pushes_beside_a_read() -> None:
    at_every_moment(
        ringed,
        lambda pair: [pair.push(VIEWER, 1, 256, value) for value in (-90, 104, -78, -102)],
        whole(set(HELD), {90, 104, 78, 102}),
    )


@pytest.mark.parametrize("slot", [0, 1])
@pytest.mark.parametrize("next_owner", [None, 2])
def test_a_ring_that_goes_is_read_whole_or_not_at_all(slot: int, next_owner: int | None) -> None:
    """The next user gets its slot with tweets of their own."""

    def act(pair: Pair) -> None:
        pair.drop(VIEWER)
        if next_owner is not None:
            pair.install(next_owner, 5, list(range(1_000, 968, -4)), 0)

    def check(ids: list[int], exact_above: int, level: int) -> None:
        assert (ids, exact_above, level) in ((HELD, 71, 5), ([], 0, 0))

    at_every_moment(partial(ringed, slot=slot), act, check)


@pytest.mark.parametrize("slot", [0, 1])
def test_a_ring_built_anew_in_the_same_slot(slot: int) -> None:
    """With less in it, for another level: it is the old one that is read, or the new one."""

    def act(pair: Pair) -> None:
        pair.drop(VIEWER)
        pair.install(VIEWER, 9, HELD[:3], 91)

    def check(ids: list[int], exact_above: int, level: int) -> None:
        assert (ids, exact_above, level) in ((HELD, 71, 5), (HELD[:3], 91, 9))

    at_every_moment(partial(ringed, slot=slot), act, check)


def test_a_ring_that_is_built_or_sinks() -> None:
    cold = partial(Pair, users=USERS, capacity=CAPACITY)

    def check(ids: list[int], exact_above: int, level: int) -> None:
        assert (ids, exact_above) == ((HELD, 71) if level else ([], 0))

    at_every_moment(cold, lambda pair: pair.install(VIEWER, 5, HELD, 67), check)
    at_every_moment(ringed, lambda pair: pair.sink(VIEWER, 2), whole(set(HELD)))


@pytest.mark.parametrize("value", [204, -204, -70])
def test_a_delivery_that_ends_beside_a_read(value: int) -> None:
    """Its tweet was pulled before and is in the ring afterwards; a read in between has it, too."""

    def make() -> Pair:
        pair = ringed(HELD[:5])
        pair.follow(VIEWER, 2)
        pair.push_author(2, abs(value))
        pair.open_delivery(2)
        return pair

    def act(pair: Pair) -> None:
        pair.deliver([naive.Job(2, value)])
        pair.close_delivery(2)

    at_every_moment(make, act, whole({*HELD[:5], abs(value)}))


@pytest.mark.parametrize("pushes", [1, 2, 3, 4, 9])
@pytest.mark.parametrize("is_warm", [False, True])
def test_authors_who_write_beside_a_read(pushes: int, is_warm: bool) -> None:
    """Their rings move on under the merge, up to losing all that they had."""

    def make() -> Pair:
        pair = Pair(users=4, capacity=CAPACITY, author_entries=4)
        for author in (1, 2):
            pair.follow(VIEWER, author)
        if is_warm:
            pair.build(VIEWER, 5)
        for number in range(1, 9):
            pair.push_author(1 + number % 2, 4 * number)
        pair.open_delivery(1)
        pair.open_delivery(2)
        return pair

    pushed = [100 + 4 * index for index in range(pushes)]
    at_every_moment(
        make,
        lambda pair: [pair.push_author(1, tweet_id) for tweet_id in pushed],
        whole(set(range(4, 36, 4)), set(pushed)),
    )


RETWEETER, OTHER = 1, 3
NEW_LINES = [naive.Tweet(48, 2), naive.Tweet(52, 2), naive.Tweet(56, 2, retweet_of=48, retweet_author=2)]


def retweeted() -> Pair:
    """1, whom the viewer follows, has retweeted a tweet of 3; the columns are full."""
    pair = Pair(users=6, capacity=CAPACITY, author_entries=4, columns=4)
    pair.follow(VIEWER, RETWEETER)
    pair.add_tweet(naive.Tweet(4, RETWEETER))
    pair.add_tweet(naive.Tweet(8, OTHER))
    pair.add_tweet(naive.Tweet(40, RETWEETER, retweet_of=8, retweet_author=OTHER))
    pair.add_tweet(naive.Tweet(44, 2))
    pair.push_author(RETWEETER, 4)
    pair.push_author(RETWEETER, 40)
    return pair


@pytest.mark.parametrize("hidden", [[], [OTHER]])
@pytest.mark.parametrize("taken", [1, 2, 3])
def test_a_line_that_goes_to_another_tweet_beside_a_read(hidden: list[int], taken: int) -> None:
    """What is kept is judged by, and shown as, the tweet itself: never by the one that took its line."""

    def story(moment: int) -> Turns:
        pair = retweeted()
        turns = Turns(lambda: [pair.add_tweet(tweet) for tweet in NEW_LINES[:taken]], moment)
        answers, _, _ = read_home(pair, turns, hidden)
        kept = {(tweet_id, shown) for tweet_id, shown, verdict in answers if verdict == KEEP}
        assert kept <= ({(4, 4)} if hidden else {(4, 4), (40, 8)})
        assert {tweet_id for tweet_id, _, _ in answers} >= ({4} if hidden else {4, 40})
        return turns

    assert len(list(every_moment(story))) > 20
