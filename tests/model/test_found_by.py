"""What hashtags and links are found by."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roost.model import TAG_CHARACTERS_MAX, fold_link, fold_tag
from tests.strategies import SEEDED


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Cats", "cats"),
        ("ＣＡＴＳ", "cats"),
        ("Café", "café"),
        ("Cafe\u0301", "café"),
        ("ÄÖÜ", "äöü"),
        ("日本語", "日本語"),
        ("ｶﾞ", "ガ"),
    ],
)
def test_all_ways_of_writing_a_hashtag(written: str, folded: str) -> None:
    assert fold_tag(written) == folded


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("roost.org", "http://roost.org/"),
        ("HTTPS://Roost.ORG", "https://roost.org/"),
        ("https://roost.org/A?b=C#d", "https://roost.org/A?b=C"),
        ("https://roost.org?b=C", "https://roost.org/?b=C"),
        ("https://roost.org/" + "x" * 2_000, ""),
    ],
)
def test_all_ways_of_writing_a_link(written: str, folded: str) -> None:
    assert fold_link(written) == folded


@given(st.text(max_size=300))
@settings(SEEDED, max_examples=400)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold_tag(fold_tag(text)) == fold_tag(text)
    assert fold_link(fold_link(text)) == fold_link(text)
    assert len(fold_tag(text)) <= TAG_CHARACTERS_MAX
