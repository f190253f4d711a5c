"""Tables are for good: their numbers, their key columns and the bytes that a row's key is made of."""

from typing import Any

import msgspec
import pytest

from roost.ids import first_id_at
from roost.model import Tweet, User
from roost.store import KeyKind, Table, rows, tables
from tests.strategies import RECORDS

LAYOUT = {
    "users": (1, "user_id", ""),
    "usernames": (2, "username_key:text", ""),
    "credentials": (3, "user_id", ""),
    "emails": (4, "email_key:text", ""),
    "apps": (5, "client_id:text", ""),
    "tokens": (6, "token_hash:bytes", ""),
    "codes": (7, "code_hash:bytes", ""),
    "edges": (8, "owner_id", "other_id side"),
    "edge_lists": (9, "owner_id side", "edge_id"),
    "tweets": (10, "hour", "tweet_id"),
    "tweet_hours": (11, "year", "hour"),
    "tweets_by_author": (12, "author_id", "tweet_id"),
    "replies": (13, "parent_id", "tweet_id"),
    "retweets": (14, "original_id", "tweet_id"),
    "marks": (15, "user_id", "tweet_id mark"),
    "likes": (16, "tweet_id", "like_id"),
    "likes_of_user": (17, "user_id", "like_id"),
    "tweet_counts": (18, "tweet_id", ""),
    "idempotency": (19, "hour", "user_id key:text"),
    "settings": (20, "name:text", ""),
    "bookmarks": (21, "user_id", "bookmark_id"),
    "pins": (22, "user_id", "pin_id"),
    "tweet_versions": (23, "tweet_id", "number"),
    "quotes": (24, "quoted_id", "tweet_id"),
    "filters": (25, "user_id", ""),
    "reports": (71, "whole", "report_id"),
    "strikes": (72, "user_id", "strike_id"),
    "announcements": (73, "whole", "announcement_id"),
    "announcement_reactions": (74, "announcement_id", "name:text user_id"),
    "announcement_dismissals": (75, "user_id", "announcement_id"),
    "emojis": (76, "whole", "shortcode:text"),
    "tokens_of_user": (77, "user_id", "token_id"),
    "staff": (78, "whole", "user_id"),
    "purges": (79, "whole", "user_id"),
    "user_ids": (80, "whole", "user_id"),
}
"""What is on disk already: a line may be added, none changed."""

STORED_ENUMERATIONS = {
    rows.Side: {
        "FOLLOWS": 1,
        "REQUESTS": 2,
        "BLOCKS": 3,
        "MUTES": 4,
        "FOLLOWED_BY": 17,
        "REQUESTED_BY": 18,
        "BLOCKED_BY": 19,
        "MUTED_BY": 20,
    },
    rows.Mark: {"LIKED": 1, "RETWEETED": 2, "BOOKMARKED": 3, "PINNED": 4, "MUTED": 5},
}


def describe(columns: Any) -> str:
    kinds = {KeyKind.INTEGER: "", KeyKind.TEXT: ":text", KeyKind.BYTES: ":bytes"}
    return " ".join(column.name + kinds[column.kind] for column in columns)


def test_numbers_and_key_columns_are_for_good() -> None:
    found = {
        name: (table.number, describe(table.partition), describe(table.clustering))
        for name, table in tables.TABLES.items()
    }
    assert {name: found.get(name) for name in LAYOUT} == LAYOUT


def test_stored_enumerations_are_for_good() -> None:
    for enumeration, numbers in STORED_ENUMERATIONS.items():
        assert {each.name: int(each) for each in enumeration} == numbers


@pytest.mark.parametrize("table", tables.TABLES.values(), ids=str)
def test_every_key_column_is_a_field_of_its_row(table: Table[Any]) -> None:
    fields = {field.name: field.type for field in msgspec.structs.fields(table.row)}
    for name, found in vars(table.row).items():
        if isinstance(found, property):  # computed from the row's fields
            fields[name] = found.fget.__annotations__["return"]
    for column in (*table.partition, *table.clustering):
        if column.of is not None:
            continue
        wanted = {KeyKind.INTEGER: int, KeyKind.TEXT: str, KeyKind.BYTES: bytes}[column.kind]
        assert issubclass(fields[column.name], wanted)


@pytest.mark.parametrize("table", tables.TABLES.values(), ids=str)
def test_a_row_is_kept_by_position(table: Table[Any]) -> None:
    assert table.row.__struct_config__.array_like
    assert table.row.__struct_config__.frozen
    assert table.row.__struct_config__.tag is None
    assert table.row in RECORDS or table.row.__module__ == rows.__name__


def test_a_user_is_found_by_its_number() -> None:
    assert tables.USERS.key_of(User(258, "ann", 0)).hex() == "01" + "0000000000000102"


def test_a_tweet_lies_in_the_partition_of_its_hour() -> None:
    hour_ms = 3_600_000
    epoch_ms = 1_288_834_974_657
    third = first_id_at(epoch_ms + 3 * hour_ms)
    assert [tables.hour_of(each) for each in (third - 1, third, third | 0x3FFFFF)] == [2, 3, 3]
    assert tables.hour_of(first_id_at(epoch_ms + 4 * hour_ms) - 1) == 3
    assert tables.hour_at(epoch_ms + 3 * hour_ms) == 3
    key = tables.TWEETS.key_of(Tweet(third, 1))
    assert key == tables.TWEETS.encode_key((3, third))


def test_hours_are_grouped_by_years_of_8766_hours() -> None:
    assert [tables.year_of(hour) for hour in (0, 8_765, 8_766, 17_531, 17_532)] == [0, 0, 1, 1, 2]
