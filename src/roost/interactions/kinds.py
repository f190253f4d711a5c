"""What users do to tweets, and how much each of it says."""

import enum

import numpy as np
from numpy.typing import NDArray


class InteractionKind(enum.IntEnum):
    """Stored as its number, in three bits."""

    CLICK = 0
    LIKE = 1
    RETWEET = 2
    REPLY = 3
    QUOTE = 4
    AUTHOR = 5
    """The user wrote the tweet."""
    MENTION = 6
    """The tweet mentions the user."""


ALL_KINDS = tuple(InteractionKind)

KIND_WEIGHTS = {
    InteractionKind.CLICK: 0.2,
    InteractionKind.LIKE: 1.0,
    InteractionKind.RETWEET: 2.0,
    InteractionKind.REPLY: 2.0,
    InteractionKind.QUOTE: 2.0,
    InteractionKind.AUTHOR: 1.0,
    InteractionKind.MENTION: 0.2,
}
"""What an edge of each kind weighs where nobody says otherwise: what a user shows to others weighs more."""


def weight_array(weights: dict[InteractionKind, float]) -> NDArray[np.float64]:
    """(8): the weight of each kind; 0 for those that are not named."""
    array = np.zeros(8)
    for kind, weight in weights.items():
        array[kind] = weight
    return array
