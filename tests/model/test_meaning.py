"""What records say about themselves: tweets, relations and pages."""

import pytest

from roost.ids import ID_MAX
from roost.model import Edge, EdgeKind, Page, PageRequest, Relation, Tweet, Visibility

BLOCK = Edge(EdgeKind.BLOCK, 1, 2, 3)


def test_an_original_shows_itself() -> None:
    tweet = Tweet(7, 1)
    assert (tweet.is_reply, tweet.is_retweet, tweet.shown_id) == (False, False, 7)


def test_a_retweet_shows_its_original() -> None:
    tweet = Tweet(7, 1, retweet_of_id=5, retweet_of_author_id=2)
    assert (tweet.is_reply, tweet.is_retweet, tweet.shown_id) == (False, True, 5)


def test_a_reply_and_a_quote_show_themselves() -> None:
    reply = Tweet(7, 1, reply_to_id=5, reply_to_author_id=2)
    quote = Tweet(8, 1, quote_of_id=5, quote_of_author_id=2)
    assert (reply.is_reply, reply.is_retweet, reply.shown_id) == (True, False, 7)
    assert (quote.is_reply, quote.is_retweet, quote.shown_id) == (False, False, 8)


@pytest.mark.parametrize(
    ("relation", "barred"),
    [
        (Relation(1, 2), False),
        (Relation(1, 2, block=BLOCK), True),
        (Relation(1, 2, blocked_by=BLOCK), True),
        (Relation(1, 2, block=BLOCK, blocked_by=BLOCK), True),
        (Relation(1, 2, follow=BLOCK, request=BLOCK, mute=BLOCK, followed_by=BLOCK), False),
    ],
)
def test_either_block_bars(relation: Relation, barred: bool) -> None:
    assert relation.is_barred is barred


@pytest.mark.parametrize(
    ("request_", "ascending", "low"),
    [
        (PageRequest(20), False, 0),
        (PageRequest(20, since_id=5), False, 5),
        (PageRequest(20, min_id=5), True, 5),
        (PageRequest(20, since_id=9, min_id=5), True, 9),
        (PageRequest(20, since_id=5, min_id=9), True, 9),
    ],
)
def test_bounds_of_a_page(request_: PageRequest, ascending: bool, low: int) -> None:
    assert (request_.ascending, request_.low) == (ascending, low)


def test_a_page_without_bounds_starts_above_every_id() -> None:
    assert PageRequest(20).max_id == ID_MAX
    assert Page[int](items=()) == Page[int]((), 0, 0, False)


def test_a_higher_visibility_is_seen_by_fewer() -> None:
    assert Visibility.PUBLIC < Visibility.UNLISTED < Visibility.FOLLOWERS < Visibility.DIRECT
