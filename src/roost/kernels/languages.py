"""Which language a text is in: a walk over its bytes, and a sum over what was met on the way.

The model is naive Bayes over byte n-grams, which an automaton finds (Lui and Baldwin, "langid.py", ACL
2012). Each byte leads from one state to the next; some states stand for a feature. A feature that was met n
times adds log(1 + n) times its row of weights to the languages' scores. Divided by the root of the text's
length, so that long texts are not certain of everything, the scores become probabilities; languages that
are shown as one count as one."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from roost.kernels.jit import inline_kernel


class LanguageModel(NamedTuple):
    """Read only. F features, C classes, G languages that are shown."""

    steps: NDArray[np.uint32]
    """(rows * 256): the next state by row of the state and byte."""
    rows: NDArray[np.uint32]
    """State -> its row of steps."""
    features: NDArray[np.int32]
    """State -> the feature that it stands for, or -1."""
    weights: NDArray[np.float32]
    """(F, C)."""
    priors: NDArray[np.float32]
    """(C)."""
    groups: NDArray[np.int64]
    """Class -> language that is shown; these are numbered from 0."""


class LanguageScratch(NamedTuple):
    """Room for one call at a time; `counts` is all 0 between two."""

    counts: NDArray[np.int32]
    """(F)."""
    met: NDArray[np.int32]
    """(bytes of the longest text): the features that were met."""
    scores: NDArray[np.float32]
    """(C)."""
    shares: NDArray[np.float64]
    """(G): the answer, the probability of each language."""


@inline_kernel
def judge_language(text: NDArray[np.uint8], model: LanguageModel, scratch: LanguageScratch) -> int:
    """Fill `scratch.shares`; answers the likeliest language, or -1 where nothing of the text is known. Reads
    no more of the text than `scratch.met` has room for. 0.2 us a byte."""
    counts, met, scores, shares = scratch.counts, scratch.met, scratch.scores, scratch.shares
    length = min(text.shape[0], met.shape[0])
    state = np.int64(0)
    kinds = 0
    for place in range(length):
        state = np.int64(model.steps[(np.int64(model.rows[state]) << 8) + np.int64(text[place])])
        feature = model.features[state]
        if feature >= 0:
            if counts[feature] == 0:
                met[kinds] = feature
                kinds += 1
            counts[feature] += 1
    if kinds == 0:
        return -1
    classes = scores.shape[0]
    for column in range(classes):
        scores[column] = model.priors[column]
    for index in range(kinds):
        feature = met[index]
        times = np.float32(np.log1p(np.float64(counts[feature])))
        counts[feature] = 0
        for column in range(classes):
            scores[column] += times * model.weights[feature, column]
    return _share(scores, shares, model.groups, 1.0 / np.sqrt(np.float64(length)))


@inline_kernel
def _share(
    scores: NDArray[np.float32], shares: NDArray[np.float64], groups: NDArray[np.int64], scale: float
) -> int:
    """Probabilities of scores, by group; answers the likeliest group."""
    best = np.float64(scores[0])
    for column in range(scores.shape[0]):
        best = max(best, np.float64(scores[column]))
    for group in range(shares.shape[0]):
        shares[group] = 0.0
    total = 0.0
    for column in range(scores.shape[0]):
        part = np.exp((np.float64(scores[column]) - best) * scale)
        shares[groups[column]] += part
        total += part
    likeliest = 0
    for group in range(shares.shape[0]):
        shares[group] /= total
        if shares[group] > shares[likeliest]:
            likeliest = group
    return likeliest
