"""What Roost can do for a caller: one method a use case. Whatever speaks to the outside knows only this.

A `viewer_id` or `user_id` of 0 stands for nobody in particular. Every method raises errors of `roost.errors`
and no others. A method that changes something returns when the change is durable; docstrings of the local
implementation say more where there is more to say.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

from roost.ingest import Draft
from roost.model import (
    App,
    AuthorizationCode,
    MarkedTimeline,
    Marker,
    Page,
    PageRequest,
    Relation,
    User,
    Visibility,
)
from roost.service.bulk_lines import LineResult
from roost.service.reports import Statistics, Usage, Verification
from roost.service.views import (
    Context,
    ProfileChange,
    Registration,
    Session,
    TweetView,
    UserTimelineFilter,
    UserView,
)


class Accounts(Protocol):
    async def register(self, registration: Registration, needs_sign_in: bool = True) -> UserView: ...

    async def sign_in(self, login: str, password: str) -> User | None: ...

    async def by_id(self, user_id: int) -> UserView: ...

    async def by_ids(self, user_ids: Sequence[int]) -> list[UserView]: ...

    async def by_name(self, username: str) -> UserView: ...

    async def edit(self, user_id: int, change: ProfileChange) -> UserView: ...


class Edges(Protocol):
    """Each change answers the relation as it is afterwards."""

    async def relations(self, viewer_id: int, other_ids: Sequence[int]) -> list[Relation]: ...

    async def follow(self, viewer_id: int, other_id: int, shows_retweets: bool | None = None) -> Relation: ...

    async def unfollow(self, viewer_id: int, other_id: int) -> Relation: ...

    async def remove_follower(self, viewer_id: int, other_id: int) -> Relation: ...

    async def block(self, viewer_id: int, other_id: int) -> Relation: ...

    async def unblock(self, viewer_id: int, other_id: int) -> Relation: ...

    async def mute(
        self, viewer_id: int, other_id: int, hides_notifications: bool = True, duration_s: int = 0
    ) -> Relation: ...

    async def unmute(self, viewer_id: int, other_id: int) -> Relation: ...

    async def answer_request(self, viewer_id: int, requester_id: int, accept: bool) -> Relation: ...

    async def followers(self, user_id: int, page: PageRequest) -> Page[UserView]: ...

    async def following(self, user_id: int, page: PageRequest) -> Page[UserView]: ...

    async def requesters(self, user_id: int, page: PageRequest) -> Page[UserView]: ...

    async def blocked(self, user_id: int, page: PageRequest) -> Page[UserView]: ...

    async def muted(self, user_id: int, page: PageRequest) -> Page[UserView]: ...


class Tweets(Protocol):
    async def post(self, author_id: int, draft: Draft, key: str = "") -> TweetView: ...

    async def get(self, viewer_id: int, tweet_id: int) -> TweetView: ...

    async def get_many(self, viewer_id: int, tweet_ids: Sequence[int]) -> list[TweetView]: ...

    async def delete(self, author_id: int, tweet_id: int) -> TweetView: ...

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


class Timelines(Protocol):
    async def home(self, viewer_id: int, page: PageRequest) -> Page[TweetView]: ...

    async def public(self, viewer_id: int, page: PageRequest) -> Page[TweetView]: ...

    async def user(
        self, viewer_id: int, user_id: int, page: PageRequest, leave_out: UserTimelineFilter
    ) -> Page[TweetView]: ...


class Markers(Protocol):
    """How far users have read their timelines."""

    async def of(self, user_id: int, timelines: Sequence[MarkedTimeline]) -> list[Marker]: ...

    async def move(self, user_id: int, last_read: Mapping[MarkedTimeline, int]) -> list[Marker]: ...


class Access(Protocol):
    """Apps, authorization codes and tokens."""

    async def register_app(
        self,
        name: str,
        redirect_uris: tuple[str, ...],
        scopes: tuple[str, ...],
        website: str = "",
        client_id: str = "",
        secret: str = "",
    ) -> tuple[App, str]: ...

    async def app(self, client_id: str) -> App | None: ...

    async def grant_code(
        self, app: App, user_id: int, scopes: tuple[str, ...], redirect_uri: str, challenge: str
    ) -> str: ...

    async def code(self, code: str) -> AuthorizationCode | None: ...

    async def spend_code(self, code: str) -> bool: ...

    async def make_token(
        self, client_id: str, user_id: int, scopes: tuple[str, ...], secret: str = ""
    ) -> str: ...

    async def session(self, secret: str) -> Session | None: ...

    async def revoke(self, client_id: str, secret: str) -> bool: ...


class Bulk(Protocol):
    async def ingest(self, lines: Sequence[bytes]) -> tuple[list[LineResult], int]: ...


class Operations(Protocol):
    def statistics(self) -> Statistics: ...

    async def usage(self) -> Usage: ...

    def ready(self) -> bool: ...

    async def use_strategy(self, name: str) -> None: ...

    async def snapshot(self) -> None: ...

    async def verify(self, sample: int, seed: int) -> Verification: ...


class Service(Protocol):
    """All ports together."""

    @property
    def accounts(self) -> Accounts: ...

    @property
    def edges(self) -> Edges: ...

    @property
    def tweets(self) -> Tweets: ...

    @property
    def conversations(self) -> Conversations: ...

    @property
    def timelines(self) -> Timelines: ...

    @property
    def markers(self) -> Markers: ...

    @property
    def access(self) -> Access: ...

    @property
    def bulk(self) -> Bulk: ...

    @property
    def operations(self) -> Operations: ...
