"""The numbers of a text length rule, and the three published sets of them.

Source of the three sets: twitter/twitter-text, `config/v1.json`, `v2.json` and `v3.json`
(Apache-2.0, commit 30e2430).
"""

import sys
from itertools import pairwise

import msgspec

# How many sets of rules keep what is derived from them, such as patterns, at a time.
RULES_KEPT_MAX = 64


class WeightRange(msgspec.Struct, frozen=True, gc=False):
    """Every code point from `start` to `end`, both included, weighs `weight`."""

    start: int
    end: int
    weight: int


class TextRules(msgspec.Struct, frozen=True, cache_hash=True):
    """How long a text may be and how that is counted.

    A text's weighted length is the sum of its code points' weights divided by `scale`, rounded down.
    `msgspec.structs.replace(RULES_V3, weighted_length_max=500)` makes another set.

    Raises:
        ValueError: a number is out of range, or the weight ranges overlap or are not ascending.
    """

    weighted_length_max: int = 280
    scale: int = 100
    default_weight: int = 200
    url_length: int = 23
    ranges: tuple[WeightRange, ...] = ()
    emoji_parsing: bool = False
    username_length_max: int = 20

    def __post_init__(self) -> None:
        if min(self.weighted_length_max, self.scale, self.username_length_max) < 1:
            raise ValueError("weighted_length_max, scale and username_length_max must be at least 1")
        weights = [each.weight for each in self.ranges]
        if min(self.default_weight, self.url_length, *weights, 0) < 0:
            raise ValueError("weights and url_length must not be negative")
        if any(not 0 <= each.start <= each.end <= sys.maxunicode for each in self.ranges):
            raise ValueError("a weight range must not end before it starts, nor behind the last code point")
        if any(right.start <= left.end for left, right in pairwise(self.ranges)):
            raise ValueError("weight ranges must be ascending and must not overlap")


_LIGHT_RANGES = (
    WeightRange(0x0000, 0x10FF, 100),
    WeightRange(0x2000, 0x200D, 100),
    WeightRange(0x2010, 0x201F, 100),
    WeightRange(0x2032, 0x2037, 100),
)

RULES_V1 = TextRules(weighted_length_max=140, scale=1, default_weight=1)
RULES_V2 = TextRules(ranges=_LIGHT_RANGES)
RULES_V3 = TextRules(ranges=_LIGHT_RANGES, emoji_parsing=True)
