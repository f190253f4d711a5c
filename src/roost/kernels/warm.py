"""Building rings from author rings."""

import numpy as np
from numpy.typing import NDArray

from roost.kernels.activity import reading_level
from roost.kernels.gather import gather_ring
from roost.kernels.heap import ID
from roost.kernels.jit import kernel
from roost.kernels.judging import EXACT_ABOVE, Scratch, World
from roost.kernels.rings import free_slots, install_ring, level_of


@kernel
def warm_ring(
    world: World, scratch: Scratch, nothing: NDArray[np.uint32], row: int, level: int, now_s: int
) -> bool:
    """Give a user without a ring one; False where all slots are taken. `nothing` is empty."""
    count = gather_ring(world, scratch, nothing, row, world.rings.entries.shape[1])
    for index in range(count):
        scratch.ring[index] = scratch.answers[index, ID]
    return install_ring(world.rings, row, level, scratch.ring, count, scratch.facts[EXACT_ABOVE], now_s)


@kernel
def warm_range(
    world: World,
    scratch: Scratch,
    nothing: NDArray[np.uint32],
    paces: NDArray[np.int64],
    lowest_level: int,
    now_s: int,
    first: int,
    stop: int,
) -> int:
    """Give a ring to each of rows first to stop who has none and reads at `lowest_level` or more, while there
    are slots; answers how many got one."""
    built = 0
    for row in range(first, stop):
        if level_of(world.rings, row) != 0 or free_slots(world.rings) == 0:
            continue
        level = reading_level(paces, row, now_s)
        if level >= lowest_level and warm_ring(world, scratch, nothing, row, level, now_s):
            built += 1
    return built
