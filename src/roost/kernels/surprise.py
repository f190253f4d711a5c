"""How surprising the users of each topic are: the highest score of each among its windows.

The formulas are those of `trends.scoring`, which says where they come from.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from roost.kernels.jit import kernel
from roost.kernels.windows import NEWER, OLDER, USERS


class Judging(NamedTuple):
    """By what windows are judged; a column each has one value a window."""

    floors: NDArray[np.float64]
    """Users expected at the least."""
    busy: NDArray[np.float64]
    """How many times busier than in the mean it usually is now."""
    shares_of_hour: NDArray[np.float64]
    """Of what is usual in this hour; 0 for windows of more than one."""
    shares: NDArray[np.float64]
    """The part of a window that is its newer one."""
    fades: NDArray[np.float64]
    """What a score is multiplied by."""
    weights: NDArray[np.float64]
    """(5): of volume, velocity and acceleration, together 1; users at the least; dispersion."""


@kernel
def _surprise(users: float, expected: float, dispersion: float) -> float:
    deviance = 2.0 * (expected - users)
    if users > 0.0:
        deviance += 2.0 * users * math.log(users / expected)
    size = math.sqrt(max(deviance, 0.0) / (1.0 + dispersion * expected))
    return size if users >= expected else -size


@kernel
def best_scores(
    judging: Judging,
    counts: NDArray[np.float64],
    averages: NDArray[np.float64],
    usual: NDArray[np.float64],
    sampling: NDArray[np.int64],
    best: NDArray[np.float64],
) -> None:
    """`best[row]` becomes the highest score among the windows of a row, 0 where none has users enough or a
    score above 0. Of a row's users one in 2^sampling is held: judged is by those. Shapes: counts (w, 3,
    rows), averages (w, rows), usual and sampling (rows). 50 ns a window with users.
    """
    volume, velocity, acceleration = judging.weights[0], judging.weights[1], judging.weights[2]
    least, dispersion = judging.weights[3], judging.weights[4]
    for row in range(best.shape[0]):
        best[row] = 0.0
    for w in range(counts.shape[0]):
        for row in range(best.shape[0]):
            users = counts[w, USERS, row]
            if users < least:
                continue
            expected = max(averages[w, row] * judging.busy[w], usual[row] * judging.shares_of_hour[w])
            held = 1.0 / (1 << sampling[row])
            expected = max(expected, judging.floors[w]) * held
            newer, older = counts[w, NEWER, row] * held, counts[w, OLDER, row] * held
            both = newer + older
            grown = (newer - older) / math.sqrt(1.0 + both + dispersion * both * both / 2.0)
            score = (
                volume * _surprise(users * held, expected, dispersion)
                + velocity * _surprise(newer, expected * judging.shares[w], dispersion)
                + acceleration * grown
            )
            best[row] = max(best[row], score * judging.fades[w])
