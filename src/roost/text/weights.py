"""The weight of a text without URLs: the sum of what its code points and its emoji weigh."""

import functools
import re

from roost.text.emoji import emoji_sequences
from roost.text.rules import RULES_KEPT_MAX, TextRules

_ASCII_MAX = 0x7F


@functools.lru_cache(maxsize=RULES_KEPT_MAX)
def _ascii_weight(rules: TextRules) -> int | None:
    """What every ASCII character weighs, or None if they differ."""
    weights = {weigh_characters(chr(code_point), rules) for code_point in range(_ASCII_MAX + 1)}
    return weights.pop() if len(weights) == 1 else None


@functools.lru_cache(maxsize=RULES_KEPT_MAX)
def _counters(rules: TextRules) -> tuple[tuple[re.Pattern[str], int], ...]:
    """For each weight other than the default: what does not have it, and how it differs from the default.

    Counting by removing the rest in one substitution is several times faster than a loop.
    """
    classes: dict[int, str] = {}
    for weight_range in rules.ranges:
        part = f"\\U{weight_range.start:08x}-\\U{weight_range.end:08x}"
        classes[weight_range.weight] = classes.get(weight_range.weight, "") + part
    return tuple(
        (re.compile(f"[^{members}]+"), weight - rules.default_weight) for weight, members in classes.items()
    )


def weigh_characters(text: str, rules: TextRules) -> int:
    """The sum of the weights of the code points of `text`, in units of 1 / `rules.scale`. O(len(text))."""
    weight = rules.default_weight * len(text)
    for others, difference in _counters(rules):
        weight += difference * len(others.sub("", text))
    return weight


def weigh(text: str, rules: TextRules) -> int:
    """As `weigh_characters`, with each emoji sequence at the default weight if the rules ask for it."""
    if text.isascii():
        weight = _ascii_weight(rules)
        return weigh_characters(text, rules) if weight is None else weight * len(text)
    total = weigh_characters(text, rules)
    if rules.emoji_parsing:
        for start, end in emoji_sequences(text):
            total += rules.default_weight - weigh_characters(text[start:end], rules)
    return total
