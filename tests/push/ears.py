"""Readers of streams without a wire: they note what a connection would write."""

import socket
import struct
from typing import Any

from roost.push import (
    NOW,
    Action,
    Asked,
    Close,
    Connection,
    Message,
    MessageKind,
    Outgoing,
    Topic,
    Write,
)
from roost.service import Session, TweetView

Heard = tuple[MessageKind, int]
_TOLD = (MessageKind.TWEET, MessageKind.EDIT, MessageKind.DELETION)
_FRAME = struct.Struct("<q?bq")


class Ear:
    """Subscribes to one topic, again and again, and goes on from where it was."""

    label = "ear"
    """Who has the same one gets the same bytes."""

    def __init__(self, user_id: int, topic: Topic) -> None:
        self.user_id = user_id
        self.topic = topic
        self.since = NOW
        """The id of the last frame that it has."""
        self.heard: list[Heard] = []
        self.descriptor = -1
        self.is_idle = True
        self.refetches = 0
        self.backlog_bytes = 0
        self.ending: Any = None
        self._streams: Any = None
        self._connection: Connection | None = None

    @property
    def is_open(self) -> bool:
        return self._connection is not None

    def open(self, streams: Any) -> None:
        self._streams = streams
        self._connection = streams.open(Session(user_id=self.user_id), self, "", True)
        self._streams.subscribe(self._connection, Asked("s", (self.label,), self.topic, self.since))

    def close(self) -> None:
        if self._connection is not None:
            self._streams.close(self._connection, "")
            self._connection = None

    def act(self, action: Action) -> None:
        match action:
            case Write(outgoing):
                for each in outgoing:
                    self.take(each)
            case Close(ending):
                self.ending = ending

    def pack(self, outgoing: Outgoing) -> Any:
        return outgoing

    def send(self, packed: list[Any]) -> None:
        self.act(Write(packed))

    def listen(self) -> None:
        """Take what has come meanwhile."""

    def take(self, each: Outgoing) -> None:
        message = each.message
        self.note(each.message.position, each.settled, message.kind, _tweet_id(message))

    def note(self, position: int, settled: bool, kind: MessageKind, tweet_id: int) -> None:
        self.since = position if settled else position - 1
        if kind is MessageKind.REFETCH:
            self.refetches += 1
        if kind in _TOLD:
            self.heard.append((kind, tweet_id))


class WiredEar(Ear):
    """One at the end of a socket, who gets bytes and can have a lane."""

    label = "wired"

    def __init__(self, user_id: int, topic: Topic) -> None:
        super().__init__(user_id, topic)
        self._near, self._far = socket.socketpair()
        self._near.setblocking(False)
        self._far.setblocking(False)
        self.descriptor = self._near.fileno()

    def pack(self, outgoing: Outgoing) -> bytes:
        message = outgoing.message
        return _FRAME.pack(message.position, outgoing.settled, message.kind, _tweet_id(message))

    def send(self, packed: list[bytes]) -> None:
        self._near.sendall(b"".join(packed))

    def take(self, each: Outgoing) -> None:
        self.send([self.pack(each)])

    def listen(self) -> None:
        try:
            data = self._far.recv(1 << 20)
        except BlockingIOError:
            return
        for position, settled, kind, tweet_id in _FRAME.iter_unpack(data):
            self.note(position, settled, MessageKind(kind), tweet_id)

    def hang_up(self) -> None:
        self._near.close()
        self._far.close()


def _tweet_id(message: Message) -> int:
    content = message.content
    found: int = content.tweet.tweet_id if isinstance(content, TweetView) else content or 0
    return found if message.kind in _TOLD else 0
