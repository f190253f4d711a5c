"""Subscriptions to Web Push, and what is sent to them."""

import asyncio
import logging
from collections import deque
from collections.abc import Sequence

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from roost.errors import Conflict, FieldProblem, Invalid, NotFound
from roost.graph import relation_between
from roost.limits import EXPORT_ROWS_MAX, PUSH_NOTICES_WAITING_MAX, PUSH_SUBSCRIPTIONS_PER_USER_MAX
from roost.model import Notification, PushPolicy, PushSubscription
from roost.outgoing import Guard, NotAllowed
from roost.processors import Told
from roost.service.local.kit import Kit
from roost.service.local.notifications import LocalNotifications
from roost.service.local.web_push_keys import WebPushKeys
from roost.service.local.web_push_message import encrypted
from roost.service.local.web_push_sender import Delivery, WebPushSender
from roost.service.notices import NotificationView
from roost.service.push_terms import Compose, PushTarget, PushTerms
from roost.service.views import Session
from roost.store import Batch, tables

_log = logging.getLogger("roost.push")
_SECRET_BYTES = 16


class LocalWebPush:
    """`compose` makes the text of a message; until one is given, nothing is sent."""

    def __init__(self, kit: Kit, notifications: LocalNotifications) -> None:
        self._kit = kit
        self._notifications = notifications
        self._keys: WebPushKeys = kit.push_keys
        self._compose: Compose | None = None
        self._guard = Guard(kit.settings.networks_allowed(), any_port=True)
        self._sender = WebPushSender(self._forget, self._guard, kit.lookup, kit.push_counts)
        self._subscribed: set[int] = set()
        """Users who have a subscription: nobody else's notifications are looked at."""
        self._waiting: deque[Notification] = deque(maxlen=PUSH_NOTICES_WAITING_MAX)
        self._called = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        kit.notices.listen(self._take)

    @property
    def public_key(self) -> str:
        """The key that apps subscribe with."""
        return self._keys.public_key

    def speak(self, compose: Compose) -> None:
        self._compose = compose

    async def start(self) -> None:
        after: bytes | None = b""
        while after is not None:
            found, after = await self._kit.store.export(tables.PUSH_SUBSCRIPTIONS, after, EXPORT_ROWS_MAX)
            self._subscribed.update(row.user_id for row in found)
        self._sender.start()
        self._task = asyncio.create_task(self._run(), name="roost-web-push-notices")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._sender.stop()

    # -- subscriptions

    async def subscribe(
        self, session: Session, target: PushTarget, terms: PushTerms, token: str
    ) -> PushSubscription:
        """Push to one place for a token, instead of where it was pushed to before. Raises Invalid."""
        self._check_endpoint(target.endpoint)
        _check_keys(target)
        kit = self._kit
        async with kit.locks.hold("push", session.user_id):
            held = await kit.store.scan(
                tables.PUSH_SUBSCRIPTIONS, (session.user_id,), limit=PUSH_SUBSCRIPTIONS_PER_USER_MAX
            )
            others = [row for row in held if row.token_hash != session.token_hash]
            if len(others) >= PUSH_SUBSCRIPTIONS_PER_USER_MAX:
                raise Invalid(
                    f"Validation failed: You have {PUSH_SUBSCRIPTIONS_PER_USER_MAX} push subscriptions, "
                    "which is the limit"
                )
            made = PushSubscription(
                session.user_id,
                session.token_hash,
                kit.ids.next_id(),
                target.endpoint,
                target.public_key,
                target.secret,
                terms.kinds or (),
                terms.policy or PushPolicy.ALL,
                target.standard,
                self._keys.seal(token, session.token_hash) if token else b"",
            )
            return await self._write(made)

    async def subscription(self, session: Session) -> PushSubscription:
        """Raises NotFound."""
        key = session.user_id, session.token_hash
        found = await self._kit.store.get(tables.PUSH_SUBSCRIPTIONS, key)
        if found is None:
            raise NotFound("Record not found")
        return found

    async def change(self, session: Session, terms: PushTerms) -> PushSubscription:
        """Change what is pushed; terms that are None stay. Raises NotFound."""
        async with self._kit.locks.hold("push", session.user_id):
            held = await self.subscription(session)
            return await self._write(
                msgspec.structs.replace(
                    held,
                    kinds=held.kinds if terms.kinds is None else terms.kinds,
                    policy=held.policy if terms.policy is None else terms.policy,
                )
            )

    async def unsubscribe(self, session: Session) -> None:
        batch = Batch()
        batch.delete(tables.PUSH_SUBSCRIPTIONS, (session.user_id, session.token_hash))
        await self._kit.store.write(batch)

    def _check_endpoint(self, endpoint: str) -> None:
        """Raises Invalid."""
        try:
            if not endpoint.isascii():
                raise NotAllowed("is not a web address")
            self._guard.check(endpoint)
        except NotAllowed as cause:
            raise Invalid(f"Validation failed: Endpoint {cause.text}") from cause

    async def _write(self, subscription: PushSubscription) -> PushSubscription:
        batch = Batch()
        batch.put(tables.PUSH_SUBSCRIPTIONS, subscription)
        await self._kit.store.write(batch)
        self._subscribed.add(subscription.user_id)
        return subscription

    async def _forget(self, subscription: PushSubscription) -> None:
        """Unless there is another one for the token by now."""
        async with self._kit.locks.hold("push", subscription.user_id):
            key = subscription.user_id, subscription.token_hash
            held = await self._kit.store.get(tables.PUSH_SUBSCRIPTIONS, key)
            if held is not None and held.subscription_id == subscription.subscription_id:
                batch = Batch()
                batch.delete(tables.PUSH_SUBSCRIPTIONS, key)
                await self._kit.store.write(batch)

    # -- sending

    def _take(self, told: Sequence[Told]) -> None:
        """New notifications; where too many wait, the oldest are not pushed."""
        subscribed = self._subscribed
        wanted = [
            each.notification
            for each in told
            if each.notification.receiver_id in subscribed and each.is_pushed
        ]
        if wanted and self._compose is not None:
            self._waiting.extend(wanted)
            self._called.set()

    async def _run(self) -> None:
        while True:
            await self._called.wait()
            self._called.clear()
            while self._waiting:
                notification = self._waiting.popleft()
                try:
                    await self._push(notification)
                except (NotFound, Conflict):
                    continue
                except Exception:
                    _log.exception("A notification could not be pushed")

    async def _push(self, notification: Notification) -> None:
        kit, user_id = self._kit, notification.receiver_id
        found = await kit.store.scan(
            tables.PUSH_SUBSCRIPTIONS, (user_id,), limit=PUSH_SUBSCRIPTIONS_PER_USER_MAX
        )
        if not found:
            self._subscribed.discard(user_id)
        wanting = [row for row in found if notification.kind in row.kinds]
        views = await self._notifications.several([notification]) if wanting else []
        if not views or self._compose is None:
            return
        for subscription in wanting:
            if await self._is_wanted(subscription, views[0]):
                token = self._keys.unseal(subscription.sealed_token, subscription.token_hash)
                payload = self._compose(views[0], token)
                contact = _contact(kit.settings.contact_email, kit.settings.public_url)
                message = await asyncio.to_thread(encrypted, subscription, payload, self._keys, contact)
                self._sender.put(Delivery(subscription, message))

    async def _is_wanted(self, subscription: PushSubscription, view: NotificationView) -> bool:
        kit, actor_id = self._kit, view.actor.user.user_id
        if await kit.store.get(tables.TOKENS, (subscription.token_hash,)) is None:
            await self._forget(subscription)  # the token was revoked
            return False
        receiver = await kit.users.get(subscription.user_id)
        if receiver is None or receiver.is_barred:
            return False  # their tokens are kept, and mean nothing meanwhile
        if subscription.policy is PushPolicy.ALL:
            return True
        relation = await relation_between(kit.store, subscription.user_id, actor_id, kit.clock.now_ms())
        if subscription.policy is PushPolicy.FOLLOWED:
            return relation.follow is not None
        return subscription.policy is PushPolicy.FOLLOWER and relation.followed_by is not None


def _check_keys(target: PushTarget) -> None:
    """Raises Invalid."""
    problems: dict[str, tuple[FieldProblem, ...]] = {}
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), target.public_key)
    except ValueError:
        problems["p256dh"] = (FieldProblem("ERR_INVALID", "is not a key on the curve P-256"),)
    if len(target.public_key) != 65:
        problems["p256dh"] = (FieldProblem("ERR_INVALID", "is not a key on the curve P-256"),)
    if len(target.secret) != _SECRET_BYTES:
        problems["auth"] = (FieldProblem("ERR_INVALID", f"must have {_SECRET_BYTES} bytes"),)
    if problems:
        name, (problem, *_) = next(iter(problems.items()))
        raise Invalid(f"Validation failed: {name} {problem.text}", problems)


def _contact(email: str, url: str) -> str:
    """Whom a push service may turn to."""
    if email:
        return f"mailto:{email}"
    return url if url.startswith("https://") else "mailto:admin@localhost"
