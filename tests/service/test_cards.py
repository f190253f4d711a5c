"""Previews of links: whose they are, how long they last, and where their pictures go."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from roost.limits import CARD_FRESH_S, CARD_IMAGE_IDLE_S, CARD_KEPT_S
from roost.model import Card, Tweet, TweetEnriched
from roost.service import TweetChange
from roost.store import Batch, rows, tables
from tests.links.site import WebSite, page, pictured
from tests.service.ground import Ground


@pytest.fixture
def site() -> Iterator[WebSite]:
    found = WebSite()
    yield found
    found.close()


@pytest.fixture
def ground(tmp_path: Path, site: WebSite) -> Iterator[Ground]:
    """A Roost that makes previews, for which every name leads to the site."""
    made = Ground(tmp_path, site.lookup, link_previews=True, outgoing_networks_allowed="127.0.0.0/8")
    yield made
    made.stop()
    made.close()


def settle(ground: Ground) -> None:
    """Until all that was posted has its preview."""
    assert ground.do(ground.kit.enriching.applied(ground.kit.log.last, 30.0))
    ground.do(ground.kit.late_enrichment.settled())


def tweet_of(ground: Ground, tweet_id: int) -> Tweet | None:
    found: Tweet | None = ground.do(ground.kit.tweets.get(tweet_id))
    return found


def card_of(ground: Ground, tweet_id: int) -> Card | None:
    settle(ground)
    tweet = tweet_of(ground, tweet_id)
    assert tweet is not None
    return tweet.card


def has_blob(ground: Ground, name: str) -> bool:
    async def look() -> bool:
        reader = await ground.kit.blobs.open(name)
        if reader is not None:
            reader.close()
        return reader is not None

    return ground.do(look())


def tidy(ground: Ground, days: float = 0) -> None:
    ground.clock.advance_ms(int(days * 86_400_000))
    ground.do(ground.node._housekeeping.tidy())


def edit(ground: Ground, author_id: int, tweet_id: int, text: str) -> None:
    ground.do(ground.service.tweet_edits.edit(author_id, tweet_id, TweetChange(text=text)))


def test_the_first_link_elsewhere_gets_a_card(ground: Ground, site: WebSite) -> None:
    ann = ground.user("ann")
    first, second = site.put("/a", pictured("A")), site.put("/b", page("B"))
    tweet_id = ground.post(ann, f"see {first}#here and {second}")
    card = card_of(ground, tweet_id)
    assert card is not None
    assert (card.title, card.url, card.link, card.provider_name) == ("A", first, first, "news.org")
    assert (card.width, card.height, bool(card.blurhash)) == (600, 300, True)
    assert has_blob(ground, card.image)
    assert dict(site.asked) == {"/a": 1, "/picture.png": 1}
    assert card_of(ground, ground.post(ann, "no link")) is None
    assert card_of(ground, ground.post(ann, f"gone {site.url('/gone')}")) is None
    ground.restart()
    assert card_of(ground, tweet_id) == card


def test_a_link_is_read_once_a_day_whoever_posts_it(ground: Ground, site: WebSite) -> None:
    ann, bob = ground.user("ann"), ground.user("bob")
    link, nothing = site.put("/a", pictured("A")), site.put("/nothing", b"no title")
    cards = [card_of(ground, ground.post(user, link)) for user in (ann, bob, ann)]
    assert cards[0] is not None
    assert cards[0] == cards[1] == cards[2]
    for _ in range(2):
        assert card_of(ground, ground.post(ann, nothing)) is None
    assert dict(site.asked) == {"/a": 1, "/picture.png": 1, "/nothing": 1}
    ground.restart()
    ground.clock.advance_ms(1000 * CARD_FRESH_S - 3_600_000)
    assert card_of(ground, ground.post(bob, link)) == cards[0]
    ground.clock.advance_ms(3_600_000)
    site.put("/a", pictured("A, corrected"))
    later = card_of(ground, ground.post(bob, link))
    assert later is not None
    assert (later.title, later.image) == ("A, corrected", cards[0].image), "the same picture is kept"
    assert dict(site.asked) == {"/a": 2, "/picture.png": 1, "/nothing": 1}


def test_an_edit_has_the_card_of_the_link_that_it_has(ground: Ground, site: WebSite) -> None:
    ann = ground.user("ann")
    first, second = site.put("/a", pictured("A")), site.put("/b", page("B"))
    tweet_id = ground.post(ann, first)
    before = card_of(ground, tweet_id)
    assert before is not None
    edit(ground, ann, tweet_id, f"still {first}")
    tweet = tweet_of(ground, tweet_id)
    assert tweet is not None
    assert tweet.card == before
    edit(ground, ann, tweet_id, f"now {second}")
    after = card_of(ground, tweet_id)
    assert after is not None
    assert after.title == "B"
    edit(ground, ann, tweet_id, "none")
    assert card_of(ground, tweet_id) is None
    tidy(ground)
    tidy(ground, CARD_IMAGE_IDLE_S / 86_400)
    assert not has_blob(ground, before.image)


def test_a_picture_goes_when_no_tweet_shows_it(ground: Ground, site: WebSite) -> None:
    ann, link = ground.user("ann"), site.put("/a", pictured("A"))
    tweets = [ground.post(ann, link), ground.post(ann, link)]
    card = card_of(ground, tweets[1])
    assert card is not None
    image = card.image
    tidy(ground, 30)
    assert has_blob(ground, image)
    ground.do(ground.service.tweets.delete(ann, tweets[0]))
    tidy(ground)
    tidy(ground, 30)
    assert has_blob(ground, image), "the other one still shows it"
    ground.do(ground.service.tweets.delete(ann, tweets[1]))
    tidy(ground)
    tidy(ground, CARD_IMAGE_IDLE_S / 86_400 - 0.1)
    assert has_blob(ground, image)
    tidy(ground, 0.2)
    assert not has_blob(ground, image)
    for table in (tables.CARD_IMAGES, tables.IDLE_CARD_IMAGES, tables.CARDS, tables.BLOBS_TO_REMOVE):
        assert ground.do(ground.kit.store.export(table, b"", 10))[0] == [], table.name


def test_a_picture_that_no_tweet_took_goes_too(ground: Ground, site: WebSite) -> None:
    """The tweet was deleted before its card was there."""
    ann, link = ground.user("ann"), site.put("/a", pictured("A"))
    tweet_id = ground.post(ann, link)
    (enricher,) = [one for one, _ in ground.kit.late_enrichment._enrichers]
    tweet = tweet_of(ground, tweet_id)
    ground.do(ground.service.tweets.delete(ann, tweet_id))
    found = ground.do(enricher.find(tweet))
    settle(ground)
    assert tweet_of(ground, tweet_id) is None
    events = ground.do(ground.kit.log.read(0, 1_000)).events
    assert not any(isinstance(event, TweetEnriched) for event in events)
    assert has_blob(ground, found.card.image)
    tidy(ground, CARD_IMAGE_IDLE_S / 86_400 + 0.1)
    assert not has_blob(ground, found.card.image)


async def until_held_up(ground: Ground, image: str, task: asyncio.Task[Any]) -> None:
    """Until somebody beside the test waits for a picture's lock; fails where the task ends without that."""
    while ground.kit.locks._locks["card image", image][1] < 2:
        assert not task.done()
        await asyncio.sleep(0)


def test_a_picture_that_a_card_takes_up_again_while_pictures_are_tidied_stays(
    ground: Ground, site: WebSite
) -> None:
    ann, link = ground.user("ann"), site.put("/a", pictured("A"))
    tweet_id = ground.post(ann, link)
    card = card_of(ground, tweet_id)
    assert card is not None
    ground.do(ground.service.tweets.delete(ann, tweet_id))
    tidy(ground)
    ground.clock.advance_ms(1000 * CARD_IMAGE_IDLE_S)

    async def taken_up() -> None:
        async with ground.kit.locks.hold("card image", card.image):
            tidying = asyncio.create_task(ground.node._housekeeping.tidy())
            await until_held_up(ground, card.image, tidying)
            batch = Batch()
            row = rows.IdleCardImageRow(0, card.image, ground.clock.now_ms())
            batch.put(tables.IDLE_CARD_IMAGES, row)
            await ground.kit.store.write(batch)
        await tidying

    ground.do(taken_up())
    assert has_blob(ground, card.image)
    tidy(ground, CARD_IMAGE_IDLE_S / 86_400)
    assert not has_blob(ground, card.image)


def test_a_picture_that_is_about_to_go_is_fetched_anew(ground: Ground, site: WebSite) -> None:
    ann, link = ground.user("ann"), site.put("/a", pictured("A"))
    tweet_id = ground.post(ann, link)
    card = card_of(ground, tweet_id)
    assert card is not None
    (enricher,) = [one for one, _ in ground.kit.late_enrichment._enrichers]
    ground.clock.advance_ms(1000 * CARD_FRESH_S)

    async def found_anew() -> Card:
        async with ground.kit.locks.hold("card image", card.image):
            finding = asyncio.create_task(enricher.find(tweet_of_now))
            await until_held_up(ground, card.image, finding)
            batch = Batch()
            batch.put(tables.BLOBS_TO_REMOVE, rows.BlobToRemoveRow(card.image, 0))
            await ground.kit.store.write(batch)
        found: Card = (await finding).card
        return found

    tweet_of_now = tweet_of(ground, tweet_id)
    anew = ground.do(found_anew())
    assert anew.image not in ("", card.image)
    assert has_blob(ground, anew.image)
    assert site.asked["/picture.png"] == 2


def test_what_was_read_is_forgotten_after_a_week(ground: Ground, site: WebSite) -> None:
    ann, bob = ground.user("ann"), ground.user("bob")
    link = site.put("/a", page("A"))
    for user, said in ((ann, "Have you seen this one"), (bob, "My favourite page of all")):
        ground.post(user, f"{said}: {link}")
    settle(ground)
    (view,) = ground.do(ground.service.trends.links(0, 0, 10)).items
    assert view.card is not None
    assert view.card.title == "A"
    tidy(ground, CARD_KEPT_S / 86_400 + 0.1)
    assert ground.do(ground.kit.store.get(tables.CARDS, (link,))) is None


def test_without_the_setting_nobody_is_asked(tmp_path: Path, site: WebSite) -> None:
    ground = Ground(tmp_path, site.lookup, outgoing_networks_allowed="127.0.0.0/8")
    try:
        tweet_id = ground.post(ground.user("ann"), site.put("/a", page("A")))
        assert card_of(ground, tweet_id) is None
        assert not site.asked
    finally:
        ground.stop()
        ground.close()
