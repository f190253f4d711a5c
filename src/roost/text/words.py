"""The words of a text, in the form that it is searched by.

A word is a run of letters, digits and marks of any script, in one width and case, without accents. Scripts
that put no spaces between words have no word ends to be seen: of these, each character and each pair of
neighbours counts as a word, so that any part of such a text is found by the pairs in it. So it is with
Korean, whose words change at their ends.
"""

import itertools
import re
import unicodedata

from roost.text.characters import unicode_pattern
from roost.text.normal import normal_form

GRAM_CHARACTERS = 3
WORD_CHARACTERS_MAX = 64
"""Of a longer word, so many characters count."""

_UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
    r"\uf900-\ufaff\U00020000-\U0003ffff"
)
_WORD = unicode_pattern(rf"[{_UNSPACED}]++|(?:(?![{_UNSPACED}])[\p{{L}}\p{{N}}\p{{M}}])++")
_ASCII_WORDS = bytes(code if chr(code).isalnum() and code < 128 else 32 for code in range(256))
"""Leaves letters and digits, and makes spaces of everything else."""
_ACCENTS = unicode_pattern(r"(?<=[\p{Latin}\p{Greek}]\p{M}*)[\u0300-\u036f]+|(?<=е)\u0308")
_PLAIN_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
_IS_UNSPACED = re.compile(rf"[{_UNSPACED}]")


def fold_text(text: str) -> str:
    """In one width and case: Unicode's form NFKC, case folded. O(len(text))."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", normal_form(text)).casefold()


def search_form(text: str) -> str:
    """What a text is searched by: `fold_text` without the accents of Latin and Greek letters, and ё as е.

    Marks that make another letter (й, が, हि) stay. 1 us for 100 characters of ASCII, else 10 us.
    """
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFD", fold_text(text))
    return unicodedata.normalize("NFC", _ACCENTS.sub("", apart)).translate(_PLAIN_LETTERS)


def tokens_of(text: str) -> list[str]:
    """The words of a text in their order, in `search_form`, each cut after `WORD_CHARACTERS_MAX`.

    Of a run of a script without spaces, each character and each pair of neighbours in turn (語, 語の, の):
    what stands side by side in such a run does so here, wherever one begins to read. 3 us for 100 characters
    of ASCII, else 20 us.
    """
    form = search_form(text)
    if form.isascii():
        return [word[:WORD_CHARACTERS_MAX] for word in form.encode().translate(_ASCII_WORDS).decode().split()]
    tokens: list[str] = []
    for run in _WORD.findall(form):
        if _IS_UNSPACED.match(run):
            for pair in itertools.pairwise(run):
                tokens += (pair[0], "".join(pair))
            tokens.append(run[-1])
        else:
            tokens.append(run[:WORD_CHARACTERS_MAX])
    return tokens


def grams_of(text: str) -> list[str]:
    """What a name is found by: of each of its words every three characters, and how it begins.

    `^a` and `^al` stand for the beginnings of a word.
    """
    grams: dict[str, None] = {}
    for word in _name_words(text):
        grams.update(dict.fromkeys((f"^{word[:1]}", f"^{word[:2]}")))
        grams.update(dict.fromkeys(_grams(word)))
    return list(grams)


def wanted_grams(text: str) -> list[str]:
    """What a name must have so that each word of `text` can be in it; shorter words must begin one."""
    grams: dict[str, None] = {}
    for word in _name_words(text):
        grams.update(dict.fromkeys(_grams(word) if len(word) >= GRAM_CHARACTERS else (f"^{word}",)))
    return list(grams)


def _name_words(text: str) -> list[str]:
    """Names are cut at spaces alone: all signs in them count."""
    return search_form(text).split()


def _grams(word: str) -> list[str]:
    return [word[start : start + GRAM_CHARACTERS] for start in range(len(word) - GRAM_CHARACTERS + 1)]
