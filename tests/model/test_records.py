"""Records are facts: frozen, slotted, and kept by position so that old bytes go on being read."""

from types import UnionType
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings

from roost import model
from tests.strategies import EVENTS, RECORDS, SEEDED

KEPT = {**RECORDS, **EVENTS}
IN_MEMORY_ONLY = {model.Page, model.PageRequest, model.Relation}


def exported_structs() -> set[type[msgspec.Struct]]:
    exported = (getattr(model, name) for name in model.__all__)
    return {value for value in exported if isinstance(value, type) and issubclass(value, msgspec.Struct)}


def example(record: type[msgspec.Struct]) -> msgspec.Struct:
    """A record with only its required fields given."""
    made = {
        field.name: _any_value(field.type)
        for field in msgspec.structs.fields(record)
        if field.default is msgspec.NODEFAULT and field.default_factory is msgspec.NODEFAULT
    }
    return record(**made)


def _any_value(wanted: Any) -> Any:
    if isinstance(wanted, type) and issubclass(wanted, msgspec.Struct):
        return example(wanted)
    simple = {int: 1, str: "a", bytes: b"a", bool: True}
    if wanted in simple:
        return simple[wanted]
    if isinstance(wanted, type):
        return next(iter(wanted))  # an enumeration
    if isinstance(wanted, UnionType):
        return _any_value(get_args(wanted)[0])
    return ()


def wire_of(record: msgspec.Struct) -> list[Any]:
    """The array that a record is encoded as."""
    return msgspec.msgpack.decode(msgspec.msgpack.encode(record))


def test_every_exported_record_is_covered() -> None:
    assert exported_structs() == set(KEPT) | IN_MEMORY_ONLY
    assert set(EVENTS) == set(get_args(model.Event))


@pytest.mark.parametrize("record", sorted(exported_structs(), key=lambda record: record.__name__))
def test_frozen_and_slotted(record: type[msgspec.Struct]) -> None:
    made = example(record)
    name = record.__struct_fields__[0]
    with pytest.raises(AttributeError):
        setattr(made, name, getattr(made, name))
    with pytest.raises(AttributeError):
        made.something_else = 1  # type: ignore[attr-defined]
    assert not hasattr(made, "__dict__")


@pytest.mark.parametrize("record", list(KEPT))
def test_round_trip_by_position(record: type[msgspec.Struct]) -> None:
    read = msgspec.msgpack.Decoder(record).decode

    @settings(SEEDED, max_examples=40)
    @given(KEPT[record])
    def check(made: msgspec.Struct) -> None:
        encoded = msgspec.msgpack.encode(made)
        again = read(encoded)
        assert again == made
        assert type(again) is record
        tagged = record.__struct_config__.tag is not None
        wire = msgspec.msgpack.decode(encoded)
        assert isinstance(wire, list), "kept by position, not by name"
        assert len(wire) == len(record.__struct_fields__) + tagged

    check()


@pytest.mark.parametrize("record", list(KEPT))
def test_a_new_trailing_field_with_a_default_reads_old_bytes(record: type[msgspec.Struct]) -> None:
    config = record.__struct_config__
    longer = msgspec.defstruct(
        f"Longer{record.__name__}",
        [("added", str, "as it was")],
        bases=(record,),
        frozen=True,
        array_like=True,
        tag=config.tag,
    )

    @settings(SEEDED, max_examples=20)
    @given(KEPT[record])
    def check(made: msgspec.Struct) -> None:
        read = msgspec.msgpack.decode(msgspec.msgpack.encode(made), type=longer)
        assert read.added == "as it was"
        for name in record.__struct_fields__:
            assert getattr(read, name) == getattr(made, name)

    check()


@pytest.mark.parametrize("record", list(KEPT))
def test_bytes_of_a_newer_writer_still_read(record: type[msgspec.Struct]) -> None:
    made = example(record)
    wire = [*wire_of(made), "a field of the future"]
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(wire), type=record) == made


@pytest.mark.parametrize("record", list(KEPT))
def test_each_absent_trailing_field_takes_its_default(record: type[msgspec.Struct]) -> None:
    made = example(record)
    wire = wire_of(made)
    for absent in range(len(record.__struct_defaults__) + 1):
        older = msgspec.msgpack.encode(wire[: len(wire) - absent])
        assert msgspec.msgpack.decode(older, type=record) == made


@pytest.mark.parametrize("record", list(KEPT))
def test_an_absent_required_field_is_refused(record: type[msgspec.Struct]) -> None:
    required = len(record.__struct_fields__) - len(record.__struct_defaults__)
    if required == 0:
        assert msgspec.msgpack.decode(b"\x90", type=record) == record()
        return
    tagged = record.__struct_config__.tag is not None
    short = msgspec.msgpack.encode(wire_of(example(record))[: required - 1 + tagged])
    with pytest.raises(msgspec.ValidationError):
        msgspec.msgpack.decode(short, type=record)


def test_event_numbers_are_for_good() -> None:
    numbers = {event.__struct_config__.tag: event.__name__ for event in get_args(model.Event)}
    assert numbers == {
        1: "UserCreated",
        2: "UserUpdated",
        3: "TweetPosted",
        4: "TweetDeleted",
        5: "EdgeAdded",
        6: "EdgeRemoved",
        7: "TweetLiked",
        8: "TweetUnliked",
        10: "TweetEdited",
        11: "QuotePolicySet",
        12: "TweetBookmarked",
        13: "TweetUnbookmarked",
        14: "TweetPinned",
        15: "TweetUnpinned",
        16: "ConversationMuted",
        17: "ConversationUnmuted",
        18: "FiltersChanged",
        19: "QuoteRevoked",
        20: "MediaKept",
        21: "MediaRemoved",
        22: "PollVoted",
        23: "PollEnded",
        24: "TweetScheduled",
        25: "TweetUnscheduled",
        26: "DraftKept",
        27: "DraftRemoved",
        40: "MarkerMoved",
        41: "ListSaved",
        42: "ListDeleted",
        43: "ListMemberAdded",
        44: "ListMemberRemoved",
        45: "ListTagAdded",
        46: "ListTagRemoved",
        47: "TagFollowed",
        48: "TagUnfollowed",
        60: "UserModerated",
        61: "ReportFiled",
        62: "ReportChanged",
        63: "AnnouncementPublished",
        64: "AnnouncementRemoved",
        65: "AnnouncementReacted",
        66: "AnnouncementUnreacted",
        67: "AnnouncementDismissed",
        68: "EmojiAdded",
        69: "EmojiRemoved",
        70: "TweetEnriched",
        76: "TrendTermsSet",
        77: "TrendBarSet",
        30: "PolicyChanged",
        31: "RequestAccepted",
        32: "RequestDismissed",
        33: "NotificationDismissed",
        34: "NotificationsErased",
        35: "ConversationMarked",
        50: "UserNoted",
        51: "TagFeatured",
        52: "TagUnfeatured",
        53: "UserEndorsed",
        54: "UserUnendorsed",
        55: "SuggestionDismissed",
        78: "NotificationsGathered",
        79: "NotificationsContinued",
        80: "TweetClicked",
        90: "UserErased",
    }


def test_stored_enumerations_are_for_good() -> None:
    assert {kind.name: int(kind) for kind in model.TrendKind} == {"TAG": 1, "LINK": 2, "TWEET": 3}
    assert {kind.name: int(kind) for kind in model.MarkedTimeline} == {"HOME": 1, "NOTIFICATIONS": 2}
    assert {kind.name: int(kind) for kind in model.RepliesPolicy} == {"LIST": 1, "FOLLOWED": 2, "NONE": 3}
    assert {kind.name: int(kind) for kind in model.EdgeKind} == {
        "FOLLOW": 1,
        "FOLLOW_REQUEST": 2,
        "BLOCK": 3,
        "MUTE": 4,
    }
    assert {kind.name: int(kind) for kind in model.Visibility} == {
        "PUBLIC": 0,
        "UNLISTED": 1,
        "FOLLOWERS": 2,
        "DIRECT": 3,
    }
    assert {role.name: int(role) for role in model.Role} == {
        "USER": 0,
        "MODERATOR": 1,
        "ADMIN": 2,
        "OWNER": 3,
    }
    assert [category.name for category in model.ReportCategory] == ["OTHER", "SPAM", "LEGAL", "RULES"]
    assert [int(category) for category in model.ReportCategory] == [0, 1, 2, 3]
    assert {action.name: int(action) for action in model.ModerationAction} == {
        "WARN": 0,
        "MARK_SENSITIVE": 1,
        "SILENCE": 2,
        "DISABLE": 3,
        "SUSPEND": 4,
        "UNMARK_SENSITIVE": 5,
        "UNSILENCE": 6,
        "ENABLE": 7,
        "UNSUSPEND": 8,
        "DELETE": 9,
        "APPROVE": 10,
    }
    assert [int(policy) for policy in model.PushPolicy] == [0, 1, 2, 3]
    assert {kind.name: int(kind) for kind in model.Verdict} == {"ACCEPT": 0, "FILTER": 1, "DROP": 2}
    assert {kind.name: int(kind) for kind in model.NotificationKind} == {
        "MENTION": 1,
        "FOLLOW": 2,
        "FOLLOW_REQUEST": 3,
        "LIKE": 4,
        "RETWEET": 5,
        "QUOTE": 6,
        "POLL": 7,
        "TWEET": 8,
        "EDIT": 9,
        "QUOTE_EDIT": 10,
        "REPORT": 11,
        "SIGN_UP": 12,
        "WARNING": 13,
    }
