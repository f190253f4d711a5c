"""The town: what its people do, in which language, when, and that it is the same again by its seed."""

import random
from collections import Counter
from collections.abc import Iterator

import pytest

from roost.load import Population
from roost.load.phrases import LANGUAGES, POST, QUESTION
from roost.load.posts import LENGTH_MAX
from roost.load.town import (
    ACTIONS_PER_TWEET,
    Action,
    ChangeFollow,
    Director,
    Like,
    Memory,
    Post,
    Read,
    Remembered,
    Retweet,
    Rhythm,
    awake,
)
from roost.load.town.memory import ANSWERS_MAX, RECENT_MAX
from roost.load.town.rhythm import WINDOW_S
from roost.text import RULES_V3, extract, measure

NOON_S = 1_750_000_000.0
POPULATION = Population(600, 15, seed=2, first_id=1_001)


def lives(director: Director, count: int, step_s: float = 20.0) -> Iterator[Action]:
    """Actions, and posts answered with ids in order."""
    for number in range(count):
        action = director.next_action(NOON_S + number * step_s)
        if isinstance(action, Post):
            director.posted(action, 10_000 + number)
        yield action


@pytest.fixture(scope="module")
def actions() -> list[Action]:
    return list(lives(Director(POPULATION, seed=5), 6_000))


@pytest.fixture(scope="module")
def posts(actions: list[Action]) -> list[Post]:
    return [action for action in actions if isinstance(action, Post)]


def gist(action: Action) -> tuple[object, ...]:
    """What an action is, without what the town learns later about the tweets in it."""
    tweets = [getattr(action, name, None) for name in ("tweet", "answers", "quotes")]
    ids = [tweet.tweet_id if tweet is not None else 0 for tweet in tweets]
    return (type(action), action.author, getattr(action, "said", None), getattr(action, "other_id", 0), *ids)


def test_the_same_seed_directs_the_same_town(actions: list[Action]) -> None:
    first = [gist(action) for action in actions[:500]]
    assert [gist(action) for action in lives(Director(POPULATION, seed=5), 500)] == first
    assert [gist(action) for action in lives(Director(POPULATION, seed=6), 500)] != first


def test_every_text_may_be_posted(posts: list[Post]) -> None:
    for post in posts:
        found = measure(post.said.text, RULES_V3)
        assert found.valid, post.said.text
        assert found.weighted_length + len(post.said.spoiler) <= LENGTH_MAX


def test_people_speak_their_language_and_answer_in_the_one_they_were_spoken_to(posts: list[Post]) -> None:
    for post in posts:
        assert post.said.language == post.author.language
        if post.answers is not None:
            assert post.said.language == post.answers.language
    assert {post.said.language for post in posts} == set(LANGUAGES)


def test_answers_name_whom_they_answer_and_nobody_answers_themselves(posts: list[Post]) -> None:
    replies = [post for post in posts if post.answers is not None]
    assert len(replies) > 500
    for post in replies:
        assert post.answers is not None
        assert post.author.user_id != post.answers.author_id
        named = [mention.username for mention in extract(post.said.text, RULES_V3).mentions]
        assert named == [post.answers.username]


def test_threads_grow_between_the_same_people_and_come_to_an_end(posts: list[Post]) -> None:
    depths = [post.answers.depth for post in posts if post.answers is not None]
    assert 2 < max(depths) < 9
    back = [p for p in posts if p.answers is not None and p.author.user_id == p.answers.answered_id]
    assert len(back) > 50


def test_a_question_gets_answers_and_a_post_gets_remarks(posts: list[Post]) -> None:
    by_sign = Counter(
        (post.answers.sign, post.said.sign)
        for post in posts
        if post.answers is not None and post.answers.sign in (POST, QUESTION) and post.answers.depth == 0
    )
    assert by_sign[QUESTION, "="] > 20
    assert by_sign[POST, ">"] > 100
    assert by_sign[QUESTION, ">"] == by_sign[POST, "="] == 0


def test_nobody_reacts_to_what_only_followers_see(actions: list[Action], posts: list[Post]) -> None:
    assert Counter(post.visibility for post in posts)["public"] > 0.85 * len(posts)
    hidden = {
        10_000 + number
        for number, action in enumerate(actions)
        if isinstance(action, Post) and action.visibility == "private"
    }
    assert hidden
    for action in actions:
        tweets = [getattr(action, name, None) for name in ("tweet", "answers", "quotes")]
        assert not any(tweet is not None and tweet.tweet_id in hidden for tweet in tweets)


def test_the_shares_of_what_happens(actions: list[Action], posts: list[Post]) -> None:
    counts = Counter(type(action) for action in actions)
    tweets = counts[Post] + counts[Retweet]
    assert abs(len(actions) / tweets / ACTIONS_PER_TWEET - 1) < 0.1
    assert counts[Like] > counts[Retweet] > counts[ChangeFollow] > 20
    assert counts[Read] > 500
    assert sum(post.quotes is not None for post in posts) > 100
    assert any(post.said.spoiler for post in posts)


def test_nobody_unfollows_whom_they_do_not_follow_or_the_same_twice(actions: list[Action]) -> None:
    followees = {
        index + 1_001: {other + 1_001 for other in found.tolist()}
        for chunk in POPULATION.follows()
        for index, found in chunk
    }
    for action in actions:
        if isinstance(action, ChangeFollow) and not action.follows:
            followees[action.author.user_id].remove(action.other_id)


def test_who_posts_more_is_seen_more(posts: list[Post]) -> None:
    counts = Counter(post.author.index for post in posts)
    rates = POPULATION.tweets_a_day
    (most, _), (_, _) = counts.most_common(2)
    assert rates[most] > 5 * rates.mean()


def test_a_visitor_gets_an_answer_in_their_language() -> None:
    director = Director(POPULATION, seed=9)
    director.visited(5, 77, "guest", "de")
    director.visited(6, 78, "other", "tlh")
    found = [action for action in lives(director, 200) if isinstance(action, Post) and action.answers]
    first, second = found[:2]
    assert (first.answers.tweet_id, first.said.language) == (5, "de")  # type: ignore[union-attr]
    assert first.said.text.startswith("@guest ")
    assert second.answers.tweet_id == 6  # type: ignore[union-attr]
    assert second.said.language in LANGUAGES


def test_a_town_of_one_still_lives() -> None:
    kinds = {type(action) for action in lives(Director(Population(1, 0, seed=1), seed=1), 300)}
    assert Post in kinds
    assert Read in kinds
    assert Like not in kinds


def test_memory_prefers_what_is_new_and_forgets() -> None:
    memory = Memory()
    assert memory.is_empty
    for number in range(RECENT_MAX + 10):
        memory.add(Remembered(number, 1, "a", "en", "food" if number % 2 else "books", POST))
    chance = random.Random(1)
    picked = [memory.pick("en", chance) for _ in range(2_000)]
    ids = [tweet.tweet_id for tweet in picked if tweet is not None]
    assert min(ids) >= 10
    assert sum(ids) / len(ids) > 10 + RECENT_MAX * 0.6
    assert {tweet.topic for _ in range(50) if (tweet := memory.pick("en", chance, "food"))} == {"food"}
    assert memory.pick("de", chance) is None
    assert memory.pick("en", chance, "music") is None


def test_a_tweet_has_enough_answers_at_some_time() -> None:
    memory = Memory()
    memory.add(Remembered(1, 1, "a", "en", "food", POST, answers=ANSWERS_MAX - 1))
    tweet = memory.pick_unanswered("en", random.Random(1))
    assert tweet is not None
    tweet.answers += 1
    assert memory.pick_unanswered("en", random.Random(1)) is None


def test_people_sleep_at_night_and_talk_in_the_evening() -> None:
    assert awake(3) < 0.2 * awake(20.5)
    assert awake(3) < awake(13) < awake(20.5) <= 1.0
    assert awake(27) == pytest.approx(awake(3))
    rhythm = Rhythm({"ja": 0.5, "en": 0.5})
    noon_in_tokyo_s = 3 * 3_600.0
    evening_in_new_york_s = 25.5 * 3_600.0
    assert rhythm.weights(noon_in_tokyo_s)["ja"] > rhythm.weights(noon_in_tokyo_s + 14 * 3600)["ja"]
    assert rhythm.weights(evening_in_new_york_s)["en"] > 2 * rhythm.weights(evening_in_new_york_s)["ja"] * 0.5


def test_a_day_has_the_rate_asked_for() -> None:
    rhythm = Rhythm({"en": 0.4, "de": 0.25, "ja": 0.35})
    weights = [sum(rhythm.weights(NOON_S + minute * 60).values()) for minute in range(1_440)]
    assert sum(weights) / len(weights) == pytest.approx(1.0, abs=0.01)
    assert max(weights) > 1.2 * min(weights)


def test_bursts_come_die_down_and_are_the_same_again() -> None:
    rhythm = Rhythm({"en": 0.5, "es": 0.5}, seed=3)
    times = [NOON_S // WINDOW_S * WINDOW_S + second for second in range(0, 40 * WINDOW_S, 10)]
    found = [rhythm.burst(now_s) for now_s in times]
    assert found == [Rhythm({"en": 0.5, "es": 0.5}, seed=3).burst(now_s) for now_s in times]
    windows = {int(now_s // WINDOW_S) for now_s, burst in zip(times, found, strict=True) if burst}
    assert 20 <= len(windows) <= 36
    for now_s, burst, following in zip(times, found, found[1:], strict=False):
        if burst is not None and following is not None and (now_s + 10) % WINDOW_S:
            assert following.strength < burst.strength
            assert (following.topic, following.language) == (burst.topic, burst.language)
            assert rhythm.pace(now_s) > sum(rhythm.weights(now_s).values())


def test_in_a_burst_everybody_talks_about_it() -> None:
    director = Director(POPULATION, seed=5)
    seconds = (NOON_S + second for second in range(0, 100_000, 5))
    now_s = next(second for second in seconds if (b := director.rhythm.burst(second)) and b.strength > 3)
    burst = director.rhythm.burst(now_s)
    assert burst is not None
    found = []
    for number in range(200):
        action = director.next_action(now_s)
        if isinstance(action, Post):
            director.posted(action, number + 1)
            found.append((action.said.language, action.said.topic))
    assert Counter(found).most_common(1)[0][0] == (burst.language, burst.topic)
    assert Counter(found)[burst.language, burst.topic] > len(found) / 3
