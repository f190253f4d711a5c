"""From what happened to what streams say of it."""

from collections.abc import Sequence

from roost.model import AnnouncementReaction, GroupTelling, Notification
from roost.push import Happening, Message, MessageKind
from roost.service.local.bulletin import LocalBulletin
from roost.service.local.correspondence import LocalCorrespondence
from roost.service.local.kit import Kit
from roost.service.local.notification_reader import NotificationReader
from roost.service.local.tweets import LocalTweets
from roost.service.views import TweetView

_TWEETS = (MessageKind.TWEET, MessageKind.EDIT)


class StreamMessages:
    def __init__(
        self, kit: Kit, tweets: LocalTweets, letters: LocalCorrespondence, bulletin: LocalBulletin
    ) -> None:
        self._kit = kit
        self._notices = NotificationReader(kit, tweets)
        self._letters = letters
        self._bulletin = bulletin

    async def views(self, happenings: Sequence[Happening], viewer_id: int) -> dict[int, TweetView]:
        """The tweets that happened as a viewer sees them, by id; those that are gone are left out."""
        ids = [each.tweet.tweet_id for each in happenings if each.kind in _TWEETS and each.tweet]
        if not ids:
            return {}
        views = await self._kit.hydration.tweets_by_id(list(dict.fromkeys(ids)), viewer_id)
        return {view.tweet.tweet_id: view for view in views}

    async def of(self, happening: Happening, views: dict[int, TweetView]) -> Message | None:
        """None for a tweet that is gone, and for a notification that is not welcome any more."""
        kind, tweet, content = happening.kind, happening.tweet, happening.content
        if kind is MessageKind.NOTIFICATION:
            return await self._of_notice(happening)
        if kind in (MessageKind.ANNOUNCEMENT, MessageKind.ANNOUNCEMENT_REACTION):
            return await self._of_announcement(happening)
        if kind is MessageKind.CONVERSATION:
            views_of = await self._letters.several(happening.user_id, [content])
            return Message(happening.position, kind, (happening.user_id, views_of[0])) if views_of else None
        if tweet is None:
            return Message(happening.position, kind, content)
        if kind is MessageKind.DELETION:
            return Message(happening.position, kind, tweet.tweet_id)
        view = views.get(tweet.tweet_id)
        return None if view is None else Message(happening.position, kind, view)

    async def _of_notice(self, happening: Happening) -> Message | None:
        """A notification; or a group's newest, of one that has grown."""
        told, user_id = happening.content, happening.user_id
        if isinstance(told, GroupTelling):
            found = await self._notices.newest((user_id, told.kind, told.tweet_id, told.hour), 1)
        else:
            found = await self._notices.welcome(user_id, [told])
        views = await self._notices.views(user_id, found[:1])
        if not views:
            return None
        return Message(happening.position, happening.kind, await self._notices.counted(views[0]))

    async def _of_announcement(self, happening: Happening) -> Message | None:
        """None for an announcement that is not shown yet, or not any more."""
        content = happening.content
        is_reaction = isinstance(content, AnnouncementReaction)
        wanted_id = content.announcement_id if is_reaction else content
        for view in await self._bulletin.announcements(0):
            if view.announcement.announcement_id != wanted_id:
                continue
            if not is_reaction:
                return Message(happening.position, happening.kind, view)
            count = next((count for name, count, _ in view.reactions if name == content.name), 0)
            return Message(happening.position, happening.kind, (content, count))
        return None


def happening_of(told: Notification) -> Happening:
    return Happening(told.notification_id, MessageKind.NOTIFICATION, user_id=told.receiver_id, content=told)
