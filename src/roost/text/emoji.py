"""Emoji that are written with more than one code point.

Rather than a list of the sequences known in some year, this is the grammar of Unicode Technical Standard
#51 (Unicode Emoji, section 1.4.9): keycaps, pairs of regional indicators, flags with tags, and up to four
pictographs with their modifiers and variation selectors, joined by zero-width joiners. Four is the most
that a recommended sequence has, and the limit keeps the code points of one emoji below a dozen. An emoji
of a single code point needs no rule: it weighs what its code point weighs.
"""

import re
from collections.abc import Iterator

from roost.text.characters import unicode_pattern

ELEMENTS_MAX = 4

_MODIFIED = r"\p{Emoji_Modifier_Base}\ufe0f?\p{Emoji_Modifier}"
_ELEMENT = rf"(?:{_MODIFIED}|\p{{Extended_Pictographic}}\ufe0f?)"
_SEQUENCE = unicode_pattern(
    r"[#*0-9]\ufe0f?\u20e3"
    r"|[\U0001f1e6-\U0001f1ff]{2}"
    r"|\U0001f3f4[\U000e0020-\U000e007e]{1,6}+\U000e007f"
    rf"|{_ELEMENT}(?:\u200d{_ELEMENT}){{1,{ELEMENTS_MAX - 1}}}+"
    rf"|{_MODIFIED}"
    r"|\p{Extended_Pictographic}\ufe0f"
)

# No sequence is without one of these, and few texts have one.
_JOINT = re.compile("[\u200d\u20e3\ufe0f\U0001f1e6-\U0001f1ff\U0001f3fb-\U0001f3ff\U000e007f]")
_SINGLE = unicode_pattern(r"\p{Extended_Pictographic}")


def is_emoji(text: str) -> bool:
    """Whether a text is one emoji, and nothing else."""
    if len(text) == 1:
        return _SINGLE.fullmatch(text) is not None and not text.isascii()
    return list(emoji_sequences(text)) == [(0, len(text))]


def emoji_sequences(text: str) -> Iterator[tuple[int, int]]:
    """The (start, end) of each emoji of two or more code points, in order. O(len(text))."""
    if _JOINT.search(text) is not None:
        for sequence in _SEQUENCE.finditer(text):
            yield sequence.span()
