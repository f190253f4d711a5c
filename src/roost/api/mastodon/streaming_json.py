"""What streams tell, in Mastodon's words."""

from roost.api.mastodon.notifications_json import NotificationsJson
from roost.api.mastodon.statuses_json import StatusesJson
from roost.push import MessageKind, Outgoing
from roost.service import NotificationView, TweetView

_EVENTS = {
    MessageKind.TWEET: b"update",
    MessageKind.EDIT: b"status.update",
    MessageKind.DELETION: b"delete",
    MessageKind.NOTIFICATION: b"notification",
    MessageKind.CONVERSATION: b"conversation",
    MessageKind.FILTERS_CHANGED: b"filters_changed",
    MessageKind.NOTIFICATIONS_MERGED: b"notifications_merged",
    MessageKind.ANNOUNCEMENT: b"announcement",
    MessageKind.ANNOUNCEMENT_REACTION: b"announcement.reaction",
    MessageKind.ANNOUNCEMENT_DELETED: b"announcement.delete",
    MessageKind.REFETCH: b"refetch",
    MessageKind.POSITION: b"position",
}
assert set(_EVENTS) == set(MessageKind)


class StreamingJson:
    """Implements `streaming.Rendered`."""

    def __init__(self, statuses: StatusesJson, notifications: NotificationsJson) -> None:
        self._statuses = statuses
        self._notifications = notifications

    def event(self, outgoing: Outgoing) -> bytes:
        return _EVENTS[outgoing.message.kind]

    def payload(self, outgoing: Outgoing, viewer_id: int) -> bytes:
        message = outgoing.message
        content = message.personal.get(viewer_id, message.content)
        match content:
            case TweetView():
                return self._statuses.encoded(content, viewer_id)
            case NotificationView():
                return self._notifications.encoded(content)
            case int():
                return b"%d" % content
        return b""
