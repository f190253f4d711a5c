"""Rows of what users decide about their notifications. The notifications themselves a processor derives."""

from roost.model import (
    NotificationDismissed,
    NotificationsContinued,
    NotificationsErased,
    NotificationsGathered,
    PolicyChanged,
    RequestAccepted,
    RequestDismissed,
)
from roost.store import tables
from roost.store.batch import Batch
from roost.store.derivation.rule import Rules
from roost.store.rows import AcceptedSenderRow


def _change_policy(event: PolicyChanged, batch: Batch) -> None:
    batch.put(tables.NOTIFICATION_POLICIES, event.policy)


def _accept(event: RequestAccepted, batch: Batch) -> None:
    request = event.request
    batch.delete(tables.NOTIFICATION_REQUESTS, (request.receiver_id, request.request_id))
    batch.put(tables.ACCEPTED_SENDERS, AcceptedSenderRow(request.receiver_id, request.sender_id))


def _dismiss_request(event: RequestDismissed, batch: Batch) -> None:
    request = event.request
    batch.delete(tables.NOTIFICATION_REQUESTS, (request.receiver_id, request.request_id))


def _dismiss(event: NotificationDismissed, batch: Batch) -> None:
    gone = event.notification
    batch.delete(tables.NOTIFICATIONS, (gone.receiver_id, gone.notification_id))


def _erase(event: NotificationsErased, batch: Batch) -> None:
    batch.put(tables.NOTIFICATION_ERASURES, event.erasure)


def _nothing(event: NotificationsGathered | NotificationsContinued, batch: Batch) -> None:
    """These are for the processor alone."""


RULES: Rules = {
    NotificationsGathered: _nothing,
    NotificationsContinued: _nothing,
    PolicyChanged: _change_policy,
    RequestAccepted: _accept,
    RequestDismissed: _dismiss_request,
    NotificationDismissed: _dismiss,
    NotificationsErased: _erase,
}
