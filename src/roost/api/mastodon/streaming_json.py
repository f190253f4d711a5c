"""What streams tell, in Mastodon's words."""

import msgspec

from roost.api.mastodon.bulletin import Bulletin
from roost.api.mastodon.common import Mastodon
from roost.model import AnnouncementReaction
from roost.push import MessageKind, Outgoing
from roost.service import AnnouncementView, ConversationView, NotificationView, TweetView

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


_encode = msgspec.json.Encoder().encode


class ReactionJson(msgspec.Struct):
    """How often an announcement has a reaction now."""

    name: str
    count: int
    announcement_id: str


class StreamingJson:
    """Implements `streaming.Rendered`."""

    def __init__(self, mastodon: Mastodon) -> None:
        self._mastodon = mastodon
        self._bulletin = Bulletin(mastodon)

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
            case AnnouncementView():
                return _encode(self._bulletin.announcement(content))
            case (AnnouncementReaction() as reaction, int() as count):
                return _encode(ReactionJson(reaction.name, count, str(reaction.announcement_id)))
            case (int() as user_id, ConversationView() as conversation):
                return self._mastodon.conversation(conversation, user_id)
            case int():
                return b"%d" % content
        return b""
