"""Records of the past still read: what version 1 wrote, and what is older than the last fields."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from roost.errors import Corrupt
from roost.eventlog import decode_record
from roost.model import (
    Edge,
    EdgeAdded,
    EdgeKind,
    EdgeRemoved,
    Entities,
    Event,
    Like,
    MentionSpan,
    Tweet,
    TweetDeleted,
    TweetLiked,
    TweetPosted,
    TweetUnliked,
    User,
    UserCreated,
    UserUpdated,
    Visibility,
)
from tests.eventlog.by_hand import record_of
from tests.eventlog.golden_events import GOLDEN_EVENTS

GOLDEN = Path(__file__).parent / "golden" / "v1.bin"


def test_what_version_1_wrote_still_reads() -> None:
    record = GOLDEN.read_bytes()
    assert decode_record(record) == GOLDEN_EVENTS


def test_the_golden_record_is_of_version_1_and_of_every_first_type() -> None:
    record = GOLDEN.read_bytes()
    assert (record[:2], record[2]) == (b"RL", 1)
    numbers = {event[0] for event in msgspec.msgpack.decode(record[20:])}
    assert numbers == {1, 2, 3, 4, 5, 6, 7, 8}


USER = User(7, "ann", 1_000)
TWEET = Tweet(40, 7)
MENTION = Tweet(40, 7, "@bob", entities=Entities(mentions=(MentionSpan(0, 4, 8, "bob"),)))
EDGE = Edge(EdgeKind.FOLLOW, 7, 8, 50)
LIKE = Like(7, 40, 9, 60)

OLDER: list[tuple[list[Any], Event]] = [
    ([1, [7, "ann", 1_000]], UserCreated(USER)),
    ([2, [7, "ann", 1_000]], UserUpdated(USER)),
    ([2, [7, "ann", 1_000, "Ann", "hi", True]], UserUpdated(User(7, "ann", 1_000, "Ann", "hi", True))),
    ([3, [40, 7]], TweetPosted(TWEET)),
    ([3, [40, 7, "hi", 2]], TweetPosted(Tweet(40, 7, "hi", Visibility.FOLLOWERS))),
    ([3, [40, 7, "@bob", 0, "", False, "", 0, 0, 0, 0, 0, 0, [[[0, 4, 8, "bob"]]]]], TweetPosted(MENTION)),
    ([4, [40, 7]], TweetDeleted(TWEET)),
    ([5, [1, 7, 8, 50]], EdgeAdded(EDGE)),
    ([6, [1, 7, 8, 50, False]], EdgeRemoved(Edge(EdgeKind.FOLLOW, 7, 8, 50, shows_retweets=False))),
    ([7, [7, 40, 9, 60]], TweetLiked(LIKE)),
    ([8, [7, 40, 9, 60]], TweetUnliked(LIKE)),
]


@pytest.mark.parametrize(("written", "event"), OLDER)
def test_what_an_older_writer_left_out_takes_its_default(written: list[Any], event: Event) -> None:
    assert decode_record(record_of([written])) == [event]


def test_an_older_record_of_several_events_reads_in_order() -> None:
    record = record_of([written for written, _ in OLDER])
    assert decode_record(record) == [event for _, event in OLDER]


def test_what_a_newer_writer_added_at_an_end_is_passed_over() -> None:
    """A server that was set back to the version before still reads its log."""
    newer = [7, [7, 40, 9, 60, "a field of the like"], "a field of the event"]
    assert decode_record(record_of([newer])) == [TweetLiked(LIKE)]


@pytest.mark.parametrize("version", [0, 2, 3, 255])
def test_another_version_is_refused_by_name(version: int) -> None:
    with pytest.raises(Corrupt, match=f"record version {version}"):
        decode_record(record_of([OLDER[0][0]], version))


@pytest.mark.parametrize(
    "written",
    [
        [99, [1]],
        [7, [7, 40, 9]],
        [3, [40]],
        [3, ["40", 7]],
        [5, [9, 7, 8, 50]],
        [3, [40, 7, "hi", 9]],
        7,
        None,
        {"tweet": [40, 7]},
    ],
    ids=str,
)
def test_a_whole_record_of_things_that_are_no_events_is_corrupt(written: Any) -> None:
    with pytest.raises(Corrupt, match="cannot be read"):
        decode_record(record_of([written]))
