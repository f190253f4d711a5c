"""When a town is awake, and what everybody talks about: a function of the clock and a seed, nothing kept.

Each language has its part of the world and sleeps there at night. Bursts come by chance, one in most windows
of ten minutes: something happens, in one language everybody posts about it, and within a few minutes that
dies down.
"""

import math
import random
from collections.abc import Mapping

import msgspec

from roost.load.phrases import LANGUAGES, URGENT

_UTC_OFFSET_H = {"en": -5, "es": 1, "fr": 1, "de": 1, "pt": -3, "ja": 9, "ar": 3, "ru": 3}
_PEAKS = ((8.0, 1.5, 0.4), (13.0, 2.5, 0.5), (20.5, 2.5, 1.0))
"""Hour, width in hours, height: before work, at lunch, in the evening."""
_NIGHT = 0.08
WINDOW_S = 600
BURST_SHARE = 0.7
_BURST_DECAY_S = 75.0
_BURST_NOTICED = 0.05

assert set(_UTC_OFFSET_H) == set(LANGUAGES)


class Burst(msgspec.Struct, frozen=True):
    """Something that happens. `strength` is how many times the usual rate comes on top."""

    language: str
    topic: str
    strength: float


class Rhythm:
    """`shares` is how much each language posts in a day, all together 1."""

    def __init__(self, shares: Mapping[str, float], seed: int = 0) -> None:
        self._shares = dict(shares)
        self._seed = seed
        self._mean = sum(awake(hour / 4) for hour in range(96)) / 96

    def weights(self, now_s: float) -> dict[str, float]:
        """How much each language posts now, against an average of all together of 1."""
        return {
            language: share * awake(now_s / 3600 + _UTC_OFFSET_H[language]) / self._mean
            for language, share in self._shares.items()
        }

    def pace(self, now_s: float) -> float:
        """How much faster than on average the town is now."""
        burst = self.burst(now_s)
        return sum(self.weights(now_s).values()) + (burst.strength if burst else 0.0)

    def burst(self, now_s: float) -> Burst | None:
        """What everybody talks about now; it begins in the first half of its window."""
        window = int(now_s // WINDOW_S)
        chance = random.Random(f"{self._seed} {window}")
        if chance.random() >= BURST_SHARE:
            return None
        begun_s = window * WINDOW_S + chance.uniform(0, WINDOW_S / 2)
        weights = self.weights(begun_s)
        language = chance.choices(list(weights), list(weights.values()))[0]
        topics = LANGUAGES[language].topics
        topic = chance.choice([name for name in LANGUAGES[language].subjects if URGENT in topics[name].lines])
        strength = chance.uniform(1.5, 4.0) * math.exp(-(now_s - begun_s) / _BURST_DECAY_S)
        return Burst(language, topic, strength) if begun_s <= now_s and strength > _BURST_NOTICED else None


def awake(hour: float) -> float:
    """How lively people are at an hour of their day, of any size: from 0.08 at night to about 1."""
    lively = 0.0
    for peak, width, height in _PEAKS:
        away = (hour - peak + 12) % 24 - 12
        lively += height * math.exp(-0.5 * (away / width) ** 2)
    return _NIGHT + (1 - _NIGHT) * min(1.0, lively)
