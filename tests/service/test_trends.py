"""What is used more than usual, over days and restarts."""

import random
from collections import Counter, defaultdict

import pytest

from roost.model import Visibility
from roost.processors import MS_PER_DAY
from tests.service.ground import Ground

HOUR_MS = 3_600_000


def trending(ground: Ground, viewer_id: int = 0) -> list[str]:
    return [view.tag for view in ground.do(ground.service.trends.tags(viewer_id, 0, 20))]


def to_next_day(ground: Ground, hours: int = 1) -> None:
    now_ms = ground.clock.now_ms()
    ground.clock.advance_ms(MS_PER_DAY - now_ms % MS_PER_DAY + hours * HOUR_MS)


def test_more_users_than_the_day_before(ground: Ground) -> None:
    to_next_day(ground)
    users = [ground.user(f"user{number}") for number in range(12)]
    for user in users[:6]:
        ground.post(user, "#usual")
    for user in users[:2]:
        ground.post(user, "#rare")
    ground.post(users[0], "#lonely #lonely")
    assert trending(ground) == ["usual", "rare"]
    to_next_day(ground)
    for user in users[:6]:
        ground.post(user, "#usual")
    for user in users[:9]:
        ground.post(user, "#rare")
    for user in users[:5]:
        ground.post(user, "#fresh")
    found = trending(ground)
    assert found[:2] == ["rare", "usual"], "(9-2)^2/2, and yesterday's (6-1)^2 for one hour"
    assert found[2:] == ["fresh"], "(5-1)^2"
    to_next_day(ground, 20)
    assert trending(ground)[:1] == ["rare"]
    to_next_day(ground)
    assert trending(ground) == []


def test_the_same_after_a_restart_and_nothing_is_counted_twice(ground: Ground) -> None:
    users = [ground.user(f"user{number}") for number in range(4)]
    for user in users:
        ground.post(user, "#one https://roost.org/a")
    ground.post(users[0], "#two")
    before = trending(ground), ground.do(ground.service.tags.get(0, "one"))
    links = ground.do(ground.service.trends.links(0, 0, 10))
    assert [(view.url, view.history[0].users) for view in links] == [("https://roost.org/a", 4)]
    for _ in range(2):
        ground.restart()
        assert (trending(ground), ground.do(ground.service.tags.get(0, "one"))) == before
    ground.post(users[1], "#two")
    assert trending(ground) == ["one", "two"]
    assert ground.do(ground.service.trends.links(0, 0, 10)) == links


def test_history_is_that_of_a_naive_count(ground: Ground) -> None:
    dice = random.Random(3)
    users = [ground.user(f"user{number}") for number in range(5)]
    uses: Counter[tuple[int, str]] = Counter()
    accounts: dict[tuple[int, str], set[int]] = defaultdict(set)
    for _ in range(9):
        for _ in range(12):
            user, tag = dice.choice(users), dice.choice(["a", "b", "c"])
            visibility = dice.choice(list(Visibility))
            ground.post(user, f"#{tag} #{tag}", visibility=visibility)
            if visibility is Visibility.PUBLIC:
                key = ground.clock.now_ms() // MS_PER_DAY, tag
                uses[key] += 1
                accounts[key].add(user)
        if dice.random() < 0.3:
            ground.restart()
        to_next_day(ground, 5)
    for tag in ("a", "b", "c"):
        view = ground.do(ground.service.tags.get(0, tag))
        days = [day.day_ms // MS_PER_DAY for day in view.history]
        assert days == list(range(days[0], days[0] - 7, -1))
        assert [(day.uses, day.users) for day in view.history] == [
            (uses[day, tag], len(accounts[day, tag])) for day in days
        ]


def test_what_does_not_fit_in_memory_is_counted_on_from_the_table(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roost.processors.usage.USAGE_ENTRIES_MAX", 8)
    monkeypatch.setattr("roost.processors.usage.USAGE_DIRTY_MAX", 1)
    users = [ground.user(f"user{number}") for number in range(3)]
    for user in users:
        for number in range(20):
            ground.post(user, f"#tag{number}")
        ground.restart()
    ground.post(users[0], "#another")
    assert ground.do(ground.service.tags.get(0, "another")).history[0].uses == 1
    assert ground.kit.usage.entries < 20
    for number in range(20):
        view = ground.do(ground.service.tags.get(0, f"tag{number}"))
        assert (view.history[0].uses, view.history[0].users) == (3, 3)


def test_tweets_by_engagement_and_age(ground: Ground) -> None:
    users = [ground.user(f"user{number}") for number in range(8)]
    old, new, lonely = (ground.post(users[0], text) for text in ("old", "new", "lonely"))
    for user in users[1:5]:
        ground.do(ground.service.tweets.like(user, old))
    for user in users[1:4]:
        ground.do(ground.service.tweets.like(user, new))
    ground.do(ground.service.tweets.like(users[1], lonely))

    def found() -> list[int]:
        ground.settle()
        return [view.tweet.tweet_id for view in ground.do(ground.service.trends.tweets(0, 0, 20))]

    assert found() == [old, new]
    ground.clock.advance_ms(12 * HOUR_MS)
    fresh = ground.post(users[0], "fresh")
    for user in users[1:4]:
        ground.do(ground.service.tweets.retweet(user, fresh))
    assert found() == [fresh, old, new]
    ground.do(ground.service.tweets.delete(users[0], fresh))
    assert found() == [old, new]
