"""By whom, and by which kinds of edges, walkers came to some tweets."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from roost.kernels.choosing import is_in
from roost.kernels.jit import kernel, mix


class Proofs(NamedTuple):
    """Of each tweet asked about, the users whom most walkers came from."""

    users: NDArray[np.int64]
    """(tweets, most): 0 where there are fewer."""
    kinds: NDArray[np.int64]
    counts: NDArray[np.int64]
    totals: NDArray[np.int64]
    """(tweets): how many users there are altogether."""
    pairs: NDArray[np.int64]
    """(table, 4): tweet's number plus one, user, kind, count; open addressing, zeroed."""


def make_proofs(tweets: int, most: int, lines: int) -> Proofs:
    return Proofs(
        np.zeros((tweets, most), np.int64),
        np.zeros((tweets, most), np.int64),
        np.zeros((tweets, most), np.int64),
        np.zeros(tweets, np.int64),
        np.zeros((1 << max(1, (2 * lines).bit_length()), 4), np.int64),
    )


@kernel
def number_best(
    slots: NDArray[np.int64], best: NDArray[np.int64], log: NDArray[np.int64], numbers: NDArray[np.int32]
) -> int:
    """Number the slots at the places `best` from 0 on in `numbers`, all others -1; answer how many lines
    `collect_proofs` has a use for."""
    for slot in range(numbers.shape[0]):
        numbers[slot] = np.int32(-1)
    for number in range(best.shape[0]):
        numbers[slots[best[number]]] = np.int32(number)
    count = 0
    for line in range(log.shape[0]):
        count += np.int64(numbers[log[line, 0]] >= 0)
    return count


@kernel
def _insert(proofs: Proofs, tweet: int, user: int, kind: int, count: int) -> None:
    """Put a user among a tweet's best; of equals, the lower id goes first."""
    most = proofs.users.shape[1]
    place = min(most, proofs.totals[tweet])
    proofs.totals[tweet] += 1
    while place > 0 and (
        proofs.counts[tweet, place - 1] < count
        or (proofs.counts[tweet, place - 1] == count and proofs.users[tweet, place - 1] > user)
    ):
        place -= 1
        if place + 1 < most:
            proofs.users[tweet, place + 1] = proofs.users[tweet, place]
            proofs.kinds[tweet, place + 1] = proofs.kinds[tweet, place]
            proofs.counts[tweet, place + 1] = proofs.counts[tweet, place]
    if place < most:
        proofs.users[tweet, place] = user
        proofs.kinds[tweet, place] = kind
        proofs.counts[tweet, place] = count


@kernel
def collect_proofs(
    log: NDArray[np.int64], numbers: NDArray[np.int32], never: NDArray[np.int64], proofs: Proofs
) -> None:
    """Read log lines of (slot, user, kind); `numbers` says for each slot which tweet it is, or -1.

    Users in the set `never` are no proofs. A user's kind is that of the first line. 10 ns a line.
    """
    pairs = proofs.pairs
    mask = pairs.shape[0] - 1
    for line in range(log.shape[0]):
        number = np.int64(numbers[log[line, 0]])
        user = log[line, 1]
        if number < 0 or is_in(never, user):
            continue
        slot = (mix(user) + number * 40_503) & mask
        while pairs[slot, 3] > 0 and (pairs[slot, 0] != number + 1 or pairs[slot, 1] != user):
            slot = (slot + 1) & mask
        if pairs[slot, 3] == 0:
            pairs[slot, 0], pairs[slot, 1], pairs[slot, 2] = number + 1, user, log[line, 2]
        pairs[slot, 3] += 1
    for slot in range(pairs.shape[0]):
        if pairs[slot, 3] > 0:
            _insert(proofs, pairs[slot, 0] - 1, pairs[slot, 1], pairs[slot, 2], pairs[slot, 3])
