"""A synthetic population: the same again by its seed, heavy-tailed, without self-follows or duplicates."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.limits import FOLLOWEES_MAX, USERNAME_CHARACTERS_MAX
from roost.load import FollowChunk, Population, population_follows, population_lines, population_tweets
from roost.load.lines import FOLLOWEES_PER_LINE_MAX
from roost.load.phrases import LANGUAGES
from roost.load.population import CODES, FOLLOWERS_PER_CHUNK
from roost.text import RULES_V3, measure, validate_username

USERS = 20_000
MEAN = 40.0
populations = st.builds(
    Population, users=st.integers(1, 400), follows_mean=st.floats(0, 60), seed=st.integers(0, 99)
)


@pytest.fixture(scope="module")
def large() -> Population:
    return Population(USERS, MEAN, seed=3)


@pytest.fixture(scope="module")
def edges(large: Population) -> np.ndarray:
    """(follower, followee) rows of the whole graph."""
    return np.concatenate([pairs(chunk) for chunk in large.follows()])


def pairs(chunk: FollowChunk) -> np.ndarray:
    followers = np.repeat(np.arange(len(chunk.starts) - 1) + chunk.first, np.diff(chunk.starts))
    return np.stack((followers, chunk.followees), axis=1)


@given(populations)
def test_nobody_follows_themselves_or_anybody_twice(population: Population) -> None:
    for chunk in population.follows():
        for follower, followees in chunk:
            found = followees.tolist()
            assert follower not in found
            assert len(set(found)) == len(found)
            assert len(found) <= min(population.followee_counts[follower], population.users - 1)
            assert all(0 <= followee < population.users for followee in found)


@given(populations)
def test_the_chunks_cover_everybody_once(population: Population) -> None:
    followers = [follower for chunk in population.follows() for follower, _ in chunk]
    assert followers == list(range(population.users))


def test_the_same_seed_gives_the_same_population(large: Population) -> None:
    again, other = Population(USERS, MEAN, seed=3), Population(USERS, MEAN, seed=4)
    assert [again.person(index) for index in range(50)] == [large.person(index) for index in range(50)]
    assert np.array_equal(again.tweets_a_day, large.tweets_a_day)
    assert not np.array_equal(again.followee_counts, other.followee_counts)


def test_a_chunk_made_alone_is_the_chunk_made_in_order(large: Population) -> None:
    last = list(large.follows())[-1]
    alone = Population(USERS, MEAN, seed=3).follows_of(last.first, USERS)
    assert last.first == USERS // FOLLOWERS_PER_CHUNK * FOLLOWERS_PER_CHUNK
    assert np.array_equal(alone.followees, last.followees)
    assert np.array_equal(alone.starts, last.starts)


def test_followees_are_log_normal_with_the_mean_asked_for(large: Population) -> None:
    counts = large.followee_counts
    assert abs(counts.mean() / MEAN - 1) < 0.05
    logarithms = np.log(counts[counts > 0])
    assert abs(logarithms.std() - 1.0) < 0.1
    assert abs(np.median(logarithms) - logarithms.mean()) < 0.1
    assert counts.max() <= FOLLOWEES_MAX


def test_everybody_gets_the_followees_they_want(large: Population, edges: np.ndarray) -> None:
    have = np.bincount(edges[:, 0], minlength=USERS)
    assert (have == large.followee_counts).mean() > 0.999


def test_followers_are_heavy_tailed_with_a_cut_off(edges: np.ndarray) -> None:
    followers = np.sort(np.bincount(edges[:, 1], minlength=USERS))[::-1]
    top_percent = followers[: USERS // 100].sum() / followers.sum()
    assert top_percent > 0.15  # of a random graph it would be 0.016
    assert followers[0] > 40 * followers.mean()
    assert followers[0] < USERS / 3
    # In the middle of a power law with the exponent 2.33, rank ** 0.75 * in-degree stays about the same.
    ranks = np.array([100, 1_000, 5_000])
    steady = followers[ranks] * (ranks + 1) ** 0.75
    assert steady.max() / steady.min() < 2.5


def test_homes_differ_since_communities_keep_to_themselves(large: Population, edges: np.ndarray) -> None:
    inside = (large.community[edges[:, 0]] == large.community[edges[:, 1]]).mean()
    sizes = np.bincount(large.community) / USERS
    assert inside > (sizes**2).sum() + 0.4


def test_who_has_more_followers_posts_more(large: Population, edges: np.ndarray) -> None:
    followers = np.bincount(edges[:, 1], minlength=USERS)
    correlation = np.corrcoef(np.log1p(followers), np.log(large.tweets_a_day))[0, 1]
    assert 0.2 < correlation < 0.8
    assert large.tweets_a_day.max() > 30 * large.tweets_a_day.mean()


def test_every_language_is_spoken(large: Population) -> None:
    assert set(large.language.tolist()) == set(range(len(LANGUAGES)))
    assert set(Population(8, 2).language.tolist()) <= set(range(len(CODES)))


def test_usernames_are_unique_and_names_may_be_had(large: Population) -> None:
    people = list(large.people())
    assert len({person.name.username.lower() for person in people}) == USERS
    for person in people[:3_000]:
        rules = RULES_V3.__class__(username_length_max=USERNAME_CHARACTERS_MAX)
        assert validate_username(f"@{person.name.username}", rules), person.name
        assert 0 < len(person.name.display_name) <= 100


def test_the_lines_say_what_the_population_is() -> None:
    population = Population(300, 12, seed=5, first_id=1_000)
    users = list(population_lines(population))
    assert [line.id for line in users] == list(range(1_000, 1_300))
    assert all(line.note.startswith("#") for line in users)
    follows = {line.follower: line.followees for line in population_follows(population)}
    expected = {
        index + 1_000: (followees + 1_000).tolist()
        for chunk in population.follows()
        for index, followees in chunk
        if len(followees)
    }
    assert follows == expected
    assert max(map(len, follows.values())) <= FOLLOWEES_PER_LINE_MAX


def test_tweets_are_by_activity_in_the_authors_language_and_short_enough() -> None:
    population = Population(500, 5, seed=6)
    tweets = list(population_tweets(population, 3_000, seed=1))
    assert tweets == list(population_tweets(population, 3_000, seed=1))
    assert len(tweets) == 3_000
    for line in tweets:
        person = population.person(line.author - 1)
        assert line.language == person.language
        assert measure(line.text, RULES_V3).valid
    counts = np.bincount([line.author - 1 for line in tweets], minlength=500)
    busiest = np.argsort(-population.tweets_a_day)[:50]
    assert counts[busiest].sum() > 3_000 * 0.8 * population.tweets_a_day[busiest].sum() / (
        population.tweets_a_day.sum()
    )


def test_a_population_that_cannot_be_is_refused() -> None:
    for users, mean, first_id in ((0, 1, 1), (1, -1, 1), (1, FOLLOWEES_MAX + 1, 1), (1, 1, 0)):
        with pytest.raises(ValueError, match="must be"):
            Population(users, mean, 0, first_id)
