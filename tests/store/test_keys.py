"""Encoded keys compare as their values do, and no key is mistaken for the beginning of another."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roost.store.keys import KeyKind, KeyValue, after_prefix, encoder_of
from tests.store.samples import EDGE_INTEGERS, HIGHEST, TRICKY_BYTES, TRICKY_WORDS
from tests.strategies import SEEDED

OF_KIND: dict[KeyKind, st.SearchStrategy[KeyValue]] = {
    KeyKind.INTEGER: st.sampled_from(EDGE_INTEGERS) | st.integers(0, HIGHEST),
    KeyKind.TEXT: st.sampled_from(TRICKY_WORDS) | st.text(max_size=4),
    KeyKind.BYTES: st.sampled_from(TRICKY_BYTES) | st.binary(max_size=4),
}
PREFIX = b"\x07"

Values = tuple[KeyValue, ...]


@st.composite
def two_keys(draw: st.DrawFn) -> tuple[list[KeyKind], Values, Values]:
    """Two whole keys of the same columns; often with values in common."""
    kinds = draw(st.lists(st.sampled_from(KeyKind), min_size=1, max_size=4))
    one = tuple(draw(OF_KIND[kind]) for kind in kinds)
    other = tuple(
        value if draw(st.booleans()) else draw(OF_KIND[kind]) for kind, value in zip(kinds, one, strict=True)
    )
    return kinds, one, other


@given(two_keys())
@settings(SEEDED, max_examples=300)
def test_encoded_keys_compare_as_their_values(keys: tuple[list[KeyKind], Values, Values]) -> None:
    kinds, one, other = keys
    encode = encoder_of(PREFIX, kinds)
    assert (encode(one) < encode(other)) == (one < other)
    assert (encode(one) == encode(other)) == (one == other)


@given(two_keys(), st.integers(0, 4))
@settings(SEEDED, max_examples=300)
def test_a_key_begins_with_its_first_values_only(
    keys: tuple[list[KeyKind], Values, Values], taken: int
) -> None:
    kinds, one, other = keys
    encode = encoder_of(PREFIX, kinds)
    begins = encode(one).startswith(encode(other[:taken]))
    assert begins == (one[:taken] == other[:taken])
    low, high = encode(other[:taken]), after_prefix(encode(other[:taken]))
    assert (low <= encode(one) < high) == begins


@given(st.binary(min_size=1, max_size=3), st.binary(max_size=3), st.binary(max_size=3))
@settings(SEEDED, max_examples=300)
def test_after_prefix_is_the_lowest_key_above(prefix: bytes, tail: bytes, other: bytes) -> None:
    if not prefix.strip(b"\xff"):
        with pytest.raises(AssertionError):
            after_prefix(prefix)
        return
    above = after_prefix(prefix)
    assert prefix + tail < above
    highest = prefix + b"\xff" * 8
    assert (other > highest) == (other >= above), "whatever is above them all is not below it"


def test_integers_are_eight_big_endian_bytes() -> None:
    encode = encoder_of(PREFIX, [KeyKind.INTEGER, KeyKind.INTEGER])
    assert encode((1, HIGHEST)).hex() == "07" + "0000000000000001" + "7fffffffffffffff"
    assert encode((1,)).hex() == "07" + "0000000000000001"
    assert encode(()).hex() == "07"


def test_text_is_escaped_and_ended() -> None:
    encode = encoder_of(PREFIX, [KeyKind.TEXT, KeyKind.BYTES, KeyKind.INTEGER])
    assert encode(("é\x00",)).hex() == "07" + "c3a900ff" + "0001"
    assert encode(("", b"\x00\x01", 2)).hex() == "07" + "0001" + "00ff01" + "0001" + "0000000000000002"


@pytest.mark.parametrize("bad", ["a", b"a", None, 1.5])
def test_a_value_of_another_kind_is_refused(bad: object) -> None:
    with pytest.raises((AssertionError, TypeError, struct.error)):
        encoder_of(PREFIX, [KeyKind.INTEGER])((bad,))  # type: ignore[arg-type]
    with pytest.raises(AssertionError):
        encoder_of(PREFIX, [KeyKind.INTEGER, KeyKind.TEXT])((bad, "a"))  # type: ignore[arg-type]
