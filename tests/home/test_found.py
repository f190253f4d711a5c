"""What was found out about a tweet fits the flags of its line, and is read back whole."""

from hypothesis import given, settings
from hypothesis import strategies as st

from roost.home import found_flags, language_code, language_of
from roost.kernels import DELETED, FOUND_MASK, IS_DUPLICATE, IS_REPLY, IS_SPAM, SENTIMENT_SHIFT
from roost.kernels.columns import SENTIMENT_MASK, VISIBILITY_MASK
from roost.model import Signal, Tweet
from tests.strategies import SEEDED

letters = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz"), min_size=2, max_size=3)


@settings(SEEDED, max_examples=100)
@given(letters, st.sampled_from(["", "-BR", "-Hant-TW"]))
def test_languages_are_numbers_and_back(language: str, rest: str) -> None:
    assert language_of(language_code(language.upper() + rest)) == language


@settings(SEEDED, max_examples=100)
@given(letters | st.just(""), st.none() | st.integers(-100, 100), st.integers(0, 2047).map(Signal))
def test_flags_hold_all_of_it_and_touch_nothing_else(
    language: str, sentiment: int | None, signals: Signal
) -> None:
    flags = found_flags(Tweet(1, 2, language=language, sentiment=sentiment, signals=signals))
    assert flags & ~FOUND_MASK == 0
    assert 0 <= flags < 1 << 31, "the sign of the word stays free"
    assert FOUND_MASK & (VISIBILITY_MASK | DELETED | IS_REPLY) == 0
    assert bool(flags & IS_SPAM) == bool(signals & Signal.SPAM)
    assert bool(flags & IS_DUPLICATE) == bool(signals & Signal.DUPLICATE)
    held = flags >> SENTIMENT_SHIFT & SENTIMENT_MASK
    assert (held - 101 if held else None) == sentiment


def test_languages_without_a_short_code_are_none() -> None:
    for language in ("", "x", "tlhingan", "é9", "a1"):
        assert language_code(language) == 0
