"""Which of a user's filters match a tweet. Nothing here reads.

A keyword is looked for without regard to case. One that is a word, and has to stand for itself, is one of the
text's words, or is not; any other is looked for in the text, which takes 0.1 us where that is short. Where
much has to be looked for in long texts, a thread does it: nobody else waits for what a user wants to have
filtered, whatever is written to make that hard.
"""

import asyncio
import re
from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

from roost.limits import FILTER_WORK_ON_LOOP_MAX
from roost.model import Filter, FilterContext, FilterKeyword, FilterSet, Tweet
from roost.service.views import FilterMatch, TweetView

_WORD = re.compile(r"\w+")
_NO_WORDS: frozenset[str] = frozenset()
T = TypeVar("T")


class _Filter:
    __slots__ = ("filter", "keywords", "tweet_ids")

    def __init__(self, made: Filter) -> None:
        self.filter = made
        self.keywords = [_Keyword(entry) for entry in made.keywords]
        self.tweet_ids = {entry.tweet_id for entry in made.tweets}

    def match(self, tweet_id: int, folded_text: str, words: frozenset[str]) -> FilterMatch | None:
        found = tuple([each.text for each in self.keywords if each.is_in(folded_text, words)])
        ids = (tweet_id,) if tweet_id in self.tweet_ids else ()
        return FilterMatch(self.filter, found, ids) if found or ids else None


class _Keyword:
    __slots__ = ("folded", "is_word", "stands_alone", "text")

    def __init__(self, entry: FilterKeyword) -> None:
        self.text = entry.keyword
        self.folded = entry.keyword.casefold()
        self.stands_alone = entry.whole_word
        self.is_word = entry.whole_word and _WORD.fullmatch(self.folded) is not None

    def is_in(self, folded_text: str, words: frozenset[str]) -> bool:
        """`words` are those of the text."""
        if self.is_word:
            return self.folded in words
        if self.folded not in folded_text:
            return False
        return not self.stands_alone or _alone(self.folded, folded_text)


class Matcher:
    """A user's filters, ready to be held against tweets."""

    def __init__(self, filters: FilterSet) -> None:
        self._filters = [_Filter(made) for made in filters.filters]
        self.keywords = sum(len(made.keywords) for made in self._filters)
        self._wants_words = any(each.is_word for made in self._filters for each in made.keywords)

    def matches(self, tweet: Tweet, now_ms: int, context: FilterContext | None = None) -> list[FilterMatch]:
        """The filters that match a tweet; `context` leaves only those that are wanted there."""
        folded_text = searched_text(tweet).casefold()
        words = frozenset(_WORD.findall(folded_text)) if self._wants_words else _NO_WORDS
        found: list[FilterMatch] = []
        for made in self._filters:
            is_over = 0 < made.filter.expires_ms <= now_ms
            if is_over or (context is not None and context not in made.filter.contexts):
                continue
            match = made.match(tweet.tweet_id, folded_text, words)
            if match is not None:
                found.append(match)
        return found

    async def of_several(
        self, tweets: Sequence[Tweet], now_ms: int, context: FilterContext | None = None
    ) -> list[tuple[FilterMatch, ...]]:
        """`matches` of each of some tweets."""

        def find() -> list[tuple[FilterMatch, ...]]:
            return [tuple(self.matches(tweet, now_ms, context)) for tweet in tweets]

        return await self._done(find, tweets)

    async def joined(self, views: Sequence[TweetView], now_ms: int) -> list[TweetView]:
        """The views with the filters that match them; a retweet's are its original's."""
        shown = [view.retweet_of or view for view in views]
        tweets = [view.tweet for view in shown]
        tweets += [view.quote_of.tweet for view in shown if view.quote_of is not None]
        return await self._done(lambda: [self._joined(view, now_ms) for view in views], tweets)

    async def _done(self, work: Callable[[], T], tweets: Sequence[Tweet]) -> T:
        """Here, or beside the event loop where it may take long for these tweets."""
        most = FILTER_WORK_ON_LOOP_MAX // (self.keywords or 1)
        if sum(map(_length, tweets)) <= most:
            return work()
        return await asyncio.to_thread(work)

    def _joined(self, view: TweetView, now_ms: int) -> TweetView:
        original = self._joined(view.retweet_of, now_ms) if view.retweet_of is not None else None
        quoted = self._joined(view.quote_of, now_ms) if view.quote_of is not None else None
        found = original.filtered if original is not None else tuple(self.matches(view.tweet, now_ms))
        if not found and original is view.retweet_of and quoted is view.quote_of:
            return view
        return msgspec.structs.replace(view, filtered=found, retweet_of=original, quote_of=quoted)


def searched_text(tweet: Tweet) -> str:
    """All words that a tweet shows: its warning, its text, what is said of its files, its poll's options."""
    parts = [tweet.spoiler, tweet.text]
    parts += [media.description for media in tweet.media]
    if tweet.poll is not None:
        parts += tweet.poll.options
    return "\n".join(parts)


def _length(tweet: Tweet) -> int:
    return len(tweet.text) + len(tweet.spoiler) + sum(len(media.description) for media in tweet.media)


def _alone(folded: str, folded_text: str) -> bool:
    """Whether a keyword is there as no part of a longer word. Beside a sign stands anything."""
    begins, ends = _is_of_word(folded[0]), _is_of_word(folded[-1])
    start = folded_text.find(folded)
    while start >= 0:
        stop = start + len(folded)
        is_part = begins and start > 0 and _is_of_word(folded_text[start - 1])
        if not is_part and not (ends and stop < len(folded_text) and _is_of_word(folded_text[stop])):
            return True
        start = folded_text.find(folded, start + 1)
    return False


def _is_of_word(character: str) -> bool:
    return character.isalnum() or character == "_"
