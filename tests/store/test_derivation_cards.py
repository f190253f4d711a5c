"""A card's picture is held while a tweet shows it."""

import msgspec
from hypothesis import given, settings

from roost.model import NO_FINDINGS, Card, Edit, Enriched, Tweet, TweetEdited, TweetEnriched, TweetPosted
from roost.store.rows import CardImageRow, IdleCardImageRow
from tests.store.test_derivation import rows_after
from tests.strategies import SEEDED, tweets


@given(tweets)
@settings(SEEDED, max_examples=50)
def test_a_picture_is_held_from_the_finding_to_the_edit(tweet: Tweet) -> None:
    plain = msgspec.structs.replace(tweet, card=None)
    shown = msgspec.structs.replace(tweet, card=Card("https://roost.org/", image="i.jpg"))
    enriched = TweetPosted(plain), TweetEnriched(Enriched(shown, NO_FINDINGS))
    held = rows_after(*enriched, *enriched)
    assert held["card_images"] == [CardImageRow("i.jpg", tweet.tweet_id)]
    assert "idle_card_images" not in held
    edited = rows_after(*enriched, TweetEdited(Edit(plain, shown)))
    assert "card_images" not in edited
    assert edited["idle_card_images"] == [IdleCardImageRow(0, "i.jpg", 0)]
