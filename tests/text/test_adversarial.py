"""Long texts made to be slow: the work must grow with their length and not with its square.

No clock decides here. The work done in Python is counted in calls. That of a single pattern is bounded by
the `regex` module, which can give up after a time: a hundred times what the slowest of them takes.
"""

import importlib
import pkgutil
import re
import sys
from collections.abc import Callable, Iterator
from types import FrameType

import pytest
import regex

import roost.text
from roost.text import RULES_V3, autolink, extract_urls, highlight, paragraphs, parse, validate_url
from roost.text.mentions import _mention_pattern, _reply_pattern

from .nasty import LENGTH, UNITS, nasty_text

HOSTS = frozenset({"x.y", "b"})
PATTERN_SECONDS_MAX = 10.0


def _parse(text: str) -> None:
    parse(text, RULES_V3, HOSTS)


def _render(text: str) -> None:
    linked = autolink(text)
    paragraphs(linked)
    highlight(linked, [(0, len(text))])


def _validate(text: str) -> None:
    validate_url("http://" + text)
    validate_url("http://example.com/" + text)


def _count_calls(work: Callable[[str], None], text: str) -> int:
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    previous = sys.getprofile()
    sys.setprofile(count)
    try:
        work(text)
    finally:
        sys.setprofile(previous)
    return calls


@pytest.mark.parametrize("work", [_parse, _render, _validate])
@pytest.mark.parametrize("unit", UNITS)
def test_twice_the_text_is_twice_the_calls(unit: str, work: Callable[[str], None]) -> None:
    once, twice = (_count_calls(work, nasty_text(unit, length)) for length in (LENGTH // 4, LENGTH // 2))
    # A text that ends in the middle of a unit can be done with at once, so a linear allowance is added.
    assert twice <= 2.2 * once + LENGTH // 2


def _patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    for module_info in pkgutil.iter_modules(roost.text.__path__):
        module = importlib.import_module(f"roost.text.{module_info.name}")
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern | regex.Pattern):
                yield f"{module_info.name}.{name}", value


PATTERNS = {
    **dict(_patterns()),
    "mentions._mention_pattern": _mention_pattern(RULES_V3.username_length_max),
    "mentions._reply_pattern": _reply_pattern(RULES_V3.username_length_max),
}


@pytest.mark.parametrize("name", PATTERNS)
def test_no_pattern_runs_away(name: str) -> None:
    pattern = regex.compile(PATTERNS[name].pattern, regex.IGNORECASE)
    for unit in UNITS:
        for _ in pattern.finditer(nasty_text(unit), timeout=PATTERN_SECONDS_MAX):
            pass


def test_every_module_with_patterns_is_looked_at() -> None:
    modules = {name.partition(".")[0] for name in PATTERNS}
    searching = {"domains", "emoji", "extraction", "hashtags", "mentions", "tlds", "urls"}
    assert searching | {"highlighting", "links", "render", "validate"} <= modules


def test_urls_are_found_behind_a_nasty_beginning() -> None:
    for unit in ("a.a.a.", "((((", "@", "_x.com", "a.com/(", "http://a.co/?"):
        text = nasty_text(unit) + " http://example.com/"
        assert extract_urls(text)[-1].url == "http://example.com/", unit
