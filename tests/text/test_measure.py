"""The measured length: against a naive model, and case by case."""

import unicodedata

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from roost.text import (
    RULES_V1,
    RULES_V2,
    RULES_V3,
    Measure,
    TextRules,
    WeightRange,
    extract_urls,
    measure,
    parse,
)

from .naive import naive_weight
from .texts import any_texts, seeded

UNEVEN = TextRules(
    weighted_length_max=7,
    scale=10,
    default_weight=15,
    ranges=(WeightRange(0, 0x40, 10), WeightRange(0x41, 0x5A, 25), WeightRange(0x3040, 0x30FF, 0)),
)
ALL_RULES = [RULES_V1, RULES_V2, RULES_V3, UNEVEN]
EMOJI = """
😀 ❤️ ☺ 👍🏽 🕵🏻‍♂️ 🕵️‍♂️ 🇯🇵 1⃣ #️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🏳️‍🌈 🏴‍☠️ 👨‍👩‍👧‍👦 👩🏻‍❤️‍💋‍👩🏿 🧑🏻‍🤝‍🧑🏿 👁️‍🗨️ 🐈‍⬛ ©️ ™️ ❤️‍🔥 🫱🏻‍🫲🏿
"""
INVALID = "\ufffe\ufeff\uffff"


def _plain_texts() -> st.SearchStrategy[str]:
    """Texts without URLs and without emoji of several code points."""
    latin = st.characters(max_codepoint=0x17F, exclude_characters=".")
    marks = st.characters(min_codepoint=0x300, max_codepoint=0x36F)
    others = st.characters(min_codepoint=0x3040, max_codepoint=0xD7A3)
    return st.text(
        st.one_of(latin, marks, others, st.sampled_from("😀🐱\u200d\u2010\u2032—")), max_size=80
    ).filter(lambda text: "\u20e3" not in text and "\u200d" not in text)


@seeded
@pytest.mark.parametrize("rules", ALL_RULES)
@given(text=_plain_texts())
def test_length_is_that_of_the_naive_model(rules: TextRules, text: str) -> None:
    assume(text and not text.isspace())
    weight = naive_weight(text, rules)
    measured = measure(text, rules)
    assert measured.weighted_length == weight // rules.scale
    assert measured.permillage == measured.weighted_length * 1000 // rules.weighted_length_max
    assert measured.valid == (weight <= rules.weighted_length_max * rules.scale)


@seeded
@given(any_texts(), st.integers(1, 30))
def test_valid_range_is_the_longest_valid_beginning(text: str, limit: int) -> None:
    assume(text and not text.isspace())
    rules = msgspec.structs.replace(RULES_V3, weighted_length_max=limit)
    # A beginning of the text can read as another URL or emoji, and a letter with its marks counts as one.
    assume(not extract_urls(text) and "\u200d" not in text and unicodedata.is_normalized("NFC", text))
    assume(not any(0x1F1E6 <= ord(character) <= 0x1F3FF or character in "\ufe0f\u20e3" for character in text))
    measured = measure(text, rules)
    fitting = [
        end
        for end in range(len(text) + 1)
        if naive_weight(text[:end], rules) <= limit * rules.scale and not set(text[:end]) & set(INVALID)
    ]
    assert measured.valid_range == (0, max(fitting))
    assert measured.display_range == (0, len(text))
    assert measured.valid == (measured.valid_range == measured.display_range)


@seeded
@given(st.text(st.sampled_from("ae\u0301\u0323\u0308 ᄀ가ᅡᆨ\u09c7\u09bex"), max_size=24), st.integers(1, 12))
def test_valid_range_of_a_text_that_is_not_normalised(text: str, limit: int) -> None:
    assume(text and not text.isspace())
    measured = measure(text, msgspec.structs.replace(RULES_V2, weighted_length_max=limit))
    end = measured.valid_range[1]
    assert naive_weight(text[:end], RULES_V2) <= limit * RULES_V2.scale
    if end < len(text):
        # One more character, with the marks and jamo that join it, would be too long.
        longer = next(
            (stop for stop in range(end + 1, len(text)) if text[stop] in "ae x"),
            len(text),
        )
        assert naive_weight(text[:longer], RULES_V2) > limit * RULES_V2.scale


@pytest.mark.parametrize("text", ["", " ", "\n\t ", "\u3000\u2003"])
def test_an_empty_or_blank_text_is_invalid_and_measures_nothing(text: str) -> None:
    assert measure(text) == Measure(0, 0, False, (0, 0), (0, 0))
    assert parse(text).measure == measure(text)


@pytest.mark.parametrize("character", INVALID)
def test_an_invalid_character_ends_the_valid_range(character: str) -> None:
    measured = measure(f"ab{character}cd")
    assert not measured.valid
    assert measured.valid_range == (0, 2)


def test_a_longer_limit_is_made_by_replacing_it() -> None:
    rules = msgspec.structs.replace(RULES_V3, weighted_length_max=500)
    assert measure("x" * 500, rules) == Measure(500, 1000, True, (0, 500), (0, 500))
    assert not measure("x" * 501, rules).valid


def test_a_url_counts_the_same_whatever_its_length() -> None:
    for url in ("http://a.co", "https://example.com/" + "x" * 400, "example.com"):
        measured = measure(f"see {url} é")
        assert measured.weighted_length == 4 + 23 + 2
        assert measured.valid
    too_long = measure("x" * 270 + " http://example.com/" + "y" * 20)
    assert too_long.valid_range == (0, 271)


def test_positions_are_those_of_the_text_before_it_is_normalised() -> None:
    text = "e\u0301" * 281
    measured = measure(text)
    assert measured.weighted_length == 281
    assert measured.display_range == (0, 562)
    assert measured.valid_range == (0, 560)


@pytest.mark.parametrize("emoji", EMOJI.split())
def test_an_emoji_weighs_two_whatever_its_code_points(emoji: str) -> None:
    assert measure(emoji).weighted_length == 2
    assert measure(f"é{emoji}{emoji}").weighted_length == 5
    assert measure(emoji, RULES_V1).weighted_length == len(emoji)


def test_an_emoji_inside_of_a_url_is_part_of_it() -> None:
    assert measure("http://❤️.com").weighted_length == 23


def test_an_emoji_has_four_pictographs_at_most() -> None:
    assert measure("\u200d".join("🐱" * 4)).weighted_length == 2
    assert measure("\u200d".join("🐱" * 5)).weighted_length == 5


def test_a_letter_mark_or_text_symbol_is_no_emoji() -> None:
    assert measure("©").weighted_length == 1
    assert measure("☺\ufe0e").weighted_length == 4
    assert measure("1").weighted_length == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"weighted_length_max": 0},
        {"scale": 0},
        {"username_length_max": 0},
        {"default_weight": -1},
        {"url_length": -1},
        {"ranges": (WeightRange(0, 5, -1),)},
        {"ranges": (WeightRange(5, 4, 1),)},
        {"ranges": (WeightRange(-1, 4, 1),)},
        {"ranges": (WeightRange(0, 0x110000, 1),)},
        {"ranges": (WeightRange(0, 5, 1), WeightRange(5, 9, 1))},
        {"ranges": (WeightRange(7, 9, 1), WeightRange(0, 5, 1))},
    ],
)
def test_rules_that_make_no_sense_are_refused(changes: dict) -> None:
    with pytest.raises(ValueError):
        msgspec.structs.replace(RULES_V3, **changes)
