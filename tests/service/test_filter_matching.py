"""Filters held against tweets, compared with the plainest way to do it."""

import asyncio
import re
import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roost.errors import Invalid
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
from roost.service import FilterChange
from roost.service.local.filter_matching import Matcher
from tests.service.ground import Ground
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


def _matcher(words: list[str], whole: bool) -> Matcher:
    found = tuple(FilterKeyword(number, word, whole) for number, word in enumerate(words, 1))
    return Matcher(FilterSet(7, (Filter(1, "t", FilterContext.HOME, keywords=found),)))


def test_a_word_that_is_a_part_of_all_others_is_looked_up_and_not_searched_for() -> None:
    """However often it is there as a part, which once took a second for one long text."""
    words = ["a" * length for length in range(1, 501)]
    text = "a" * 6_000
    assert _matcher(words, True).matches(Tweet(5, 6, text), 0) == []
    (match,) = _matcher(words, True).matches(Tweet(5, 6, f"{text} {words[41]}."), 0)
    assert match.keywords == (words[41],)


def test_much_work_is_done_beside_the_event_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: set[bool] = set()
    matches = Matcher.matches

    def noted(self: Matcher, *arguments: Any) -> Any:
        threads.add(threading.current_thread() is threading.main_thread())
        return matches(self, *arguments)

    monkeypatch.setattr(Matcher, "matches", noted)
    matcher = _matcher([f"{'a' * length}b" for length in range(1, 501)], False)
    few, many = [Tweet(5, 6, "a" * 280)], [Tweet(5, 6, "a" * 280 + "b")] * 20
    assert asyncio.run(matcher.of_several(few, 0)) == [()]
    assert threads == {True}
    found = asyncio.run(matcher.of_several(many, 0))
    assert (len(found), len(found[0][0].keywords)) == (20, 280)
    assert threads == {True, False}


def test_tweets_by_themselves_are_bounded_for_all_filters_together(ground: Ground) -> None:
    """All filters are one row, which each change writes anew."""
    ann, filters = ground.user("ann"), ground.service.filters
    change = FilterChange(title="t", contexts=FilterContext.HOME)
    first, second = (ground.do(filters.add(ann, change)).filter_id for _ in range(2))
    ids = [ground.post(ann) for _ in range(4)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("roost.limits.FILTER_TWEETS_MAX", 3)
        for filter_id, tweet_id in ((first, ids[0]), (first, ids[1]), (second, ids[0])):
            ground.do(filters.add_tweet(ann, filter_id, tweet_id))
        for filter_id in (first, second):
            with pytest.raises(Invalid, match="Statuses of all filters are more than 3"):
                ground.do(filters.add_tweet(ann, filter_id, ids[3]))
