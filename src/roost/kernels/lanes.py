"""Sending frames to many sockets at once, without the interpreter.

A lane is a row of `lanes`, with the columns below. Frames are bytes that stay where they are: `frames` has
the address, the size and the log position of each.
"""

import ctypes

import numpy as np
from numba.core import types
from numpy.typing import NDArray

from roost.kernels.jit import JIT_DISABLED, kernel

LANE_DESCRIPTOR, LANE_AFTER, LANE_READY_AFTER, LANE_USER, LANE_LABEL, LANE_PLAIN, LANE_BUSY = range(7)
"""Columns of a lane: the socket's file; the position that its subscription was made at, and the one after
which frames may be sent as they are; whose it is; which frames it takes; 1 where its user sees of a tweet
what everybody sees; 1 while something else waits to be written to its connection."""
LANE_COLUMNS = 7
FRAME_ADDRESS, FRAME_SIZE, FRAME_POSITION = range(3)
"""Columns of a frame."""
FRAME_COLUMNS = 3

if JIT_DISABLED:
    _library = ctypes.CDLL(None)

    def _send(descriptor: int, address: int, size: int, flags: int) -> int:
        place = ctypes.c_void_p(int(address))
        return int(_library.send(int(descriptor), place, ctypes.c_size_t(int(size)), flags))

    def _copy(target: int, source: int, size: int) -> int:
        return ctypes.memmove(int(target), int(source), int(size))
else:
    _send = types.ExternalFunction("send", types.intp(types.intc, types.intp, types.intp, types.intc))
    _copy = types.ExternalFunction("memcpy", types.intp(types.intp, types.intp, types.intp))


@kernel
def send_frames(
    lanes: NDArray[np.int64],
    frames: NDArray[np.int64],
    laid: NDArray[np.int64],
    begins: NDArray[np.int64],
    may_send: NDArray[np.uint8],
    room: NDArray[np.uint8],
    room_address: int,
    results: NDArray[np.int64],
) -> int:
    """Send to each of some lanes what was laid there; answers how many frames that is.

    `laid` has rows of (lane, frame), those of one lane together and in order; `begins` says where each lane's
    rows begin, and at its end where the last one's end. Lanes with a `may_send` of 0 are passed over, and so
    are frames from before a lane was ready. The frames for a lane go in one piece, as far as `room`, whose
    address is given, has room for them. `results` has for each lane how many bytes its socket took, and how
    many there are: the caller sends the rest. 5 us a lane, nearly all of them the system's.
    """
    count = 0
    for index in range(begins.shape[0] - 1):
        results[index, 0] = 0
        results[index, 1] = 0
        if may_send[index] == 0:
            continue
        lane = laid[begins[index], 0]
        filled = 0
        for row in range(begins[index], begins[index + 1]):
            frame = laid[row, 1]
            if frames[frame, FRAME_POSITION] <= lanes[lane, LANE_READY_AFTER]:
                continue
            size = frames[frame, FRAME_SIZE]
            if filled == results[index, 1] and filled + size <= room.shape[0]:
                _copy(room_address + filled, frames[frame, FRAME_ADDRESS], size)
                filled += size
            results[index, 1] += size
            count += 1
        if filled > 0:
            results[index, 0] = max(_send(lanes[lane, LANE_DESCRIPTOR], room_address, filled, 0), 0)
    return count
