"""The service in this process."""

from roost.service.local.access import LocalAccess
from roost.service.local.accounts import LocalAccounts
from roost.service.local.bulk import LocalBulk
from roost.service.local.card_tidying import CardTidying
from roost.service.local.conversations import LocalConversations
from roost.service.local.drafts import LocalDrafts
from roost.service.local.due import DueWork
from roost.service.local.edges import LocalEdges
from roost.service.local.filter_matchers import FilterMatchers
from roost.service.local.followed_tags import LocalFollowedTags
from roost.service.local.for_you import LocalForYou
from roost.service.local.housekeeping import Housekeeping
from roost.service.local.hydration import Hydration
from roost.service.local.kit import Kit
from roost.service.local.lists import LocalLists
from roost.service.local.locks import KeyedLocks
from roost.service.local.markers import LocalMarkers
from roost.service.local.media import LocalMedia
from roost.service.local.media_tidying import MediaTidying
from roost.service.local.operations import LocalOperations
from roost.service.local.poll_views import PollViews
from roost.service.local.polls import LocalPolls
from roost.service.local.positions import Positions
from roost.service.local.scheduled import LocalScheduled
from roost.service.local.service import LocalService
from roost.service.local.timelines import LocalTimelines
from roost.service.local.tweets import LocalTweets
from roost.service.local.user_views import UserViews
from roost.service.local.verification import SUBJECTS
from roost.service.local.web_push_keys import load_web_push_keys

__all__ = [
    "SUBJECTS",
    "CardTidying",
    "DueWork",
    "FilterMatchers",
    "Housekeeping",
    "Hydration",
    "KeyedLocks",
    "Kit",
    "LocalAccess",
    "LocalAccounts",
    "LocalBulk",
    "LocalConversations",
    "LocalDrafts",
    "LocalEdges",
    "LocalFollowedTags",
    "LocalForYou",
    "LocalLists",
    "LocalMarkers",
    "LocalMedia",
    "LocalOperations",
    "LocalPolls",
    "LocalScheduled",
    "LocalService",
    "LocalTimelines",
    "LocalTweets",
    "MediaTidying",
    "PollViews",
    "Positions",
    "UserViews",
    "load_web_push_keys",
]
