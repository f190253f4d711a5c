"""Notifications by a naive reading: dictionaries, one event after the other, all rules in a few lines."""

from collections import defaultdict
from typing import Any

import msgspec

from roost import model
from roost.ids import unix_ms_of
from roost.model import Edge, EdgeKind, Notification, NotificationKind, Tweet, Verdict, Visibility

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
