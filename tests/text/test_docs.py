"""The page about the text rules names what the package offers, and its samples still run."""

from pathlib import Path

import pytest

import roost.text
from roost.text import extract, measure, parse

from .speed import SAMPLES, microseconds

PAGE = Path(__file__).parents[2] / "docs" / "text.md"


@pytest.mark.parametrize("name", roost.text.__all__)
def test_the_page_names_it(name: str) -> None:
    assert f"`{name}" in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("sample", SAMPLES)
def test_the_page_has_a_figure_for_each_sample(sample: str) -> None:
    assert f"| {sample} |" in PAGE.read_text(encoding="utf-8")
    text = SAMPLES[sample]
    assert parse(text).entities == extract(text)
    assert measure(text).valid
    assert microseconds(extract, text, runs=1, repeats=1) > 0
