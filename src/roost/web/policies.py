"""From whom one wants to be told, and who waits for a decision about that."""

from roost.api import Answer, Call, Route
from roost.errors import NotFound
from roost.limits import NOTIFICATION_PAGE_DEFAULT
from roost.model import Verdict
from roost.service import PolicyChange
from roost.web.forms import feed_of, page_request, path_id, text_of
from roost.web.site import Site, redirect

_VERDICTS = {"accept": Verdict.ACCEPT, "filter": Verdict.FILTER, "drop": Verdict.DROP}
_WORDS = {"accept": "Tell me", "filter": "Keep them aside", "drop": "Drop them"}
_ANSWERS = {"accept": True, "dismiss": False}
_RULES = (
    ("not_following", "People you do not follow"),
    ("not_followers", "People who do not follow you"),
    ("new_accounts", "New accounts"),
    ("private_mentions", "Private messages that nobody asked for"),
    ("limited_accounts", "Accounts that the moderators have limited"),
)


class Policies:
    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        route = self._site.route
        return [
            route("GET", "/settings/notifications", self.show, signed_in=True),
            route("POST", "/settings/notifications", self.change, signed_in=True),
            route("GET", "/notifications/requests", self.requests, signed_in=True),
            route("POST", "/notifications/requests/{id}/{verb}", self.answer, signed_in=True),
        ]

    async def show(self, call: Call) -> Answer:
        view = await call.service.notifications.policy(call.user_id)
        names = {int(verdict): name for name, verdict in _VERDICTS.items()}
        rules = [(rule, label, names[getattr(view.policy, rule)]) for rule, label in _RULES]
        return await self._site.page(
            call,
            "settings/notifications.html",
            rules=rules,
            verdicts=_WORDS,
            waiting=view.requests,
            saved=bool(text_of(call, "saved")),
        )

    async def change(self, call: Call) -> Answer:
        change = PolicyChange(**{rule: _VERDICTS.get(text_of(call, rule)) for rule, _ in _RULES})
        await call.service.notifications.change_policy(call.user_id, change)
        return redirect("/settings/notifications?saved=1")

    async def requests(self, call: Call) -> Answer:
        request = page_request(call, NOTIFICATION_PAGE_DEFAULT)
        page = await call.service.notifications.requests(call.user_id, request)
        return await self._site.page(call, "notification-requests.html", feed=feed_of(call, page))

    async def answer(self, call: Call) -> Answer:
        accept = _ANSWERS.get(call.path["verb"])
        if accept is None:
            raise NotFound("There is nothing here")
        await call.service.notifications.answer_requests(call.user_id, [path_id(call)], accept)
        return redirect("/notifications/requests")
