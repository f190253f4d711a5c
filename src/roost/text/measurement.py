"""How long a text is by a set of rules, and whether it may be posted.

Source of the rules: twitter/twitter-text, `config/README.md` and `TwitterTextParser.java` (Apache-2.0,
commit 30e2430).
"""

import re
import unicodedata
from collections.abc import Iterator

import msgspec

from roost.text.characters import INVALID
from roost.text.emoji import emoji_sequences
from roost.text.entities import Entities, Url
from roost.text.extraction import combine
from roost.text.mentions import NO_HOSTS
from roost.text.normal import normal_form, original_offset
from roost.text.rules import RULES_V3, TextRules
from roost.text.urls import extract_urls
from roost.text.weights import weigh, weigh_characters

_INVALID = re.compile(f"[{INVALID}]")

PERMILLE = 1000


class Measure(msgspec.Struct, frozen=True, gc=False):
    """The measured length of a text.

    `permillage` is the length in thousandths of the longest allowed, rounded down. `display_range` is the
    whole text and `valid_range` the longest beginning of it that is not too long and has no invalid
    character, both as half-open code point offsets into the text as given.
    """

    weighted_length: int
    permillage: int
    valid: bool
    display_range: tuple[int, int]
    valid_range: tuple[int, int]


class Parsed(msgspec.Struct, frozen=True):
    """A text's length together with its entities."""

    measure: Measure
    entities: Entities


_BLANK = Measure(0, 0, False, (0, 0), (0, 0))


def measure(text: str, rules: TextRules = RULES_V3) -> Measure:
    """Measure `text` in Unicode normal form C, each URL as `rules.url_length` whatever its length.

    A text that is empty or only white space measures nothing and is invalid; so is one that is too long or
    has U+FEFF, U+FFFE or U+FFFF. O(len(text)).
    """
    if not text or text.isspace():
        return _BLANK
    normal = text if text.isascii() else normal_form(text)
    return _measure_normal(text, normal, extract_urls(normal), rules)


def parse(text: str, rules: TextRules = RULES_V3, hosts: frozenset[str] = NO_HOSTS) -> Parsed:
    """`measure` and `extract` together, which looks for URLs only once. O(len(text))."""
    urls = extract_urls(text)
    entities = combine(text, urls, rules, hosts)
    if not text or text.isspace():
        return Parsed(_BLANK, entities)
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return Parsed(_measure_normal(text, text, urls, rules), entities)
    return Parsed(measure(text, rules), entities)


def _pieces(text: str, urls: tuple[Url, ...]) -> Iterator[tuple[int, int]]:
    """The stretches of `text` outside its URLs."""
    start = 0
    for url in urls:
        yield start, url.start
        start = url.end
    yield start, len(text)


def _weigh_around(text: str, urls: tuple[Url, ...], rules: TextRules) -> int:
    weight = len(urls) * rules.url_length * rules.scale
    for start, end in _pieces(text, urls):
        weight += weigh(text[start:end], rules)
    return weight


def _measure_normal(text: str, normal: str, urls: tuple[Url, ...], rules: TextRules) -> Measure:
    weight = weigh(normal, rules) if not urls else _weigh_around(normal, urls, rules)
    length = weight // rules.scale
    permillage = length * PERMILLE // rules.weighted_length_max
    whole = (0, len(text))
    fits = weight <= rules.weighted_length_max * rules.scale
    if fits and (normal.isascii() or _INVALID.search(normal) is None):
        return Measure(length, permillage, True, whole, whole)
    valid_end = original_offset(text, normal, _valid_end(normal, urls, rules))
    return Measure(length, permillage, False, whole, (0, valid_end))


def _units(text: str, urls: tuple[Url, ...], rules: TextRules) -> Iterator[tuple[int, int]]:
    """The ends and weights of what is counted as one: URLs, emoji sequences and single code points."""
    whole = {url.start: (url.end, rules.url_length * rules.scale) for url in urls}
    if rules.emoji_parsing:
        for piece, piece_end in _pieces(text, urls):
            for start, end in emoji_sequences(text[piece:piece_end]):
                whole[piece + start] = piece + end, rules.default_weight
    position = 0
    while position < len(text):
        if position in whole:
            position, weight = whole[position]
        else:
            weight = weigh_characters(text[position], rules)
            position += 1
        yield position, weight


def _valid_end(text: str, urls: tuple[Url, ...], rules: TextRules) -> int:
    """Where the longest valid beginning of the normalised `text` ends. Only called for invalid texts."""
    remaining = rules.weighted_length_max * rules.scale
    valid_end = 0
    for end, weight in _units(text, urls, rules):
        remaining -= weight
        if remaining < 0 or _INVALID.search(text, valid_end, end) is not None:
            break
        valid_end = end
    return valid_end
