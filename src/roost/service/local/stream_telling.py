"""What happens is told to those who are there: made ready once, laid at connections, sent in batches."""

import asyncio
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from roost.limits import STREAM_FLUSH_CONNECTIONS, STREAM_POST_SUBSCRIPTIONS
from roost.model import Event, FiltersChanged
from roost.processors import Telling
from roost.push import Message, MessageKind, Subscription
from roost.service.local.kit import Kit
from roost.service.local.stream_messages import StreamMessages, happening_of
from roost.service.views import TweetView

_LOOKED_AT_ONCE = 50


class StreamTelling:
    """Belongs to the event loop's thread."""

    def __init__(self, kit: Kit, messages: StreamMessages) -> None:
        self._kit = kit
        self._hub = kit.hub
        self._messages = messages
        kit.push.tell = self._tell
        kit.committer.listen(self._note)
        kit.notices.listen(
            lambda told: kit.push.add([happening_of(each.notification) for each in told if each.is_streamed])
        )

    async def _tell(self, tellings: Sequence[Telling]) -> None:
        """Make messages, lay them at the connections, and write to these a few at a time."""
        views = await self._messages.views([each.happening for each in tellings], 0)
        at_position = Counter(each.happening.position for each in tellings)
        for telling in tellings:
            message = await self._messages.of(telling.happening, views)
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


def _is_plain(kind: MessageKind, view: TweetView) -> bool:
    """Whether all but its author, and those who filter, see a tweet alike: nobody can have done anything to
    it yet, nor to what it shows."""
    tweet = view.tweet
    return kind is MessageKind.TWEET and not tweet.retweet_of_id and not tweet.quote_of_id
