"""A simple order: what was engaged with, while it is new."""

import math
from collections.abc import Sequence

from roost.ranking.candidate import Candidate

RETWEET_WEIGHT = 2.0
REPLY_WEIGHT = 1.5
HALF_DAY_S = 43_200.0
DECAY = 1.5
STRANGER_WEIGHT = 0.75
"""What the score of a recommended tweet counts for; Twitter's published ranking took the same for tweets from
outside one's network (github.com/twitter/the-algorithm, `OutOfNetworkScaleFactor`)."""


def plain_score(candidate: Candidate) -> float:
    """log2(2 + engagement) / (1 + age / 12 h) ** 1.5

    where engagement is likes + 2 (retweets + quotes) + 1.5 replies. A new tweet without any scores 1. A
    recommended tweet's score counts for three quarters.
    """
    counts = candidate.counts
    passed_on = counts.retweets + counts.quotes
    engagement = counts.likes + RETWEET_WEIGHT * passed_on + REPLY_WEIGHT * counts.replies
    age = max(0.0, candidate.age_s) / HALF_DAY_S
    weight = STRANGER_WEIGHT if candidate.is_recommended else 1.0
    return float(weight * math.log2(2 + engagement) / (1 + age) ** DECAY)


def rank_plainly(candidates: Sequence[Candidate]) -> list[int]:
    """By `plain_score`, the newer first of two that are equal; what several tweets show once, at its best
    place. 2 us a candidate."""
    ordered = sorted(candidates, key=lambda one: (plain_score(one), one.tweet_id), reverse=True)
    best: dict[int, int] = {}
    for candidate in ordered:
        best.setdefault(candidate.shown_id, candidate.tweet_id)
    return list(best.values())
