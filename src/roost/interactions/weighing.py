"""How a query weighs edges: by kind, and by age."""

import math

import msgspec
import numpy as np

from roost.errors import Invalid
from roost.interactions.graph import View
from roost.interactions.kinds import KIND_WEIGHTS, InteractionKind, weight_array
from roost.kernels import LATEST_MS, Sampling, mix
from roost.limits import INTERACTION_WEIGHT_MAX


class Weighing(msgspec.Struct, frozen=True):
    """An edge weighs `weights[kind] x exp(-lambda x age)`, where lambda = ln 2 / half-life; kinds that are
    not named are not seen at all."""

    weights: dict[InteractionKind, float] = msgspec.field(default_factory=lambda: dict(KIND_WEIGHTS))
    half_life_ms: int = 0
    """0: age does not matter."""
    now_ms: int = 0
    own: int = 0
    """A user from whom walks go along their edges by `own_weights`: what they alone may know of counts for
    them alone. 0 for none."""
    own_weights: dict[InteractionKind, float] = msgspec.field(default_factory=dict)
    seed: int = 0
    """Of everything that is drawn: the same seed over the same graph gives the same answer."""


UNIFORM = Weighing(dict.fromkeys(InteractionKind, 1.0))
"""Every edge weighs 1."""


def sampling_for(weighing: Weighing, view: View) -> Sampling:
    """For the kernels: with a bound of what an edge of each segment weighs."""
    named = (*weighing.weights.values(), *weighing.own_weights.values())
    if not all(0 <= weight <= INTERACTION_WEIGHT_MAX for weight in named):
        raise Invalid(f"Weights of interactions are from 0 to {INTERACTION_WEIGHT_MAX:g}")
    weights = weight_array(weighing.weights)
    own_weights = weight_array(weighing.own_weights) if weighing.own else weights
    bounds = np.full(len(view.directory), max(named, default=0.0))
    decay = 0.0
    if weighing.half_life_ms > 0:
        decay = math.log(2) / weighing.half_life_ms
        bounds *= np.exp(-decay * np.maximum(0, weighing.now_ms - view.directory[:, LATEST_MS]))
    return Sampling(bounds, weights, weighing.own, own_weights, decay, weighing.now_ms, mix(weighing.seed))
