"""Streams: who may subscribe to what, and from what happened to what each reader sees of it."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from roost.errors import Forbidden, Invalid, NotFound, Overloaded
from roost.limits import (
    STREAM_FLUSH_CONNECTIONS,
    STREAM_POST_SUBSCRIPTIONS,
    STREAM_RECALL_SLICE,
    STREAM_RECALLS_AT_ONCE,
    STREAM_REPLAY_MESSAGES_MAX,
)
from roost.model import AnnouncementReaction, Event, FiltersChanged, GroupTelling, Notification, Tweet
from roost.processors import Telling, scan_streamed
from roost.push import (
    NOW,
    Admission,
    Asked,
    Connection,
    Ending,
    Happening,
    HubStatistics,
    Message,
    MessageKind,
    Shell,
    Subscription,
    Topic,
    TopicKind,
)
from roost.service.local.access import LocalAccess
from roost.service.local.bulletin import LocalBulletin
from roost.service.local.correspondence import LocalCorrespondence
from roost.service.local.kit import Kit
from roost.service.local.notification_reader import NotificationReader
from roost.service.local.opinions import Opinions
from roost.service.local.tweets import LocalTweets
from roost.service.views import Session, TweetView
from roost.store import tables

_log = logging.getLogger("roost.streams")
_OWN = (TopicKind.HOME, TopicKind.NOTIFICATIONS, TopicKind.DIRECT)
_TWEETS = (MessageKind.TWEET, MessageKind.EDIT)
_WITH_NOTICES = (TopicKind.HOME, TopicKind.NOTIFICATIONS)
_LOOKED_AT_ONCE = 50


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
        self._notices = NotificationReader(kit, tweets)
        self._letters = letters
        self._bulletin = bulletin
        self._opinions = Opinions(kit)
        self._hub = kit.hub
        self._admission = Admission()
        self._recalls: set[asyncio.Task[None]] = set()
        self._turns = asyncio.Semaphore(STREAM_RECALLS_AT_ONCE)
        kit.hub.recall = self._recall
        kit.push.tell = self._tell
        kit.push.judge = self._judge
        kit.committer.listen(self._note)
        kit.notices.listen(
            lambda told: kit.push.add([_notice(each.notification) for each in told if each.is_streamed])
        )

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
        await asyncio.gather(*self._recalls)

    async def stop(self) -> None:
        for task in self._recalls:
            task.cancel()
        await asyncio.gather(*self._recalls, return_exceptions=True)

    async def _has_list(self, user_id: int, list_id: int) -> bool:
        return await self._kit.store.get(tables.LISTS, (user_id, list_id)) is not None

    # -- live

    async def _tell(self, tellings: Sequence[Telling]) -> None:
        """Make messages, lay them at the connections, and write to these a few at a time."""
        views = await self._views([each.happening for each in tellings], 0)
        at_position = Counter(each.happening.position for each in tellings)
        for telling in tellings:
            message = await self._message(telling.happening, views)
            if message is not None:
                is_alone = at_position[message.position] == 1
                others = self._lay(message, telling.lanes, is_alone) if telling.lanes.size else []
                subscriptions = [*telling.subscriptions, *others]
                await self._personalise(message, subscriptions)
                await self._post(message, subscriptions, is_alone)
        some_are_left = True
        while some_are_left:
            some_are_left = self._hub.flush(STREAM_FLUSH_CONNECTIONS)
            await asyncio.sleep(0)  # others get their turn

    def _lay(self, message: Message, lanes: NDArray[np.int64], is_alone: bool) -> list[Subscription]:
        """Lay a message at the lanes of those who see what everybody sees; answers the subscriptions of the
        others."""
        view = message.content
        if is_alone and isinstance(view, TweetView) and _is_plain(message.kind, view):
            lanes = self._hub.lanes.lay(message, lanes, (view.tweet.author_id,))
        return self._hub.lanes.subscriptions(lanes)

    def _note(self, event: Event) -> None:
        """Whoever changes their filters may see something else than everybody from now on."""
        if isinstance(event, FiltersChanged):
            self._hub.lanes.set_plain(event.filterset.user_id, False)

    async def _post(self, message: Message, subscriptions: Sequence[Subscription], is_alone: bool) -> None:
        for start in range(0, len(subscriptions), STREAM_POST_SUBSCRIPTIONS):
            if start:
                await asyncio.sleep(0)  # others get their turn
            self._hub.post(message, subscriptions[start : start + STREAM_POST_SUBSCRIPTIONS], is_alone)

    async def _views(self, happenings: Sequence[Happening], viewer_id: int) -> dict[int, TweetView]:
        """The tweets that happened as a viewer sees them, by id; those that are gone are left out."""
        ids = [each.tweet.tweet_id for each in happenings if each.kind in _TWEETS and each.tweet]
        if not ids:
            return {}
        views = await self._kit.hydration.tweets_by_id(list(dict.fromkeys(ids)), viewer_id)
        return {view.tweet.tweet_id: view for view in views}

    async def _personalise(self, message: Message, subscriptions: Sequence[Subscription]) -> None:
        """Add the views of those who see something else than everybody does."""
        view = message.content
        if not isinstance(view, TweetView):
            return
        users = {each.connection.user_id for each in subscriptions}
        for number, user_id in enumerate(await self._who_differ(message.kind, view, users)):
            found = await self._kit.hydration.tweets([view.tweet], user_id)
            if found:
                message.personal = {**message.personal, user_id: found[0]}
            if number % _LOOKED_AT_ONCE == _LOOKED_AT_ONCE - 1:
                await asyncio.sleep(0)

    async def _who_differ(self, kind: MessageKind, view: TweetView, users: set[int]) -> list[int]:
        """Users for whom a tweet is to be made ready apart."""
        users.discard(0)
        filters = self._kit.filters
        filtering = [user_id for user_id in users if not filters.has_none(user_id)]
        differ = await self._who_did_something(kind, view, users)
        for user_id in filtering:
            if user_id not in differ and await filters.of(user_id) is not None:
                differ.append(user_id)
        for user_id in users:
            if filters.has_none(user_id):
                self._hub.lanes.set_plain(user_id, True)
        return differ

    async def _who_did_something(self, kind: MessageKind, view: TweetView, users: set[int]) -> list[int]:
        """Users who may see more, or less, of a tweet than everybody, or who did something to it."""
        shown = (view.retweet_of or view).tweet
        if shown.quote_of_id or (shown.poll is not None and shown is not view.tweet):
            return list(users)
        if _is_plain(kind, view):
            return [view.tweet.author_id] if view.tweet.author_id in users else []
        marked = []
        for number, user_id in enumerate(users):
            if user_id == view.tweet.author_id or await self._kit.marks.of(user_id, [shown.tweet_id]):
                marked.append(user_id)
            if number % _LOOKED_AT_ONCE == _LOOKED_AT_ONCE - 1:
                await asyncio.sleep(0)
        return marked

    # -- what was missed

    def _recall(self, subscription: Subscription) -> None:
        task = asyncio.create_task(self._recall_safely(subscription, subscription.after))
        self._recalls.add(task)
        task.add_done_callback(self._recalls.discard)

    async def _recall_safely(self, subscription: Subscription, after: int) -> None:
        """`after` is the subscription's, which forgets it when it ends."""
        try:
            messages = await self._missed(subscription, after)
        except Exception:
            _log.exception("What a stream missed could not be found")
            messages = None
        if messages is None:
            messages = [Message(after, MessageKind.REFETCH)]
        self._hub.recalled(subscription, messages)

    async def _missed(self, subscription: Subscription, high: int) -> list[Message] | None:
        """What a subscription missed between its `since` and a position; None where that is not known, or too
        much."""
        low = high if subscription.since == NOW else subscription.since or 0
        await self._kit.push.derived(high)
        async with self._turns:
            return await self._missed_between(subscription, low, high)

    async def _missed_between(self, subscription: Subscription, low: int, high: int) -> list[Message] | None:
        window = self._kit.push.window
        if low < window.floor or low > high:
            return None
        user_id = subscription.connection.user_id
        graph = self._kit.reader.state.graph
        row, is_apart = graph.row_of(user_id), self._is_apart(subscription)
        if subscription.topic.kind is TopicKind.HOME and not is_apart:
            candidates = list(window.candidates(graph.following, row, low, high))
        else:
            candidates = list(window.between(low, high))
        found: list[Happening] = []
        for start in range(0, len(candidates), STREAM_RECALL_SLICE):
            if start:
                await asyncio.sleep(0)  # others get their turn
            if subscription.has_ended:
                return None
            part = candidates[start : start + STREAM_RECALL_SLICE]
            found.extend(await self._heard(subscription, part, is_apart))
            if len(found) > STREAM_REPLAY_MESSAGES_MAX:
                return None
        found.extend(await self._notices_between(subscription, low, high))
        if len(found) > STREAM_REPLAY_MESSAGES_MAX:
            return None
        found.sort(key=lambda each: (each.position, each.kind))
        views = await self._views(found, user_id)
        made: list[Message | None] = []
        for number, each in enumerate(found, 1):
            made.append(await self._message(each, views))
            if number % _LOOKED_AT_ONCE == 0:
                await asyncio.sleep(0)
        messages = [_as_own(message, user_id) for message in made if message is not None]
        return [*messages, Message(high, MessageKind.POSITION)]

    async def _heard(
        self, subscription: Subscription, happenings: Sequence[Happening], is_apart: bool
    ) -> list[Happening]:
        """Those of some happenings that a subscription would have been told of."""
        found: list[Happening] = []
        if is_apart:
            user_id = subscription.connection.user_id
            heard = await self._opinions.heard(subscription.topic, user_id, happenings)
            found = [each for each in happenings if each.tweet is not None and each.position in heard]
            happenings = [each for each in happenings if each.tweet is None]
        originals = await self._originals(happenings)
        found.extend(self._kit.audience.missed(subscription, happenings, originals.get))
        return found

    async def _notices_between(self, subscription: Subscription, low: int, high: int) -> list[Happening]:
        """The notifications that a subscription missed, from their table: their ids are positions."""
        connection = subscription.connection
        if subscription.topic.kind not in _WITH_NOTICES or not connection.notifies or low >= high:
            return []
        found = await scan_streamed(
            self._kit.store, connection.user_id, low, high + 1, STREAM_REPLAY_MESSAGES_MAX + 1
        )
        return [_notice(each) for each in found]

    async def _message(self, happening: Happening, views: dict[int, TweetView]) -> Message | None:
        """None for a tweet that is gone, and for a notification that is not welcome any more."""
        kind, tweet, content = happening.kind, happening.tweet, happening.content
        if kind is MessageKind.NOTIFICATION:
            return await self._of_notice(happening)
        if kind in (MessageKind.ANNOUNCEMENT, MessageKind.ANNOUNCEMENT_REACTION):
            return await self._of_announcement(happening)
        if kind is MessageKind.CONVERSATION:
            views_of = await self._letters.several(happening.user_id, [content])
            return Message(happening.position, kind, (happening.user_id, views_of[0])) if views_of else None
        if tweet is None:
            return Message(happening.position, kind, content)
        if kind is MessageKind.DELETION:
            return Message(happening.position, kind, tweet.tweet_id)
        view = views.get(tweet.tweet_id)
        return None if view is None else Message(happening.position, kind, view)

    async def _of_notice(self, happening: Happening) -> Message | None:
        """A notification; or a group's newest, of one that has grown."""
        told, user_id = happening.content, happening.user_id
        if isinstance(told, GroupTelling):
            found = await self._notices.newest((user_id, told.kind, told.tweet_id, told.hour), 1)
        else:
            found = await self._notices.welcome(user_id, [told])
        views = await self._notices.views(user_id, found[:1])
        if not views:
            return None
        return Message(happening.position, happening.kind, await self._notices.counted(views[0]))

    async def _of_announcement(self, happening: Happening) -> Message | None:
        """None for an announcement that is not shown yet, or not any more."""
        content = happening.content
        is_reaction = isinstance(content, AnnouncementReaction)
        wanted_id = content.announcement_id if is_reaction else content
        for view in await self._bulletin.announcements(0):
            if view.announcement.announcement_id != wanted_id:
                continue
            if not is_reaction:
                return Message(happening.position, happening.kind, view)
            count = next((count for name, count, _ in view.reactions if name == content.name), 0)
            return Message(happening.position, happening.kind, (content, count))
        return None

    def _is_apart(self, subscription: Subscription) -> bool:
        """Whether its tweets are judged one by one."""
        if subscription.topic.kind is TopicKind.HOME:
            graph = self._kit.reader.state.graph
            row = graph.row_of(subscription.connection.user_id)
            return row < 0 or graph.has_choices(row)
        return subscription.topic.kind is TopicKind.LIST

    async def _judge(self, topic: Topic, happenings: Sequence[Happening]) -> set[int]:
        for subscription in self._hub.of(topic):  # all of them are its owner's
            return await self._opinions.heard(topic, subscription.connection.user_id, happenings)
        return set()

    async def _originals(self, happenings: Sequence[Happening]) -> dict[int, Tweet]:
        wanted = {each.tweet.retweet_of_id for each in happenings if each.tweet is not None} - {0}
        found = await self._kit.tweets.get_many(list(wanted)) if wanted else []
        return {tweet.tweet_id: tweet for tweet in found if tweet is not None}


def _is_plain(kind: MessageKind, view: TweetView) -> bool:
    """Whether all but its author, and those who filter, see a tweet alike: nobody can have done anything to
    it yet, nor to what it shows."""
    tweet = view.tweet
    return kind is MessageKind.TWEET and not tweet.retweet_of_id and not tweet.quote_of_id


def _notice(told: Notification) -> Happening:
    return Happening(told.notification_id, MessageKind.NOTIFICATION, user_id=told.receiver_id, content=told)


def _as_own(message: Message, user_id: int) -> Message:
    """A message whose content is one user's."""
    if isinstance(message.content, TweetView):
        message.personal = {user_id: message.content}
    return message
