"""The words that texts and names are found by."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roost.text import fold_text, grams_of, wanted_grams, wanted_words, words_of
from tests.strategies import SEEDED

SCRIPTS = st.text(st.sampled_from("abAB12_ .#@'äßÉİσς日本語かナ한국กขคअ\u0301\u093f\u3099𠀋😀"), max_size=30)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Three herons, one-legged.", ["three", "herons", "one", "legged"]),
        ("STRASSE Straße", ["strasse"]),
        ("snake_case #Birds @alice", ["snake", "case", "birds", "alice"]),
        ("日本語", ["日", "本", "語", "日本", "本語"]),
        ("ＡＢＣ１２", ["abc12"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("…!?", []),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@given(SCRIPTS, SCRIPTS)
@settings(SEEDED, max_examples=300)
def test_what_is_searched_for_is_among_what_is_found_by(before: str, inside: str) -> None:
    """A text that has another one between spaces has all of its words."""
    text = f"{before} {inside} end"
    assert set(wanted_words(inside)) <= set(words_of(text))
    assert set(wanted_words(inside.upper())) <= set(words_of(fold_text(inside.upper())))
    assert set(wanted_grams(inside)) <= set(grams_of(text))


@pytest.mark.parametrize("part", ["日本", "本語", "語", "日本語の"])
def test_any_part_of_a_text_without_spaces(part: str) -> None:
    assert set(wanted_words(part)) <= set(words_of("これは日本語の文です"))


@given(st.text("abc_", min_size=1, max_size=12), st.integers(0, 12), st.integers(3, 12))
@settings(SEEDED, max_examples=200)
def test_any_three_letters_of_a_name(name: str, start: int, length: int) -> None:
    part = name[start : start + length]
    if len(part) >= 3:
        assert set(wanted_grams(part)) <= set(grams_of(f"Somebody {name}"))
    if name[:2]:
        assert set(wanted_grams(name[:2])) <= set(grams_of(name))
