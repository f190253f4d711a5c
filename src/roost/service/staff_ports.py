"""Ports of who may act for whom, of moderation, and of what the staff makes for everybody; see `ports`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from roost.model import (
    Announcement,
    App,
    AuthorizationCode,
    CustomEmoji,
    ModerationAction,
    Page,
    PageRequest,
    Report,
    Role,
    Strike,
)
from roost.service.moderation import AccountFilter, ReportChange, ReportFilter, ReportForm
from roost.service.views import AnnouncementView, AppSession, Session, UserView


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

    async def trade_code(self, code: str) -> str: ...

    async def make_token(
        self, client_id: str, user_id: int, scopes: tuple[str, ...], secret: str = ""
    ) -> str: ...

    async def session(self, secret: str) -> Session | None: ...

    async def revoke(self, client_id: str, secret: str) -> bool: ...

    async def sessions(self, user_id: int) -> list[AppSession]: ...

    async def end_session(self, user_id: int, session_id: int) -> bool: ...

    async def end_sessions(self, user_id: int, but: bytes = b"") -> int: ...

    def listen(self, listener: Callable[[Sequence[bytes]], None]) -> None: ...


class Moderation(Protocol):
    """What moderators do; whether the caller is one has been decided by who asks."""

    async def act(
        self,
        moderator_id: int,
        user_id: int,
        action: ModerationAction,
        reason: str = "",
        report_id: int = 0,
    ) -> UserView: ...

    async def delete_own(self, user_id: int, password: str) -> None: ...

    async def id_of(self, username: str) -> int: ...

    async def show(self, user_id: int) -> UserView: ...

    async def accounts(self, wanted: AccountFilter, page: PageRequest) -> Page[UserView]: ...

    async def strikes(self, user_id: int) -> list[Strike]: ...

    async def staff(self) -> list[tuple[int, Role]]: ...

    async def report(self, reporter_id: int, form: ReportForm) -> Report: ...

    async def one_report(self, report_id: int) -> Report: ...

    async def reports(self, wanted: ReportFilter, page: PageRequest) -> Page[Report]: ...

    async def change_report(self, moderator_id: int, report_id: int, change: ReportChange) -> Report: ...


class Bulletin(Protocol):
    """Announcements and custom emojis."""

    async def announcements(self, viewer_id: int, dismissed: bool = False) -> list[AnnouncementView]: ...

    async def announce(self, announcement: Announcement) -> Announcement: ...

    async def withdraw(self, announcement_id: int) -> None: ...

    async def dismiss(self, user_id: int, announcement_id: int) -> None: ...

    async def react(self, user_id: int, announcement_id: int, name: str) -> None: ...

    async def unreact(self, user_id: int, announcement_id: int, name: str) -> None: ...

    async def add_emoji(self, emoji: CustomEmoji) -> CustomEmoji: ...

    async def remove_emoji(self, shortcode: str) -> None: ...

    async def emoji_picture(self, shortcode: str) -> CustomEmoji: ...

    def emojis(self) -> Mapping[str, CustomEmoji]: ...

    def listen(self, listener: Callable[[Mapping[str, CustomEmoji]], None]) -> None: ...
