"""Marking stretches of a text that is already HTML, such as the hits of a search."""

import re
from collections import defaultdict
from collections.abc import Sequence

# A tag, a character reference, or a single character.
_UNIT = re.compile(r"<[^<>]*>|&(?:[A-Za-z]{2,8}|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});|.", re.DOTALL)
_OPENING = re.compile(r"<[A-Za-z][^<>]*(?<!/)>")
_CLOSING = re.compile(r"</[^<>]*>")
_VOID = re.compile(r"<(?:br|hr|img|wbr)\b", re.IGNORECASE)


def highlight(html: str, hits: Sequence[tuple[int, int]]) -> str:
    """`html` with `<em>` around each hit.

    Args:
        html: plain text without `<` and `&`, or the output of `render_html` or `autolink`.
        hits: half-open offsets, ascending and disjoint, into the text that is seen: tags have no length
            and a character reference such as `&amp;` is one character.

    A hit that begins or ends inside of an element is marked in parts, so that the elements nest.
    O(len(html)).

    Raises:
        ValueError: the hits are not ascending, disjoint, non-empty and within the text.
    """
    units = _UNIT.findall(html)
    seen = [index for index, unit in enumerate(units) if not (unit[0] == "<" and len(unit) > 1)]
    before: defaultdict[int, str] = defaultdict(str)
    position = 0
    for start, end in hits:
        if not position <= start < end <= len(seen):
            raise ValueError(f"hit ({start}, {end}) is empty, out of order or outside of the text")
        position = end
        for first, stop in _balanced_parts(units, seen[start], seen[end - 1] + 1):
            before[first] += "<em>"
            before[stop] += "</em>"
    marked = (before[index] + unit if index in before else unit for index, unit in enumerate(units))
    return "".join(marked) + before[len(units)]


def _is_opening(unit: str) -> bool:
    return _OPENING.fullmatch(unit) is not None and _VOID.match(unit) is None


def _is_closing(unit: str) -> bool:
    return _CLOSING.fullmatch(unit) is not None


def _balanced_parts(units: list[str], first: int, stop: int) -> list[tuple[int, int]]:
    """Cut units[first:stop] at the tags whose partners are outside of it, leaving out what shows nothing.

    Closing tags right behind belong to it when their partners are inside.
    """
    open_tags: list[int] = []
    cuts = []
    for index in range(first, stop):
        if _is_opening(units[index]):
            open_tags.append(index)
        elif _is_closing(units[index]):
            if open_tags:
                open_tags.pop()
            else:
                cuts.append(index)
    while open_tags and stop < len(units) and _is_closing(units[stop]):
        open_tags.pop()
        stop += 1
    parts = []
    for cut in sorted([*cuts, *open_tags, stop]):
        if any(len(unit) == 1 or unit[0] == "&" for unit in units[first:cut]):
            parts.append((first, cut))
        first = cut + 1
    return parts
