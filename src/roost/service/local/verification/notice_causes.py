"""Notifications that have to be there: what the log still says happened, and still stands.

Looked at are likes, retweets, mentions, answers, quotes, follows and requests to follow. Whether somebody
hears of one is asked of what holds now, so those are left out of which something else may have held then: the
receiver has set a policy, dismissed it, or muted its conversation; there was ever a block or a mute between
the two; one of them was protected, silenced or suspended meanwhile; or it was for followers, of whom one may
have come or gone. What is told slice by slice (polls' ends, edits, tweets of those whom one asked to be told
of) is not looked at here: only that what is there has its cause.
"""

from roost.model import (
    ConversationMuted,
    EdgeAdded,
    EdgeKind,
    EdgeRemoved,
    Event,
    NotificationDismissed,
    NotificationsErased,
    PolicyChanged,
    RequestDismissed,
    Tweet,
    TweetLiked,
    TweetPosted,
    User,
    UserCreated,
    UserUpdated,
    Verdict,
    Visibility,
)
from roost.processors import Cause, get_notification, of_edge, of_like, of_tweet, stands
from roost.service.local.kit import Kit
from roost.service.local.verification.log_history import events_of
from roost.service.local.verification.seam import Tally
from roost.store import rows, tables

_HIDING = (EdgeKind.BLOCK, EdgeKind.MUTE)


async def check_told(kit: Kit, tally: Tally) -> None:
    """Reads the log twice, from where it begins. Memory: 100 bytes for each event that leaves something
    undecided."""
    last = kit.log.last
    undecided = _Undecided()
    async for position, event in events_of(kit.log, last):
        undecided.note(position, event)
    async for position, event in events_of(kit.log, last):
        causes = _causes(event)
        if causes and await stands(kit.store, event):
            for cause in causes:
                await _check_one(kit, undecided, position, event, cause, tally)


def _causes(event: Event) -> list[Cause]:
    match event:
        case TweetLiked():
            return of_like(event)
        case EdgeAdded(edge):
            return of_edge(edge)
        case TweetPosted(tweet):
            return of_tweet(tweet)
        case _:
            return []


async def _check_one(
    kit: Kit, undecided: "_Undecided", position: int, event: Event, cause: Cause, tally: Tally
) -> None:
    if isinstance(event, EdgeAdded):  # new terms of an edge that stands are no news
        about = (rows.About.EDGE, event.edge.edge_id)
        found = await kit.store.scan(tables.NOTIFICATION_INDEX, about, limit=1)
        position = found[0].notification_id if found else position
    if undecided.covers(position, event, cause):
        return
    if await kit.notices.judge.verdict(cause) is Verdict.DROP:
        return
    tally.compared += 1
    if await get_notification(kit.store, cause.receiver_id, position) is None:
        kind = cause.kind.name.lower()
        tally.differs(
            f"{kind} by user {cause.actor_id} at {position}", None, f"told to user {cause.receiver_id}"
        )


class _Undecided:
    """Of whom, between whom and of what the tables of today do not say what was told then."""

    def __init__(self) -> None:
        self._users: dict[int, tuple[bool, ...]] = {}
        self._changed: set[int] = set()
        self._deciding: set[int] = set()
        """Those with policies of their own."""
        self._pairs: set[tuple[int, int]] = set()
        self._muted: set[tuple[int, int]] = set()
        """By user and conversation."""
        self._dismissed: set[tuple[int, int]] = set()
        self._erased: dict[tuple[int, ...], int] = {}
        """By receiver, or by receiver, kind and tweet: up to where."""

    def note(self, position: int, event: Event) -> None:
        match event:
            case UserCreated(user) | UserUpdated(user):
                self._note_user(user, isinstance(event, UserCreated))
            case PolicyChanged(policy):
                self._deciding.add(policy.user_id)
            case EdgeAdded(edge) | EdgeRemoved(edge) if edge.kind in _HIDING:
                self._note_pair(edge.source_id, edge.target_id)
            case RequestDismissed(request):
                self._note_pair(request.receiver_id, request.sender_id)
            case ConversationMuted(silence):
                self._muted.add((silence.user_id, silence.conversation_id))
            case NotificationDismissed(gone):
                self._dismissed.add((gone.receiver_id, gone.notification_id))
            case NotificationsErased(erasure):
                group = (erasure.kind, erasure.tweet_id) if erasure.kind else ()
                self._erased[erasure.receiver_id, *group] = position

    def covers(self, position: int, event: Event, cause: Cause) -> bool:
        receiver_id, actor_id = cause.receiver_id, cause.actor_id
        erased = max(
            self._erased.get((receiver_id,), 0),
            self._erased.get((receiver_id, cause.kind, cause.tweet_id), 0),
        )
        if position <= erased or receiver_id in self._deciding or (receiver_id, actor_id) in self._pairs:
            return True
        if receiver_id in self._changed or actor_id in self._changed:
            return True
        if (receiver_id, position) in self._dismissed:
            return True
        return isinstance(event, TweetPosted) and self._covers_tweet(event.tweet, receiver_id)

    def _covers_tweet(self, tweet: Tweet, receiver_id: int) -> bool:
        if (receiver_id, tweet.root_id) in self._muted:
            return True
        is_open = tweet.visibility in (Visibility.PUBLIC, Visibility.UNLISTED)
        is_protected = self._users.get(tweet.author_id, (True,))[0]
        return (is_protected or not is_open) and receiver_id not in tweet.addressed_ids

    def _note_user(self, user: User, is_new: bool) -> None:
        now = user.protected, user.is_gone, user.standing.silenced
        before = self._users.get(user.user_id, now if is_new else None)
        self._users[user.user_id] = now
        if before != now:
            self._changed.add(user.user_id)

    def _note_pair(self, one_id: int, other_id: int) -> None:
        self._pairs |= {(one_id, other_id), (other_id, one_id)}
