"""The words of a text, in the form that it is searched by.

A word is a run of letters, digits and marks of any script, in one width and case. Scripts that put no spaces
between words have no word ends to be seen: of these, each character and each pair of neighbours counts as a
word, so that any part of such a text is found by the pairs in it.
"""

import itertools
import re
import unicodedata

from roost.text.characters import unicode_pattern
from roost.text.normal import normal_form

GRAM_CHARACTERS = 3

_UNSPACED = (
    r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_WORD = unicode_pattern(rf"[{_UNSPACED}]++|(?:(?![{_UNSPACED}])[\p{{L}}\p{{N}}\p{{M}}])++")
_ASCII_WORDS = bytes(code if chr(code).isalnum() and code < 128 else 32 for code in range(256))
"""Leaves letters and digits, and makes spaces of everything else."""
_IS_UNSPACED = re.compile(rf"[{_UNSPACED}]")


def fold_text(text: str) -> str:
    """In one width and case: Unicode's form NFKC, case folded. O(len(text))."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", normal_form(text)).casefold()


def words_of(text: str) -> list[str]:
    """The words of a text, folded, each once, in order. 2 us for 100 characters of ASCII."""
    folded = fold_text(text)
    if folded.isascii():
        return list(dict.fromkeys(folded.encode().translate(_ASCII_WORDS).decode().split()))
    words: dict[str, None] = {}
    for run in _WORD.findall(folded):
        if _IS_UNSPACED.match(run):
            words.update(dict.fromkeys(run))
            words.update(dict.fromkeys(map("".join, itertools.pairwise(run))))
        else:
            words[run] = None
    return list(words)


def wanted_words(text: str) -> list[str]:
    """The words that a text must have so that what is searched for can be in it.

    As `words_of`, without the single characters of scripts without spaces where pairs say more.
    """
    folded = fold_text(text)
    words: dict[str, None] = {}
    for run in _WORD.findall(folded):
        if not _IS_UNSPACED.match(run) or len(run) == 1:
            words[run] = None
        else:
            words.update(dict.fromkeys(map("".join, itertools.pairwise(run))))
    return list(words)


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
    return fold_text(text).split()


def _grams(word: str) -> list[str]:
    return [word[start : start + GRAM_CHARACTERS] for start in range(len(word) - GRAM_CHARACTERS + 1)]
