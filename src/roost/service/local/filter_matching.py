"""Which of a user's filters match a tweet. Nothing here reads or waits.

A keyword is looked for without regard to case. Finding plain text in a text takes 0.3 us; only where it is
found and has to stand for itself, a pattern looks at what is before and behind it. So the most keywords that
a user can have, 500, take 3 ms a page; one pattern of all would be tried at each place of each text.
"""

import re
from collections.abc import Sequence

import msgspec

from roost.model import Filter, FilterContext, FilterSet, Tweet
from roost.service.views import FilterMatch, TweetView


class _Filter:
    __slots__ = ("filter", "keywords", "tweet_ids")

    def __init__(self, made: Filter) -> None:
        self.filter = made
        self.keywords = [(entry.keyword.casefold(), entry) for entry in made.keywords]
        self.tweet_ids = {entry.tweet_id for entry in made.tweets}

    def match(self, tweet_id: int, folded_text: str) -> FilterMatch | None:
        found = [keyword for keyword in self.keywords if keyword[0] in folded_text]
        words = tuple(
            entry.keyword for folded, entry in found if not entry.whole_word or _alone(folded, folded_text)
        )
        ids = (tweet_id,) if tweet_id in self.tweet_ids else ()
        return FilterMatch(self.filter, words, ids) if words or ids else None


class Matcher:
    """A user's filters, ready to be held against tweets."""

    def __init__(self, filters: FilterSet) -> None:
        self._filters = [_Filter(made) for made in filters.filters]
        self.keywords = sum(len(made.keywords) for made in self._filters)

    def matches(self, tweet: Tweet, now_ms: int, context: FilterContext | None = None) -> list[FilterMatch]:
        """The filters that match a tweet; `context` leaves only those that are wanted there."""
        folded_text = searched_text(tweet).casefold()
        found: list[FilterMatch] = []
        for made in self._filters:
            is_over = 0 < made.filter.expires_ms <= now_ms
            if is_over or (context is not None and context not in made.filter.contexts):
                continue
            match = made.match(tweet.tweet_id, folded_text)
            if match is not None:
                found.append(match)
        return found

    def joined(self, views: Sequence[TweetView], now_ms: int) -> list[TweetView]:
        """The views with the filters that match them; a retweet's are its original's."""
        return [self._joined(view, now_ms) for view in views]

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


def _alone(folded: str, folded_text: str) -> bool:
    """Whether a keyword is there as no part of a longer word. Beside a sign stands anything."""
    before = r"(?<!\w)" if re.match(r"\w", folded) else ""
    behind = r"(?!\w)" if re.search(r"\w\Z", folded) else ""
    return re.search(f"{before}{re.escape(folded)}{behind}", folded_text) is not None
