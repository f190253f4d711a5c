"""Who, of those who are connected, is told what happened; and what of it one reader is told who was away.

Both are answered from the shard's graph as it is now, in memory: a tweet that a reader's home timeline would
not show is not sent either. Belongs to the event loop's thread.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from roost.clock import Clock
from roost.graph import Graph
from roost.home import ShardState
from roost.kernels import (
    AUTHOR,
    NEEDED,
    OTHER,
    PROTECTED,
    TO_ALL,
    TO_NONE,
    TWEET_FACTS,
    list_audience,
    list_audience_among,
    reserve,
)
from roost.limits import STREAMS_MAX
from roost.model import Tweet, Visibility
from roost.push import (
    NO_LANES,
    PUBLIC,
    PUBLIC_MEDIA,
    Happening,
    Hub,
    MessageKind,
    Subscription,
    Topic,
    TopicKind,
    direct_of,
    hashtag_of,
    home_of,
    notifications_of,
)
from roost.store import UserCache

_FEW_FOLLOWERS = 8
"""So many followers are looked at in the time in which one reader's followees are searched."""
_TWEETS = (MessageKind.TWEET, MessageKind.EDIT)
_NOTICES = (MessageKind.NOTIFICATION, MessageKind.NOTIFICATIONS_MERGED)
_EVERYBODY = (
    MessageKind.ANNOUNCEMENT,
    MessageKind.ANNOUNCEMENT_REACTION,
    MessageKind.ANNOUNCEMENT_DELETED,
)
NO_TWEET = np.full(TWEET_FACTS, -1, np.int64)
"""Facts of what is no tweet."""


Originals = Callable[[int], Tweet | None]
"""The tweets that retweets show, None for one that is gone."""


class Audience:
    """Keeps count of who is connected; a hub tells it by `watch`."""

    def __init__(self, state: ShardState, users: UserCache, hub: Hub, clock: Clock) -> None:
        self._users = users
        self._graph: Graph = state.graph
        self._hub = hub
        self._clock = clock
        self._online: NDArray[np.uint8] = reserve(state.capacity.users, np.uint8)
        self._rows: dict[int, int] = {}
        """Those who are told of their home timeline: user -> row."""
        self._unplaced: set[int] = set()
        """Those of them without a row yet: they were made a moment ago."""
        self._choosers: dict[int, int] = {}
        """Those with exclusive lists or followed hashtags, who are judged apart: user -> row."""
        self._lists: set[Topic] = set()
        """Those that somebody listens to."""
        self._online_rows = np.empty(0, np.int64)
        self._found = np.empty(STREAMS_MAX, np.int64)

    def use(self, state: ShardState) -> None:
        """Ask another state, in which users have the same rows."""
        self._graph = state.graph

    def watch(self, topic: Topic, present: bool) -> None:
        """A topic has got its first subscription, or lost its last one."""
        if topic.kind is TopicKind.LIST:
            (self._lists.add if present else self._lists.discard)(topic)
        if topic.kind is not TopicKind.HOME:
            return
        if present:
            self._unplaced.add(topic.key)
        else:
            self._unplaced.discard(topic.key)
            self._choosers.pop(topic.key, None)
            row = self._rows.pop(topic.key, -1)
            if row >= 0:
                self._online[row] = 0
            self._online_rows = np.empty(0, np.int64)

    def apart(self) -> set[Topic]:
        """The topics that are judged one by one: lists, and homes that their owners changed."""
        self._place()
        return self._lists.union(map(home_of, self._choosers))

    def note_choice(self, user_id: int) -> None:
        """A user made a list exclusive, follows a hashtag, or the like."""
        row = self._rows.pop(user_id, -1)
        if row >= 0:
            self._online[row] = 0
            self._online_rows = np.empty(0, np.int64)
            self._choosers[user_id] = row

    # -- from a happening to who is told

    def listeners(
        self, happening: Happening, original: Tweet | None
    ) -> tuple[list[Subscription], NDArray[np.int64]]:
        """Everybody who is told of it: subscriptions, and the hub's lanes of others. `original` is what a
        retweet shows, None where it is gone."""
        if happening.kind is MessageKind.TWEET:
            assert happening.tweet is not None
            found, lanes = self._hub.split_homes(self._at_home(happening.tweet, original))
            return found + self._in_public(happening.tweet), lanes
        return self._subscriptions(happening, original), NO_LANES

    def _subscriptions(self, happening: Happening, original: Tweet | None) -> list[Subscription]:
        if happening.kind is MessageKind.DELETION:
            return self._of_deletion(happening)
        if happening.kind is MessageKind.EDIT:
            assert happening.tweet is not None
            found = self._hub.at_homes(self._at_home(happening.tweet, original))
            return found + self._in_public(happening.tweet)
        found = [each for topic in self._topics_of(happening) for each in self._hub.of(topic)]
        if happening.kind in _NOTICES:
            return [each for each in found if each.connection.notifies]
        return found

    def facts(self, tweet: Tweet, original: Tweet | None) -> NDArray[np.int64]:
        """See `kernels.audience`."""
        graph = self._graph
        author = graph.row_of(tweet.author_id)
        facts = np.array((author, TO_ALL, 1 if tweet.retweet_of_id else 0, -1), np.int64)
        if tweet.visibility == Visibility.DIRECT:
            facts[OTHER] = TO_NONE
        elif tweet.is_reply and tweet.reply_to_author_id != tweet.author_id:
            answered = graph.row_of(tweet.reply_to_author_id) if tweet.reply_to_author_id else -1
            facts[OTHER] = answered if answered >= 0 else TO_NONE
        if original is not None and original.author_id != tweet.author_id:
            row = graph.row_of(original.author_id)
            if original.visibility == Visibility.FOLLOWERS or self._is_protected(row):
                facts[NEEDED] = row
        return facts

    def _at_home(self, tweet: Tweet, original: Tweet | None) -> list[int]:
        return self._home_readers(tweet, original) if self._rows or self._unplaced else []

    def _in_public(self, tweet: Tweet) -> list[Subscription]:
        """Those who hear everybody's tweets, or those with a hashtag."""
        hub = self._hub
        found: list[Subscription] = []
        topics = [topic for topic in public_topics(tweet) if hub.of(topic)]
        if topics:
            author = self._graph.row_of(tweet.author_id)
            if not self._is_protected(author):
                shut_out = self._shut_out(tweet, author)
                for topic in topics:
                    found.extend(
                        each
                        for each in hub.of(topic)
                        if shut_out is None or not shut_out(each.connection.user_id)
                    )
        return found

    def _home_readers(self, tweet: Tweet, original: Tweet | None) -> list[int]:
        """The users who are connected and have the tweet on their home timelines."""
        if tweet.retweet_of_id and original is None:
            return []
        self._place()
        graph = self._graph
        facts = self.facts(tweet, original)
        author = int(facts[AUTHOR])
        readers: list[int] = []
        if tweet.author_id in self._rows and self._author_has(author, facts):
            readers.append(tweet.author_id)
        if tweet.visibility == Visibility.DIRECT:
            readers.extend(
                user_id
                for user_id in tweet.addressed_ids
                if (row := self._rows.get(user_id, -1)) >= 0 and row != author and graph.follows(row, author)
            )
        elif facts[OTHER] != TO_NONE and author >= 0:
            rows = self._among_followers(author, facts)
            readers.extend(graph.user_ids[rows].tolist())
        return self._without_hiders(readers, tweet, original)

    def _among_followers(self, author: int, facts: NDArray[np.int64]) -> NDArray[np.int64]:
        graph, table = self._graph, facts.reshape(1, -1)
        if graph.follower_count(author) <= _FEW_FOLLOWERS * len(self._rows):
            count = list_audience(graph.followers, graph.following, self._online, table, self._found)
        else:
            if len(self._online_rows) != len(self._rows):
                self._online_rows = np.fromiter(self._rows.values(), np.int64, len(self._rows))
            count = list_audience_among(graph.following, self._online_rows, table, self._found)
        return self._found[:count]

    def _author_has(self, author: int, facts: NDArray[np.int64]) -> bool:
        """Whether one has one's own retweet on one's timeline: not if its original's author shuts one out."""
        needed = int(facts[NEEDED])
        return needed < 0 or self._graph.follows(author, needed)

    def _without_hiders(self, readers: Sequence[int], tweet: Tweet, original: Tweet | None) -> list[int]:
        """Those who neither block nor mute, nor are blocked by, whom the tweet would show them."""
        author_id, answered_id = tweet.author_id, tweet.reply_to_author_id
        hiders = self._hiders(self._graph.row_of(author_id))
        if tweet.is_reply and answered_id not in (0, author_id) and tweet.visibility != Visibility.DIRECT:
            hiders |= self._hiders(self._graph.row_of(answered_id)) - {answered_id, author_id}
        if original is not None and original.author_id != author_id:
            hiders |= self._hiders(self._graph.row_of(original.author_id)) - {original.author_id}
        found = [user_id for user_id in readers if user_id not in hiders] if hiders else list(readers)
        if original is not None and original.visibility == Visibility.DIRECT:
            told = {original.author_id, *original.addressed_ids}
            found = [user_id for user_id in found if user_id in told]
        return found

    def _of_deletion(self, happening: Happening) -> list[Subscription]:
        """Everybody who could have got the tweet: it is named by its id alone."""
        tweet, hub = happening.tweet, self._hub
        assert tweet is not None
        self._place()
        users = {tweet.author_id, *tweet.addressed_ids} - self._choosers.keys()
        author = self._graph.row_of(tweet.author_id)
        if tweet.visibility != Visibility.DIRECT and author >= 0 and self._rows:
            facts = np.array((author, TO_ALL, 0, -1), np.int64)
            users.update(self._graph.user_ids[self._among_followers(author, facts)].tolist())
        found = hub.at_homes(users)
        found.extend(each for topic in public_topics(tweet) for each in hub.of(topic))
        return found

    def _topics_of(self, happening: Happening) -> Iterable[Topic]:
        kind, user_id = happening.kind, happening.user_id
        if kind in _EVERYBODY:
            return [topic for topic in self._hub.topics() if topic.kind is TopicKind.HOME]
        if kind is MessageKind.CONVERSATION:
            return (direct_of(user_id),)
        if kind in _NOTICES:
            return (home_of(user_id), notifications_of(user_id))
        return (home_of(user_id),)

    # -- from a reader to what happened

    def missed(
        self, subscription: Subscription, happenings: Iterable[Happening], original_of: Originals
    ) -> Iterator[Happening]:
        """Those of some happenings that a subscription is told of: the same that it would have been told had
        it been there, as far as they may still be seen."""
        topic, user_id = subscription.topic, subscription.connection.user_id
        for happening in happenings:
            if happening.kind in _TWEETS or happening.kind is MessageKind.DELETION:
                wanted = self._would_hear(topic, user_id, happening, original_of)
            elif happening.kind in _EVERYBODY:
                wanted = topic.kind is TopicKind.HOME
            else:
                wanted = topic in self._topics_of(happening)
            if wanted and (happening.kind not in _NOTICES or subscription.connection.notifies):
                yield happening

    def _would_hear(self, topic: Topic, user_id: int, happening: Happening, original_of: Originals) -> bool:
        tweet = happening.tweet
        assert tweet is not None
        if topic.kind is TopicKind.HOME:
            if happening.kind is MessageKind.DELETION:
                return self._could_have_had(user_id, tweet)
            return self._has_at_home(user_id, tweet, original_of)
        if topic not in public_topics(tweet):
            return False
        author = self._graph.row_of(tweet.author_id)
        if happening.kind is MessageKind.DELETION:
            return True
        shut_out = self._shut_out(tweet, author)
        return not self._is_protected(author) and (shut_out is None or not shut_out(user_id))

    def _has_at_home(self, user_id: int, tweet: Tweet, original_of: Originals) -> bool:
        original = original_of(tweet.retweet_of_id) if tweet.retweet_of_id else None
        if tweet.retweet_of_id and original is None:
            return False
        graph = self._graph
        row = graph.row_of(user_id)
        facts = self.facts(tweet, original)
        author = int(facts[AUTHOR])
        if row < 0 or author < 0:
            return False
        if row == author:
            has = self._author_has(author, facts)
        elif tweet.visibility == Visibility.DIRECT:
            has = user_id in tweet.addressed_ids and graph.follows(row, author)
        else:
            one = np.array((row,), np.int64)
            has = list_audience_among(graph.following, one, facts.reshape(1, -1), self._found) == 1
        return has and bool(self._without_hiders([user_id], tweet, original))

    def _could_have_had(self, user_id: int, tweet: Tweet) -> bool:
        if user_id == tweet.author_id or user_id in tweet.addressed_ids:
            return True
        graph = self._graph
        row, author = graph.row_of(user_id), graph.row_of(tweet.author_id)
        if tweet.visibility == Visibility.DIRECT or row < 0 or author < 0:
            return False
        return graph.follows(row, author)

    # -- who is who

    def _place(self) -> None:
        """Find the rows of those who came since the last look."""
        if not self._unplaced:
            return
        for user_id in list(self._unplaced):
            row = self._graph.row_of(user_id)
            if row < 0:
                continue
            self._unplaced.discard(user_id)
            if self._graph.has_choices(row):
                self._choosers[user_id] = row
            else:
                self._rows[user_id] = row
                self._online[row] = 1
        self._online_rows = np.empty(0, np.int64)

    def _hiders(self, row: int) -> set[int]:
        """The users who hide the user of a row, or are hidden by them."""
        if row < 0:
            return set()
        hiders = self._graph.hidden.hiders(row, self._clock.now_ms())
        return set(self._graph.user_ids[list(hiders)].tolist()) if hiders else hiders

    def _shut_out(self, tweet: Tweet, author: int) -> Callable[[int], bool] | None:
        """Says of a user whether a public tweet is not for them; None where it is for everybody: authors hide
        from those who block or mute them, and silenced ones from all who do not follow them."""
        hiders = self._hiders(author)
        user = self._users.peek(tweet.author_id)
        if user is None or not user.standing.silenced:
            return hiders.__contains__ if hiders else None
        graph = self._graph

        def shut_out(user_id: int) -> bool:
            if user_id == tweet.author_id:
                return False
            row = graph.row_of(user_id) if user_id else -1
            return user_id in hiders or row < 0 or not graph.follows(row, author)

        return shut_out

    def _is_protected(self, row: int) -> bool:
        return row < 0 or int(self._graph.flags[row]) & PROTECTED != 0


def public_topics(tweet: Tweet) -> list[Topic]:
    """The topics of everybody's tweets that one belongs to, as far as the tweet itself says."""
    if tweet.visibility != Visibility.PUBLIC or tweet.retweet_of_id:
        return []
    topics = [hashtag_of(word) for word in tweet.hashtags()]
    if not tweet.is_reply or tweet.reply_to_author_id == tweet.author_id:
        topics.append(PUBLIC)
        if tweet.media:
            topics.append(PUBLIC_MEDIA)
    return topics
