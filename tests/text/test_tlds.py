"""The list of top-level domains is that of the suite."""

from roost.text import extract_urls
from roost.text.tlds import read_tlds, tld_end

from .tld_file import TARGET, tld_file, tld_names


def test_the_file_is_what_the_suite_makes_it() -> None:
    assert TARGET.read_text(encoding="utf-8") == tld_file()
    assert list(read_tlds()) == tld_names()
    assert len(read_tlds()) == 1574


def test_names_are_compared_in_any_case() -> None:
    assert tld_end("COM", 0) == 3
    assert tld_end("РФ/", 0) == 2
    assert tld_end("XN--P1AI", 0) == 8
    assert tld_end("Vermögensberater", 0) == 16


def test_of_two_names_the_longer_one_counts() -> None:
    assert tld_end("嘉里大酒店", 0) == 5
    assert tld_end("嘉里大", 0) == 2


def test_what_follows_must_not_go_on() -> None:
    assert [tld_end(f"com{after}", 0) for after in ("", ".", "/", "_", "é", "の")] == [3] * 6
    assert [tld_end(f"com{after}", 0) for after in ("a", "0", "@", "+", "-")] == [0] * 5
    assert tld_end("comm", 0) == tld_end("", 0) == tld_end("com", 3) == 0


def test_a_name_may_be_part_of_the_text_of_another_script() -> None:
    assert [url.url for url in extract_urls("例え.みんなですよ http://例え.みんなですよ")] == [
        "http://例え.みんな"
    ]
