"""Trains the light models of sentiment, and says how good they are.

    python -m benchmarks.sentiment_training FILE

FILE has lines of language, label (negative, neutral, positive) and text, tab-separated, perhaps compressed:
AfriSenti (Muhammad et al., SemEval 2023, CC BY 4.0) and Wisesight Sentiment (CC0). Each language is judged by
five-fold cross-validation; a model is kept, trained on all, where the mean F1 of the classes is 0.5 or more.
"""

import gzip
import sys
from collections import defaultdict
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from roost.ingest.enrichers.sentiment import PIECES, Pieces, mood_of_emojis
from roost.kernels import kernel

LABELS = ("negative", "neutral", "positive")
F1_MIN = 0.5
_FOLDS = 5
_ROUNDS = 20
_RATE = 0.5
_SHRINKING = 3e-3
_OUT = Path(__file__).parents[1] / "src/roost/ingest/enrichers/sentiment.npz"

Ids = NDArray[np.int64]
Floats = NDArray[np.float64]


class Samples(msgspec.Struct):
    texts: list[str]
    labels: Ids


class Quality(msgspec.Struct):
    samples: int
    accuracy: float
    commonest: float
    """The accuracy of always saying the commonest label."""
    f1: float
    emojis: float
    """Share of the texts with an emoji that has a mood."""
    emojis_right: float
    """Share of those that are not neutral whose emojis say what the label says."""


def read(path: Path) -> dict[str, Samples]:
    found: dict[str, tuple[list[str], list[int]]] = defaultdict(lambda: ([], []))
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
        next(lines)
        for line in lines:
            language, label, text = line.rstrip("\n").split("\t")
            found[language][0].append(text)
            found[language][1].append(LABELS.index(label))
    return {name: Samples(texts, np.array(labels)) for name, (texts, labels) in found.items()}


def pieces_of(samples: Samples) -> list[Ids]:
    pieces = Pieces()
    return [pieces.found[: pieces.of(text)].copy() for text in samples.texts]


def train(pieces: list[Ids], labels: Ids) -> tuple[Floats, Floats]:
    """Weights and biases."""
    joined = np.concatenate(pieces)
    stops = np.concatenate([[0], np.cumsum([len(found) for found in pieces])])
    weights, biases = np.zeros((PIECES, 3)), np.zeros(3)
    rng = np.random.default_rng(1)
    shares = np.zeros(3)
    for number in range(_ROUNDS):
        order = rng.permutation(len(labels))
        _descend(joined, stops, labels, order, weights, biases, shares, _RATE / (1 + 0.3 * number))
    return weights, biases


@kernel
def _descend(
    joined: Ids,
    stops: Ids,
    labels: Ids,
    order: Ids,
    weights: Floats,
    biases: Floats,
    shares: Floats,
    rate: float,
) -> None:
    """One round of stochastic gradient descent."""
    for text in order:
        first, stop = stops[text], stops[text + 1]
        if first == stop:
            continue
        part = 1.0 / np.sqrt(np.float64(stop - first))
        total = 0.0
        for label in range(3):
            score = biases[label]
            for place in range(first, stop):
                score += weights[joined[place], label] * part
            shares[label] = np.exp(score)
            total += shares[label]
        for label in range(3):
            slope = shares[label] / total - (1.0 if labels[text] == label else 0.0)
            biases[label] -= 0.1 * rate * slope
            for place in range(first, stop):
                held = weights[joined[place], label]
                weights[joined[place], label] = held - rate * (slope * part + _SHRINKING * held)


def scores_of(pieces: list[Ids], weights: Floats, biases: Floats) -> Floats:
    return np.array([weights[found].sum(0) / max(len(found), 1) ** 0.5 + biases for found in pieces])


def quantised(weights: Floats) -> tuple[NDArray[np.int8], float]:
    scale = float(np.abs(weights).max() / 127)
    return np.round(weights / scale).astype(np.int8), scale


def quality(samples: Samples, pieces: list[Ids]) -> Quality:
    """By cross-validation, as the models are kept."""
    labels = samples.labels
    answers = np.empty(len(labels), np.int64)
    parts = np.array_split(np.random.default_rng(0).permutation(len(labels)), _FOLDS)
    for number, part in enumerate(parts):
        others = np.concatenate([other for place, other in enumerate(parts) if place != number])
        weights, biases = train([pieces[index] for index in others], labels[others])
        small, scale = quantised(weights)
        scores = scores_of(
            [pieces[index] for index in part], np.multiply(small, scale, dtype=np.float64), biases
        )
        answers[part] = scores.argmax(1)
    moods = [mood_of_emojis(text) for text in samples.texts]
    pairs = [(mood, label) for mood, label in zip(moods, labels, strict=True) if mood is not None]
    decided = [(mood > 0) == (label == 2) for mood, label in pairs if label != 1]
    return Quality(
        len(labels),
        float((answers == labels).mean()),
        float(np.bincount(labels).max() / len(labels)),
        mean_f1(answers, labels),
        len(pairs) / len(labels),
        float(np.mean(decided)) if decided else 0.0,
    )


def mean_f1(answers: Ids, labels: Ids) -> float:
    found = []
    for label in range(len(LABELS)):
        right = ((answers == label) & (labels == label)).sum()
        found.append(2 * right / max(1, (answers == label).sum() + (labels == label).sum()))
    return float(np.mean(found))


def main(path: Path) -> None:
    kept: dict[str, NDArray[np.generic]] = {}
    names: list[str] = []
    print("| language | samples | commonest label | accuracy | mean F1 | kept | with emojis | these right |")
    print("|---|---|---|---|---|---|---|---|")
    for name, samples in sorted(read(path).items()):
        pieces = pieces_of(samples)
        found = quality(samples, pieces)
        keep = found.f1 >= F1_MIN
        print(
            f"| {name} | {found.samples} | {found.commonest:.0%} | {found.accuracy:.0%} | {found.f1:.2f} | "
            f"{'yes' if keep else 'no'} | {found.emojis:.0%} | {found.emojis_right:.0%} |"
        )
        if keep:
            names.append(name)
            weights, biases = train(pieces, samples.labels)
            small, scale = quantised(weights)
            kept |= {f"{name}.weights": small, f"{name}.scale": np.array(scale), f"{name}.biases": biases}
    np.savez_compressed(_OUT, allow_pickle=False, languages=np.array(names), **kept)
    print(f"{_OUT.name}: {_OUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
