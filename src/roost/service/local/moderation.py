"""Moderators act on accounts; users report each other, and delete their own accounts."""

from collections.abc import Callable

import msgspec

from roost import limits
from roost.errors import FieldProblem, Forbidden, Invalid, NotFound
from roost.graph import may_see, relation_between
from roost.ids import ID_MAX
from roost.model import (
    Event,
    ModerationAction,
    Page,
    PageRequest,
    Report,
    ReportChanged,
    ReportFiled,
    Role,
    Strike,
    User,
    UserModerated,
    UserUpdated,
)
from roost.service.local.access import LocalAccess
from roost.service.local.accounts import LocalAccounts, rows_of_pictures
from roost.service.local.kit import Kit
from roost.service.local.paging import scan_page
from roost.service.moderation import CHANGES, AccountFilter, ReportChange, ReportFilter, ReportForm
from roost.service.views import UserView
from roost.store import Batch, tables

OPERATOR_ID = 0
"""Who acts where an operator does, at the command line."""


class LocalModeration:
    def __init__(self, kit: Kit, accounts: LocalAccounts, access: LocalAccess) -> None:
        self._kit = kit
        self._accounts = accounts
        self._access = access
        self.purge_soon: Callable[[], None] = lambda: None

    async def act(
        self,
        moderator_id: int,
        user_id: int,
        action: ModerationAction,
        reason: str = "",
        report_id: int = 0,
    ) -> UserView:
        """Do something about an account. What changes is in force when this returns.

        Raises NotFound, Forbidden for whom the moderator does not outrank, and Invalid.
        """
        if len(reason) > limits.MODERATION_REASON_CHARACTERS_MAX:
            text = f"is too long (maximum is {limits.MODERATION_REASON_CHARACTERS_MAX} characters)"
            raise Invalid(f"Validation failed: Text {text}", {"text": (FieldProblem("ERR_TOO_LONG", text),)})
        async with self._kit.locks.hold("user", user_id):
            user = await self._subject(moderator_id, user_id)
            if action is ModerationAction.DELETE and not user.standing.suspended:
                raise Forbidden("Only suspended accounts can be deleted")
            moderated = await self._commit(moderator_id, user, action, reason, report_id)
        if report_id:
            await self.change_report(moderator_id, report_id, ReportChange.RESOLVE)
        return self._kit.hydration.user_views([moderated])[0]

    async def delete_own(self, user_id: int, password: str) -> None:
        """Delete one's account, for good. Raises Forbidden where the password is wrong, and RateLimited."""
        await self._accounts.confirm(user_id, password)
        async with self._kit.locks.hold("user", user_id):
            user = await self._kit.users.get(user_id)
            if user is None:
                raise NotFound
            await self._commit(OPERATOR_ID, user, ModerationAction.DELETE, "", 0)

    async def id_of(self, username: str) -> int:
        """Whose name this is, whatever the account's standing. Raises NotFound."""
        name = await self._kit.store.get(tables.USERNAMES, (username.lower().removeprefix("@"),))
        if name is None:
            raise NotFound(f"There is no account {username[:100]}")
        return name.user_id

    async def show(self, user_id: int) -> UserView:
        """An account, whatever its standing, unless it is deleted. Raises NotFound."""
        user = await self._kit.users.get(user_id) if 0 < user_id <= ID_MAX else None
        if user is None or user.standing.deleted:
            raise NotFound
        return self._kit.hydration.user_views([user])[0]

    async def accounts(self, wanted: AccountFilter, page: PageRequest) -> Page[UserView]:
        """A page of the accounts that a filter names, newest first; it may be short, and then goes on.

        Looks at `ADMIN_SCAN_ROWS_MAX` accounts at most.
        """
        looked_at = msgspec.structs.replace(page, limit=limits.ADMIN_SCAN_ROWS_MAX)
        found = await scan_page(self._kit.store, tables.USER_IDS, (0,), looked_at, lambda row: row.user_id)
        users = await self._kit.users.get_many([row.user_id for row in found])
        matching = [user for user in users if user is not None and wanted.matches(user)]
        if wanted.email:
            matching = [
                user for user in matching if wanted.email in (await self._accounts.email(user.user_id))
            ]
        items = matching[-page.limit :] if page.ascending else matching[: page.limit]
        full = len(items) == page.limit or len(found) == looked_at.limit
        if not items and not full:
            return Page(())
        newest = items[0].user_id if items else found[0].user_id
        oldest = items[-1].user_id if len(items) == page.limit else found[-1].user_id
        return Page(tuple(self._kit.hydration.user_views(items)), newest, oldest, full)

    async def strikes(self, user_id: int) -> list[Strike]:
        """What was done about an account, newest first."""
        return await self._kit.store.scan(
            tables.STRIKES, (user_id,), reverse=True, limit=limits.STRIKES_SHOWN_MAX
        )

    async def staff(self) -> list[tuple[int, Role]]:
        """The ids of those with a role, and their roles."""
        found = await self._kit.store.scan(tables.STAFF, (0,), limit=limits.STAFF_MAX)
        return [(row.user_id, row.role) for row in found]

    async def report(self, reporter_id: int, form: ReportForm) -> Report:
        """Tell the moderators of an account. Of its tweets those are named that the reporter may see, or
        might if they were not blocked. Raises NotFound and Invalid."""
        target = (await self.show(form.target_id)).user
        if len(form.comment) > limits.REPORT_COMMENT_CHARACTERS_MAX:
            text = f"is too long (maximum is {limits.REPORT_COMMENT_CHARACTERS_MAX} characters)"
            raise Invalid(
                f"Validation failed: Comment {text}", {"comment": (FieldProblem("ERR_TOO_LONG", text),)}
            )
        tweets = await self._kit.tweets.get_many(form.tweet_ids[: limits.REPORT_TWEETS_MAX])
        between = await relation_between(
            self._kit.store, reporter_id, form.target_id, self._kit.clock.now_ms()
        )
        between = msgspec.structs.replace(between, blocked_by=None)
        named = tuple(
            tweet.tweet_id
            for tweet in tweets
            if tweet is not None
            and tweet.author_id == form.target_id
            and may_see(tweet, target, reporter_id, between)
        )
        report = Report(
            self._kit.ids.next_id(),
            reporter_id,
            form.target_id,
            form.category,
            form.comment,
            named,
            form.rules,
        )
        await self._kit.committer.commit([ReportFiled(report)])
        return report

    async def one_report(self, report_id: int) -> Report:
        """Raises NotFound."""
        found = await self._kit.store.get(tables.REPORTS, (0, report_id)) if 0 < report_id <= ID_MAX else None
        if found is None:
            raise NotFound
        return found

    async def reports(self, wanted: ReportFilter, page: PageRequest) -> Page[Report]:
        """A page of reports, newest first; it may be short, and then goes on from its cursor."""
        looked_at = msgspec.structs.replace(page, limit=limits.ADMIN_SCAN_ROWS_MAX)
        found = await scan_page(self._kit.store, tables.REPORTS, (0,), looked_at, lambda row: row.report_id)
        matching = [report for report in found if wanted.matches(report)]
        items = matching[-page.limit :] if page.ascending else matching[: page.limit]
        full = len(items) == page.limit or len(found) == looked_at.limit
        if not items and not full:
            return Page(())
        newest = items[0].report_id if items else found[0].report_id
        oldest = items[-1].report_id if len(items) == page.limit else found[-1].report_id
        return Page(tuple(items), newest, oldest, full)

    async def change_report(self, moderator_id: int, report_id: int, change: ReportChange) -> Report:
        """Take a report on, leave it, close it or open it again. Raises NotFound."""
        async with self._kit.locks.hold("report", report_id):
            report = await self.one_report(report_id)
            changed = msgspec.structs.replace(
                report, **change.fields(moderator_id), changed_ms=self._kit.clock.now_ms()
            )
            await self._kit.committer.commit([ReportChanged(changed)])
            return changed

    async def _subject(self, moderator_id: int, user_id: int) -> User:
        user = await self._kit.users.get(user_id) if 0 < user_id <= ID_MAX else None
        if user is None or user.standing.deleted:
            raise NotFound
        moderator = await self._kit.users.get(moderator_id) if moderator_id else None
        if moderator is not None and moderator.role <= user.role:
            raise Forbidden("This action is not allowed")
        return user

    async def _commit(
        self, moderator_id: int, user: User, action: ModerationAction, reason: str, report_id: int
    ) -> User:
        """Write the strike, and the account as it is from now on."""
        now_ms = self._kit.clock.now_ms()
        strike = Strike(self._kit.ids.next_id(), user.user_id, moderator_id, action, reason, report_id)
        events: list[Event] = []
        batch = Batch()
        if action is ModerationAction.DELETE:
            nothing = User(user.user_id, user.username, user.created_ms)
            batch, user = rows_of_pictures(user, nothing), nothing
            await self._forget_sign_in(user.user_id, batch)
        if action in CHANGES:
            standing = msgspec.structs.replace(
                user.standing, **CHANGES[action], reason=reason, changed_ms=now_ms
            )
            user = msgspec.structs.replace(user, standing=standing)
            events.append(UserUpdated(user))
        position = await self._kit.committer.commit([*events, UserModerated(strike)], batch)
        await self._kit.positions.settle(user.user_id, position)
        if user.is_barred:
            await self._access.bar(user.user_id)
        if action is ModerationAction.DELETE:
            await self._access.end_sessions(user.user_id)
            self.purge_soon()
        return user

    async def _forget_sign_in(self, user_id: int, batch: Batch) -> None:
        credentials = await self._kit.store.get(tables.CREDENTIALS, (user_id,))
        if credentials is None:
            return
        batch.delete(tables.CREDENTIALS, (user_id,))
        if credentials.email:
            batch.delete(tables.EMAILS, (credentials.email.lower(),))
