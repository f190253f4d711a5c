"""What is recommended tells nobody what others keep to themselves."""

import msgspec
import pytest

from roost.model import Standing, UserUpdated
from roost.service.recommendations import RecommendedBy
from tests.service.ground import Ground
from tests.service.test_recommending import TEXTS


def recommended(ground: Ground, viewer_id: int) -> set[int]:
    page = ground.do(ground.service.recommendations.tweets(viewer_id, "", 40))
    return {each.tweet.tweet.tweet_id for each in page.items if each.source is not RecommendedBy.TREND}


def alike(ground: Ground, viewer_id: int, tweet_id: int) -> set[int]:
    page = ground.do(ground.service.recommendations.similar(viewer_id, tweet_id, "", 40))
    return {each.tweet.tweet.tweet_id for each in page.items}


def like(ground: Ground, user_id: int, *tweet_ids: int) -> None:
    for tweet_id in tweet_ids:
        ground.do(ground.service.tweets.like(user_id, tweet_id))


def click(ground: Ground, user_id: int, *tweet_ids: int) -> None:
    for tweet_id in tweet_ids:
        ground.do(ground.service.recommendations.click(user_id, tweet_id))


class Bait:
    """A victim acts on a stranger's tweet, and on some tweets that others wrote."""

    def __init__(self, ground: Ground, protected: bool) -> None:
        self.ground = ground
        self.victim, self.stranger = ground.user("victim", protected=protected), ground.user("stranger")
        self.bait = ground.post(self.stranger, TEXTS[0])
        self.tweets = [ground.post(ground.user(f"author{n}"), text) for n, text in enumerate(TEXTS[1:])]


@pytest.mark.parametrize("protected", [False, True], ids=["open", "protected"])
def test_what_a_protected_account_likes_leads_no_stranger_anywhere(ground: Ground, protected: bool) -> None:
    scene = Bait(ground, protected)
    like(ground, scene.victim, scene.bait, *scene.tweets)
    friend = ground.user("friend")
    ground.do(ground.service.edges.follow(friend, scene.victim))
    if protected:
        ground.do(ground.service.edges.answer_request(scene.victim, friend, accept=True))
    assert recommended(ground, scene.stranger) == (set() if protected else set(scene.tweets))
    assert set(scene.tweets) <= recommended(ground, friend), "who may see what they like"
    sock = ground.user("sock")
    like(ground, sock, scene.bait, *scene.tweets)
    assert alike(ground, scene.stranger, scene.bait) == (set() if protected else set(scene.tweets))


@pytest.mark.parametrize("verb", ["block", "mute"])
def test_who_is_hidden_leads_nobody_anywhere(ground: Ground, verb: str) -> None:
    scene = Bait(ground, protected=False)
    like(ground, scene.victim, scene.bait, *scene.tweets)
    ground.do(getattr(ground.service.edges, verb)(scene.victim, scene.stranger))
    if verb == "block":
        assert recommended(ground, scene.stranger) == set()
    else:
        like(ground, scene.stranger, *scene.tweets[:1])
        other = ground.user("other")
        more = ground.post(ground.user("another"), "there is a heron on every roof today")
        like(ground, other, scene.tweets[0], more)
        ground.do(ground.service.edges.mute(scene.stranger, other))
        assert more not in recommended(ground, scene.stranger)


@pytest.mark.parametrize("follows", [False, True], ids=["by a bait", "by following"])
def test_what_somebody_opened_leads_nobody_else_to_it(ground: Ground, follows: bool) -> None:
    """Although others like it: they may be the asker's other accounts."""
    scene = Bait(ground, protected=False)
    for number, tweet_id in enumerate(scene.tweets):
        like(ground, ground.user(f"sock{number}"), tweet_id)
    click(ground, scene.victim, scene.bait, *scene.tweets[:2])
    if follows:
        ground.do(ground.service.edges.follow(scene.stranger, scene.victim))
    assert recommended(ground, scene.stranger) == set()


def test_what_one_opened_leads_oneself_on(ground: Ground) -> None:
    scene = Bait(ground, protected=False)
    reader = ground.user("reader")
    like(ground, scene.victim, *scene.tweets)
    click(ground, reader, scene.tweets[0])
    assert recommended(ground, reader) == set(scene.tweets[1:])


@pytest.mark.parametrize("standing", [Standing(suspended=True), Standing(silenced=True)])
def test_limited_accounts_bring_nothing_to_anybody(ground: Ground, standing: Standing) -> None:
    scene = Bait(ground, protected=False)
    reader, socks = ground.user("reader"), [ground.user(f"sock{n}") for n in range(3)]
    like(ground, reader, scene.bait)
    for sock in socks:
        like(ground, sock, scene.bait, *scene.tweets)
        ground.do(ground.service.edges.follow(reader, sock))
        user = ground.do(ground.kit.users.get(sock))
        limited = msgspec.structs.replace(user, standing=standing)
        ground.do(ground.kit.committer.commit([UserUpdated(limited)]))
    ground.settle()
    assert recommended(ground, reader) == set()
    assert alike(ground, reader, scene.bait) == set()
    ground.restart()
    assert recommended(ground, reader) == set()


def test_one_person_alone_makes_nothing_similar_however_much_they_do(ground: Ground) -> None:
    """Above a hundred edges neighbours are drawn, and each stands for several."""
    victim, stranger = ground.user("victim"), ground.user("stranger")
    bait = ground.post(stranger, TEXTS[0])
    tweets = [
        ground.post(ground.user(f"author{number}"), f"{TEXTS[number % 5]} {number * number}")
        for number in range(12)
    ]
    like(ground, victim, bait, *tweets)
    for number in range(120):
        ground.post(victim, f"note {number} of {number * number}")
    assert alike(ground, stranger, bait) == set()
