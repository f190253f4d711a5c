"""Texts to try the rules on: pieces that matter to them, put together at random."""

from hypothesis import settings
from hypothesis import strategies as st

# The same examples in every run.
seeded = settings(derandomize=True, database=None, deadline=None, max_examples=400)

_WRITTEN = """
a B foo com .com . . - _ / : ? = ! ( ) (a) ((b)) [ ] | ' " , ; \\ ~ + % * & < > 80 1 é ß Я あ 。 〜 – ＠ ＃ @
# $ http:// https:// HTTP:// :// http://t.co/ t.co .t.co/ab co xn-- .jp .みんな .co.uk x.org/
.vermögensberater RT rt: @user user/list list /list #tag #1 $A $SYM ❤️ 😀 👨‍👩‍👧 🏽 🇯🇵 1⃣ 中国
"""
_UNSEEN = [" ", " ", "\n", "\r", "\u3000", "\u202a", "\u200d", "\ufe0f", "\u0301", "\uffff", "\u20e3"]
_PIECES = [*_WRITTEN.split(), *_UNSEEN]

ASCII_PIECES = [piece for piece in _PIECES if piece.isascii()]


def tricky_texts(max_pieces: int = 14) -> st.SearchStrategy[str]:
    """Texts of pieces that have a meaning to the rules, from a small choice of them so that they meet."""
    choices = st.lists(st.sampled_from(_PIECES), min_size=2, max_size=10, unique=True)
    return choices.flatmap(lambda pieces: st.lists(st.sampled_from(pieces), max_size=max_pieces).map("".join))


def tricky_ascii_texts(max_pieces: int = 20) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(ASCII_PIECES), max_size=max_pieces).map("".join)


def any_texts() -> st.SearchStrategy[str]:
    """Tricky texts, and texts of any characters."""
    return st.one_of(tricky_texts(), st.text(max_size=60))
