"""What moderators see of accounts and reports."""

from typing import Any

import msgspec

from roost.api.calls import Call
from roost.api.mastodon.accounts_json import AccountsJson
from roost.api.mastodon.common import Mastodon
from roost.api.mastodon.entities import Account, Role
from roost.api.mastodon.roles_json import role_json
from roost.api.mastodon.text import timestamp
from roost.errors import NotFound
from roost.ids import unix_ms_of
from roost.model import Report, ReportCategory
from roost.service import UserView

CATEGORIES = {
    ReportCategory.OTHER: "other",
    ReportCategory.SPAM: "spam",
    ReportCategory.LEGAL: "legal",
    ReportCategory.RULES: "violation",
}


class AdminAccount(msgspec.Struct):
    id: str
    username: str
    domain: None
    created_at: str
    email: str
    ip: None
    """Roost does not keep where accounts were used from; so with `ips`."""
    ips: list[Any]
    locale: str | None
    invite_request: None
    role: Role
    confirmed: bool
    approved: bool
    disabled: bool
    silenced: bool
    suspended: bool
    sensitized: bool
    account: Account


class ReportJson(msgspec.Struct):
    """A report, as who made it sees it."""

    id: str
    action_taken: bool
    action_taken_at: str | None
    category: str
    comment: str
    forwarded: bool
    created_at: str
    status_ids: list[str] | None
    rule_ids: list[str] | None
    collection_ids: list[str] | None
    target_account: Account


class AdminReport(msgspec.Struct):
    id: str
    action_taken: bool
    action_taken_at: str | None
    category: str
    comment: str
    forwarded: bool
    created_at: str
    updated_at: str
    account: AdminAccount | None
    target_account: AdminAccount | None
    assigned_account: AdminAccount | None
    action_taken_by_account: AdminAccount | None
    statuses: list[Any]
    rules: list[dict[str, str]]


async def admin_account(view: UserView, accounts: AccountsJson, call: Call) -> AdminAccount:
    user, standing = view.user, view.user.standing
    return AdminAccount(
        id=str(user.user_id),
        username=user.username,
        domain=None,
        created_at=timestamp(user.created_ms),
        email=await call.service.accounts.email(user.user_id),
        ip=None,
        ips=[],
        locale=user.default_language or None,
        invite_request=None,
        role=role_json(user.role),
        confirmed=True,
        approved=not standing.pending,
        disabled=standing.disabled,
        silenced=standing.silenced,
        suspended=standing.suspended,
        sensitized=standing.sensitive,
        account=accounts.account(view),
    )


def report_json(report: Report, target: UserView, accounts: AccountsJson) -> ReportJson:
    return ReportJson(
        **_facts(report),
        status_ids=[str(tweet_id) for tweet_id in report.tweet_ids],
        rule_ids=[str(number) for number in report.rules] or None,
        collection_ids=None,
        target_account=accounts.account(target),
    )


async def admin_report(report: Report, mastodon: Mastodon, call: Call) -> AdminReport:
    async def shown(user_id: int) -> AdminAccount | None:
        try:
            return await admin_account(await call.service.moderation.show(user_id), mastodon.accounts, call)
        except NotFound:
            return None

    views = await call.service.tweets.get_many(call.user_id, report.tweet_ids)
    rules = rules_of(call)
    return AdminReport(
        **_facts(report),
        updated_at=timestamp(report.changed_ms or unix_ms_of(report.report_id)),
        account=await shown(report.reporter_id),
        target_account=await shown(report.target_id),
        assigned_account=await shown(report.assigned_id),
        action_taken_by_account=await shown(report.resolved_by_id),
        statuses=[msgspec.Raw(mastodon.statuses.encoded(view, call.user_id)) for view in views],
        rules=[rules[number - 1] for number in report.rules if 0 < number <= len(rules)],
    )


def rules_of(call: Call) -> list[dict[str, str]]:
    """The server's rules, from its settings."""
    lines = [line.strip() for line in call.around.settings.rules.splitlines() if line.strip()]
    return [{"id": str(number), "text": line, "hint": ""} for number, line in enumerate(lines, 1)]


def _facts(report: Report) -> dict[str, Any]:
    closed = report.resolved_by_id != 0
    return {
        "id": str(report.report_id),
        "action_taken": closed,
        "action_taken_at": timestamp(report.changed_ms) if closed else None,
        "category": CATEGORIES[report.category],
        "comment": report.comment,
        "forwarded": False,
        "created_at": timestamp(unix_ms_of(report.report_id)),
    }
