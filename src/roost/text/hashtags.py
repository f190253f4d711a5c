"""Hashtags and cashtags.

A hashtag has at least one letter, and may have marks, digits and a few joining characters of any script.
A cashtag is a stock symbol in ASCII letters behind a space.

Source of the rules: twitter/twitter-text, `extractor.rb` and `regex.rb` (Apache-2.0, commit 30e2430).
"""

import re

from roost.text.characters import (
    DIRECTIONAL,
    HASH_SIGNS,
    HASHTAG_LETTERS,
    HASHTAG_OTHERS,
    PUNCTUATION,
    SPACES,
    unicode_pattern,
)
from roost.text.entities import Cashtag, Hashtag

_TAG_CHARACTER = HASHTAG_LETTERS + HASHTAG_OTHERS
# A hashtag is void when another one or the rest of a protocol follows; captured without being used up.
_VOID = rf"(?=([{HASH_SIGNS}]|://)?+)"

# The sign must not follow a tag character or an ampersand; a variation selector before it belongs to an
# emoji and is allowed, one behind it makes the sign itself an emoji.
_HASHTAG = unicode_pattern(
    rf"[{HASH_SIGNS}](?:(?<![&{_TAG_CHARACTER}].)|(?<=[\ufe0e\ufe0f].))(?![\ufe0f\u20e3])"
    rf"(?=[{HASHTAG_OTHERS}]*+[{HASHTAG_LETTERS}])([{_TAG_CHARACTER}]++){_VOID}"
)
_ASCII_HASHTAG = re.compile(
    rf"#(?<![&0-9A-Za-z_].)(?=[0-9_]*+[A-Za-z])([0-9A-Za-z_]++){_VOID}",
)

_CASHTAG = re.compile(
    rf"\$(?<![^{SPACES}{DIRECTIONAL}].)([A-Za-z]{{1,6}}(?:[._][A-Za-z]{{1,2}})?)(?![^\s{PUNCTUATION}])",
)


def extract_hashtags(text: str) -> tuple[Hashtag, ...]:
    """The hashtags of `text` in order, whether inside a URL or not. O(len(text))."""
    pattern = _ASCII_HASHTAG if text.isascii() else _HASHTAG
    hashtags = []
    used = 0
    for match in pattern.finditer(text):
        start, end = match.span()
        # The character in front must not belong to the hashtag before, even to one that was void.
        if start == used > 0:
            continue
        used = end
        if match[2] is None:
            hashtags.append(Hashtag(start, end, match[1]))
    return tuple(hashtags)


def extract_cashtags(text: str) -> tuple[Cashtag, ...]:
    """The cashtags of `text` in order. O(len(text))."""
    return tuple(Cashtag(match.start(), match.end(), match[1]) for match in _CASHTAG.finditer(text))
