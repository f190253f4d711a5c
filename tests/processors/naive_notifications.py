"""Notifications by a naive reading: dictionaries, one event after the other, all rules in a few lines."""

from collections import defaultdict
from typing import Any

import msgspec

from roost import model
from roost.ids import unix_ms_of
from roost.model import Edge, EdgeKind, Notification, NotificationKind, Tweet, Verdict, Visibility

NOW_MS = 1_750_000_000_000
USERS = range(1, 8)
SLICE, TOLD_FIRST, TELL_MS = 2, 2, 10_000
HOUR_MS = 3_600_000
GROUPED = {NotificationKind.LIKE, NotificationKind.RETWEET, NotificationKind.FOLLOW}
POLICED = GROUPED | {NotificationKind.MENTION, NotificationKind.QUOTE, NotificationKind.FOLLOW_REQUEST}
STAFF = (2,)
LONG_AGO_MS = 1_700_000_000_000
POLL_ENDS_MS = 1_760_000_000_000
Source = tuple[Any, ...]
Group = tuple[int, NotificationKind, int, int]
Wanted = tuple[int, NotificationKind, int]
"""Receiver, kind, source."""


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
        self.told: list[tuple[Notification, int, bool]] = []
        self.joined: dict[Group, int] = defaultdict(int)
        self.told_ms: dict[Group, int] = defaultdict(int)
        self.quiet: set[Group] = set()
        self.fanouts: dict[int, tuple[Any, model.FanoutPlace]] = {}

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
        self._apply(position, event)
        for group in list(self.joined):
            if group not in self.alive():
                del self.joined[group]
                self.told_ms.pop(group, None)

    def alive(self) -> dict[Group, int]:
        """Groups, and their newest."""
        found: dict[Group, int] = {}
        for n in sorted(self.held.values(), key=lambda n: n.notification_id):
            if n.hour:
                found[n.receiver_id, n.kind, n.tweet_id, n.hour] = n.notification_id
        return found

    def _apply(self, position: int, event: Any) -> None:
        match event:
            case model.TweetPosted() | model.TweetEdited() | model.PollEnded():
                self._slice(position, position, event, None)
            case model.NotificationsContinued(origin_position, origin, after):
                if self.fanouts.pop(origin_position, None) == (origin, after):
                    self._slice(position, origin_position, origin, after)
            case model.NotificationsGathered(telling):
                group = telling.receiver_id, telling.kind, telling.tweet_id, telling.hour
                self.quiet.discard(group)
                if group in self.alive():
                    self.told_ms[group] = max(self.told_ms[group], telling.at_ms)
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
                if erasure.kind == 0:
                    self.quiet = {group for group in self.quiet if group[0] != erasure.receiver_id}
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

    def _slice(self, position: int, origin_position: int, origin: Any, after: Any) -> None:
        place, wanted = after, []
        match origin:
            case model.TweetPosted(tweet):
                wanted, place = self._of_tweet(tweet, after)
                actor_id, shown_id, at_ms = tweet.author_id, tweet.retweet_of_id or tweet.tweet_id, 0
            case model.TweetEdited(edit):
                wanted, place = self._of_edit(edit, after)
                tweet = edit.tweet
                actor_id, shown_id, at_ms = tweet.author_id, tweet.tweet_id, tweet.edited_ms
            case model.PollEnded(ending):
                wanted, place = self._of_poll(ending, after)
                actor_id, shown_id, at_ms = ending.author_id, ending.tweet_id, 0
        for receiver_id, kind, source_id in wanted:
            self._add(position, receiver_id, kind, actor_id, (shown_id, source_id), shown_id, at_ms)
        if place is not None:
            self.fanouts[origin_position] = origin, place

    def _of_tweet(self, tweet: Tweet, after: Any) -> tuple[list[Wanted], Any]:
        if tweet.retweet_of_id:
            return [(tweet.retweet_of_author_id, NotificationKind.RETWEET, tweet.tweet_id)], None
        done = {0, tweet.author_id}
        direct: list[Wanted] = []
        people = [(one, NotificationKind.MENTION) for one in (*tweet.addressed_ids, tweet.reply_to_author_id)]
        for user_id, kind in (*people, (tweet.quote_of_author_id, NotificationKind.QUOTE)):
            if user_id not in done:
                direct.append((user_id, kind, tweet.tweet_id))
                done.add(user_id)
        told: list[Edge] = []
        if tweet.reply_to_author_id in (0, tweet.author_id):
            follows = [edge for key, edge in self.edges.items() if key[0] is EdgeKind.FOLLOW and edge.tells]
            told = [e for e in follows if e.target_id == tweet.author_id and e.edge_id < tweet.tweet_id]
        some, place = _cut(0, {edge.edge_id: edge.source_id for edge in told}, after)
        alerts = [(one, NotificationKind.TWEET, tweet.tweet_id) for _, one in some if one not in done]
        return ([] if after else direct) + alerts, place

    def _of_poll(self, ending: model.PollEnding, after: Any) -> tuple[list[Wanted], Any]:
        some, place = _cut(0, {user_id: user_id for user_id in self.votes[ending.tweet_id]}, after)
        people = [user_id for user_id, _ in some if user_id != ending.author_id]
        if not after:
            people.append(ending.author_id)
        return [(user_id, NotificationKind.POLL, ending.tweet_id) for user_id in people], place

    def _of_edit(self, edit: model.Edit, after: Any) -> tuple[list[Wanted], Any]:
        tweet, found = edit.tweet, list[Wanted]()
        named = sorted(set(tweet.addressed_ids) - set(edit.before.addressed_ids))
        if not after:
            found = [(user_id, NotificationKind.MENTION, tweet.tweet_id) for user_id in named]
        others = self.tweets.values()
        retweets = {o.tweet_id: o.author_id for o in others if o.retweet_of_id == tweet.tweet_id}
        if not after or after.stage == 0:
            some, place = _cut(0, retweets, after)
            found += [(user, NotificationKind.EDIT, one) for one, user in some if user not in named]
            if place is not None:
                return found, place
            after = None
        quotes = {o.tweet_id: o.author_id for o in others if o.quote_of_id == tweet.tweet_id}
        some, place = _cut(1, quotes, after)
        done = {*named, *retweets.values()}
        for one, user in some:
            if user not in done:
                found.append((user, NotificationKind.QUOTE_EDIT, one))
                done.add(user)
        return found, place

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
        if not hour:
            if not made.filtered:
                self.told.append((made, 0, True))
            return
        group = receiver, kind, tweet_id, hour
        self.joined[group] += 1
        joined = self.joined[group]
        is_streamed = joined <= TOLD_FIRST or made_ms >= self.told_ms[group] + TELL_MS
        if is_streamed:
            self.told_ms[group] = max(self.told_ms[group], made_ms)
        else:
            self.quiet.add(group)
        if is_streamed or joined in (10, 100):
            self.told.append((made, joined, is_streamed))

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


def _cut(stage: int, keyed: dict[int, int], after: Any) -> tuple[list[tuple[int, int]], Any]:
    """The next few of some rows, by their keys, and where they end."""
    some = [item for item in sorted(keyed.items()) if not after or item[0] > after.above][:SLICE]
    return some, model.FanoutPlace(stage, some[-1][0]) if len(some) == SLICE else None
