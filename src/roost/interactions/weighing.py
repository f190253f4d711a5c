"""How a query weighs edges: by kind, and by age."""

import math
from functools import cached_property

import msgspec
import numpy as np
from numpy.typing import NDArray

from roost.errors import Invalid
from roost.interactions.graph import View
from roost.interactions.kinds import KIND_WEIGHTS, InteractionKind, weight_array
from roost.kernels import LATEST_MS, Sampling, mix
from roost.limits import INTERACTION_WEIGHT_MAX


class Weighing(msgspec.Struct, frozen=True, dict=True):
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

    @cached_property
    def table(self) -> NDArray[np.float64]:
        """(16): the weight of each kind, and of each of one's own. Raises Invalid."""
        if not all(
            0 <= weight <= INTERACTION_WEIGHT_MAX
            for weight in (*self.weights.values(), *self.own_weights.values())
        ):
            raise Invalid(f"Weights of interactions are from 0 to {INTERACTION_WEIGHT_MAX:g}")
        return np.concatenate([weight_array(self.weights), weight_array(self.own_weights)])


UNIFORM = Weighing(dict.fromkeys(InteractionKind, 1.0))
"""Every edge weighs 1."""


def sampling_for(weighing: Weighing, view: View) -> Sampling:
    """For the kernels: with a bound of what an edge of each segment weighs."""
    weights = weighing.table
    bounds = np.full(len(view.directory), weights.max())
    decay = 0.0
    if weighing.half_life_ms > 0:
        decay = math.log(2) / weighing.half_life_ms
        bounds *= np.exp(-decay * np.maximum(0, weighing.now_ms - view.directory[:, LATEST_MS]))
    return Sampling(bounds, weights, weighing.own, decay, weighing.now_ms, mix(weighing.seed))
