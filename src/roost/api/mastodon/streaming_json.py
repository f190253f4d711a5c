"""What streams tell, in Mastodon's words."""

from roost.api.mastodon.common import Mastodon
from roost.push import MessageKind, Outgoing
from roost.service import ConversationView, NotificationView, TweetView

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

    def __init__(self, mastodon: Mastodon) -> None:
        self._mastodon = mastodon

    def event(self, outgoing: Outgoing) -> bytes:
        return _EVENTS[outgoing.message.kind]

    def payload(self, outgoing: Outgoing, viewer_id: int) -> bytes:
        message = outgoing.message
        content = message.personal.get(viewer_id, message.content)
        match content:
            case TweetView():
                return self._mastodon.statuses.encoded(content, viewer_id)
            case NotificationView():
                return self._mastodon.notifications.encoded(content)
            case (int() as user_id, ConversationView() as conversation):
                return self._mastodon.conversation(conversation, user_id)
            case int():
                return b"%d" % content
        return b""
