"""A whole shard goes on living between the accesses of one read; what is read is a truth of that time."""

from hypothesis import given
from hypothesis import strategies as st

from roost.kernels import gather_home, make_scratch

from .interleaving import Turns, needs_plain_python, watch
from .living import CAPACITY, USERS, Step, any_step, live, run_step, steps, strangers, users, warmth
from .paired import NO_BOUND, NOTHING_HIDDEN, examples, plans, read_answers
from .shard import Shard

pytestmark = needs_plain_python

ACCESSES = 80
"""A read makes about as many; steps that are due later do not happen."""
schedules = plans(st.tuples(st.integers(0, ACCESSES), plans(any_step, 6)), 3)


class Beside:
    """Reads the truth again after every step that was taken."""

    def __init__(self, shard: Shard, viewer: int, schedule: list[tuple[int, list[Step]]]) -> None:
        self.shard, self.viewer = shard, viewer
        self.left = sorted(schedule, key=lambda due: due[0])
        self.turns = Turns(self.act)
        self.truths = [set(shard.timeline(viewer, set()))]

    def act(self) -> None:
        while self.left and self.left[0][0] <= self.turns.seen:
            for step in self.left.pop(0)[1]:
                run_step(self.shard, step)
                self.truths.append(set(self.shard.timeline(self.viewer, set())))


@examples(8)
@given(steps, strangers, warmth, users, schedules, st.sampled_from([3, 40]))
def test_a_read_beside_a_living_shard(
    plan: list[Step],
    apart: set[tuple[int, int]],
    warm: set[int],
    viewer: int,
    schedule: list[tuple[int, list[Step]]],
    need: int,
) -> None:
    """What belonged all the time is there or not above the marker; what is there belonged at some time."""
    shard = live(plan, apart, warm)
    beside = Beside(shard, viewer, schedule)
    scratch = make_scratch(CAPACITY, USERS, 64)
    count = gather_home(
        watch(shard.pair.world, beside.turns), scratch, NOTHING_HIDDEN, viewer, NO_BOUND, need
    )
    answers, exact_above = read_answers(scratch, count)
    ids = [tweet_id for tweet_id, _, _ in answers]
    assert ids == sorted(set(ids), reverse=True)
    assert all(tweet_id > exact_above for tweet_id in ids)
    found = set(shard.settled(viewer, answers, set()))
    always, ever = set.intersection(*beside.truths), set.union(*beside.truths)
    assert {tweet_id for tweet_id in always if tweet_id > exact_above} <= found <= ever
