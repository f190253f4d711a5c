"""Unicode normal form C, and positions in a text before and after.

Python puts combining marks in order by insertion, in quadratic time: 10,000 of them take a fifth of a
second. So a longer run of marks is cut, and the pieces are normalised one by one. Text in any language has
runs of a few marks (the stream-safe format of UAX #15 allows 30), and for those nothing differs.
"""

import unicodedata

from roost.text.characters import unicode_pattern

MARKS_MAX = 256

_LONG_RUN = unicode_pattern(rf"\p{{M}}{{{MARKS_MAX}}}")


def normal_form(text: str) -> str:
    """`text` in normal form C, save that runs of marks are cut after `MARKS_MAX`. O(len(text))."""
    if len(text) <= MARKS_MAX:
        return unicodedata.normalize("NFC", text)
    parts = []
    start = 0
    for run in _LONG_RUN.finditer(text):
        parts.append(unicodedata.normalize("NFC", text[start : run.end()]))
        start = run.end()
    return "".join(parts) + unicodedata.normalize("NFC", text[start:])


def _segment_ends(text: str) -> list[int]:
    """Places that cut `text` into segments whose normal forms, put together, are that of the whole."""
    ends = []
    start = 0
    for position in range(1, len(text)):
        if unicodedata.combining(text[position]):
            continue
        segment, character = text[start:position], text[position]
        if normal_form(segment + character) == normal_form(segment) + normal_form(character):
            ends.append(position)
            start = position
    return [*ends, len(text)]


def original_offset(text: str, normal: str, offset: int) -> int:
    """The longest beginning of `text` whose normal form lies within the first `offset` of `normal`.

    `normal` is the normal form of `text`, and offset 0 <= offset <= len(normal) is one into it. A character
    counts with the marks that follow it. O(len(text)), and O(1) where nothing had to be normalised.
    """
    if text == normal:
        return offset
    if offset == len(normal):
        return len(text)
    start = reached = 0
    for end in _segment_ends(text):
        reached += len(normal_form(text[start:end]))
        if reached > offset:
            break
        start = end
    return start
