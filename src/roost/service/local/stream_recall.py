"""What a subscription missed, found while what happens meanwhile waits."""

import asyncio
import logging
from collections.abc import Sequence

from roost.limits import STREAM_RECALL_SLICE, STREAM_RECALLS_AT_ONCE, STREAM_REPLAY_MESSAGES_MAX
from roost.model import Tweet
from roost.processors import scan_streamed
from roost.push import NOW, Happening, Message, MessageKind, Subscription, Topic, TopicKind
from roost.service.local.kit import Kit
from roost.service.local.opinions import Opinions
from roost.service.local.stream_messages import StreamMessages, happening_of
from roost.service.views import TweetView

_log = logging.getLogger("roost.streams")
_WITH_NOTICES = (TopicKind.HOME, TopicKind.NOTIFICATIONS)
_LOOKED_AT_ONCE = 50


class StreamRecalls:
    """Belongs to the event loop's thread."""

    def __init__(self, kit: Kit, messages: StreamMessages) -> None:
        self._kit = kit
        self._messages = messages
        self._opinions = Opinions(kit)
        self._recalls: set[asyncio.Task[None]] = set()
        self._turns = asyncio.Semaphore(STREAM_RECALLS_AT_ONCE)
        kit.hub.recall = self._recall
        kit.push.judge = self._judge

    async def done(self) -> None:
        """Return when everybody has what they missed, of those who have asked for it."""
        await asyncio.gather(*self._recalls)

    async def stop(self) -> None:
        for task in self._recalls:
            task.cancel()
        await asyncio.gather(*self._recalls, return_exceptions=True)

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
        self._kit.hub.recalled(subscription, messages)

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
        views = await self._messages.views(found, user_id)
        made: list[Message | None] = []
        for number, each in enumerate(found, 1):
            made.append(await self._messages.of(each, views))
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
        return [happening_of(each) for each in found]

    def _is_apart(self, subscription: Subscription) -> bool:
        """Whether its tweets are judged one by one."""
        if subscription.topic.kind is TopicKind.HOME:
            graph = self._kit.reader.state.graph
            row = graph.row_of(subscription.connection.user_id)
            return row < 0 or graph.has_choices(row)
        return subscription.topic.kind is TopicKind.LIST

    async def _judge(self, topic: Topic, happenings: Sequence[Happening]) -> set[int]:
        for subscription in self._kit.hub.of(topic):  # all of them are its owner's
            return await self._opinions.heard(topic, subscription.connection.user_id, happenings)
        return set()

    async def _originals(self, happenings: Sequence[Happening]) -> dict[int, Tweet]:
        wanted = {each.tweet.retweet_of_id for each in happenings if each.tweet is not None} - {0}
        found = await self._kit.tweets.get_many(list(wanted)) if wanted else []
        return {tweet.tweet_id: tweet for tweet in found if tweet is not None}


def _as_own(message: Message, user_id: int) -> Message:
    """A message whose content is one user's."""
    if isinstance(message.content, TweetView):
        message.personal = {user_id: message.content}
    return message
