"""Plain-Python twins of the kernels that read texts."""

import math
from collections import Counter
from collections.abc import Sequence

from . import naive


def key_of(piece: Sequence[int]) -> int:
    key = 0
    for code in piece:
        key = naive.mix(key * 2 + code)
    return key


def pieces(codes: Sequence[int], shortest: int, longest: int, kinds: int) -> list[int]:
    found = [
        key_of(codes[begin : begin + size]) % kinds
        for begin in range(len(codes))
        for size in range(shortest, longest + 1)
        if begin + size <= len(codes)
    ]
    return [kind for kind in dict.fromkeys(found) if kind]


def simhash(codes: Sequence[int], size: int) -> int:
    keys = [key_of(codes[begin : begin + size]) for begin in range(max(len(codes) - size, 0) + 1)]
    answer = 0
    for bit in range(62):
        ones = sum(key >> bit & 1 for key in keys)
        if 2 * ones > len(keys):
            answer |= 1 << bit
    return answer


class Window:
    """A tweet's line by its id; as many lines as there is room for, those of the highest ids."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.lines: dict[int, tuple[int, int]] = {}

    def enter(self, fingerprint: int, tweet_id: int, author: int) -> None:
        if tweet_id not in self.lines and len(self.lines) == self.room:
            del self.lines[min(self.lines)]
        self.lines[tweet_id] = fingerprint, author

    def near(self, fingerprint: int, tweet_id: int, since_id: int, bits: int, author: int) -> int:
        return sum(
            (held ^ fingerprint).bit_count() <= bits and (author == 0 or other != author)
            for held_id, (held, other) in self.lines.items()
            if held_id >= since_id and held_id != tweet_id
        )

    def since(self, since_id: int) -> int:
        return sum(tweet_id >= since_id for tweet_id in self.lines)


class Judge:
    """`steps[state][byte]`, `features[state]`, `weights[feature][class]`."""

    def __init__(
        self,
        steps: Sequence[Sequence[int]],
        features: Sequence[int],
        weights: Sequence[Sequence[float]],
        priors: Sequence[float],
        groups: Sequence[int],
    ) -> None:
        self.steps, self.features, self.weights = steps, features, weights
        self.priors, self.groups = priors, groups

    def shares(self, text: bytes) -> list[float]:
        """Empty where nothing of the text is known."""
        state, met = 0, Counter[int]()
        for byte in text:
            state = self.steps[state][byte]
            if self.features[state] >= 0:
                met[self.features[state]] += 1
        if not met:
            return []
        scores = [
            prior + sum(math.log1p(count) * self.weights[feature][index] for feature, count in met.items())
            for index, prior in enumerate(self.priors)
        ]
        parts = [math.exp((score - max(scores)) / math.sqrt(len(text))) for score in scores]
        return [
            sum(part for part, group in zip(parts, self.groups, strict=True) if group == wanted) / sum(parts)
            for wanted in range(max(self.groups) + 1)
        ]
