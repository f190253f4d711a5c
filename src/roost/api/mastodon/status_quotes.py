"""Quotes of a status: which there are, who may make them, and taking them back."""

import msgspec

from roost.api.calls import Answer, Call
from roost.api.mastodon.common import Mastodon, NoParameters, path_id
from roost.api.mastodon.entities import Status
from roost.api.mastodon.pages import PageForm, page_request, parse_id
from roost.api.mastodon.quote_policies import quote_policy
from roost.api.router import Route
from roost.errors import FieldProblem, Invalid, NotFound
from roost.limits import TIMELINE_PAGE_DEFAULT, TIMELINE_PAGE_MAX


class InteractionPolicyForm(msgspec.Struct):
    quote_approval_policy: str = ""
    """public, followers or nobody."""


class StatusQuotes:
    def __init__(self, mastodon: Mastodon) -> None:
        self._mastodon = mastodon

    def routes(self) -> list[Route]:
        one = "/api/v1/statuses/{id}"
        return [
            Route(
                method="GET",
                path=f"{one}/quotes",
                handler=self.quotes,
                summary="Which statuses quote a status, newest first.",
                scope="read:statuses",
                takes=PageForm,
                answers=list[Status],
            ),
            Route(
                method="POST",
                path=f"{one}/quotes/{{quoting_id}}/revoke",
                handler=self.revoke,
                summary="Have one's status not be shown in a quote any more.",
                scope="write:statuses",
                needs_user=True,
                takes=NoParameters,
                answers=Status,
            ),
            Route(
                method="PUT",
                path=f"{one}/interaction_policy",
                handler=self.set_policy,
                summary="Say who may quote one's status.",
                scope="write:statuses",
                needs_user=True,
                takes=InteractionPolicyForm,
                answers=Status,
            ),
        ]

    async def quotes(self, call: Call) -> Answer:
        request = page_request(call.take(PageForm), TIMELINE_PAGE_DEFAULT, TIMELINE_PAGE_MAX)
        page = await call.service.quotes.of(call.user_id, path_id(call), request)
        return self._mastodon.status_page(page, call)

    async def revoke(self, call: Call) -> Answer:
        try:
            quoting_id = parse_id(call.path["quoting_id"])
        except Invalid as cause:
            raise NotFound from cause
        view = await call.service.quotes.revoke(call.user_id, path_id(call), quoting_id)
        return self._mastodon.status(view, call)

    async def set_policy(self, call: Call) -> Answer:
        policy = quote_policy(call.take(InteractionPolicyForm).quote_approval_policy)
        if policy is None:
            problem = (FieldProblem("ERR_BLANK", "can't be blank"),)
            raise Invalid(
                "Validation failed: Quote approval policy can't be blank", {"quote_approval_policy": problem}
            )
        view = await call.service.quotes.set_policy(call.user_id, path_id(call), policy)
        return self._mastodon.status(view, call)
