"""Reports: made by users, worked on by moderators."""

from functools import partial

import msgspec

from roost.api.calls import Answer, Call, json_answer
from roost.api.mastodon.admin_json import CATEGORIES, AdminReport, ReportJson, admin_report, report_json
from roost.api.mastodon.common import Mastodon, NoParameters, path_id
from roost.api.mastodon.pages import PageForm, link_header, page_request, parse_id
from roost.api.router import Route
from roost.errors import FieldProblem, Invalid
from roost.limits import ADMIN_PAGE_DEFAULT, ADMIN_PAGE_MAX, REPORT_TWEETS_MAX
from roost.model import Page, Report, ReportCategory, Role
from roost.service import ReportChange, ReportFilter, ReportForm

_CATEGORIES = {name: category for category, name in CATEGORIES.items()}
_SUMMARIES = {
    ReportChange.ASSIGN: "Take a report on.",
    ReportChange.UNASSIGN: "Leave a report to others.",
    ReportChange.RESOLVE: "Close a report.",
    ReportChange.REOPEN: "Open a report again.",
}


class NewReportForm(msgspec.Struct):
    account_id: str = ""
    status_ids: list[str] = []
    comment: str = ""
    category: str = ""
    rule_ids: list[str] = []
    forward: bool = False
    """There are no other servers to forward a report to."""


class ReportsForm(PageForm):
    resolved: bool = False
    unresolved: bool = False
    account_id: str = ""
    """Reports by this account."""
    target_account_id: str = ""


class Reports:
    def __init__(self, mastodon: Mastodon) -> None:
        self._mastodon = mastodon

    def routes(self) -> list[Route]:
        one = "/api/v1/admin/reports/{id}"
        return [
            Route(
                method="POST",
                path="/api/v1/reports",
                handler=self.add,
                summary="Tell the moderators of an account.",
                scope="write:reports",
                needs_user=True,
                takes=NewReportForm,
                answers=ReportJson,
            ),
            Route(
                method="GET",
                path="/api/v1/admin/reports",
                handler=self.several,
                summary="Reports, newest first; open ones unless `resolved` is set.",
                scope="admin:read:reports",
                role=Role.MODERATOR,
                takes=ReportsForm,
                answers=list[AdminReport],
            ),
            Route(
                method="GET",
                path=one,
                handler=self.one,
                summary="A report.",
                scope="admin:read:reports",
                role=Role.MODERATOR,
                takes=NoParameters,
                answers=AdminReport,
            ),
            *(
                Route(
                    method="POST",
                    path=f"{one}/{change.value}",
                    handler=partial(self._change, change=change),
                    summary=summary,
                    scope="admin:write:reports",
                    role=Role.MODERATOR,
                    takes=NoParameters,
                    answers=AdminReport,
                )
                for change, summary in _SUMMARIES.items()
            ),
        ]

    async def add(self, call: Call) -> Answer:
        form = call.take(NewReportForm)
        category = _category(form)
        report = await call.service.moderation.report(
            call.user_id,
            ReportForm(
                target_id=parse_id(form.account_id, "account_id"),
                category=category,
                comment=form.comment,
                tweet_ids=tuple(parse_id(text) for text in form.status_ids[:REPORT_TWEETS_MAX]),
                rules=_rules(form, call) if category is ReportCategory.RULES else (),
            ),
        )
        target = await call.service.moderation.show(report.target_id)
        return json_answer(report_json(report, target, self._mastodon.accounts))

    async def several(self, call: Call) -> Answer:
        form = call.take(ReportsForm)
        request = page_request(form, ADMIN_PAGE_DEFAULT, ADMIN_PAGE_MAX, tweets=False)
        reporter_id = parse_id(form.account_id, "account_id") if form.account_id else 0
        target_id = parse_id(form.target_account_id, "target_account_id") if form.target_account_id else 0
        resolved = None if form.resolved and form.unresolved else form.resolved
        page: Page[Report] = await call.service.moderation.reports(
            ReportFilter(resolved, reporter_id, target_id), request
        )
        shown = [await admin_report(report, self._mastodon, call) for report in page.items]
        return json_answer(shown, headers=link_header(call, page))

    async def one(self, call: Call) -> Answer:
        report = await call.service.moderation.one_report(path_id(call))
        return json_answer(await admin_report(report, self._mastodon, call))

    async def _change(self, call: Call, change: ReportChange) -> Answer:
        report = await call.service.moderation.change_report(call.user_id, path_id(call), change)
        return json_answer(await admin_report(report, self._mastodon, call))


def _category(form: NewReportForm) -> ReportCategory:
    if not form.category:
        return ReportCategory.RULES if form.rule_ids else ReportCategory.OTHER
    if form.category not in _CATEGORIES:
        problem = FieldProblem("ERR_INCLUSION", "is not included in the list")
        raise Invalid(f"Validation failed: Category {problem.text}", {"category": (problem,)})
    return _CATEGORIES[form.category]


def _rules(form: NewReportForm, call: Call) -> tuple[int, ...]:
    """The numbers of rules that exist. Raises Invalid for others."""
    count = len([line for line in call.around.settings.rules.splitlines() if line.strip()])
    numbers = tuple(parse_id(text, "rule_ids") for text in form.rule_ids)
    if not all(0 < number <= count for number in numbers):
        problem = FieldProblem("ERR_INVALID", "does not reference valid rules")
        raise Invalid(f"Validation failed: Rules {problem.text}", {"rule_ids": (problem,)})
    return numbers
