"""Top-level domains: the list of `tlds.txt`, and the question whether one stands at a place in a text."""

import importlib.resources
import re

# A label of letters is compared with the list; the list has no name with a digit or a hyphen.
_ASCII_LABEL = re.compile(r"([A-Za-z]++)(?![0-9@+\-])")
_PUNYCODE_LABEL = re.compile(r"[xX][nN]--[0-9A-Za-z]+")
_FORBIDDEN_AFTER = re.compile(r"[0-9A-Za-z@+\-]")


def read_tlds() -> tuple[str, ...]:
    """The names of `tlds.txt`, all in lower case, in file order."""
    text = importlib.resources.files(__package__).joinpath("tlds.txt").read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


def _by_first_character(names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    grouped: dict[str, list[str]] = {}
    for name in names:
        grouped.setdefault(name[0], []).append(name)
    # The longest first: one name can be the beginning of another, and the longer one is then meant.
    return {first: tuple(sorted(group, key=len, reverse=True)) for first, group in grouped.items()}


_ALL = read_tlds()
ASCII_TLDS = frozenset(name for name in _ALL if name.isascii())
_OTHER_TLDS = _by_first_character(tuple(name for name in _ALL if not name.isascii()))


def tld_end(text: str, position: int) -> int:
    """Where the top-level domain that starts at `position` ends, or 0 when none starts there.

    A top-level domain must not be followed by an ASCII letter or digit or by one of `@`, `+` and `-`;
    anything in punycode counts as one. O(length of the label).
    """
    label = _ASCII_LABEL.match(text, position)
    if label is not None and label[1].lower() in ASCII_TLDS:
        return label.end()
    punycode = _PUNYCODE_LABEL.match(text, position)
    if punycode is not None:
        return punycode.end()
    for name in _OTHER_TLDS.get(text[position : position + 1].lower(), ()):
        end = position + len(name)
        if text[position:end].lower() == name and not _FORBIDDEN_AFTER.match(text, end):
            return end
    return 0
