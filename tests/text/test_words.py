"""The words that texts and names are found by."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roost.text import grams_of, search_form, tokens_of, wanted_grams
from tests.strategies import SEEDED

SCRIPTS = st.text(st.sampled_from("abAB12_ .#@'äßÉİσς日本語かナ한국กขคअ\u0301\u093f\u3099𠀋😀"), max_size=30)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Three herons, one-legged, herons.", ["three", "herons", "one", "legged", "herons"]),
        ("STRASSE Straße", ["strasse", "strasse"]),
        ("snake_case #Birds @alice", ["snake", "case", "birds", "alice"]),
        ("Crème BRÛLÉE Ångström Łódź œuvre", ["creme", "brulee", "angstrom", "lodz", "oeuvre"]),
        ("Ἀθῆναι İstanbul", ["αθηναι", "istanbul"]),
        ("Ёлка май", ["елка", "май"]),
        ("日本語", ["日", "日本", "本", "本語", "語"]),
        ("한국을 x", ["한", "한국", "국", "국을", "을", "x"]),
        ("か\u3099き", ["が", "がき", "き"]),
        ("ＡＢＣ１２", ["abc12"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("a" * 70, ["a" * 64]),
        ("…!?", []),
    ],
)
def test_words(text: str, tokens: list[str]) -> None:
    assert tokens_of(text) == tokens


@given(SCRIPTS, SCRIPTS)
@settings(SEEDED, max_examples=300)
def test_a_text_between_spaces_is_side_by_side_in_what_holds_it(before: str, inside: str) -> None:
    whole, part = tokens_of(f"{before} {inside} end"), tokens_of(inside)
    assert any(whole[start : start + len(part)] == part for start in range(len(whole)))
    assert set(wanted_grams(inside)) <= set(grams_of(f"{before} {inside} end"))


@given(SCRIPTS)
@settings(SEEDED, max_examples=300)
def test_words_have_no_spaces_and_are_in_search_form(text: str) -> None:
    assert search_form(search_form(text)) == search_form(text)
    for token in tokens_of(text):
        assert not any(map(str.isspace, token))
        assert search_form(token) == token


@pytest.mark.parametrize("part", ["日本", "本語", "語", "日本語の"])
def test_any_part_of_a_text_without_spaces(part: str) -> None:
    whole, wanted = tokens_of("これは日本語の文です"), tokens_of(part)
    assert f" {' '.join(wanted)} " in f" {' '.join(whole)} "


@given(st.text("abc_", min_size=1, max_size=12), st.integers(0, 12), st.integers(3, 12))
@settings(SEEDED, max_examples=200)
def test_any_three_letters_of_a_name(name: str, start: int, length: int) -> None:
    part = name[start : start + length]
    if len(part) >= 3:
        assert set(wanted_grams(part)) <= set(grams_of(f"Somebody {name}"))
    if name[:2]:
        assert set(wanted_grams(name[:2])) <= set(grams_of(name))
