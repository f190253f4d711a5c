"""The character classes of the text rules, each the inside of a `[...]` in a pattern.

Source of the classes: twitter/twitter-text, `rb/lib/twitter-text/regex.rb` and `js/src/regexp/`
(Apache-2.0, commit 30e2430). Two are stated differently here. A backslash is no domain character (the
Ruby class leaves it in by an oversight, the JavaScript one does not). Letters and marks are those of the
`regex` module's Unicode data, which covers every range that upstream lists by hand, save the private-use
marks kept in `HASHTAG_LETTERS`.
"""

import re
from typing import cast

import regex  # type: ignore[import-untyped, unused-ignore]

SPACES = r"\x09-\x0d\x20\x85\xa0\u1680\u180e\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
DIRECTIONAL = r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
INVALID = r"\ufffe\ufeff\uffff"
_MARKS = r"""!"#$%&'()*+,/:;<=>?@\[\]\\^`{|}~"""
PUNCTUATION = _MARKS + r"\-._"

AT_SIGNS = "@＠"
HASH_SIGNS = "#＃"

LATIN_ACCENTS = (
    r"\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f"
    r"\u0272\u0289\u028b\u02bb\u0300-\u036f\u1e00-\u1eff"
)
CYRILLIC = r"\u0400-\u0484\u0487-\u052f\u1c80-\u1c8a\u1d2b\u1d78\u2de0-\u2dff\ua640-\ua69f\ufe2e\ufe2f"

# Every dash (general category Pd) other than the hyphen-minus, each character itself.
DASHES = (
    "\u058a\u05be\u1400\u1806\u2010\u2011\u2012\u2013\u2014\u2015\u2e17\u2e1a\u2e3a\u2e3b\u2e40\u2e5d"
    "\u301c\u3030\u30a0\ufe31\ufe32\ufe58\ufe63\uff0d"
)

# Right-to-left scripts: a hashtag with one of these characters is marked so in links.
RIGHT_TO_LEFT = r"\u0590-\u06ff\u0750-\u077f\ufe70-\ufeff"

# No domain has any of these; of its labels none has a hyphen, an underscore or a full stop at its edge.
NOT_DOMAIN_OR_JOINT = DIRECTIONAL + _MARKS + INVALID + SPACES + r"\x00-\x1f\x7f"
NOT_DOMAIN = NOT_DOMAIN_OR_JOINT + r"\-._"

# These need the `regex` module (`unicode_pattern`).
HASHTAG_LETTERS = r"\p{L}\p{M}\uf870-\uf87f\uf882\uf884-\uf89f\uf8b8\uf8c1-\uf8d6"
HASHTAG_OTHERS = (
    r"\p{Nd}_\u200c\u200d\ua67e\u05be\u05f3\u05f4\uff5e\u301c\u309b\u309c\u30a0\u30fb\u3003\u0f0b\u0f0c\xb7"
)


def unicode_pattern(source: str) -> re.Pattern[str]:
    """Compile with the `regex` module, which knows Unicode properties; for ASCII text `re` is faster."""
    return cast("re.Pattern[str]", regex.compile(source))
