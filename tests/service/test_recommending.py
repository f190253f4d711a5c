"""A reader's recommendations are made once for all who ask, and anew once the reader has done enough."""

import asyncio

import pytest

from roost.interactions import InteractionKind
from roost.limits import RECOMMENDATION_REFRESH_ACTS, RECOMMENDED_OF_AUTHOR_MAX
from roost.service import RankedRequest
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


class Trending:
    """Six fans like what five authors wrote, one of them much more than others; the reader knows nobody."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.reader, fans = ground.user("reader"), [ground.user(f"fan{number}") for number in range(6)]
        self.star, others = ground.user("star"), [ground.user(f"other{number}") for number in range(4)]
        self.by_star = [ground.post(self.star, f"{text}, says a star") for text in TEXTS]
        self.by_others = [ground.post(other, text) for other, text in zip(others, TEXTS, strict=False)]
        for tweet_id in (*self.by_star, *self.by_others):
            for fan in fans:
                ground.do(ground.service.tweets.like(fan, tweet_id))
        ground.settle()
        assert ground.do(ground.kit.indexing.applied(ground.kit.log.last, 20.0))

    def page(self, cursor: str = "", limit: int = 40) -> tuple[list[int], str]:
        page = self.ground.do(self.ground.service.recommendations.tweets(self.reader, cursor, limit))
        assert {each.source for each in page.items} <= {RecommendedBy.TREND}
        return [each.tweet.tweet.tweet_id for each in page.items], page.cursor


@pytest.fixture
def trending(ground: Ground) -> Trending:
    return Trending(ground)


def test_what_trends_comes_under_the_same_rules(trending: Trending) -> None:
    found, cursor = trending.page()
    assert cursor == ""
    assert set(trending.by_others) <= set(found)
    assert len(set(trending.by_star) & set(found)) == RECOMMENDED_OF_AUTHOR_MAX
    ground = trending.ground
    ground.do(ground.service.edges.follow(trending.reader, trending.star))
    assert not set(trending.by_star) & set(trending.page()[0]), "that is at home"


def test_pages_of_what_trends_lose_nothing_to_what_one_does_meanwhile(trending: Trending) -> None:
    whole, _ = trending.page()
    found, cursor = trending.page(limit=2)
    while cursor:
        trending.ground.do(trending.ground.service.tweets.like(trending.reader, found[-1]))
        more, cursor = trending.page(cursor, 2)
        found += more
    assert found == whole


def test_for_you_of_a_newcomer_is_what_trends(trending: Trending) -> None:
    ground = trending.ground
    page = ground.do(ground.service.for_you.page(trending.reader, RankedRequest(40)))
    assert {view.tweet.tweet_id for view in page.items} == set(trending.page()[0])
    ground.do(ground.service.edges.follow(trending.reader, trending.star))
    page = ground.do(ground.service.for_you.page(trending.reader, RankedRequest(40)))
    assert {view.tweet.author_id for view in page.items} == {trending.star}
