"""Mentions with hosts, and usernames longer than Twitter's: what is Roost's own."""

import msgspec
import pytest
from hypothesis import given

from roost.text import (
    RULES_V3,
    ListReference,
    Mention,
    extract,
    extract_mentions,
    extract_mentions_or_lists,
    extract_reply,
)

from .texts import any_texts, seeded

HOSTS = frozenset({"roost.example", "localhost:3000", "localhost", "a-b.example"})


@pytest.mark.parametrize(
    ("text", "end", "host"),
    [
        ("@bob@roost.example", 18, "roost.example"),
        ("@bob@Roost.EXAMPLE", 18, "roost.example"),
        ("@bob@roost.example.", 18, "roost.example"),
        ("@bob@roost.example, hi", 18, "roost.example"),
        ("@bob@roost.example/x", 18, "roost.example"),
        ("@bob@roost.exampleさん", 18, "roost.example"),
        ("@bob@roost.example:", 18, "roost.example"),
        ("@bob@roost.example:80", 18, "roost.example"),
        ("@bob@localhost:3000", 19, "localhost:3000"),
        ("@bob@localhost:3001", 14, "localhost"),
        ("@bob@a-b.example-", 16, "a-b.example"),
    ],
)
def test_a_known_host_belongs_to_the_mention(text: str, end: int, host: str) -> None:
    assert extract_mentions(text, RULES_V3, HOSTS) == (Mention(0, end, "bob", host),)
    assert extract(text, RULES_V3, HOSTS).mentions == (Mention(0, end, "bob", host),)
    assert extract(text).mentions == ()


@pytest.mark.parametrize(
    "text",
    [
        "@bob@other.example",
        "@bob@roost.example.org",
        "@bob@roost.examples",
        "@bob@roost.example@x",
        "@bob@roost.exampleé",
        "@bob@@roost.example",
        "@bob/list@roost.example",
        "bob@roost.example",
        "x@bob@roost.example",
        "@bob@",
        "@bob@.roost.example",
    ],
)
def test_anything_else_is_no_mention(text: str) -> None:
    assert extract_mentions(text, RULES_V3, HOSTS) == ()


def test_mentions_follow_one_another() -> None:
    text = "@a@roost.example @b RT@c@localhost @d/list"
    assert extract_mentions_or_lists(text, RULES_V3, HOSTS) == (
        Mention(0, 16, "a", "roost.example"),
        Mention(17, 19, "b"),
        Mention(22, 34, "c", "localhost"),
        ListReference(35, 42, "d", "list"),
    )


@seeded
@given(any_texts())
def test_a_host_that_is_not_in_the_text_changes_nothing(text: str) -> None:
    assert extract(text, RULES_V3, frozenset({"not.in.any.text"})) == extract(text)


def test_the_length_of_a_username_is_a_rule() -> None:
    name = "n" * 30
    rules = msgspec.structs.replace(RULES_V3, username_length_max=30)
    assert extract_mentions(f"@{name}", rules) == (Mention(0, 31, name),)
    assert extract_mentions(f"@{name}") == (Mention(0, 21, name[:20]),)
    assert extract_mentions(f"@{name}@localhost", rules, HOSTS) == (Mention(0, 41, name, "localhost"),)
    assert extract_mentions(f"@{name}@localhost", RULES_V3, HOSTS) == (Mention(0, 21, name[:20]),)


def test_a_reply_starts_with_a_mention() -> None:
    assert extract_reply("  @bob hi") == Mention(2, 6, "bob")
    assert extract_reply("@bob/list hi") == Mention(0, 4, "bob")
    assert extract_reply("@bob@roost.example hi", RULES_V3, HOSTS) == Mention(0, 18, "bob", "roost.example")
    assert extract_reply("@bob@other.example hi", RULES_V3, HOSTS) is None
    assert extract_reply("@bob@roost.example hi") is None
    assert extract_reply("hi\n@bob") is None
    assert extract_reply("") is None
