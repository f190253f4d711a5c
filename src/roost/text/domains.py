"""Where a domain starts and ends inside a dotted run of characters, in time linear in the run.

A *dotted run* is a stretch of domain characters, hyphens, underscores and full stops. Twitter's rule is
one regular expression with nested repetition that is tried at every character; on a run such as
`a.a.a.a` without a top-level domain that takes quadratic time and more. Here the labels of the run are
walked from left to right, from one full stop to the next. The result is the same leftmost, longest match,
save that a chain of more than `LABELS_MAX` labels, which no host name has, is cut there.

A label must start and end with a domain character (not `-` or `_`). A domain is a chain of such labels and
a top-level domain after the last; the label just before the top-level domain must have no underscore.
A start inside a label is allowed where the character before is not an ASCII letter or digit, so that
`日本語example.com` also works when it follows an at sign.
"""

import re
from typing import NamedTuple

from roost.text.characters import AT_SIGNS, HASH_SIGNS, NOT_DOMAIN_OR_JOINT, unicode_pattern
from roost.text.tlds import tld_end

# A host name of 253 characters has no more labels than this, so a longer chain is not followed.
LABELS_MAX = 127

_NO_EDGE = "-_"

# A start within a label: a domain character after something other than an ASCII letter or digit.
_INNER_START = re.compile(rf"(?<=[^0-9A-Za-z{AT_SIGNS}{HASH_SIGNS}])[^_\-]")
_AFTER_UNDERSCORE = re.compile(r"[_\-]*+")

# A run is sought through its complement: one search is faster than a repeated match.
_NOT_IN_RUN = f"[{NOT_DOMAIN_OR_JOINT}]"
_RUN_END = re.compile(_NOT_IN_RUN)
_RUN_START = unicode_pattern(f"(?r){_NOT_IN_RUN}")


def run_start(text: str, low: int, position: int) -> int:
    """Where the dotted run that holds `position` starts, not looking before `low`."""
    outside = _RUN_START.search(text, low, position)
    return low if outside is None else outside.end()


def run_end(text: str, position: int) -> int:
    """Where the dotted run that holds `position` ends."""
    outside = _RUN_END.search(text, position)
    return len(text) if outside is None else outside.start()


class _Walk(NamedTuple):
    """What a walk over unbroken labels found, as offsets; -1 for what it did not find."""

    best: int
    best_end: int
    partial: int
    partial_end: int
    next_label: int


def _can_continue(label: str) -> bool:
    return label != "" and label[0] not in _NO_EDGE and label[-1] not in _NO_EDGE


def _walk(text: str, offset: int, high: int) -> _Walk:
    """Follow the chain of labels from the one at `offset`, which a full stop before `high` must end.

    `best` is the last label of the chain that a top-level domain follows, and `best_end` the end of that.
    `partial` is the last label that would be so if it were free of underscores: its tail is a domain.
    The chain ends in front of `next_label`.
    """
    best = best_end = partial = partial_end = -1
    stop = text.index(".", offset, high)
    for _ in range(LABELS_MAX):
        label = text[offset:stop]
        if label == "" or label[-1] in _NO_EDGE:
            offset = stop + 1
            break
        end = tld_end(text, stop + 1)
        if end and "_" not in label:
            best, best_end = offset, end
        elif end:
            partial, partial_end = offset, end
        offset = stop + 1
        stop = text.find(".", offset, high)
        if stop < 0 or not _can_continue(text[offset:stop]):
            break
    return _Walk(best, best_end, partial, partial_end, offset)


def _start_in_label(text: str, offset: int, end: int, at_edge: bool) -> int:
    """The first place in the label text[offset:end] where a domain may start, or -1."""
    if at_edge and offset < end and text[offset] not in _NO_EDGE:
        return offset
    found = _INNER_START.search(text, offset + 1, end)
    return -1 if found is None else found.start()


def leftmost_domain(text: str, low: int, high: int, at_edge: bool) -> tuple[int, int] | None:
    """The leftmost domain in the dotted run text[low:high] and, of those, the longest.

    `at_edge` says whether a domain may start at `low` itself. Returns (start, end), the end being that of
    the top-level domain, or None. O(high - low).
    """
    offset = low
    while (stop := text.find(".", offset, high)) >= 0:
        walk = _walk(text, offset, high)
        if walk.best >= 0:
            start = _start_in_label(text, offset, stop, at_edge or offset > low)
            if start >= 0:
                return start, walk.best_end
            if walk.best > offset:
                return stop + 1, walk.best_end
            offset = stop + 1
        elif walk.partial_end == high:
            # Such a domain follows an underscore and so never is a URL, but what follows the run belongs
            # to it. One that ends within the run has nothing more to it and can be passed over.
            underscore = text.rindex("_", walk.partial, text.index(".", walk.partial))
            tail = _AFTER_UNDERSCORE.match(text, underscore)
            assert tail is not None, "the pattern matches nothing at least"
            return tail.end(), walk.partial_end
        else:
            offset = walk.next_label
    return None


def domain_from(text: str, low: int, high: int) -> int:
    """The end of the longest domain that starts at `low`, or 0. O(high - low)."""
    stop = text.find(".", low, high)
    if stop < 0 or not _can_continue(text[low:stop]):
        return 0
    return max(_walk(text, low, high).best_end, 0)
