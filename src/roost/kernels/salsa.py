"""SALSA, the random walk between users and tweets that recommends (Lempel and Moran, WWW9, 2000), with
restarts.

Every walker steps user -> tweet -> user -> tweet ... and counts each tweet that it comes to. Before each step
from a user but the first it goes back to where it began with chance `restart` (personalised PageRank; Page et
al., 1999; Haveliwala, WWW 2002). A walker is never lost: visits are walkers x steps from users, where each
node that a walker can reach has a living edge. `spread_visits` does the same in numbers, over edges that were
sampled once."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from roost.kernels.choosing import Barrier, is_barred
from roost.kernels.jit import kernel, mix
from roost.kernels.sampling import WALKERS_MAX, Sampling, Walkers, advance, draw, look_up, total_degree
from roost.kernels.temporal import USERS_SIDE, TemporalGraph


class Visits(NamedTuple):
    """Tweets that were come to, by id: an open-addressing table, its size a power of two and twice the
    visits."""

    keys: NDArray[np.int64]
    counts: NDArray[np.int64]
    order: NDArray[np.int64]
    """The slots in use, in order of first visit."""
    log: NDArray[np.int64]
    """(visits, 3): the tweet's slot, the user from whom it was come to, the edge's kind."""
    totals: NDArray[np.int64]
    """How many different tweets; how many visits."""


def make_visits(most: int) -> Visits:
    """Room for so many visits."""
    slots = 1 << max(4, (2 * most - 1).bit_length())
    return Visits(
        np.zeros(slots, np.int64),
        np.zeros(slots, np.int64),
        np.empty(max(1, most), np.int64),
        np.empty((max(1, most), 3), np.int64),
        np.zeros(2, np.int64),
    )


@kernel
def visit(visits: Visits, tweet: int, user: int, kind: int) -> None:
    """Count a visit."""
    mask = visits.keys.shape[0] - 1
    slot = mix(tweet) & mask
    while visits.keys[slot] != tweet:
        if visits.keys[slot] == 0:
            visits.keys[slot] = tweet
            visits.order[visits.totals[0]] = slot
            visits.totals[0] += 1
            break
        slot = (slot + 1) & mask
    visits.counts[slot] += 1
    number = visits.totals[1]
    visits.log[number, 0] = slot
    visits.log[number, 1] = user
    visits.log[number, 2] = kind
    visits.totals[1] = number + 1


@kernel
def _place(
    graph: TemporalGraph, directory: NDArray[np.int64], walkers: Walkers, users: NDArray[np.int64],
    weights: NDArray[np.float64], starts: NDArray[np.int64],
) -> int:  # fmt: skip
    """Fill `starts` with users, in order: so many of each as its share of the weight says (systematic
    sampling). Users without edges are left out, their `weights` set to 0; answer as `walk_salsa` does."""
    total = 0.0
    for first in range(0, users.shape[0], WALKERS_MAX):
        count = min(WALKERS_MAX, users.shape[0] - first)
        for walker in range(count):
            if users[first + walker] <= 0 or not 0.0 <= weights[first + walker] < np.inf:
                return -1
            walkers.here[walker] = users[first + walker]
        look_up(graph.users, USERS_SIDE, directory, walkers, count)
        for walker in range(count):
            if total_degree(directory, walkers, walker) == 0:
                weights[first + walker] = 0.0
            total += weights[first + walker]
    if total == 0.0:
        return 0
    user, last, passed, share = -1, -1, 0.0, total / starts.shape[0]
    for start in range(starts.shape[0]):
        wanted = (start + 0.5) * share
        while passed <= wanted and user + 1 < users.shape[0]:
            user += 1
            passed += weights[user]
            last = user if weights[user] > 0.0 else last
        starts[start] = users[last]
    return starts.shape[0]


@kernel
def _walk(
    graph: TemporalGraph, directory: NDArray[np.int64], sampling: Sampling, walkers: Walkers,
    users: NDArray[np.int64], weights: NDArray[np.float64], starts: NDArray[np.int64], pairs: int,
    restart: float, barrier: Barrier, visits: Visits,
) -> bool:  # fmt: skip
    """Walk from `starts`. False where some could not set out, as the edges of their users are dead or weigh
    nothing: these users' `weights` are set to 0 then, and the visits are not to be used."""
    draws, all_went = 0, True
    for first in range(0, starts.shape[0], WALKERS_MAX):
        count = min(WALKERS_MAX, starts.shape[0] - first)
        for walker in range(count):
            walkers.here[walker] = starts[first + walker]
        for pair in range(pairs):
            if pair > 0:
                for walker in range(count):
                    is_lost = walkers.there[walker] == 0
                    if is_lost or draw(sampling.seed, draws + walker) < restart:
                        walkers.here[walker] = starts[first + walker]
                    else:
                        walkers.here[walker] = walkers.there[walker]
                draws += count
            draws = advance(graph, 1, directory, sampling, walkers, count, draws)
            for walker in range(count):
                if walkers.there[walker] != 0:
                    visit(visits, walkers.there[walker], walkers.here[walker], walkers.kinds[walker])
                elif pair == 0:
                    all_went = False
                    for place in range(users.shape[0]):
                        if users[place] == starts[first + walker]:
                            weights[place] = 0.0
            if pair + 1 < pairs:
                for walker in range(count):
                    walkers.here[walker] = walkers.there[walker]
                draws = advance(graph, 0, directory, sampling, walkers, count, draws)
                for walker in range(count):
                    if is_barred(barrier, walkers.there[walker]):
                        walkers.there[walker] = 0
    return all_went


@kernel
def walk_salsa(
    graph: TemporalGraph, directory: NDArray[np.int64], sampling: Sampling, walkers: Walkers,
    users: NDArray[np.int64], weights: NDArray[np.float64], starts: NDArray[np.int64], pairs: int,
    restart: float, barrier: Barrier, visits: Visits,
) -> int:  # fmt: skip
    """A walker for each place of `starts`, which is filled with where it begins: at one of `users`, as their
    weights say. Each comes to a tweet `pairs` times; one that comes to a user who is barred goes back to
    where it began. Answers how many walkers there were: all; none, where no user has a living edge and a
    weight; or -1 where an id is not positive, or a weight negative or not finite."""
    there = _place(graph, directory, walkers, users, weights, starts)
    while there > 0 and not _walk(
        graph, directory, sampling, walkers, users, weights, starts, pairs, restart, barrier, visits
    ):
        for place in range(visits.totals[0]):
            visits.keys[visits.order[place]] = 0
            visits.counts[visits.order[place]] = 0
        visits.totals[0], visits.totals[1] = 0, 0
        there = _place(graph, directory, walkers, users, weights, starts)
    return there


class Spreading(NamedTuple):
    """Scratch of `spread_visits`, and its result; of `tweets` and `users` the zeros are needed."""

    ends: NDArray[np.int64]
    """(visits, 2): the numbers of each visit's user and tweet."""
    places: NDArray[np.int64]
    """(slots): the number of the tweet in each slot that is in use."""
    users: NDArray[np.float64]
    """(users, 3): where the mass starts, the mass, the degree."""
    tweets: NDArray[np.float64]
    """(tweets, 2): the score, and the degree; tweets as in `visits.order`."""


def make_spreading(visits: Visits, users: int) -> Spreading:
    """For visits from no more than so many users."""
    tweets, lines = visits.totals.tolist()
    return Spreading(
        np.empty((lines, 2), np.int64),
        np.empty(len(visits.keys), np.int64),
        np.zeros((min(lines, users), 3)),
        np.zeros((tweets, 2)),
    )


@kernel
def _number_visits(visits: Visits, work: Spreading) -> int:
    """Number the ends of visits from 0 on: tweets as in `visits.order`, users as they come, each one's visits
    together; each user's start becomes their share of the visits. Answer how many users there are."""
    for place in range(visits.totals[0]):
        work.places[visits.order[place]] = place
    count = 0
    for line in range(visits.totals[1]):
        if line == 0 or visits.log[line, 1] != visits.log[line - 1, 1]:
            count += 1
        tweet = work.places[visits.log[line, 0]]
        work.users[count - 1, 0] += 1.0 / visits.totals[1]
        work.users[count - 1, 2] += 1.0
        work.tweets[tweet, 1] += 1.0
        work.ends[line, 0], work.ends[line, 1] = count - 1, tweet
    return count


@kernel
def spread_visits(visits: Visits, passes: int, restart: float, work: Spreading) -> None:
    """Spread a mass of 1 over edges, one for each visit, `passes` times there and back; the visits are of one
    pass of walkers, who begin at users as these come.

        score(v) = sum of mass(u) / degree(u)            over edges u -> v
        mass(u)  = restart x start(u) + (1 - restart) x sum of score(v) / degree(v)

    A user's start is their share of the visits, so the scores sum to 1 after every pass."""
    users, tweets, ends = work.users, work.tweets, work.ends
    count = _number_visits(visits, work)
    for user in range(count):
        users[user, 1] = users[user, 0]
    for number in range(passes):
        if number > 0:
            for user in range(count):
                users[user, 1] = restart * users[user, 0]
            for tweet in range(tweets.shape[0]):
                tweets[tweet, 0] *= (1.0 - restart) / tweets[tweet, 1]
            for edge in range(ends.shape[0]):
                users[ends[edge, 0], 1] += tweets[ends[edge, 1], 0]
        for user in range(count):
            users[user, 1] /= users[user, 2]
        for tweet in range(tweets.shape[0]):
            tweets[tweet, 0] = 0.0
        for edge in range(ends.shape[0]):
            tweets[ends[edge, 1], 0] += users[ends[edge, 0], 1]
