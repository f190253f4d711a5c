"""A synthetic population of any size: who there is, whom each follows, who posts how much, in which language.

What is modelled, and where the shape comes from:

- **In-degree** is a power law with a cut-off: the user of popularity rank r is chosen with probability in
  proportion to (r + r0)^-a. An in-degree distribution with the exponent 1 + 1/a follows; a = 0.75 gives 2.33,
  within the 2 to 2.5 that Kwak et al. found on Twitter (WWW 2010). r0 is the cut-off: without it the first
  user alone would be followed by nearly everybody.
- **Out-degree** is log-normal with a given mean.
- **Communities** have sizes by Zipf's law, and a language each. A share of everybody's followees is of
  their own community, chosen by popularity there; so the home timelines of two users differ.
- **Activity** is log-normal, and its logarithm is correlated with that of popularity.

Choosing needs no table: the distribution function of (r + r0)^-a is inverted in closed form, so a choice is a
power and a look-up of the user who has the rank. Follows are made in chunks of followers, each from a seed of
its own: any chunk can be made at any time, alone, and is the same again. Memory is 30 bytes a user and, while
a chunk is made, 100 bytes an edge of the chunk. A million follows take about a second of one core.
"""

from collections.abc import Iterator

import msgspec
import numpy as np
from numpy.typing import NDArray

from roost.limits import FOLLOWEES_MAX
from roost.load.names import Name, name_of
from roost.load.phrases import LANGUAGES

CODES = tuple(LANGUAGES)
"""Languages are numbered in this order."""
FOLLOWERS_PER_CHUNK = 8_192
POPULARITY_EXPONENT = 0.75
OWN_COMMUNITY_SHARE = 0.6
OWN_LANGUAGE_SHARE = 0.9
FOLLOWEES_SIGMA = 1.0
ACTIVITY_SIGMA = 1.3
ACTIVITY_CORRELATION = 0.5
TWEETS_A_DAY_MEDIAN = 0.7
_USERS_PER_COMMUNITY = 500
_ROUNDS_MAX = 12
_LANGUAGE_WEIGHTS = (0.34, 0.16, 0.08, 0.07, 0.11, 0.12, 0.06, 0.06)
"""Of communities, in the order of `CODES`."""

assert len(_LANGUAGE_WEIGHTS) == len(CODES)


class Person(msgspec.Struct, frozen=True):
    """One of the population. `index` counts from 0."""

    index: int
    user_id: int
    name: Name
    language: str
    community: int
    tweets_a_day: float


class FollowChunk(msgspec.Struct, frozen=True):
    """Whom the users `first`, `first` + 1, ... follow: `followees[starts[i]:starts[i + 1]]`, as indices."""

    first: int
    starts: NDArray[np.int64]
    followees: NDArray[np.int64]

    def __iter__(self) -> Iterator[tuple[int, NDArray[np.int64]]]:
        for offset in range(len(self.starts) - 1):
            yield self.first + offset, self.followees[self.starts[offset] : self.starts[offset + 1]]


class Population:
    """`users` people who follow `follows_mean` others each on average; a function of its four arguments."""

    def __init__(self, users: int, follows_mean: float, seed: int = 0, first_id: int = 1) -> None:
        if users < 1 or first_id < 1:
            raise ValueError("users and first_id must be at least 1")
        if not 0 <= follows_mean <= FOLLOWEES_MAX:
            raise ValueError(f"follows_mean must be from 0 to {FOLLOWEES_MAX}")
        self.users = users
        self.first_id = first_id
        self._follows_mean = follows_mean
        self._seed = seed
        rng = self._rng(0)
        self.by_rank: NDArray[np.int64] = rng.permutation(users)
        """The most popular user first."""
        self.community, self.language = self._communities(rng)
        self._members = self.by_rank[np.argsort(self.community[self.by_rank], kind="stable")]
        self._sizes = np.bincount(self.community).astype(np.int64)
        self._starts = np.cumsum(self._sizes) - self._sizes
        self.tweets_a_day = self._activity(rng)
        self.followee_counts = self._followee_counts(rng)
        self._ordinals = _ordinals(self.language)

    def person(self, index: int) -> Person:
        language = CODES[self.language[index]]
        return Person(
            index,
            self.first_id + index,
            name_of(language, int(self._ordinals[index])),
            language,
            int(self.community[index]),
            float(self.tweets_a_day[index]),
        )

    def people(self) -> Iterator[Person]:
        return (self.person(index) for index in range(self.users))

    def follows(self) -> Iterator[FollowChunk]:
        """All of the graph, in chunks."""
        for first in range(0, self.users, FOLLOWERS_PER_CHUNK):
            yield self.follows_of(first, min(first + FOLLOWERS_PER_CHUNK, self.users))

    def follows_of(self, first: int, stop: int) -> FollowChunk:
        """The followees of a chunk that `follows` makes; nobody follows themselves, or anybody twice.

        Where somebody wants nearly everybody of a small population, they may get a few less.
        """
        rng = self._rng(1, first)
        wanted = self.followee_counts[first:stop]
        keys = np.empty(0, np.int64)
        missing = wanted
        for _ in range(_ROUNDS_MAX):
            followers = np.repeat(np.arange(first, stop), missing)
            followees = self._choose(followers, rng)
            others = followers != followees
            drawn = np.concatenate((keys, followers[others] * self.users + followees[others]))
            drawn.sort()
            keys = drawn[np.diff(drawn, prepend=-1) > 0]
            missing = wanted - np.bincount(keys // self.users - first, minlength=stop - first)
            if not missing.any():
                break
        have = wanted - missing
        starts = np.concatenate((np.zeros(1, np.int64), np.cumsum(have)))
        return FollowChunk(first, starts, keys % self.users)

    def _choose(self, followers: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
        """A followee for each, of the own community or of all."""
        community = self.community[followers]
        own = rng.random(len(followers)) < OWN_COMMUNITY_SHARE
        size = np.where(own, self._sizes[community], self.users)
        rank = _popular_ranks(rng.random(len(followers)), size)
        return np.where(own, self._members[self._starts[community] * own + rank * own], self.by_rank[rank])

    def _communities(self, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Everybody's community and language. Every language has a community where there are enough users."""
        count = max(min(self.users, len(CODES)), round(self.users / _USERS_PER_COMMUNITY))
        weights = 1.0 / np.arange(1, count + 1)
        community = rng.choice(count, self.users, p=weights / weights.sum())
        spoken = rng.choice(len(CODES), count, p=_LANGUAGE_WEIGHTS)
        spoken[: len(CODES)] = np.arange(len(CODES))[:count]
        foreign = rng.random(self.users) >= OWN_LANGUAGE_SHARE
        language = spoken[community]
        language[foreign] = rng.choice(len(CODES), int(foreign.sum()), p=_LANGUAGE_WEIGHTS)
        return community.astype(np.int64), language.astype(np.int64)

    def _activity(self, rng: np.random.Generator) -> NDArray[np.float64]:
        popularity = np.empty(self.users)
        popularity[self.by_rank] = -np.sort(-rng.standard_normal(self.users))
        own = rng.standard_normal(self.users)
        mixed = ACTIVITY_CORRELATION * popularity + np.sqrt(1 - ACTIVITY_CORRELATION**2) * own
        found: NDArray[np.float64] = TWEETS_A_DAY_MEDIAN * np.exp(ACTIVITY_SIGMA * mixed)
        return found

    def _followee_counts(self, rng: np.random.Generator) -> NDArray[np.int64]:
        if self._follows_mean == 0:
            return np.zeros(self.users, np.int64)
        mu = np.log(self._follows_mean) - FOLLOWEES_SIGMA**2 / 2
        drawn = np.rint(rng.lognormal(mu, FOLLOWEES_SIGMA, self.users))
        return np.clip(drawn, 0, min(self.users - 1, FOLLOWEES_MAX)).astype(np.int64)

    def _rng(self, *stream: int) -> np.random.Generator:
        return np.random.default_rng([self._seed, *stream])


def _popular_ranks(shares: NDArray[np.float64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Ranks from 0 to `sizes` - 1 whose distribution function is inverted at `shares`.

    F(r) = ((r + r0)^b - r0^b) / ((n + r0)^b - r0^b) with b = 1 - a; r0 grows with the size of the group.
    """
    b = 1 - POPULARITY_EXPONENT
    cut_off = 2 + sizes / 20_000
    low, high = cut_off**b, (sizes + cut_off) ** b
    ranks = (low + shares * (high - low)) ** (1 / b) - cut_off
    return np.clip(ranks.astype(np.int64), 0, sizes - 1)


def _ordinals(language: NDArray[np.int64]) -> NDArray[np.int64]:
    """The how manyth of its language each is, from 0."""
    order = np.argsort(language, kind="stable")
    counts = np.bincount(language, minlength=len(CODES))
    ordinals = np.empty(len(language), np.int64)
    ordinals[order] = np.arange(len(language)) - np.repeat(np.cumsum(counts) - counts, counts)
    return ordinals
