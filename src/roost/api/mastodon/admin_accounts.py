"""Moderators' work on accounts: find, look at, warn, silence, disable, suspend, delete."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Literal

import msgspec

from roost.api.calls import Answer, Call, json_answer
from roost.api.mastodon.admin_json import AdminAccount, admin_account
from roost.api.mastodon.common import Mastodon, NoParameters, path_id
from roost.api.mastodon.pages import PageForm, link_header, page_request, parse_id
from roost.api.router import Route
from roost.errors import FieldProblem, Invalid
from roost.limits import ADMIN_PAGE_DEFAULT, ADMIN_PAGE_MAX
from roost.model import ModerationAction, Role
from roost.service import STANDINGS, AccountFilter

_ACTIONS = {
    "none": ModerationAction.WARN,
    "sensitive": ModerationAction.MARK_SENSITIVE,
    "disable": ModerationAction.DISABLE,
    "silence": ModerationAction.SILENCE,
    "suspend": ModerationAction.SUSPEND,
}
_UNDOING = {
    "enable": (ModerationAction.ENABLE, "Let an account's owner sign in again."),
    "unsilence": (ModerationAction.UNSILENCE, "Show an account on public timelines and in search again."),
    "unsuspend": (ModerationAction.UNSUSPEND, "Show an account, and all that it said, again."),
    "unsensitive": (ModerationAction.UNMARK_SENSITIVE, "Show an account's media as they were posted."),
    "approve": (ModerationAction.APPROVE, "Let a new account in."),
}
_READ, _WRITE = "admin:read:accounts", "admin:write:accounts"


class AccountsV1Form(PageForm):
    """Which accounts; every filter that is set has to fit. `remote` and `by_domain` fit nobody."""

    local: bool = False
    remote: bool = False
    active: bool = False
    pending: bool = False
    disabled: bool = False
    silenced: bool = False
    suspended: bool = False
    sensitized: bool = False
    username: str = ""
    display_name: str = ""
    by_domain: str = ""
    email: str = ""
    ip: str = ""
    staff: bool = False


class AccountsV2Form(PageForm):
    origin: Literal["", "local", "remote"] = ""
    status: Literal["", "active", "pending", "disabled", "silenced", "suspended"] = ""
    permissions: Literal["", "staff"] = ""
    role_ids: tuple[str, ...] = ()
    invited_by: str = ""
    username: str = ""
    display_name: str = ""
    by_domain: str = ""
    email: str = ""
    ip: str = ""


class ActionForm(msgspec.Struct):
    type: Literal["none", "sensitive", "disable", "silence", "suspend"] = "none"
    report_id: str = ""
    warning_preset_id: str = ""
    text: str = ""
    """What the account's owner is told."""
    send_email_notification: bool = False
    """Roost sends no e-mail; the owner is told by a notification, and when signing in."""


class Nothing(msgspec.Struct):
    """An object without fields."""


class AdminAccounts:
    def __init__(self, mastodon: Mastodon) -> None:
        self._mastodon = mastodon

    def routes(self) -> list[Route]:
        one = "/api/v1/admin/accounts/{id}"

        def change(
            method: str,
            path: str,
            handler: Callable[[Call], Awaitable[Answer]],
            summary: str,
            takes: type[msgspec.Struct] = NoParameters,
            answers: type[msgspec.Struct] = AdminAccount,
        ) -> Route:
            return Route(
                method=method,
                path=path,
                handler=handler,
                summary=summary,
                scope=_WRITE,
                role=Role.MODERATOR,
                takes=takes,
                answers=answers,
            )

        def look(
            path: str,
            handler: Callable[[Call], Awaitable[Answer]],
            summary: str,
            takes: type[msgspec.Struct],
            answers: object,
        ) -> Route:
            return Route(
                method="GET",
                path=path,
                handler=handler,
                summary=summary,
                scope=_READ,
                role=Role.MODERATOR,
                takes=takes,
                answers=answers,
            )

        listed = list[AdminAccount]
        return [
            look("/api/v1/admin/accounts", self.v1, "Accounts, for moderators.", AccountsV1Form, listed),
            look("/api/v2/admin/accounts", self.v2, "Accounts, for moderators.", AccountsV2Form, listed),
            look(one, self.one, "An account, for moderators.", NoParameters, AdminAccount),
            change("POST", f"{one}/action", self.act, "Act on an account.", ActionForm, Nothing),
            change("DELETE", one, self.delete, "Delete an account that is suspended, for good."),
            change("POST", f"{one}/reject", self.delete_pending, "Turn a new account away; it is deleted."),
            *(
                change("POST", f"{one}/{verb}", partial(self._do, action=action), summary)
                for verb, (action, summary) in _UNDOING.items()
            ),
        ]

    async def v1(self, call: Call) -> Answer:
        form = call.take(AccountsV1Form)
        standings = [name for name in STANDINGS if getattr(form, name)]
        if len(standings) > 1:
            raise Invalid("Validation failed: one of the states can be asked for at a time")
        wanted = _filter(form, standings[0] if standings else "", form.staff, ())
        nobody = (form.remote and not form.local) or form.by_domain or form.ip
        return await self._listed(call, form, wanted, bool(nobody))

    async def v2(self, call: Call) -> Answer:
        form = call.take(AccountsV2Form)
        roles = tuple(_role(text) for text in form.role_ids)
        wanted = _filter(form, form.status, form.permissions == "staff", roles)
        nobody = form.origin == "remote" or form.invited_by or form.by_domain or form.ip
        return await self._listed(call, form, wanted, bool(nobody))

    async def _listed(self, call: Call, form: PageForm, wanted: AccountFilter, nobody: bool) -> Answer:
        request = page_request(form, ADMIN_PAGE_DEFAULT, ADMIN_PAGE_MAX, tweets=False)
        if nobody:
            return json_answer([])
        page = await call.service.moderation.accounts(wanted, request)
        shown = [await admin_account(view, self._mastodon.accounts, call) for view in page.items]
        return json_answer(shown, headers=link_header(call, page))

    async def one(self, call: Call) -> Answer:
        return await self._answer(call, path_id(call))

    async def act(self, call: Call) -> Answer:
        form = call.take(ActionForm)
        report_id = parse_id(form.report_id, "report_id") if form.report_id else 0
        await call.service.moderation.act(
            call.user_id, path_id(call), _ACTIONS[form.type], form.text, report_id
        )
        return json_answer(Nothing())

    async def delete(self, call: Call) -> Answer:
        user_id = path_id(call)
        before = await admin_account(
            await call.service.moderation.show(user_id), self._mastodon.accounts, call
        )
        await call.service.moderation.act(call.user_id, user_id, ModerationAction.DELETE)
        return json_answer(before)

    async def delete_pending(self, call: Call) -> Answer:
        view = await call.service.moderation.show(path_id(call))
        if not view.user.standing.pending:
            raise Invalid("Validation failed: the account does not wait for approval")
        await call.service.moderation.act(call.user_id, view.user.user_id, ModerationAction.SUSPEND)
        return await self.delete(call)

    async def _do(self, call: Call, action: ModerationAction) -> Answer:
        user_id = path_id(call)
        await call.service.moderation.act(call.user_id, user_id, action)
        return await self._answer(call, user_id)

    async def _answer(self, call: Call, user_id: int) -> Answer:
        view = await call.service.moderation.show(user_id)
        return json_answer(await admin_account(view, self._mastodon.accounts, call))


def _filter(
    form: AccountsV1Form | AccountsV2Form, standing: str, staff: bool, roles: tuple[Role, ...]
) -> AccountFilter:
    username, name = form.username.lower().removeprefix("@"), form.display_name.lower()
    return AccountFilter(standing, username, name, form.email.lower(), staff, roles)


def _role(text: str) -> Role:
    if text not in ("1", "2", "3"):
        problem = FieldProblem("ERR_INCLUSION", "is not included in the list")
        raise Invalid(f"Validation failed: Role {problem.text}", {"role_ids": (problem,)})
    return Role(int(text))
