"""Enricher: how positive or negative a tweet is, in the languages that it knows; else as its emojis say.

What is not known stays unknown: there is no language for which it makes something up. docs/enrichment.md has
the figures, which differ much between languages.
"""

import re
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from io import BytesIO
from math import exp
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from roost.ingest.enrichers.emoji_moods import MOODS
from roost.kernels import list_pieces, weigh_pieces
from roost.limits import SENTIMENT_CHARACTERS_MAX
from roost.model import NO_FINDINGS, Findings, Tweet

PIECES = 1 << 14
PIECE_LONGEST = 4
_NOT_SAID = re.compile(r"https?://\S+|@\w+")
_STRETCHED = re.compile(r"(.)\1{2,}", re.DOTALL)
_PIECES_PER_CHARACTER = 3
_EMOJI = re.compile("|".join(map(re.escape, sorted(MOODS, key=len, reverse=True))))


class Model(msgspec.Struct, frozen=True):
    """Logistic regression over pieces of two to four characters."""

    weights: NDArray[np.int8]
    """(PIECES, 3): for negative, neutral and positive, in units of `scale`."""
    scale: float
    biases: tuple[float, ...]


class Pieces:
    """Which kinds of pieces a text has. Belongs to whoever made it; never to two threads at once."""

    def __init__(self) -> None:
        self._marks = np.zeros(PIECES, np.int64)
        self.found = np.zeros(SENTIMENT_CHARACTERS_MAX * _PIECES_PER_CHARACTER, np.int64)

    def of(self, text: str) -> int:
        """How many there are; `found` begins with them."""
        words = " ".join(_NOT_SAID.sub(" ", text[:SENTIMENT_CHARACTERS_MAX].lower()).split())
        if not words:
            return 0
        padded = f" {_STRETCHED.sub(_twice, words)} "
        codes = np.frombuffer(padded.encode("utf-32-le", errors="replace"), np.uint32)
        return int(list_pieces(codes, 2, PIECE_LONGEST, self._marks, self.found))


class SentimentEnricher:
    name = "sentiment"

    def __init__(self) -> None:
        self._models = models()
        self._pieces = Pieces()
        self._lock = threading.Lock()
        self._sums = np.zeros(3, np.int64)
        self._english = SentimentIntensityAnalyzer()
        for language in ("en", next(iter(self._models))):  # so that the kernels are compiled
            self.judge("a word of warning", language)

    def find(self, tweet: Tweet) -> Findings:
        sentiment = self.judge(tweet.text, tweet.language)
        return Findings(sentiment=sentiment) if sentiment is not None else NO_FINDINGS

    def judge(self, text: str, language: str) -> int | None:
        """From -100 to 100; None where there is nothing to go by."""
        language = language.partition("-")[0]
        if language == "en":
            return self._judge_english(text[:SENTIMENT_CHARACTERS_MAX])
        model = self._models.get(language)
        if model is not None:
            return self._judge_by(model, text)
        return mood_of_emojis(text)

    def _judge_english(self, text: str) -> int | None:
        """By VADER (Hutto and Gilbert, ICWSM 2014); a text without any word that it knows is unknown."""
        scores = self._english.polarity_scores(text)
        if scores["pos"] == 0.0 and scores["neg"] == 0.0:
            return None
        return round(100 * float(scores["compound"]))

    def _judge_by(self, model: Model, text: str) -> int | None:
        with self._lock:
            count = self._pieces.of(text)
            if count == 0:
                return None
            weigh_pieces(self._pieces.found, count, model.weights, self._sums)
            sums = self._sums.tolist()
        part = model.scale / count**0.5
        return sentiment_of([total * part + bias for total, bias in zip(sums, model.biases, strict=True)])


def sentiment_of(scores: Sequence[float]) -> int:
    """The expected sentiment under the scores of negative, neutral and positive."""
    best = max(scores)
    negative, neutral, positive = (exp(score - best) for score in scores)
    return round(100 * (positive - negative) / (negative + neutral + positive))


def mood_of_emojis(text: str) -> int | None:
    """The mean mood of the emojis that say one; None where there is none."""
    if text.isascii():
        return None
    moods = [MOODS[emoji] for emoji in _EMOJI.findall(text[:SENTIMENT_CHARACTERS_MAX])]
    return round(sum(moods) / len(moods)) if moods else None


@cache
def models() -> dict[str, Model]:
    """By language. Made by `python -m benchmarks.sentiment_training` of AfriSenti (Muhammad et al., SemEval
    2023; CC BY 4.0) and Wisesight Sentiment (CC0)."""
    packed = files("roost.ingest.enrichers").joinpath("sentiment.npz").read_bytes()
    with np.load(BytesIO(packed), allow_pickle=False) as arrays:
        return {name: _model(arrays, name) for name in arrays["languages"].tolist()}


def _model(arrays: Mapping[str, NDArray[Any]], name: str) -> Model:
    biases = tuple(arrays[f"{name}.biases"].tolist())
    return Model(arrays[f"{name}.weights"], float(arrays[f"{name}.scale"]), biases)


def _twice(run: re.Match[str]) -> str:
    return run[1] * 2
