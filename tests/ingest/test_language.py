"""Languages of short posts: own samples of 28 languages, and texts that have none."""

from pathlib import Path

import numpy as np
import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from roost.ingest.enrichers.language import LanguageEnricher
from roost.ingest.enrichers.language_model import languages
from roost.kernels import judge_language
from roost.model import Findings, Tweet

POSTS = Path(__file__).parents[2] / "benchmarks/data/posts.tsv"
SAMPLES = [tuple(line.split("\t")) for line in POSTS.read_text().splitlines()]


@pytest.fixture(scope="module")
def enricher() -> LanguageEnricher:
    return LanguageEnricher()


def test_languages_of_samples(enricher: LanguageEnricher) -> None:
    guesses = [(enricher.guess(text)[0], language) for language, text in SAMPLES]
    right = sum(guess == language for guess, language in guesses)
    assert right / len(SAMPLES) >= 0.98
    for language in {language for language, _ in SAMPLES}:
        assert sum(guess == language for guess, each in guesses if each == language) >= 7, language


def test_names_tags_and_addresses_are_in_no_language(enricher: LanguageEnricher) -> None:
    around = "RT @the_people_of_england {} https://example.org/all/the/words #MondayMotivation"
    for language, text in SAMPLES[4::8]:
        assert enricher.guess(around.format(text))[0] == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "😂😂😂",
        "123 456",
        "ok",
        "@anna",
        "#birds #trees",
        "https://example.org/a",
        "?!?!",
        "\ud800\ud800",
    ],
)
def test_what_is_too_short_or_no_language_gets_none(enricher: LanguageEnricher, text: str) -> None:
    assert enricher.guess(text)[0] == ""


def test_a_language_that_was_said_stays(enricher: LanguageEnricher) -> None:
    said = Tweet(1, 2, "wir haben heute keine Zeit mehr", language="en")
    assert enricher.find(said) == Findings()
    unsaid = Tweet(1, 2, said.text)
    assert enricher.find(unsaid) == Findings(language="de")
    assert unsaid.enriched(enricher.find(unsaid)).language_guessed


def test_dialects_count_as_the_language_that_apps_know() -> None:
    names = languages().names
    assert "ar" in names
    assert not {"ary", "arz", "wuu"} & set(names)


def test_the_kernel_says_what_the_library_says() -> None:
    """Of languages that are shown as they are in the model."""
    library = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    found = languages()
    scratch = found.scratch()
    compared = 0
    for _, text in SAMPLES[::3]:
        best = judge_language(np.frombuffer(text.encode(), np.uint8), found.model, scratch)
        name, share = library.classify(text)
        assert found.names[best] == name
        if name not in ("ar", "zh"):
            assert scratch.shares[best] == pytest.approx(share, abs=2e-3)
            compared += 1
    assert compared > 50
