"""Filters held against tweets, compared with the plainest way to do it."""

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from roost.model import (
    Filter,
    FilterAction,
    FilterContext,
    FilteredTweet,
    FilterKeyword,
    FilterSet,
    Media,
    MediaKind,
    Poll,
    Tweet,
)
from roost.service.local.filter_matching import Matcher
from tests.strategies import SEEDED

words = st.text(alphabet="aAbBsßé1_ .#", min_size=1, max_size=5)
keywords = st.builds(FilterKeyword, st.integers(1, 99), words, st.booleans())


def naive(keyword: FilterKeyword, text: str) -> bool:
    """Every place where the keyword stands, looked at by itself."""
    sought, text = keyword.keyword.casefold(), text.casefold()
    for start in range(len(text) - len(sought) + 1):
        if text[start : start + len(sought)] != sought:
            continue
        before, behind = text[:start][-1:], text[start + len(sought) :][:1]
        joined = (is_word(sought[0]) and is_word(before)) or (is_word(sought[-1]) and is_word(behind))
        if not keyword.whole_word or not joined:
            return True
    return False


def is_word(character: str) -> bool:
    return bool(character) and re.fullmatch(r"\w", character) is not None


@given(st.lists(keywords, max_size=4), st.text(alphabet="aAbBsßé1_ .#", max_size=30))
@settings(SEEDED, max_examples=500)
def test_keywords_are_found_where_the_naive_way_finds_them(found: list[FilterKeyword], text: str) -> None:
    made = Filter(1, "title", FilterContext.HOME, keywords=tuple(found))
    expected = tuple(keyword.keyword for keyword in found if naive(keyword, text))
    matches = Matcher(FilterSet(7, (made,))).matches(Tweet(5, 6, text), 0)
    assert [match.keywords for match in matches] == ([expected] if expected else [])


def test_all_that_a_tweet_shows_is_looked_at() -> None:
    made = Filter(1, "t", FilterContext.HOME, keywords=(FilterKeyword(2, "spoil"),))
    matcher = Matcher(FilterSet(7, (made,)))
    picture = Media(3, 6, MediaKind.IMAGE, description="Spoilt milk")
    tweets = [
        Tweet(5, 6, "It SPOILS it"),
        Tweet(5, 6, "-", spoiler="spoiler"),
        Tweet(5, 6, "-", media=(picture,)),
        Tweet(5, 6, "-", poll=Poll(("Yes", "Spoil it"), 9)),
        Tweet(5, 6, "spo\nil"),
    ]
    assert [bool(matcher.matches(tweet, 0)) for tweet in tweets] == [True] * 4 + [False]


def test_a_filter_ends_and_holds_where_it_is_wanted() -> None:
    entry = FilteredTweet(3, 5)
    made = Filter(
        1, "t", FilterContext.HOME | FilterContext.THREAD, FilterAction.HIDE, 1_000, tweets=(entry,)
    )
    matcher = Matcher(FilterSet(7, (made,)))
    tweet = Tweet(5, 6, "text")
    (match,) = matcher.matches(tweet, 999)
    assert (match.filter, match.keywords, match.tweet_ids) == (made, (), (5,))
    assert matcher.matches(tweet, 1_000) == []
    assert len(matcher.matches(tweet, 0, FilterContext.THREAD)) == 1
    assert matcher.matches(tweet, 0, FilterContext.PUBLIC) == []
    assert matcher.matches(Tweet(8, 6, "text"), 0) == []
