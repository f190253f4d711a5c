"""How a query weighs edges: by kind, and by age."""

import math

import msgspec
import numpy as np

from roost.errors import Invalid
from roost.interactions.graph import View
from roost.interactions.kinds import KIND_WEIGHTS, InteractionKind, weight_array
from roost.kernels import LATEST_MS, Sampling, mix


class Weighing(msgspec.Struct, frozen=True):
    """An edge weighs `weights[kind] x exp(-lambda x age)`, where lambda = ln 2 / half-life; kinds that are
    not named are not seen at all."""

    weights: dict[InteractionKind, float] = msgspec.field(default_factory=lambda: dict(KIND_WEIGHTS))
    half_life_ms: int = 0
    """0: age does not matter."""
    now_ms: int = 0
    seed: int = 0
    """Of everything that is drawn: the same seed over the same graph gives the same answer."""


UNIFORM = Weighing(dict.fromkeys(InteractionKind, 1.0))
"""Every edge weighs 1."""


def sampling_for(weighing: Weighing, view: View) -> Sampling:
    """For the kernels: with a bound of what an edge of each segment weighs."""
    if not all(0 <= weight < math.inf for weight in weighing.weights.values()):
        raise Invalid("Weights of interactions are finite and not negative")
    weights = weight_array(weighing.weights)
    bounds = np.full(len(view.directory), max(weighing.weights.values(), default=0.0))
    decay = 0.0
    if weighing.half_life_ms > 0:
        decay = math.log(2) / weighing.half_life_ms
        bounds *= np.exp(-decay * np.maximum(0, weighing.now_ms - view.directory[:, LATEST_MS]))
    return Sampling(bounds, weights, decay, weighing.now_ms, mix(weighing.seed))
