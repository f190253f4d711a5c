"""Mastodon's client API."""

from roost.api.mastodon import (
    emails,
    instance_pages,
    nodeinfo,
    placeholders,
    push_subscriptions,
    translations,
)
from roost.api.mastodon.absent import ABSENT
from roost.api.mastodon.accounts import Accounts
from roost.api.mastodon.admin_accounts import AdminAccounts
from roost.api.mastodon.admin_reports import Reports
from roost.api.mastodon.bulletin import Bulletin
from roost.api.mastodon.common import Mastodon
from roost.api.mastodon.conversations import Conversations
from roost.api.mastodon.emojis_json import SHORTCODE, emoji_path
from roost.api.mastodon.featured_tags import FeaturedTags
from roost.api.mastodon.filters import Filters
from roost.api.mastodon.filters_v1 import FiltersV1
from roost.api.mastodon.followed_tags import FollowedTags
from roost.api.mastodon.for_you import ForYou
from roost.api.mastodon.grouped_notifications import GroupedNotificationsApi
from roost.api.mastodon.instance import Instance
from roost.api.mastodon.lists import Lists
from roost.api.mastodon.markers import Markers
from roost.api.mastodon.media import MediaAttachments
from roost.api.mastodon.notification_policy import NotificationPolicyApi
from roost.api.mastodon.notifications import Notifications
from roost.api.mastodon.people import People
from roost.api.mastodon.polls import Polls
from roost.api.mastodon.profile import Profiles
from roost.api.mastodon.push_subscriptions import compose
from roost.api.mastodon.recommendations import Recommendations
from roost.api.mastodon.relationships import Relationships
from roost.api.mastodon.remarks import Remarks
from roost.api.mastodon.scheduled import ScheduledStatuses
from roost.api.mastodon.search import Search
from roost.api.mastodon.status_edits import StatusEdits
from roost.api.mastodon.status_marks import StatusMarks
from roost.api.mastodon.status_quotes import StatusQuotes
from roost.api.mastodon.statuses import Statuses
from roost.api.mastodon.streaming import Streaming
from roost.api.mastodon.tags import Tags
from roost.api.mastodon.timelines import Timelines
from roost.api.mastodon.trends import Trends
from roost.api.mastodon.tweet_search import TweetSearchApi
from roost.api.router import Route
from roost.service.ports import Service


def mastodon_routes(public_url: str, service: Service | None = None) -> list[Route]:
    mastodon = Mastodon(public_url)
    if service is not None:
        service.bulletin.listen(mastodon.use_emojis)
    return [
        *Instance(mastodon).routes(),
        *instance_pages.routes(),
        *emails.routes(),
        *nodeinfo.routes(),
        *AdminAccounts(mastodon).routes(),
        *Reports(mastodon).routes(),
        *Bulletin(mastodon).routes(),
        *Accounts(mastodon).routes(),
        *Relationships(mastodon).routes(),
        *Statuses(mastodon).routes(),
        *StatusEdits(mastodon).routes(),
        *StatusQuotes(mastodon).routes(),
        *Filters().routes(),
        *FiltersV1().routes(),
        *StatusMarks(mastodon).routes(),
        *Notifications(mastodon).routes(),
        *Conversations(mastodon).routes(),
        *push_subscriptions.routes(),
        *GroupedNotificationsApi(mastodon).routes(),
        *NotificationPolicyApi(mastodon).routes(),
        *Timelines(mastodon, for_you := ForYou(mastodon)).routes(),
        *Recommendations(mastodon).routes(),
        *for_you.routes(),
        *Lists(mastodon).routes(),
        *Streaming(mastodon).routes(),
        *FollowedTags(mastodon).routes(),
        *Markers().routes(),
        *Tags(mastodon).routes(),
        *FeaturedTags(mastodon).routes(),
        *Remarks(mastodon).routes(),
        *People(mastodon).routes(),
        *MediaAttachments(mastodon).routes(),
        *Polls().routes(),
        *ScheduledStatuses(mastodon).routes(),
        *Profiles(mastodon).routes(),
        *Search(mastodon).routes(),
        *TweetSearchApi(mastodon).routes(),
        *translations.routes(),
        *Trends(mastodon).routes(),
        *placeholders.routes(),
    ]


__all__ = ["ABSENT", "SHORTCODE", "compose", "emoji_path", "mastodon_routes"]
