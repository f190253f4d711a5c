"""Frames reach the sockets of lanes whole and in order, or the caller learns how much of them did not."""

import socket

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from roost.kernels import FRAME_COLUMNS, LANE_COLUMNS, LANE_DESCRIPTOR, LANE_READY_AFTER, send_frames

LANES = 3
ROOM_BYTES = 64
frames_of = st.lists(st.tuples(st.binary(min_size=1, max_size=40), st.integers(1, 9)), min_size=1, max_size=6)
orders = st.lists(
    st.tuples(st.integers(0, LANES - 1), st.integers(0, 5)), min_size=1, max_size=12, unique=True
)


@settings(max_examples=60, deadline=None)
@given(
    frames_of, orders, st.lists(st.integers(0, 9), min_size=LANES, max_size=LANES), st.sets(st.integers(0, 2))
)
def test_what_is_sent(
    frames: list[tuple[bytes, int]], order: list[tuple[int, int]], ready_after: list[int], shut: set[int]
) -> None:
    order = sorted((lane, frame) for lane, frame in order if frame < len(frames))
    if not order:
        return
    wires = [socket.socketpair() for _ in range(LANES)]
    lanes = np.zeros((LANES, LANE_COLUMNS), np.int64)
    lanes[:, LANE_DESCRIPTOR] = [near.fileno() for near, _ in wires]
    lanes[:, LANE_READY_AFTER] = ready_after
    table = np.zeros((len(frames), FRAME_COLUMNS), np.int64)
    for number, (frame, position) in enumerate(frames):
        table[number] = np.frombuffer(frame, np.uint8).ctypes.data, len(frame), position
    used = sorted({lane for lane, _ in order})
    begins = [next(index for index, pair in enumerate(order) if pair[0] == lane) for lane in used]
    may_send = np.array([lane not in shut for lane in used], np.uint8)
    room, results = np.zeros(ROOM_BYTES, np.uint8), np.full((LANES, 2), -1, np.int64)
    count = send_frames(
        lanes,
        table,
        np.array(order, np.int64),
        np.array([*begins, len(order)], np.int64),
        may_send,
        room,
        room.ctypes.data,
        results,
    )
    wanted_count = 0
    for index, lane in enumerate(used):
        due = [frames[f][0] for each, f in order if each == lane and frames[f][1] > ready_after[lane]]
        taken, whole = results[index]
        if lane in shut:
            assert (taken, whole) == (0, 0)
            continue
        wanted_count += len(due)
        assert whole == sum(map(len, due))
        wires[lane][1].setblocking(False)
        got = wires[lane][1].recv(1 << 16) if taken else b""
        assert got == b"".join(due)[:taken]
        assert taken == _what_has_room(due)
    assert count == wanted_count
    for near, far in wires:
        near.close()
        far.close()


def _what_has_room(frames: list[bytes]) -> int:
    """The bytes of the first frames that fit together."""
    filled = 0
    for frame in frames:
        if filled + len(frame) > ROOM_BYTES:
            break
        filled += len(frame)
    return filled
