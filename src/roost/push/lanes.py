"""The short way to sockets: one frame for many readers goes to all of them in one kernel.

A subscription to a home timeline has a lane where its connection's bytes may be written past the transport.
A frame is laid at lanes, and later all that was laid is sent, lane by lane. Whatever needs a second look goes
the long way, by the connection's state machine: a subscription that waits for what it missed, a connection to
which something else waits to be written, a reader who sees a tweet in another way than everybody does.

What was laid is only sent where the lane's subscription was made before the frame's position, so a lane may
be given up and taken by another subscription at any time. Belongs to the event loop's thread.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from roost.kernels import (
    FRAME_COLUMNS,
    LANE_AFTER,
    LANE_BUSY,
    LANE_COLUMNS,
    LANE_DESCRIPTOR,
    LANE_LABEL,
    LANE_PLAIN,
    LANE_READY_AFTER,
    LANE_USER,
    send_frames,
)
from roost.limits import STREAM_SOCKET_BYTES_MAX, STREAMS_MAX
from roost.push.connection import Outgoing, Subscription
from roost.push.messages import Message

NO_LANES: NDArray[np.int64] = np.empty(0, np.int64)
_NEVER = 1 << 62
_LABELS_MAX = 64


class Lanes:
    """Room for as many lanes as there may be streams."""

    def __init__(self) -> None:
        self._table: NDArray[np.int64] = np.zeros((STREAMS_MAX, LANE_COLUMNS), np.int64)
        self._subscriptions: list[Subscription | None] = [None] * STREAMS_MAX
        self._free = list(range(STREAMS_MAX - 1, -1, -1))
        self._of_user: dict[int, list[int]] = {}
        self._labels: dict[Any, int] = {}
        self._laid: list[NDArray[np.int64]] = []
        self._frames: list[tuple[bytes, int]] = []
        self._sending: _Sending | None = None
        self._room = np.zeros(STREAM_SOCKET_BYTES_MAX, np.uint8)

    # -- who has a lane

    def enter(self, subscription: Subscription) -> bool:
        """Give a subscription to its user's home timeline a lane; False where it cannot have one."""
        connection = subscription.connection
        descriptor = connection.shell.descriptor
        if descriptor < 0 or not self._free or connection.lane >= 0:
            return False
        if subscription.label not in self._labels and len(self._labels) >= _LABELS_MAX:
            return False
        lane = connection.lane = self._free.pop()
        self._subscriptions[lane] = subscription
        row = self._table[lane]
        row[LANE_DESCRIPTOR] = descriptor
        row[LANE_USER] = connection.user_id
        row[LANE_LABEL] = self._labels.setdefault(subscription.label, len(self._labels))
        row[LANE_PLAIN] = 0
        row[LANE_BUSY] = 1 if connection.pending or connection.ready is not None else 0
        self._of_user.setdefault(connection.user_id, []).append(lane)
        self.renew(subscription)
        return True

    def renew(self, subscription: Subscription) -> None:
        """It has begun, or has what it missed."""
        lane = subscription.connection.lane
        if lane >= 0 and self._subscriptions[lane] is subscription:
            self._table[lane, LANE_AFTER] = subscription.after
            self._table[lane, LANE_READY_AFTER] = subscription.ready_after

    def leave(self, subscription: Subscription) -> bool:
        """It has ended: what was laid for it is not sent. False for one without a lane."""
        connection = subscription.connection
        lane = connection.lane
        if lane < 0 or self._subscriptions[lane] is not subscription:
            return False
        connection.lane = -1
        self._subscriptions[lane] = None
        self._table[lane, LANE_AFTER] = self._table[lane, LANE_READY_AFTER] = _NEVER
        held = self._of_user[connection.user_id]
        held.remove(lane)
        if not held:
            del self._of_user[connection.user_id]
        self._free.append(lane)
        return True

    def of_user(self, user_id: int) -> Sequence[int]:
        return self._of_user.get(user_id, ())

    def subscriptions(self, lanes: NDArray[np.int64]) -> list[Subscription]:
        """Those that have some lanes now."""
        found = self._subscriptions
        return [each for lane in lanes.tolist() if (each := found[lane]) is not None]

    def set_plain(self, user_id: int, plain: bool) -> None:
        """Say whether a user sees of a new tweet by somebody else what everybody sees."""
        for lane in self._of_user.get(user_id, ()):
            self._table[lane, LANE_PLAIN] = plain

    def set_busy(self, lane: int, busy: bool) -> None:
        """Something else waits to be written to a lane's connection, or does not any more."""
        self._table[lane, LANE_BUSY] = busy

    # -- what is sent

    def lay(self, message: Message, lanes: NDArray[np.int64], apart: Iterable[int]) -> NDArray[np.int64]:
        """Lay a message at lanes; answers those that have to go the long way. `apart` are users who see it in
        their own way. 20 ns a lane."""
        table, position = self._table[lanes], message.position
        lanes, table = lanes[table[:, LANE_AFTER] < position], table[table[:, LANE_AFTER] < position]
        is_short = (table[:, LANE_READY_AFTER] < position) & (table[:, LANE_PLAIN] == 1)
        is_short &= table[:, LANE_BUSY] == 0
        for user_id in apart:
            is_short &= table[:, LANE_USER] != user_id
        short, labels = lanes[is_short], table[is_short, LANE_LABEL]
        while short.size:
            is_same = labels == labels[0]
            self._lay(message, short[is_same])
            short, labels = short[~is_same], labels[~is_same]
        rest: NDArray[np.int64] = lanes[~is_short]
        return rest

    def _lay(self, message: Message, lanes: NDArray[np.int64]) -> None:
        """At lanes that take the same frame."""
        subscription = self._subscriptions[lanes[0]]
        assert subscription is not None
        frame = subscription.connection.shell.pack(Outgoing(message, subscription))
        laid = np.empty((lanes.size, 2), np.int64)
        laid[:, 0] = lanes
        laid[:, 1] = len(self._frames)
        self._laid.append(laid)
        self._frames.append((frame, message.position))

    def flush(self, lanes_max: int) -> tuple[int, list[tuple[Subscription, list[bytes]]], bool]:
        """Send what was laid at the next lanes. Answers how many frames that were, what is left to be written
        by the transport, and whether lanes are left. 0.4 us a lane, and what the sending takes."""
        if self._sending is None:
            if not self._laid:
                return 0, [], False
            self._sending = _Sending(np.concatenate(self._laid), self._frames)
            self._laid, self._frames = [], []
        sending = self._sending
        sent, left = self._send(sending, sending.take(lanes_max))
        if sending.is_done:
            self._sending = None
        return sent, left, self._sending is not None or bool(self._laid)

    def _send(
        self, sending: "_Sending", begins: NDArray[np.int64]
    ) -> tuple[int, list[tuple[Subscription, list[bytes]]]]:
        lanes = sending.laid[begins[:-1], 0].tolist()
        held = [self._subscriptions[lane] for lane in lanes]
        may_send = np.array([each is not None and each.connection.shell.is_idle for each in held], np.uint8)
        results = np.zeros((len(lanes), 2), np.int64)
        room = self._room
        sent = send_frames(
            self._table, sending.table, sending.laid, begins, may_send, room, room.ctypes.data, results
        )
        left: list[tuple[Subscription, list[bytes]]] = []
        for index in np.flatnonzero((may_send == 0) | (results[:, 0] < results[:, 1])).tolist():
            subscription = held[index]
            if subscription is None:
                continue
            frames = sending.frames_at(begins[index], begins[index + 1], subscription.ready_after)
            if not may_send[index]:
                sent += len(frames)
                left.append((subscription, frames))
            else:
                left.append((subscription, [b"".join(frames)[int(results[index, 0]) :]]))
        return sent, left


class _Sending:
    """Frames on their way, lane by lane."""

    def __init__(self, laid: NDArray[np.int64], frames: list[tuple[bytes, int]]) -> None:
        self.laid = laid[np.argsort(laid[:, 0], kind="stable")]
        self.table: NDArray[np.int64] = np.empty((len(frames), FRAME_COLUMNS), np.int64)
        for number, (frame, position) in enumerate(frames):
            self.table[number] = np.frombuffer(frame, np.uint8).ctypes.data, len(frame), position
        self._frames = frames
        changes = np.flatnonzero(np.diff(self.laid[:, 0])) + 1
        self._begins = np.concatenate(([0], changes, [len(self.laid)])).astype(np.int64)
        self._next = 0

    @property
    def is_done(self) -> bool:
        return self._next >= len(self._begins) - 1

    def take(self, lanes_max: int) -> NDArray[np.int64]:
        """Where the rows of the next lanes begin, and where the last one's end."""
        first, self._next = self._next, self._next + lanes_max
        return self._begins[first : self._next + 1]

    def frames_at(self, begin: int, end: int, ready_after: int) -> list[bytes]:
        found = [self._frames[frame] for frame in self.laid[begin:end, 1].tolist()]
        return [frame for frame, position in found if position > ready_after]
