"""Records: every event comes back as it was written, and damage anywhere is noticed."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roost.errors import Corrupt, TooLarge
from roost.eventlog import VERSION, decode_record, encode_record
from roost.model import Event, Like, Tweet, TweetLiked, TweetPosted
from tests.eventlog.ground import said
from tests.strategies import EVENTS, SEEDED, events

HEAD_BYTES = 20

RECORD = encode_record([TweetPosted(Tweet(1 << 60, 7, "hello, wörld", addressed_ids=(1, 2))), *said(1, 2)])


@pytest.mark.parametrize("event_type", list(EVENTS))
def test_every_type_of_event_comes_back(event_type: type[Any]) -> None:
    @settings(SEEDED, max_examples=60)
    @given(EVENTS[event_type])
    def check(event: Event) -> None:
        found = decode_record(encode_record([event]))
        assert found == [event]
        assert type(found[0]) is event_type

    check()


@given(st.lists(events, max_size=6))
@settings(SEEDED, max_examples=60)
def test_a_record_keeps_number_and_order(written: list[Event]) -> None:
    record = encode_record(written)
    assert decode_record(record) == written
    assert decode_record(encode_record(tuple(written))) == written


def test_the_head_is_as_described() -> None:
    assert RECORD[:2] == b"RL"
    assert (RECORD[2], RECORD[3]) == (VERSION, 0)
    assert int.from_bytes(RECORD[4:8], "little") == 3
    assert int.from_bytes(RECORD[8:12], "little") == len(RECORD) - HEAD_BYTES


def test_every_flipped_bit_is_noticed() -> None:
    for place in range(len(RECORD)):
        for bit in range(8):
            damaged = bytearray(RECORD)
            damaged[place] ^= 1 << bit
            with pytest.raises(Corrupt):
                decode_record(bytes(damaged))


def test_every_truncation_is_noticed() -> None:
    for length in range(len(RECORD)):
        with pytest.raises(Corrupt):
            decode_record(RECORD[:length])


@pytest.mark.parametrize("added", [b"\x00", b"\xc0", RECORD])
def test_bytes_after_the_end_are_noticed(added: bytes) -> None:
    with pytest.raises(Corrupt):
        decode_record(RECORD + added)


@given(st.lists(events, min_size=1, max_size=3), st.data())
@settings(SEEDED, max_examples=150)
def test_damage_anywhere_never_makes_another_event(written: list[Event], data: st.DataObject) -> None:
    record = encode_record(written)
    start = data.draw(st.integers(0, len(record) - 1))
    end = data.draw(st.integers(start, min(len(record), start + 16)))
    damaged = record[:start] + data.draw(st.binary(max_size=16)) + record[end:]
    if damaged != record:
        with pytest.raises(Corrupt):
            decode_record(damaged)


def test_records_of_each_other_do_not_mix() -> None:
    one, other = encode_record(said(1)), encode_record(said(2))
    assert len(one) == len(other)
    with pytest.raises(Corrupt):
        decode_record(one[:HEAD_BYTES] + other[HEAD_BYTES:])


@pytest.mark.parametrize("length", range(HEAD_BYTES))
def test_a_head_cut_short_is_corrupt(length: int) -> None:
    with pytest.raises(Corrupt, match="cut short"):
        decode_record(RECORD[:length])


def test_a_record_above_the_limit_is_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    event = TweetLiked(Like(1, 2, 3, 4))
    payload = len(encode_record([event])) - HEAD_BYTES
    monkeypatch.setattr("roost.eventlog.coding.LOG_RECORD_BYTES_MAX", payload)
    assert decode_record(encode_record([event])) == [event]
    monkeypatch.setattr("roost.eventlog.coding.LOG_RECORD_BYTES_MAX", payload - 1)
    with pytest.raises(TooLarge, match=f"{payload} bytes"):
        encode_record([event])
