"""Streams: who may subscribe to what, and when they end."""

import time
from collections.abc import Sequence

from roost.errors import Forbidden, Invalid, NotFound, Overloaded
from roost.push import (
    Admission,
    Asked,
    Connection,
    Ending,
    HubStatistics,
    Shell,
    Topic,
    TopicKind,
)
from roost.service.local.access import LocalAccess
from roost.service.local.bulletin import LocalBulletin
from roost.service.local.correspondence import LocalCorrespondence
from roost.service.local.kit import Kit
from roost.service.local.stream_messages import StreamMessages
from roost.service.local.stream_recall import StreamRecalls
from roost.service.local.stream_telling import StreamTelling
from roost.service.local.tweets import LocalTweets
from roost.service.views import Session
from roost.store import tables

_OWN = (TopicKind.HOME, TopicKind.NOTIFICATIONS, TopicKind.DIRECT)


class LocalStreams:
    """Belongs to the event loop's thread."""

    def __init__(
        self,
        kit: Kit,
        access: LocalAccess,
        tweets: LocalTweets,
        letters: LocalCorrespondence,
        bulletin: LocalBulletin,
    ) -> None:
        self._kit = kit
        self._access = access
        self._hub = kit.hub
        self._admission = Admission()
        messages = StreamMessages(kit, tweets, letters, bulletin)
        self._telling = StreamTelling(kit, messages)
        self._recalls = StreamRecalls(kit, messages)

    def open(self, session: Session, shell: Shell, address: str, notifies: bool) -> Connection:
        """A connection without subscriptions; `shell` does its actions from now on. `address` is empty where
        connections are not counted by address; `notifies` says whether it may be told of notifications.

        Raises Overloaded while too many come at once, and where there are too many; RateLimited where the
        user or the address has too many.
        """
        wait_s = self._admission.ask(time.monotonic())
        if wait_s:
            raise Overloaded("Too many streams are being opened", wait_s)
        connection = Connection(session.user_id, session.token_hash, notifies)
        self._hub.open(connection, shell, address)
        return connection

    async def confirm(self, connection: Connection) -> None:
        """End it where its token was taken out of use while it was being opened. To be asked once."""
        token_hash = connection.token_hash
        if token_hash and not await self._access.holds(token_hash):
            self._hub.end(connection, Ending.REVOKED)

    def close(self, connection: Connection, address: str) -> None:
        """The client is gone. Closing twice is nothing."""
        self._hub.close(connection, address)

    async def check(self, session: Session, topic: Topic) -> None:
        """Raises Invalid where the topic needs a user, Forbidden for what is another user's, NotFound for a
        list that is not the user's."""
        user_id = session.user_id
        if topic.kind in (*_OWN, TopicKind.LIST) and not user_id:
            raise Invalid("This method requires an authenticated user")
        if topic.kind in _OWN and topic.key != user_id:
            raise Forbidden("This action is not allowed")
        if topic.kind is TopicKind.LIST and not await self._has_list(user_id, topic.key):
            raise NotFound

    def subscribe(self, connection: Connection, asked: Asked) -> None:
        """Send what happens from now on, with a `since` first what happened after that position of the log
        (`NOW` for nothing), and a message that says so. The topic has been checked."""
        self._hub.ask(connection, asked)

    def unsubscribe(self, connection: Connection, name: object) -> None:
        self._hub.drop(connection, name)

    def end(self, connection: Connection, ending: Ending) -> None:
        """Tell the client why, and close the connection."""
        self._hub.end(connection, ending)

    def end_tokens(self, token_hashes: Sequence[bytes]) -> None:
        """Close at once what was opened with tokens that are no longer valid."""
        for token_hash in token_hashes:
            self._hub.end_token(token_hash)

    def end_all(self) -> None:
        """The server stops: clients are told to come again."""
        self._hub.end_all()

    def statistics(self) -> HubStatistics:
        return self._hub.statistics()

    async def recalled(self) -> None:
        """Return when everybody has what they missed, of those who have asked for it."""
        await self._recalls.done()

    async def stop(self) -> None:
        await self._recalls.stop()

    async def _has_list(self, user_id: int, list_id: int) -> bool:
        return await self._kit.store.get(tables.LISTS, (user_id, list_id)) is not None
