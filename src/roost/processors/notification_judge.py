"""Whether a notification is welcome: may its receiver see it, and what does their policy say."""

from roost.clock import Clock
from roost.graph import may_see, relation_between
from roost.ids import unix_ms_of
from roost.limits import NEW_ACCOUNT_DAYS, NEW_FOLLOWER_DAYS
from roost.model import (
    NotificationKind,
    NotificationPolicy,
    Relation,
    Tweet,
    User,
    Verdict,
    Visibility,
)
from roost.processors.notification_causes import Cause
from roost.store import Store, TweetCache, UserCache, has_muted, tables

_MS_PER_DAY = 86_400_000
_FOR_POLICIES = frozenset(
    (
        NotificationKind.MENTION,
        NotificationKind.FOLLOW,
        NotificationKind.FOLLOW_REQUEST,
        NotificationKind.LIKE,
        NotificationKind.RETWEET,
        NotificationKind.QUOTE,
    )
)
"""What policies are about; the others come from those whom one follows, or from the server."""
FROM_NOBODY = frozenset((NotificationKind.POLL, NotificationKind.WARNING))
"""Kinds that do not come from somebody whom one can block."""


def is_barred(relation: Relation) -> bool:
    """Whether a receiver is told of nothing that the other one does."""
    muted = relation.mute is not None and relation.mute.hides_notifications
    return relation.is_barred or muted


def by_policy(
    policy: NotificationPolicy,
    kind: NotificationKind,
    relation: Relation,
    sender: User,
    tweet: Tweet | None,
    now_ms: int,
) -> Verdict:
    """The strictest rule of a policy that the sender falls under."""
    if kind not in _FOR_POLICIES:
        return Verdict.ACCEPT
    stranger = relation.follow is None
    verdict = Verdict.ACCEPT
    if stranger:
        verdict = max(verdict, policy.not_following)
        if now_ms - sender.created_ms < NEW_ACCOUNT_DAYS * _MS_PER_DAY:
            verdict = max(verdict, policy.new_accounts)
        if kind is NotificationKind.MENTION and tweet is not None and _is_unasked(tweet, relation.user_id):
            verdict = max(verdict, policy.private_mentions)
        if sender.standing.silenced:
            verdict = max(verdict, policy.limited_accounts)
    follower = relation.followed_by
    if follower is None or now_ms - unix_ms_of(follower.edge_id) < NEW_FOLLOWER_DAYS * _MS_PER_DAY:
        verdict = max(verdict, policy.not_followers)
    return verdict


def _is_unasked(tweet: Tweet, receiver_id: int) -> bool:
    """Whether it is a direct tweet that does not answer the receiver."""
    return tweet.visibility == Visibility.DIRECT and tweet.reply_to_author_id != receiver_id


class NotificationJudge:
    def __init__(self, store: Store, tweets: TweetCache, users: UserCache, clock: Clock) -> None:
        self._store = store
        self._tweets = tweets
        self._users = users
        self._clock = clock

    async def verdict(self, cause: Cause) -> Verdict:
        """DROP where the receiver must not or does not want to get it. About 50 us."""
        receiver = await self._users.get(cause.receiver_id)
        sender = await self._users.get(cause.actor_id)
        if receiver is None or receiver.is_gone or sender is None:
            return Verdict.DROP
        if cause.actor_id == cause.receiver_id:
            return Verdict.ACCEPT if cause.kind in FROM_NOBODY else Verdict.DROP
        now_ms = self._clock.now_ms()
        relation = await relation_between(self._store, cause.receiver_id, cause.actor_id, now_ms)
        if is_barred(relation):
            return Verdict.DROP
        tweet = await self._tweets.get(cause.tweet_id) if cause.tweet_id else None
        if cause.tweet_id and (tweet is None or not await self._wants(tweet, cause, relation, sender)):
            return Verdict.DROP
        return await self._policed(cause, relation, sender, tweet, now_ms)

    async def _policed(
        self, cause: Cause, relation: Relation, sender: User, tweet: Tweet | None, now_ms: int
    ) -> Verdict:
        if cause.kind not in _FOR_POLICIES:
            return Verdict.ACCEPT
        policy = await self._store.get(tables.NOTIFICATION_POLICIES, (cause.receiver_id,))
        wanted = policy or NotificationPolicy(cause.receiver_id)
        verdict = by_policy(wanted, cause.kind, relation, sender, tweet, now_ms)
        if verdict is Verdict.ACCEPT:
            return verdict
        row = await self._store.get(tables.ACCEPTED_SENDERS, (cause.receiver_id, cause.actor_id))
        return Verdict.ACCEPT if row is not None else verdict

    async def _wants(self, tweet: Tweet, cause: Cause, relation: Relation, sender: User) -> bool:
        """Whether the receiver may see the tweet, and does not mute its conversation."""
        if await has_muted(self._store, cause.receiver_id, tweet):
            return False
        return await self._sees(tweet, cause, relation, sender)

    async def _sees(self, tweet: Tweet, cause: Cause, relation: Relation, sender: User) -> bool:
        if tweet.author_id == cause.receiver_id:
            return True
        if tweet.author_id == cause.actor_id:
            return may_see(tweet, sender, cause.receiver_id, relation)
        author = await self._users.get(tweet.author_id)
        if author is None:
            return False
        other = await relation_between(self._store, cause.receiver_id, tweet.author_id, self._clock.now_ms())
        return may_see(tweet, author, cause.receiver_id, other)
