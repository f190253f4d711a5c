"""A reader's recommendations are made once for all who ask, and anew once the reader has done enough."""

import asyncio

import pytest

from roost.interactions import InteractionKind
from roost.limits import RECOMMENDATION_REFRESH_ACTS, RECOMMENDED_OF_AUTHOR_MAX
from roost.service.recommendations import RecommendedBy
from tests.service.ground import Ground

TEXTS = (
    "the ferry leaves at noon from the old quay",
    "seven loaves of rye and not one of them is left",
    "who painted the lighthouse yellow overnight",
    "a grebe carries its young across the whole pond",
    "my bicycle has been found in a tree",
)


class Scene:
    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.reader, self.friend = ground.user("reader"), ground.user("friend")
        ground.do(ground.service.edges.follow(self.reader, self.friend))
        self.tweets = [ground.post(ground.user(f"author{n}"), text) for n, text in enumerate(TEXTS)]
        for tweet_id in self.tweets:
            ground.do(ground.service.tweets.like(self.friend, tweet_id))

    def ids(self) -> set[int]:
        page = self.ground.do(self.ground.service.recommendations.tweets(self.reader, "", 40))
        return {each.tweet.tweet.tweet_id for each in page.items}

    def statistics(self) -> tuple[int, int]:
        found = self.ground.service.recommendations.statistics()
        return found.made, found.refreshed


@pytest.fixture
def scene(ground: Ground) -> Scene:
    return Scene(ground)


def test_acts_make_a_list_anew_before_it_is_asked_for(scene: Scene) -> None:
    assert scene.ids() == set(scene.tweets)
    assert scene.statistics() == (1, 0)

    async def act() -> None:
        for tweet_id in scene.tweets[:RECOMMENDATION_REFRESH_ACTS]:
            assert scene.statistics() == (1, 0)
            await scene.ground.service.tweets.like(scene.reader, tweet_id)
        while scene.statistics()[1] == 0:  # noqa: ASYNC110 - nobody is told when that happens
            await asyncio.sleep(0)

    scene.ground.do(asyncio.wait_for(act(), 30))
    assert scene.statistics() == (2, 1)
    assert scene.ids() == set(scene.tweets[RECOMMENDATION_REFRESH_ACTS:])
    assert scene.statistics() == (2, 1), "and it is the one that is answered"


def test_all_who_ask_at_once_wait_for_one_list(scene: Scene) -> None:
    async def ask() -> list[set[int]]:
        ports = scene.ground.service.recommendations
        pages = await asyncio.gather(*(ports.tweets(scene.reader, "", 40) for _ in range(8)))
        return [{each.tweet.tweet.tweet_id for each in page.items} for page in pages]

    assert scene.ground.do(ask()) == [set(scene.tweets)] * 8
    assert scene.statistics() == (1, 0)


def test_clicks_and_likes_come_back_after_a_restart(scene: Scene) -> None:
    ground = scene.ground
    ground.do(ground.service.recommendations.click(scene.reader, scene.tweets[0]))
    assert scene.ids() == set(scene.tweets[1:])
    ground.restart()
    assert scene.ids() == set(scene.tweets[1:])
    last = ground.kit.log.last
    ground.do(ground.service.recommendations.click(scene.reader, scene.tweets[0]))
    assert ground.kit.log.last == last, "it is known still"


def test_who_opened_a_tweet_is_no_reason(scene: Scene) -> None:
    ground = scene.ground
    opener = ground.user("opener")
    ground.do(ground.service.edges.follow(scene.reader, opener))
    ground.do(ground.service.recommendations.click(opener, scene.tweets[0]))
    page = ground.do(ground.service.recommendations.tweets(scene.reader, "", 40))
    for each in page.items:
        named = {(reason.user.user.user_id, reason.kind) for reason in each.because.reasons}
        assert named == {(scene.friend, InteractionKind.LIKE)}
        assert each.because.others == 0


def test_no_author_has_more_than_their_share_of_a_list_also_beyond_the_columns(scene: Scene) -> None:
    ground = scene.ground
    busy, other = ground.user("busy"), ground.user("other")
    many = [ground.post(busy, f"{text}, said {number}") for number, text in enumerate(TEXTS)]
    for tweet_id in many:
        ground.do(ground.service.tweets.like(scene.friend, tweet_id))
    for number in range(ground.settings.column_tweets):
        ground.post(other, f"filler {number}")
    ground.settle()
    ports, found, cursor = ground.service.recommendations, [], ""
    while True:
        page = ground.do(ports.tweets(scene.reader, cursor, 2))
        found += [each.tweet.tweet.tweet_id for each in page.items]
        cursor = page.cursor
        if not cursor:
            break
    assert set(scene.tweets) <= set(found)
    assert len(set(many) & set(found)) == RECOMMENDED_OF_AUTHOR_MAX


def test_of_a_language_there_are_as_many_as_of_all(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is looked at inside the query; the whole list is kept beside."""
    monkeypatch.setattr("roost.service.local.recommending.RECOMMENDATIONS_KEPT", 3)
    ground, others = scene.ground, [scene.ground.user(f"other{number}") for number in range(3)]
    for other in others:
        ground.do(ground.service.edges.follow(scene.reader, other))
        for tweet_id in scene.tweets:
            ground.do(ground.service.tweets.like(other, tweet_id))
    texts = ("Heute fährt die Fähre nicht", "Der Leuchtturm ist wieder gelb", "Sieben Brote sind zu wenig")
    german = [
        ground.post(ground.user(f"author_de{number}"), text, language="de")
        for number, text in enumerate(texts)
    ]
    for tweet_id in german:
        ground.do(ground.service.tweets.like(scene.friend, tweet_id))

    def walked(language: str) -> set[int]:
        page = ground.do(ground.service.recommendations.tweets(scene.reader, "", 40, language))
        return {each.tweet.tweet.tweet_id for each in page.items if each.source is RecommendedBy.INTERACTIONS}

    assert len(walked("") & set(scene.tweets)) == 3
    assert walked("de") == set(german)
    made = scene.statistics()
    assert walked("")
    assert walked("de") == set(german)
    assert scene.statistics() == made
    for tweet_id in scene.tweets[:RECOMMENDATION_REFRESH_ACTS]:
        ground.do(ground.service.tweets.like(scene.reader, tweet_id))
    assert not set(scene.tweets[:RECOMMENDATION_REFRESH_ACTS]) & walked("")
    assert walked("de") == set(german)
