"""How surprising numbers of users are. Functions of arrays alone.

The surprise at x users where e were expected is the signed root of the deviance of Poisson's law,

    z = sign(x - e) * sqrt(2 * (x * ln(x / e) - (x - e))) / sqrt(1 + dispersion * e)

which is spread almost as a standard normal variable where x follows that law (the likelihood ratio of Wilks,
1938), also where e is small. Tweets come in conversations and crowds, so their numbers spread more than by
Poisson's law; the last factor stands for that (variance e + dispersion * e * e). Where only every
n-th user of a topic is held, it is those that are judged by: what is estimated counts as it is worth.

What is expected of a window is the greatest of

- the average of the windows of its length before it, fading, each divided by how busy the server usually is
  at that hour, times how busy it is at this one,
- the average of this hour of the day on the days before, fading (windows of up to an hour),
- a floor, for what was never seen.

A score is the weighted mean of the surprise at the whole window (volume), of that at its newer half
(velocity), and of the growth from half to half (acceleration). Those of long windows count
less (`length_exponent`). A topic's score is the highest of its windows.
"""

import math

import numpy as np
from numpy.typing import NDArray

from roost.kernels import NEWER, OLDER, USERS, Judging
from roost.model import TrendTerms

WINDOWS_MIN = np.array([1, 5, 15, 60, 360, 1440], np.int64)
SPANS_MIN = np.array([1, 2, 7, 30, 180, 720], np.int64)
"""The newer parts of the windows; that of a minute is compared with the minute before."""
WINDOW_NAMES = ("1m", "5m", "15m", "1h", "6h", "24h")
HOURS = 24
VOLUME, VELOCITY, ACCELERATION, SCORE, EXPECTED = 0, 1, 2, 3, 4

_DAY_MIN = 1440.0
_HOURS = WINDOWS_MIN / 60.0
_UP_TO_AN_HOUR = WINDOWS_MIN <= 60

Floats = NDArray[np.float64]


def surprise(users: Floats, expected: Floats, dispersion: float) -> Floats:
    """See above. Same shapes; `expected` is above 0."""
    excess = users - expected
    logs = np.log(np.maximum(users, 1e-300) / expected)
    deviance = 2.0 * (np.where(users > 0, users * logs, 0.0) - excess)
    size = np.sqrt(np.maximum(deviance, 0.0) / (1.0 + dispersion * expected))
    signed: Floats = np.copysign(size, excess)
    return signed


def growth(newer: Floats, older: Floats, dispersion: float) -> Floats:
    """The difference of two numbers in standard deviations, were both to be expected alike."""
    both = newer + older
    grown: Floats = (newer - older) / np.sqrt(1.0 + both + dispersion * both * both / 2.0)
    return grown


def fades(terms: TrendTerms) -> Floats:
    """What the score of each window is multiplied by."""
    less: Floats = np.maximum(_HOURS, 1.0) ** -terms.length_exponent
    return less


def judging(busy: float, terms: TrendTerms) -> Judging:
    """What windows are judged by while the server is `busy` times as busy as in the mean."""
    weights = np.array([terms.volume_weight, terms.velocity_weight, terms.acceleration_weight])
    return Judging(
        floors=terms.expected_min * np.sqrt(WINDOWS_MIN / _DAY_MIN),
        busy=np.where(_UP_TO_AN_HOUR, busy, 1.0),
        shares_of_hour=np.where(_UP_TO_AN_HOUR, _HOURS, 0.0),
        shares=SPANS_MIN / WINDOWS_MIN,
        fades=fades(terms),
        weights=np.array([*(weights / (weights.sum() or 1.0)), terms.users_min, terms.dispersion]),
    )


def score(
    by: Judging, counts: Floats, averages: Floats, usual: Floats, sampling: NDArray[np.int64]
) -> Floats:
    """Of counts (w, 3, rows), averages of the windows before (w, rows), users usual at this hour and the
    rows' sampling (rows): the parts (5, w, rows) of the scores, which are not yet faded by the windows'
    lengths. `kernels.best_scores` does the same where only the highest is wanted."""
    *weights, least, dispersion = by.weights.tolist()
    by_window, by_hour = averages * by.busy[:, None], usual * by.shares_of_hour[:, None]
    parts = np.empty((5, *averages.shape))
    expected = parts[EXPECTED] = np.maximum(np.maximum(by_window, by_hour), by.floors[:, None])
    share = 0.5**sampling
    held, held_expected = counts * share, expected * share
    parts[VOLUME] = surprise(held[:, USERS], held_expected, dispersion)
    parts[VELOCITY] = surprise(held[:, NEWER], held_expected * by.shares[:, None], dispersion)
    parts[ACCELERATION] = growth(held[:, NEWER], held[:, OLDER], dispersion)
    parts[SCORE] = np.tensordot(weights, parts[:3], 1)
    parts[SCORE][counts[:, USERS] < least] = 0.0
    return parts


def threshold(topics: int, terms: TrendTerms) -> float:
    """What a score must reach where so many topics are in use: the highest of n standard normal variables is
    about sqrt(2 ln n)."""
    return terms.surprise_min + math.sqrt(2.0 * math.log(1.0 + topics))


def memory(window_min: int, terms: TrendTerms) -> float:
    """In how many windows of a length what is expected fades to 37 %."""
    return min(terms.memory_windows, terms.memory_hours * 60.0 / window_min)


def fading(windows: float) -> float:
    """The weight of the newest of values that fade to 37 % in so many steps."""
    return -math.expm1(-1.0 / windows)
