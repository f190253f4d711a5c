"""What the conformance suite does not ask of the validators."""

import msgspec
import pytest

from roost.text import RULES_V3, validate_hashtag, validate_list, validate_url, validate_username


@pytest.mark.parametrize(
    "text", ["@", "user", "@user ", " @user", "@us er", "@üser", "@" + "a" * 21, "@user\n", ""]
)
def test_these_are_no_usernames(text: str) -> None:
    assert not validate_username(text)


def test_the_length_of_a_username_is_a_rule() -> None:
    rules = msgspec.structs.replace(RULES_V3, username_length_max=30)
    assert validate_username("@" + "a" * 30, rules)
    assert not validate_username("@" + "a" * 31, rules)
    assert validate_list("@" + "a" * 30 + "/list", rules)
    assert validate_username("＠user")


@pytest.mark.parametrize(
    "text", ["@user/1list", "@user/list/more", "/list", "@user/" + "a" * 26, "@user/li st", ""]
)
def test_these_are_no_lists(text: str) -> None:
    assert not validate_list(text)


@pytest.mark.parametrize("text", ["#", "hashtag", "#a #b", " #a", "#a ", "#a#b", "##a", ""])
def test_these_are_no_hashtags(text: str) -> None:
    assert not validate_hashtag(text)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example",
        "http://example",
        "http://example.com:123456",
        "http://example.com:",
        "http://a@b@example.com",
        "http://example.com/%zz",
        "http://example.com/<b>",
        "http://[::1",
        "http://1.2.3",
        "http://01.2.3.4",
        "http://exa mple.com",
        "http://example..com",
        "javascript://example.com/",
        "http://example.com/\n",
    ],
)
def test_these_are_no_urls(url: str) -> None:
    assert not validate_url(url)


@pytest.mark.parametrize(
    "url", ["http://[::1]/", "http://[::1]:80", "http://0.0.0.0", "https://a.b?c#d", "http://例え.jp"]
)
def test_these_are_urls(url: str) -> None:
    assert validate_url(url)


def test_without_a_protocol_any_other_will_do() -> None:
    assert validate_url("ftp://example.com", require_protocol=False)
    assert validate_url("example.com", require_protocol=False)
    assert not validate_url("example", require_protocol=False)
