"""What somebody searches for, from the text that they write.

    herons "by the river" -gulls #birds from:alice has:media is:reply language:de before:2026-05-01

Words and phrases must all be there, in any order; a minus before one, or before an operator, says that it
must not. An operator with a value that it does not have is a word like others.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import msgspec

from roost.ids import ID_MAX, first_id_at
from roost.limits import SEARCH_WORDS_MAX
from roost.model import MediaKind, Tweet, fold_tag
from roost.processors import searched_text
from roost.text import fold_text, wanted_words, words_of

_TOKEN = re.compile(r'(-?)(?:([a-z]+):)?("[^"]*"?|\S+)', re.IGNORECASE)
_SPACES = re.compile(r"\s+")

Test = Callable[[Tweet], bool]


def _has_kind(*kinds: MediaKind) -> Test:
    return lambda tweet: any(media.kind in kinds for media in tweet.media)


_TESTS: dict[tuple[str, str], Test] = {
    ("has", "media"): lambda tweet: bool(tweet.media),
    ("has", "image"): _has_kind(MediaKind.IMAGE),
    ("has", "video"): _has_kind(MediaKind.VIDEO, MediaKind.GIFV),
    ("has", "audio"): _has_kind(MediaKind.AUDIO),
    ("has", "poll"): lambda tweet: tweet.poll is not None,
    ("has", "link"): lambda tweet: bool(tweet.entities.urls),
    ("has", "embed"): lambda tweet: bool(tweet.entities.urls),
    ("is", "reply"): lambda tweet: tweet.is_reply,
    ("is", "quote"): lambda tweet: bool(tweet.quote_of_id),
    ("is", "sensitive"): lambda tweet: tweet.sensitive,
}


class SearchQuery(msgspec.Struct):
    words: list[str] = []
    """As `wanted_words` has them: what is looked up."""
    author: str = ""
    """A username, or `me`; empty for anybody."""
    low: int = 0
    high: int = ID_MAX
    """Only tweets with ids between the two, exclusive."""
    tests: list[Test] = []
    _wanted: list["_Piece"] = []
    _barred: list["_Piece"] = []

    def is_empty(self) -> bool:
        return not (
            self._wanted or self._barred or self.author or self.tests or self.low or self.high < ID_MAX
        )

    def fits(self, tweet: Tweet) -> bool:
        """Whether a tweet is one of those searched for, but for its author. 15 us."""
        if not self.low < tweet.tweet_id < self.high or not all(test(tweet) for test in self.tests):
            return False
        if not self._wanted and not self._barred:
            return True
        text = searched_text(tweet)
        folded = _SPACES.sub(" ", fold_text(text))
        words = frozenset(words_of(text))
        return all(piece.is_in(folded, words, tweet) for piece in self._wanted) and not any(
            piece.is_in(folded, words, tweet) for piece in self._barred
        )


class _Piece(msgspec.Struct, frozen=True):
    """A word, a phrase or a hashtag of a search."""

    words: frozenset[str]
    phrase: str = ""
    tag: str = ""

    def is_in(self, folded: str, words: frozenset[str], tweet: Tweet) -> bool:
        if self.tag:
            return self.tag in tweet.hashtags()
        return self.words <= words and self.phrase in folded


def parse_query(text: str) -> SearchQuery:
    """Never fails: what means nothing is passed over."""
    query = SearchQuery()
    for match in _TOKEN.finditer(text):
        sign, operator, value = match[1], (match[2] or "").lower(), match[3]
        if not operator or not _operate(query, operator, value.lower(), bool(sign)):
            _add_piece(query, value if not operator else match[0].removeprefix(sign), bool(sign))
    query.words = list(dict.fromkeys(word for piece in query._wanted for word in piece.words))
    del query.words[SEARCH_WORDS_MAX:]
    return query


def _add_piece(query: SearchQuery, value: str, barred: bool) -> None:
    words = frozenset(wanted_words(value))
    if not words:
        return
    phrase = _SPACES.sub(" ", fold_text(value.strip('"')).strip()) if value.startswith('"') else ""
    tag = fold_tag(value[1:]) if value.startswith(("#", "＃")) else ""
    (query._barred if barred else query._wanted).append(_Piece(words, phrase, tag))


def _operate(query: SearchQuery, operator: str, value: str, negated: bool) -> bool:
    """Add what an operator says; False where it is none."""
    test = _TESTS.get((operator, value))
    if test is None and operator == "language" and value:
        test = _speaks(value)
    if test is not None:
        query.tests.append(_negation(test) if negated else test)
        return True
    if operator == "from" and not negated:
        query.author = value.removeprefix("@")
        return bool(query.author)
    if operator in ("before", "after", "during") and not negated:
        return _bound(query, operator, value)
    return False


def _bound(query: SearchQuery, operator: str, value: str) -> bool:
    try:
        day = date.fromisoformat(value)
        begins, ends = _first_id(day), _first_id(day + timedelta(days=1))
    except (ValueError, OverflowError):
        return False
    if operator in ("before", "during"):
        query.high = min(query.high, begins if operator == "before" else ends)
    if operator in ("after", "during"):
        query.low = max(query.low, (ends if operator == "after" else begins) - 1)
    return True


def _first_id(day: date) -> int:
    return first_id_at(int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000))


def _speaks(language: str) -> Test:
    return lambda tweet: tweet.language.lower().partition("-")[0] == language.partition("-")[0]


def _negation(test: Test) -> Test:
    return lambda tweet: not test(tweet)
