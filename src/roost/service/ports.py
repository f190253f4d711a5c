"""What Roost can do for a caller: one method a use case. Whatever speaks to the outside knows only this.

A `viewer_id` or `user_id` of 0 stands for nobody in particular. Every method raises errors of `roost.errors`
and no others. A method that changes something returns when the change is durable; docstrings of the local
implementation say more where there is more to say.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from roost.ingest import Draft
from roost.media import SentFile
from roost.model import (
    MarkedTimeline,
    Marker,
    Notification,
    Page,
    PageRequest,
    PushSubscription,
    Relation,
    Role,
    User,
    Visibility,
)
from roost.processors import Week
from roost.push import Asked, Connection, Ending, HubStatistics, Shell, Topic
from roost.service.bulk_lines import LineResult
from roost.service.discovery_ports import (
    FeaturedTags,
    People,
    Remarks,
    Search,
    Suggestions,
    Tags,
    TrendControl,
    Trends,
)
from roost.service.list_ports import (
    FollowedTags,
    ForYou,
    Lists,
)
from roost.service.media_ports import Drafts as Drafts
from roost.service.media_ports import MediaFiles as MediaFiles
from roost.service.media_ports import Polls as Polls
from roost.service.media_ports import Scheduled as Scheduled
from roost.service.notices import (
    GroupKey,
    GroupPage,
    GroupView,
    NotificationFilter,
    NotificationView,
    PolicyChange,
    PolicyView,
    RequestView,
)
from roost.service.processor_ports import Processors as Processors
from roost.service.push_terms import Compose, PushTarget, PushTerms
from roost.service.recommendations import Recommendations as Recommendations
from roost.service.reports import Statistics, Usage, Verification
from roost.service.staff_ports import Access as Access
from roost.service.staff_ports import Bulletin as Bulletin
from roost.service.staff_ports import Moderation as Moderation
from roost.service.tweet_ports import Filters, Quotes, TweetEdits
from roost.service.tweet_ports import TweetMarks as TweetMarks
from roost.service.views import (
    Context,
    ConversationView,
    ProfileChange,
    Registration,
    Session,
    TweetView,
    UserTimelineFilter,
    UserView,
)


class Accounts(Protocol):
    async def register(self, registration: Registration, needs_sign_in: bool = True) -> UserView: ...

    async def sign_in(self, login: str, password: str, address: str = "") -> User | None: ...

    async def change_password(self, user_id: int, current: str, new: str, keep: bytes = b"") -> None: ...

    async def give_role(self, user_id: int, role: Role) -> UserView: ...

    async def email(self, user_id: int) -> str: ...

    async def by_id(self, user_id: int) -> UserView: ...

    async def by_ids(self, user_ids: Sequence[int]) -> list[UserView]: ...

    async def by_name(self, username: str) -> UserView: ...

    async def edit(
        self, user_id: int, change: ProfileChange, pictures: Mapping[str, SentFile] = {}
    ) -> UserView: ...


class Edges(Protocol):
    """Each change answers the relation as it is afterwards."""

    async def relations(self, viewer_id: int, other_ids: Sequence[int]) -> list[Relation]: ...

    async def follow(
        self,
        viewer_id: int,
        other_id: int,
        shows_retweets: bool | None = None,
        tells: bool | None = None,
    ) -> Relation: ...

    async def unfollow(self, viewer_id: int, other_id: int) -> Relation: ...

    async def remove_follower(self, viewer_id: int, other_id: int) -> Relation: ...

    async def block(self, viewer_id: int, other_id: int) -> Relation: ...

    async def unblock(self, viewer_id: int, other_id: int) -> Relation: ...

    async def mute(
        self, viewer_id: int, other_id: int, hides_notifications: bool = True, duration_s: int = 0
    ) -> Relation: ...

    async def unmute(self, viewer_id: int, other_id: int) -> Relation: ...

    async def answer_request(self, viewer_id: int, requester_id: int, accept: bool) -> Relation: ...

    async def followers(self, viewer_id: int, user_id: int, page: PageRequest) -> Page[UserView]: ...

    async def following(self, viewer_id: int, user_id: int, page: PageRequest) -> Page[UserView]: ...

    async def requesters(self, user_id: int, page: PageRequest) -> Page[UserView]: ...

    async def blocked(self, user_id: int, page: PageRequest) -> Page[UserView]: ...

    async def muted(self, user_id: int, page: PageRequest) -> Page[UserView]: ...


class Tweets(Protocol):
    async def post(self, author_id: int, draft: Draft, key: str = "") -> TweetView: ...

    async def get(self, viewer_id: int, tweet_id: int) -> TweetView: ...

    async def get_many(self, viewer_id: int, tweet_ids: Sequence[int]) -> list[TweetView]: ...

    async def delete(self, author_id: int, tweet_id: int, with_media: bool = False) -> TweetView: ...

    async def retweet(
        self, author_id: int, tweet_id: int, visibility: Visibility = Visibility.PUBLIC
    ) -> TweetView: ...

    async def unretweet(self, author_id: int, tweet_id: int) -> TweetView: ...

    async def like(self, user_id: int, tweet_id: int) -> TweetView: ...

    async def unlike(self, user_id: int, tweet_id: int) -> TweetView: ...

    async def likers(self, viewer_id: int, tweet_id: int, page: PageRequest) -> Page[UserView]: ...

    async def retweeters(self, viewer_id: int, tweet_id: int, page: PageRequest) -> Page[UserView]: ...

    async def likes(self, user_id: int, page: PageRequest) -> Page[TweetView]: ...


class Conversations(Protocol):
    async def context(self, viewer_id: int, tweet_id: int) -> Context: ...


class Correspondence(Protocol):
    """Conversations of direct tweets."""

    async def page(self, user_id: int, page: PageRequest) -> Page[ConversationView]: ...

    async def several(self, user_id: int, root_ids: Sequence[int]) -> list[ConversationView]: ...

    async def mark(self, user_id: int, root_id: int, read: bool) -> ConversationView: ...

    async def remove(self, user_id: int, root_id: int) -> None: ...


class Notifications(Protocol):
    async def page(
        self, user_id: int, page: PageRequest, wanted: NotificationFilter
    ) -> Page[NotificationView]: ...

    async def get(self, user_id: int, notification_id: int) -> NotificationView: ...

    async def several(self, notifications: Sequence[Notification]) -> list[NotificationView]: ...

    async def unread(self, user_id: int, wanted: NotificationFilter, limit: int) -> int: ...

    async def dismiss(self, user_id: int, notification_id: int) -> None: ...

    async def clear(self, user_id: int) -> None: ...

    async def groups(
        self, user_id: int, page: PageRequest, wanted: NotificationFilter, grouped: frozenset[int]
    ) -> GroupPage: ...

    async def group(self, user_id: int, key: GroupKey) -> GroupView: ...

    async def group_actors(self, user_id: int, key: GroupKey, page: PageRequest) -> Page[UserView]: ...

    async def dismiss_group(self, user_id: int, key: GroupKey) -> None: ...

    async def unread_groups(
        self, user_id: int, wanted: NotificationFilter, grouped: frozenset[int], limit: int
    ) -> int: ...

    async def policy(self, user_id: int) -> PolicyView: ...

    async def change_policy(self, user_id: int, change: PolicyChange) -> PolicyView: ...

    async def requests(self, user_id: int, page: PageRequest) -> Page[RequestView]: ...

    async def request(self, user_id: int, request_id: int) -> RequestView: ...

    async def answer_requests(self, user_id: int, request_ids: Sequence[int], accept: bool) -> None: ...

    async def merged(self, user_id: int) -> bool: ...


class WebPush(Protocol):
    @property
    def public_key(self) -> str: ...

    def speak(self, compose: Compose) -> None: ...

    async def subscribe(
        self, session: Session, target: PushTarget, terms: PushTerms, token: str
    ) -> PushSubscription: ...

    async def subscription(self, session: Session) -> PushSubscription: ...

    async def change(self, session: Session, terms: PushTerms) -> PushSubscription: ...

    async def unsubscribe(self, session: Session) -> None: ...


class Timelines(Protocol):
    async def home(self, viewer_id: int, page: PageRequest) -> Page[TweetView]: ...

    async def of_list(self, viewer_id: int, list_id: int, page: PageRequest) -> Page[TweetView]: ...

    async def public(self, viewer_id: int, page: PageRequest) -> Page[TweetView]: ...

    async def user(
        self, viewer_id: int, user_id: int, page: PageRequest, leave_out: UserTimelineFilter
    ) -> Page[TweetView]: ...


class Markers(Protocol):
    """How far users have read their timelines."""

    async def of(self, user_id: int, timelines: Sequence[MarkedTimeline]) -> list[Marker]: ...

    async def move(self, user_id: int, last_read: Mapping[MarkedTimeline, int]) -> list[Marker]: ...


class Bulk(Protocol):
    async def ingest(self, lines: Sequence[bytes]) -> tuple[list[LineResult], int]: ...


class Operations(Protocol):
    def statistics(self) -> Statistics: ...

    async def usage(self) -> Usage: ...

    async def activity(self) -> list[Week]: ...

    def ready(self) -> bool: ...

    async def use_strategy(self, name: str) -> None: ...

    async def snapshot(self) -> None: ...

    async def verify(self, sample: int, seed: int, subjects: Sequence[str] = ()) -> Verification: ...


class Streams(Protocol):
    """What happens, sent as it happens. A connection is opened, subscribes, and is closed."""

    def open(self, session: Session, shell: Shell, address: str, notifies: bool) -> Connection: ...

    async def confirm(self, connection: Connection) -> None: ...

    def close(self, connection: Connection, address: str) -> None: ...

    async def check(self, session: Session, topic: Topic) -> None: ...

    def subscribe(self, connection: Connection, asked: Asked) -> None: ...

    def unsubscribe(self, connection: Connection, name: object) -> None: ...

    def end(self, connection: Connection, ending: Ending) -> None: ...

    def end_all(self) -> None: ...

    def statistics(self) -> HubStatistics: ...


class Service(Protocol):
    """All ports together."""

    @property
    def polls(self) -> Polls: ...

    @property
    def scheduled(self) -> Scheduled: ...

    @property
    def drafts(self) -> Drafts: ...

    @property
    def media(self) -> MediaFiles: ...

    @property
    def accounts(self) -> Accounts: ...

    @property
    def edges(self) -> Edges: ...

    @property
    def tweets(self) -> Tweets: ...

    @property
    def tweet_edits(self) -> TweetEdits: ...

    @property
    def filters(self) -> Filters: ...

    @property
    def quotes(self) -> Quotes: ...

    @property
    def tweet_marks(self) -> TweetMarks: ...

    @property
    def conversations(self) -> Conversations: ...

    @property
    def correspondence(self) -> Correspondence: ...

    @property
    def notifications(self) -> Notifications: ...

    @property
    def web_push(self) -> WebPush: ...

    @property
    def timelines(self) -> Timelines: ...

    @property
    def lists(self) -> Lists: ...

    @property
    def for_you(self) -> ForYou: ...

    @property
    def followed_tags(self) -> FollowedTags: ...

    @property
    def markers(self) -> Markers: ...

    @property
    def tags(self) -> Tags: ...

    @property
    def remarks(self) -> Remarks: ...

    @property
    def featured_tags(self) -> FeaturedTags: ...

    @property
    def people(self) -> People: ...

    @property
    def suggestions(self) -> Suggestions: ...

    @property
    def recommendations(self) -> Recommendations: ...

    @property
    def trends(self) -> Trends: ...

    @property
    def trend_control(self) -> TrendControl: ...

    @property
    def search(self) -> Search: ...

    @property
    def access(self) -> Access: ...

    @property
    def moderation(self) -> Moderation: ...

    @property
    def bulletin(self) -> Bulletin: ...

    @property
    def bulk(self) -> Bulk: ...

    @property
    def processors(self) -> Processors: ...

    @property
    def operations(self) -> Operations: ...

    @property
    def streams(self) -> Streams: ...
