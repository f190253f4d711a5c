"""Pieces, fingerprints and languages of texts against plain Python."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.kernels import (
    WINDOW_WORDS,
    LanguageModel,
    LanguageScratch,
    count_since,
    differing_bits,
    enter,
    find_near,
    judge_language,
    list_pieces,
    simhash,
    weigh_pieces,
)

from . import naive_texts
from .paired import examples, plans

KINDS = 64
texts = st.text(st.sampled_from("abcé日 😀"), max_size=24)
fingerprints = st.integers(0, (1 << 62) - 1)
few_fingerprints = st.sampled_from([0, 1, 3, 7, 15, (1 << 62) - 1, 0x155, 0x2AAAAAAAAAAAAAAA])


def codes_of(text: str) -> np.ndarray:
    return np.frombuffer(text.encode("utf-32-le"), np.uint32)


@examples(2)
@given(st.lists(texts, min_size=1, max_size=4), st.integers(1, 3), st.integers(0, 2))
def test_pieces_are_listed_once_each_and_weighed(several: list[str], shortest: int, more: int) -> None:
    marks, found = np.zeros(KINDS, np.int64), np.zeros(100, np.int64)
    weights = np.random.default_rng(1).integers(-127, 128, (KINDS, 3), np.int8)
    sums = np.zeros(3, np.int64)
    for text in several:
        count = list_pieces(codes_of(text), shortest, shortest + more, marks, found)
        expected = naive_texts.pieces([ord(each) for each in text], shortest, shortest + more, KINDS)
        assert found[:count].tolist() == expected
        weigh_pieces(found, count, weights, sums)
        assert sums.tolist() == weights[expected].astype(np.int64).sum(0).tolist()


def test_pieces_end_where_there_is_no_more_room() -> None:
    marks, found = np.zeros(1 << 14, np.int64), np.zeros(5, np.int64)
    assert list_pieces(codes_of("a text of many pieces"), 2, 4, marks, found) == 5


@examples(2)
@given(texts, st.integers(1, 5))
def test_fingerprints(text: str, size: int) -> None:
    tally = np.zeros(64, np.int64)
    assert simhash(codes_of(text), size, tally) == naive_texts.simhash([ord(each) for each in text], size)


@examples(2)
@given(fingerprints, fingerprints)
def test_bits_that_differ(one: int, other: int) -> None:
    assert differing_bits(one, other) == (one ^ other).bit_count()


@examples(2)
@given(
    plans(st.tuples(few_fingerprints, st.integers(1, 12), st.integers(1, 3)), 30),
    st.integers(0, 62),
    st.integers(0, 12),
)
def test_windows_know_the_like_of_a_tweet(plan: list[tuple[int, int, int]], bits: int, since_id: int) -> None:
    window, twin = np.zeros((4, WINDOW_WORDS), np.int64), naive_texts.Window(4)
    for fingerprint, tweet_id, author in plan:
        for who in (0, author):
            near = find_near(window, fingerprint, tweet_id, since_id, bits, who)
            assert near == twin.near(fingerprint, tweet_id, since_id, bits, who)
        assert count_since(window, since_id) == twin.since(since_id)
        enter(window, fingerprint, tweet_id, author)
        twin.enter(fingerprint, tweet_id, author)
        assert {(line[1], line[0], line[2]) for line in window.tolist() if line[1]} == {
            (held_id, *held) for held_id, held in twin.lines.items()
        }


class World:
    """A small random automaton with three classes, two of which are shown as one."""

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        states, features = 7, 4
        steps = rng.integers(0, states, (states, 256)).astype(np.uint32)
        rows = rng.permutation(states).astype(np.uint32)
        meaning = rng.integers(-1, features, states).astype(np.int32)
        weights = rng.normal(0, 2, (features, 3)).astype(np.float32)
        priors, groups = rng.normal(0, 1, 3).astype(np.float32), np.array([0, 1, 0])
        self.model = LanguageModel(steps.ravel(), rows, meaning, weights, priors, groups)
        self.scratch = LanguageScratch(
            np.zeros(features, np.int32), np.zeros(64, np.int32), np.zeros(3, np.float32), np.zeros(2)
        )
        ordered = steps[rows]
        self.twin = naive_texts.Judge(
            ordered.tolist(), meaning.tolist(), weights.tolist(), priors.tolist(), groups.tolist()
        )


@examples(2)
@given(st.integers(0, 5), st.lists(st.binary(max_size=60), min_size=1, max_size=4))
def test_languages_are_judged_as_the_formula_says(seed: int, several: list[bytes]) -> None:
    world = World(seed)
    for text in several:
        best = judge_language(np.frombuffer(text, np.uint8), world.model, world.scratch)
        expected = world.twin.shares(text)
        if not expected:
            assert best == -1
            continue
        assert world.scratch.shares.tolist() == pytest.approx(expected, abs=1e-4)
        assert expected[best] == pytest.approx(max(expected), abs=1e-4)
        assert not world.scratch.counts.any()
