"""What enrichers found out about a tweet, as flags of the tweet columns."""

from functools import lru_cache

from roost.kernels import IS_DUPLICATE, IS_SPAM, LANGUAGE_SHIFT, SENTIMENT_SHIFT
from roost.model import Signal, Tweet

_LETTER_BITS = 5
_UNKNOWN_SENTIMENT = 101


def found_flags(tweet: Tweet) -> int:
    """The flags under FOUND_MASK: language, sentiment, spam, duplicate. 0.4 us."""
    flags = language_code(tweet.language) << LANGUAGE_SHIFT if tweet.language else 0
    if tweet.sentiment is not None:
        flags |= (tweet.sentiment + _UNKNOWN_SENTIMENT) << SENTIMENT_SHIFT
    if tweet.signals:
        flags |= IS_SPAM if tweet.signals & Signal.SPAM else 0
        flags |= IS_DUPLICATE if tweet.signals & Signal.DUPLICATE else 0
    return flags


@lru_cache(maxsize=1_024)
def language_code(language: str) -> int:
    """A language's number in the columns, from its first subtag: 0 where that has not two or three
    letters."""
    letters = language.partition("-")[0].lower()
    if len(letters) not in (2, 3) or not (letters.isascii() and letters.isalpha()):
        return 0
    return sum((ord(letter) - 96) << _LETTER_BITS * place for place, letter in enumerate(letters))


def language_of(code: int) -> str:
    """The other way."""
    letters = (code >> _LETTER_BITS * place & 31 for place in range(3))
    return "".join(chr(96 + letter) for letter in letters if letter)
