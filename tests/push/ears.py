"""Readers of streams without a wire: they note what a connection would write."""

from typing import Any

from roost.push import (
    NOW,
    Action,
    Asked,
    Close,
    Connection,
    MessageKind,
    Outgoing,
    Topic,
    Write,
)
from roost.service import Session, TweetView

Heard = tuple[MessageKind, int]
_TOLD = (MessageKind.TWEET, MessageKind.EDIT, MessageKind.DELETION)


class Ear:
    """Subscribes to one topic, again and again, and goes on from where it was."""

    def __init__(self, user_id: int, topic: Topic) -> None:
        self.user_id = user_id
        self.topic = topic
        self.since = NOW
        """The id of the last frame that it has."""
        self.heard: list[Heard] = []
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
        self._streams.subscribe(self._connection, Asked("s", ("s",), self.topic, self.since))

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

    def pack(self, outgoing: Outgoing) -> Outgoing:
        return outgoing

    def send(self, packed: list[Outgoing]) -> None:
        self.act(Write(packed))

    def take(self, each: Outgoing) -> None:
        message = each.message
        self.since = message.position if each.settled else message.position - 1
        if message.kind is MessageKind.REFETCH:
            self.refetches += 1
        if message.kind in _TOLD:
            content = message.content
            tweet_id = content.tweet.tweet_id if isinstance(content, TweetView) else content
            self.heard.append((message.kind, tweet_id))
