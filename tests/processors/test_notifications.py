"""Whatever happens, and however often it is delivered: notifications are what a naive reading says.

Naive means: dictionaries, one event after the other, all rules in a few lines. The processor gets the events
in lumps, twice, with writes that fail and with restarts in between.
"""

import asyncio
import random
from collections import defaultdict
from pathlib import Path
from typing import Any

import msgspec
import pytest

from roost import model
from roost.clock import ManualClock
from roost.eventlog import EmbeddedLog
from roost.ids import first_id_at, unix_ms_of
from roost.model import Edge, EdgeKind, Like, Notification, NotificationKind, Tweet, User, Verdict, Visibility
from roost.processors import NotificationsProcessor
from roost.store import Batch, KeyValueStore, TweetCache, UserCache, derive, open_memory, tables
from tests.store.samples import rows_of

NOW_MS = 1_750_000_000_000
USERS = range(1, 6)
HOUR_MS = 3_600_000
GROUPED = {NotificationKind.LIKE, NotificationKind.RETWEET, NotificationKind.FOLLOW}
POLICED = GROUPED | {NotificationKind.MENTION, NotificationKind.QUOTE, NotificationKind.FOLLOW_REQUEST}
STAFF = (2,)
LONG_AGO_MS = 1_700_000_000_000
POLL_ENDS_MS = 1_760_000_000_000
Source = tuple[Any, ...]


class Naive:
    """The world after all that was committed, and the notifications after all that was applied."""

    def __init__(self) -> None:
        self.tweets: dict[int, Tweet] = {}
        self.edges: dict[tuple[EdgeKind, int, int], Edge] = {}
        self.policies: dict[int, model.NotificationPolicy] = {}
        self.accepted: set[tuple[int, int]] = set()
        self.held: dict[tuple[int, int], Notification] = {}
        self.sources: dict[tuple[int, int], Source] = {}
        self.seen_edges: set[int] = set()
        self.muted: set[tuple[int, int]] = set()
        self.votes: dict[int, set[int]] = defaultdict(set)
        self.told: list[Notification] = []

    def commit(self, event: Any) -> None:
        match event:
            case model.TweetPosted(tweet):
                self.tweets[tweet.tweet_id] = tweet
            case model.TweetDeleted(tweet):
                self.tweets.pop(tweet.tweet_id, None)
            case model.TweetEdited(edit):
                self.tweets[edit.tweet.tweet_id] = edit.tweet
            case model.ConversationMuted(mute):
                self.muted.add((mute.user_id, mute.conversation_id))
            case model.ConversationUnmuted(mute):
                self.muted.discard((mute.user_id, mute.conversation_id))
            case model.PollVoted(vote):
                self.votes[vote.tweet_id].add(vote.user_id)
            case model.EdgeAdded(edge):
                self.edges[edge.kind, edge.source_id, edge.target_id] = edge
            case model.EdgeRemoved(edge):
                self.edges.pop((edge.kind, edge.source_id, edge.target_id), None)
            case model.PolicyChanged(policy):
                self.policies[policy.user_id] = policy
            case model.RequestAccepted(request):
                self.accepted.add((request.receiver_id, request.sender_id))

    def apply(self, position: int, event: Any) -> None:
        match event:
            case model.TweetPosted(tweet):
                self._tweet(position, tweet)
            case model.TweetEdited(edit):
                self._edit(position, edit)
            case model.PollEnded(ending):
                for user_id in {ending.author_id, *self.votes[ending.tweet_id]}:
                    source = ending.tweet_id, ending.tweet_id
                    kind = NotificationKind.POLL
                    self._add(position, user_id, kind, ending.author_id, source, ending.tweet_id)
            case model.ReportFiled(report):
                source = "report", report.report_id
                for user_id in STAFF:
                    self._add(position, user_id, NotificationKind.REPORT, report.reporter_id, source, 0)
            case model.UserModerated(strike):
                source = "report", strike.strike_id
                kind = NotificationKind.WARNING
                if strike.action is model.ModerationAction.SILENCE:
                    self._add(position, strike.user_id, kind, strike.user_id, source, 0)
            case model.TweetDeleted(tweet):
                shown = tweet.retweet_of_id or tweet.tweet_id
                self._forget(
                    lambda s: s == (shown, tweet.tweet_id) or (not tweet.retweet_of_id and s[0] == shown)
                )
                if tweet.quote_of_id:
                    self._forget(lambda s: s == (tweet.quote_of_id, tweet.tweet_id))
            case model.TweetLiked(like):
                source = like.tweet_id, like.like_id
                self._add(
                    position, like.author_id, NotificationKind.LIKE, like.user_id, source, like.tweet_id
                )
            case model.TweetUnliked(like):
                self._forget(lambda s: s == (like.tweet_id, like.like_id))
            case model.EdgeAdded(edge) if edge.kind in (EdgeKind.FOLLOW, EdgeKind.FOLLOW_REQUEST):
                kind = NotificationKind[edge.kind.name]
                if edge.edge_id not in self.seen_edges:
                    self._add(position, edge.target_id, kind, edge.source_id, ("edge", edge.edge_id), 0)
            case model.EdgeRemoved(edge):
                self._forget(lambda s: s == ("edge", edge.edge_id))
                self.seen_edges.discard(edge.edge_id)
            case model.NotificationDismissed(notification):
                self.held.pop((notification.receiver_id, notification.notification_id), None)
            case model.NotificationsErased(erasure):
                for key, found in list(self.held.items()):
                    group = found.kind, found.tweet_id, found.hour
                    whole = erasure.kind == 0 or group == (erasure.kind, erasure.tweet_id, erasure.hour)
                    if found.receiver_id == erasure.receiver_id and whole and key[1] <= position:
                        del self.held[key]
            case model.RequestAccepted(request) | model.RequestDismissed(request):
                for key, found in list(self.held.items()):
                    if found.filtered and (found.receiver_id, found.actor_id) == (
                        request.receiver_id,
                        request.sender_id,
                    ):
                        if isinstance(event, model.RequestAccepted):
                            self.held[key] = msgspec.structs.replace(found, filtered=False)
                        else:
                            del self.held[key]

    def _tweet(self, position: int, tweet: Tweet) -> None:
        source = tweet.retweet_of_id or tweet.tweet_id, tweet.tweet_id
        if tweet.retweet_of_id:
            kind = NotificationKind.RETWEET
            self._add(
                position, tweet.retweet_of_author_id, kind, tweet.author_id, source, tweet.retweet_of_id
            )
            return
        done: set[int] = {0, tweet.author_id}
        wanted = [
            (user_id, NotificationKind.MENTION)
            for user_id in (*tweet.addressed_ids, tweet.reply_to_author_id)
        ]
        wanted.append((tweet.quote_of_author_id, NotificationKind.QUOTE))
        if tweet.reply_to_author_id in (0, tweet.author_id):
            follows = [edge for key, edge in self.edges.items() if key[0] is EdgeKind.FOLLOW and edge.tells]
            wanted += [
                (edge.source_id, NotificationKind.TWEET)
                for edge in follows
                if edge.target_id == tweet.author_id and edge.edge_id < tweet.tweet_id
            ]
        for user_id, kind in wanted:
            if user_id not in done:
                self._add(position, user_id, kind, tweet.author_id, source, tweet.tweet_id)
                done.add(user_id)

    def _edit(self, position: int, edit: model.Edit) -> None:
        tweet = edit.tweet
        done = {tweet.author_id}
        told: list[tuple[int, NotificationKind, int]] = [
            (user_id, NotificationKind.MENTION, tweet.tweet_id)
            for user_id in sorted(set(tweet.addressed_ids) - set(edit.before.addressed_ids))
        ]
        others = sorted(self.tweets.values(), key=lambda one: one.tweet_id)
        told += [
            (other.author_id, NotificationKind.EDIT, other.tweet_id)
            for other in others
            if other.retweet_of_id == tweet.tweet_id
        ]
        told += [
            (other.author_id, NotificationKind.QUOTE_EDIT, other.tweet_id)
            for other in others
            if other.quote_of_id == tweet.tweet_id
        ]
        for user_id, kind, source_id in told:
            if user_id not in done:
                source = tweet.tweet_id, source_id
                self._add(position, user_id, kind, tweet.author_id, source, tweet.tweet_id, tweet.edited_ms)
                done.add(user_id)

    def _between(self, kind: EdgeKind, source_id: int, target_id: int) -> Edge | None:
        return self.edges.get((kind, source_id, target_id))

    def _add(
        self,
        position: int,
        receiver: int,
        kind: NotificationKind,
        actor: int,
        source: Source,
        tweet_id: int,
        at_ms: int = 0,
    ) -> None:
        verdict = self._verdict(receiver, kind, actor, tweet_id)
        if verdict is Verdict.DROP:
            return
        if source[0] == "edge":
            self.seen_edges.add(source[1])
        made_ms = at_ms or unix_ms_of(source[1])
        if kind is NotificationKind.POLL:
            made_ms = POLL_ENDS_MS
        subject_id = source[1] if source[0] == "report" else 0
        hour = 0
        if kind in GROUPED and verdict is Verdict.ACCEPT:
            hour = made_ms // HOUR_MS
            alive = [
                n.hour
                for n in self.held.values()
                if (n.receiver_id, n.kind, n.tweet_id) == (receiver, kind, tweet_id) and n.hour
            ]
            if alive and hour < max(alive) + 12:
                hour = max(alive)
        made = Notification(
            receiver, position, kind, actor, made_ms, tweet_id, hour, verdict is Verdict.FILTER, subject_id
        )
        self.held[receiver, position] = made
        self.sources[receiver, position] = source
        if not made.filtered:
            self.told.append(made)

    def _verdict(self, receiver: int, kind: NotificationKind, actor: int, tweet_id: int) -> Verdict:
        if receiver not in USERS:
            return Verdict.DROP
        if receiver == actor:
            from_nobody = kind in (NotificationKind.POLL, NotificationKind.WARNING)
            return Verdict.ACCEPT if from_nobody else Verdict.DROP
        if self._between(EdgeKind.BLOCK, receiver, actor) or self._between(EdgeKind.BLOCK, actor, receiver):
            return Verdict.DROP
        mute = self._between(EdgeKind.MUTE, receiver, actor)
        if mute is not None and mute.hides_notifications:
            return Verdict.DROP
        follow = self._between(EdgeKind.FOLLOW, receiver, actor)
        tweet = self.tweets.get(tweet_id)
        if tweet_id:
            if tweet is None or (receiver, tweet.root_id) in self.muted:
                return Verdict.DROP
            widely = tweet.visibility <= Visibility.UNLISTED or receiver in tweet.addressed_ids
            to_followers = tweet.visibility == Visibility.FOLLOWERS and follow is not None
            if tweet.author_id != receiver and not widely and not to_followers:
                return Verdict.DROP
        if kind not in POLICED or (receiver, actor) in self.accepted:
            return Verdict.ACCEPT
        policy = self.policies.get(receiver, model.NotificationPolicy(receiver))
        found = [Verdict.ACCEPT, policy.not_followers]  # every follower here is a new one
        if follow is None:
            found.append(policy.not_following)
            direct = tweet is not None and tweet.visibility is Visibility.DIRECT
            answers = tweet is not None and tweet.reply_to_author_id == receiver
            if kind is NotificationKind.MENTION and direct and not answers:
                found.append(policy.private_mentions)
        return max(found)

    def _forget(self, is_it: Any) -> None:
        for key, source in list(self.sources.items()):
            if is_it(source):
                self.held.pop(key, None)
                del self.sources[key]


class History:
    """Makes events that could be, from a seed."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.naive = Naive()
        self.now_ms = NOW_MS
        self.likes: dict[tuple[int, int], Like] = {}
        self._last_id = 0

    def next_id(self) -> int:
        self.now_ms += self.random.choice((7, 60_000, 40 * 60_000))
        self._last_id = max(first_id_at(self.now_ms), self._last_id + 1)
        return self._last_id

    def event(self) -> Any:
        roll = self.random.random
        usual, rarer = [self._post, self._like, self._edge], [self._delete, self._decide]
        choices = [*5 * usual, *2 * rarer, self._edit, self._mute, self._poll, self._moderate]
        while True:
            found = self.random.choice(choices)()
            if found is not None and roll() < 0.95:
                return found

    def _user(self) -> int:
        return self.random.choice(USERS)

    def _some_tweet(self) -> Tweet | None:
        return self.random.choice(list(self.naive.tweets.values())) if self.naive.tweets else None

    def _post(self) -> Any:
        author, other = self._user(), self._some_tweet()
        tweet_id, kind = self.next_id(), self.random.randrange(5)
        visibility = self.random.choice(list(Visibility))
        people = tuple(sorted({self._user() for _ in range(self.random.randrange(3))} - {author}))
        if other is not None and not other.retweet_of_id and kind == 1:
            return model.TweetPosted(
                Tweet(tweet_id, author, retweet_of_id=other.tweet_id, retweet_of_author_id=other.author_id)
            )
        more: dict[str, Any] = {}
        if other is not None and kind == 2:
            more = {"reply_to_id": other.tweet_id, "reply_to_author_id": other.author_id}
        if other is not None and kind == 3:
            more = {"quote_of_id": other.tweet_id, "quote_of_author_id": other.author_id}
        return model.TweetPosted(Tweet(tweet_id, author, "words", visibility, addressed_ids=people, **more))

    def _delete(self) -> Any:
        tweet = self._some_tweet()
        return None if tweet is None else model.TweetDeleted(tweet)

    def _edit(self) -> Any:
        tweet = self._some_tweet()
        if tweet is None or tweet.retweet_of_id:
            return None
        people = tuple(sorted({*tweet.addressed_ids, self._user()} - {tweet.author_id}))
        edited = msgspec.structs.replace(tweet, addressed_ids=people, edited_ms=unix_ms_of(self.next_id()))
        return model.TweetEdited(model.Edit(edited, tweet))

    def _mute(self) -> Any:
        tweet, user = self._some_tweet(), self._user()
        if tweet is None:
            return None
        mute = model.ConversationMute(user, tweet.root_id, self.next_id())
        is_muted = (user, tweet.root_id) in self.naive.muted
        return (model.ConversationUnmuted if is_muted else model.ConversationMuted)(mute)

    def _poll(self) -> Any:
        tweet, user = self._some_tweet(), self._user()
        if tweet is None or tweet.retweet_of_id:
            return None
        if self.random.random() < 0.3 and self.naive.votes[tweet.tweet_id]:
            return model.PollEnded(model.PollEnding(tweet.tweet_id, tweet.author_id, POLL_ENDS_MS))
        if user == tweet.author_id:
            return None
        return model.PollVoted(model.Vote(tweet.tweet_id, user, self.next_id(), tweet.author_id, (0,), 1))

    def _moderate(self) -> Any:
        reporter, target = self.random.sample(USERS, 2)
        if self.random.random() < 0.5:
            return model.ReportFiled(model.Report(self.next_id(), reporter, target))
        actions = (model.ModerationAction.SILENCE, model.ModerationAction.UNSILENCE)
        return model.UserModerated(
            model.Strike(self.next_id(), target, STAFF[0], self.random.choice(actions))
        )

    def _like(self) -> Any:
        tweet, user = self._some_tweet(), self._user()
        if tweet is None or tweet.retweet_of_id:
            return None
        held = self.likes.pop((user, tweet.tweet_id), None)
        if held is not None:
            return model.TweetUnliked(held)
        like = Like(user, tweet.tweet_id, tweet.author_id, self.next_id())
        self.likes[user, tweet.tweet_id] = like
        return model.TweetLiked(like)

    def _edge(self) -> Any:
        kind = self.random.choice((EdgeKind.FOLLOW, EdgeKind.FOLLOW, *EdgeKind))
        source, target = self.random.sample(USERS, 2)
        held = self.naive.edges.get((kind, source, target))
        if held is not None and self.random.random() < 0.6:
            return model.EdgeRemoved(held)
        edge_id = held.edge_id if held is not None else self.next_id()
        hides = self.random.random() < 0.5
        tells = self.random.random() < 0.5 if held is None else held.tells
        return model.EdgeAdded(Edge(kind, source, target, edge_id, hides_notifications=hides, tells=tells))

    def _decide(self) -> Any:
        kind, user = self.random.randrange(6), self._user()
        if kind == 0:
            verdicts = [self.random.choice(list(Verdict)) for _ in range(2)]
            more = {"private_mentions": self.random.choice(list(Verdict))}
            return model.PolicyChanged(model.NotificationPolicy(user, *verdicts, **more))
        held = [found for found in self.naive.held.values() if found.receiver_id == user]
        if not held:
            return None
        one = self.random.choice(held)
        if kind == 1:
            return model.NotificationDismissed(one)
        if kind == 2 and one.hour:
            return model.NotificationsErased(
                model.NotificationErasure(user, one.kind, one.tweet_id, one.hour, 0)
            )
        if kind == 3 and self.random.random() < 0.3:
            return model.NotificationsErased(model.NotificationErasure(user))
        waiting = [found for found in held if found.filtered]
        if kind >= 4 and waiting:
            chosen = self.random.choice(waiting)
            ids = [n.notification_id for n in waiting if n.actor_id == chosen.actor_id]
            request = model.NotificationRequest(user, min(ids), chosen.actor_id)
            return (model.RequestAccepted if kind == 4 else model.RequestDismissed)(request)
        return None


class Ground:
    """A processor over a real store, whose log sometimes cannot write."""

    def __init__(self) -> None:
        self.store = KeyValueStore(open_memory(Path()))
        self.log = EmbeddedLog(self.store, Batch)
        self.clock = ManualClock(NOW_MS)
        self.tweets = TweetCache(self.store)
        self.told: list[Notification] = []
        self.fails = 0
        self.processor = self.make()

    def make(self) -> NotificationsProcessor:
        made = NotificationsProcessor(self.store, self, self.tweets, UserCache(self.store), self.clock)  # type: ignore[arg-type]
        made.listen(lambda _position, told: self.told.extend(told))
        return made

    def __getattr__(self, name: str) -> Any:
        return getattr(self.log, name)

    async def commit_cursor(self, name: str, position: int, changes: Batch) -> None:
        if self.fails:
            self.fails -= 1
            raise OSError("the disk is full")
        await self.log.commit_cursor(name, position, changes)

    async def commit(self, event: Any) -> int:
        batch = Batch()
        derive(event, batch)
        position = await self.log.append([event], batch)
        match event:
            case model.TweetPosted(tweet):
                self.tweets.put(tweet.tweet_id, tweet)
            case model.TweetEdited(edit):
                self.tweets.put(edit.tweet.tweet_id, edit.tweet)
            case model.TweetDeleted(tweet):
                self.tweets.forget(tweet.tweet_id)
        return position


@pytest.mark.parametrize("seed", range(100))
def test_equals_a_naive_reading(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roost.processors.notifications.NOTIFICATION_SLICE_ROWS", 2)
    monkeypatch.setattr("roost.processors.notification_causes.NOTIFICATION_SLICE_ROWS", 2)
    asyncio.run(_run(seed))


async def _run(seed: int) -> None:
    history, ground = History(seed), Ground()
    chance = history.random
    for user_id in USERS:
        role = model.Role.MODERATOR if user_id in STAFF else model.Role.USER
        await ground.commit(model.UserCreated(User(user_id, f"user{user_id}", LONG_AGO_MS, role=role)))
    await ground.processor.begin()
    applied = await _apply(ground, 0, chance)
    for held in await rows_of(ground.store, tables.NOTIFICATIONS):
        history.naive.held[held.receiver_id, held.notification_id] = held  # of those who signed up
    for _ in range(25):
        events = [history.event() for _ in range(1)]
        for event in events:
            history.naive.commit(event)
        positions = [await ground.commit(event) for event in events]
        while chance.random() < 0.6:
            event = history.event()
            history.naive.commit(event)
            positions.append(await ground.commit(event))
            events.append(event)
        for position, event in zip(positions, events, strict=True):
            history.naive.apply(position, event)
        applied = await _apply(ground, applied, chance)
        await _compare(history.naive, ground)
    assert set(history.naive.told) <= set(ground.told)


async def _apply(ground: Ground, applied: int, chance: random.Random) -> int:
    """Deliver what is new, perhaps twice, perhaps with a failure or a crash on the way."""
    ground.fails = chance.choice((0, 0, 0, 1, 2))
    events = await ground.log.read(applied, 100)
    while True:
        try:
            await ground.processor.apply(events)
            break
        except OSError:
            if chance.random() < 0.5:
                ground.processor = ground.make()
                applied = await ground.processor.begin()
                events = await ground.log.read(applied, 100)
                if not events.events:
                    break
    if chance.random() < 0.3:
        await ground.processor.apply(events)
    ground.fails = 0
    await ground.processor.rest()
    if chance.random() < 0.2:
        ground.processor = ground.make()
        assert await ground.processor.begin() == ground.log.last
    return ground.log.last


async def _compare(naive: Naive, ground: Ground) -> None:
    found = await rows_of(ground.store, tables.NOTIFICATIONS)
    assert found == [naive.held[key] for key in sorted(naive.held)]
    members = await rows_of(ground.store, tables.NOTIFICATION_MEMBERS)
    assert {(row.receiver_id, row.notification_id) for row in members} == {
        key for key, held in naive.held.items() if held.hour
    }
    counts: dict[Any, int] = defaultdict(int)
    for held in found:
        if held.hour:
            counts[held.receiver_id, held.kind, held.tweet_id, held.hour] += 1
    groups = await rows_of(ground.store, tables.NOTIFICATION_GROUPS)
    assert {(row.receiver_id, row.kind, row.tweet_id, row.hour): row.count for row in groups} == counts
    waiting: dict[Any, int] = defaultdict(int)
    for held in found:
        if held.filtered:
            waiting[held.receiver_id, held.actor_id] += 1
    requests = await rows_of(ground.store, tables.NOTIFICATION_REQUESTS)
    assert {(row.receiver_id, row.sender_id): row.count for row in requests} == waiting
    assert await rows_of(ground.store, tables.NOTIFICATION_ERASURES) == []
