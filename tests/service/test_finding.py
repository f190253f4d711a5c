"""What is found is what a look at everything would find, and never who is suspended."""

import random
from typing import Any

import msgspec
import pytest

from roost.model import PageRequest, Standing, UserUpdated, Visibility
from roost.service import PeopleOrder, TagQuery, TweetSearch
from tests.service.ground import Ground

WORDS = ("heron", "gull", "owl", "wren")


@pytest.mark.parametrize("seed", range(4))
def test_search_and_tag_pages_equal_a_naive_scan(
    ground: Ground, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While tweets come and go, the index is committed now and then, and the server restarts."""
    monkeypatch.setattr("roost.processors.search_intake.SEARCH_COMMIT_S", 0.005)
    dice = random.Random(seed)
    users = [ground.user(f"user{number}") for number in range(4)]
    texts: dict[int, tuple[int, str, Visibility]] = {}
    for step in range(120):
        action = dice.random()
        if action < 0.75 or not texts:
            said = [dice.choice(("", "#")) + word for word in dice.sample(WORDS, dice.randint(1, 3))]
            author, visibility = dice.choice(users), dice.choice(list(Visibility))
            text = " ".join(said)
            texts[ground.post(author, text, visibility=visibility)] = author, text, visibility
        elif action < 0.85:
            gone = dice.choice(list(texts))
            ground.do(ground.service.tweets.delete(texts.pop(gone)[0], gone))
        if step % 40 == 39:
            ground.restart()
        if step % 10 == 0:
            _check(ground, dice, users, texts)


def _check(
    ground: Ground, dice: random.Random, users: list[int], texts: dict[int, tuple[int, str, Visibility]]
) -> None:
    viewer = dice.choice([0, *users])
    wanted, barred = dice.sample(WORDS, 2)
    tags = dice.sample(WORDS, dice.randint(1, 2))

    def is_found(entry: tuple[int, str, Visibility]) -> bool:
        author, text, visibility = entry
        words = text.replace("#", "").split()
        seen = visibility is Visibility.PUBLIC or author == viewer
        return seen and wanted in words and barred not in words

    expected = [tweet_id for tweet_id in sorted(texts, reverse=True) if is_found(texts[tweet_id])]
    offset, limit = dice.randint(0, 3), dice.randint(1, 10)
    search = TweetSearch(f"{wanted} -{barred}")
    found = ground.do(ground.service.search.tweets(viewer, search, offset, limit))
    assert [view.tweet.tweet_id for view in found] == expected[offset : offset + limit]
    tagged = [
        tweet_id
        for tweet_id, (_, text, visibility) in sorted(texts.items(), reverse=True)
        if visibility is Visibility.PUBLIC and {f"#{tag}" for tag in tags} & set(text.split())
    ]
    walked: list[int] = []
    page = ground.do(ground.service.tags.timeline(viewer, TagQuery(tuple(tags)), PageRequest(limit)))
    walked += [view.tweet.tweet_id for view in page.items]
    while page.full:
        request = PageRequest(limit, max_id=page.oldest_id)
        page = ground.do(ground.service.tags.timeline(viewer, TagQuery(tuple(tags)), request))
        walked += [view.tweet.tweet_id for view in page.items]
    assert walked == tagged


def test_going_on_where_a_page_has_looked_at_enough(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roost.service.local.tags.TAG_SCAN_ROWS_MAX", 10)
    ann = ground.user("ann")
    lowest = ground.post(ann, "#birds")
    for _ in range(95):
        ground.post(ann, "#birds", visibility=Visibility.UNLISTED)
    highest = ground.post(ann, "#birds")
    request, found = PageRequest(5), []
    for _ in range(5):
        page = ground.do(ground.service.tags.timeline(0, TagQuery(("birds",)), request))
        found += [view.tweet.tweet_id for view in page.items]
        if not page.full:
            break
        request = PageRequest(5, max_id=page.oldest_id)
    assert (found, page.full) == ([highest, lowest], False)


def test_who_is_suspended_or_silenced_is_not_found(ground: Ground) -> None:
    star, fan, viewer = ground.user("supernova"), ground.user("fan"), ground.user("viewer")
    ground.do(ground.service.edges.follow(fan, star))
    said = ground.post(star, "supernova #supernova https://roost.org/supernova")
    for user in (fan, viewer):
        ground.do(ground.service.tweets.like(user, said))
    ground.post(ground.user("other"), "#supernova https://roost.org/supernova")
    ground.settle()

    def finds() -> set[str]:
        service = ground.service
        found: dict[str, Any] = {
            "tweets": service.search.tweets(viewer, TweetSearch("supernova"), 0, 20),
            "people": service.search.people(viewer, "supernov", False, 0, 20),
            "suggestions": service.suggestions.of(viewer, 20),
            "directory": service.people.directory(viewer, PeopleOrder.NEW, 0, 20),
            "tag": service.tags.timeline(viewer, TagQuery(("supernova",)), PageRequest(20)),
            "link": service.tags.linked(viewer, "https://roost.org/supernova", PageRequest(20)),
            "trends": service.trends.tweets(viewer, 0, 20),
        }
        return {place for place, work in found.items() if str(star) in str(ground.do(work))}

    def stand(standing: Standing) -> None:
        user = ground.do(ground.kit.users.get(star))
        ground.do(
            ground.kit.committer.commit([UserUpdated(msgspec.structs.replace(user, standing=standing))])
        )

    everywhere = {"tweets", "people", "suggestions", "directory", "tag", "link", "trends"}
    assert finds() == everywhere
    for standing in (Standing(suspended=True), Standing(silenced=True), Standing(deleted=True)):
        stand(standing)
        assert finds() == set()
    stand(Standing())
    assert finds() == everywhere
