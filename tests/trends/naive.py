"""Plain twins of what the engine computes, topic by topic and window by window."""

import math
from collections import defaultdict

from roost.model import TrendTerms

WINDOWS = {"1m": (1, 1), "5m": (5, 2), "15m": (15, 7), "1h": (60, 30), "6h": (360, 180), "24h": (1440, 720)}
"""Minutes of each, and of its newer part."""


def surprise(users: float, expected: float, dispersion: float) -> float:
    """The signed root of the deviance of Poisson's law."""
    deviance = 2 * ((users * math.log(users / expected) if users else 0.0) - (users - expected))
    size = math.sqrt(max(0.0, deviance) / (1 + dispersion * expected))
    return math.copysign(size, users - expected)


def growth(newer: float, older: float, dispersion: float) -> float:
    both = newer + older
    return (newer - older) / math.sqrt(1 + both + dispersion * both**2 / 2)


def score(
    held: float,
    window: str,
    users: float,
    newer: float,
    older: float,
    average: float,
    usual: float,
    busy: float,
    terms: TrendTerms,
) -> float:
    """Of one window of one topic, of whose users a share is held."""
    if users < terms.users_min:
        return 0.0
    minutes, span = WINDOWS[window]
    hours = minutes / 60
    floor = terms.expected_min * math.sqrt(minutes / 1440)
    expected = max(floor, average * busy, usual * hours) if hours <= 1 else max(floor, average)
    users, newer, older, expected = (held * each for each in (users, newer, older, expected))
    weights = terms.volume_weight, terms.velocity_weight, terms.acceleration_weight
    parts = (
        surprise(users, expected, terms.dispersion),
        surprise(newer, expected * span / minutes, terms.dispersion),
        growth(newer, older, terms.dispersion),
    )
    mean = sum(weight * part for weight, part in zip(weights, parts, strict=True)) / sum(weights)
    return mean / max(1.0, hours) ** terms.length_exponent


def poisson_tail(users: int, expected: float) -> float:
    """The probability of so many or more."""
    below = sum(math.exp(-expected + k * math.log(expected) - math.lgamma(k + 1)) for k in range(users))
    return max(0.0, 1.0 - below)


class Averages:
    """What is expected of windows: fading means of those that ended, of topics one by one."""

    def __init__(self, terms: TrendTerms) -> None:
        self.terms = terms
        self.averages: dict[tuple[str, str], float] = defaultdict(float)

    def end(self, minute: int, users: dict[tuple[str, str], int]) -> None:
        """The minute before `minute` is over; users by topic and window."""
        for (topic, window), count in users.items():
            minutes, _ = WINDOWS[window]
            if minute % minutes == 0:
                memory = min(self.terms.memory_windows, self.terms.memory_hours * 60 / minutes)
                part = 1 - math.exp(-1 / memory)
                self.averages[topic, window] += part * (count - self.averages[topic, window])
