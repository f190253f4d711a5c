"""Conversations: threads of direct statuses."""

import msgspec

from roost.api.calls import Answer, Call, json_answer, raw_json_answer
from roost.api.mastodon.common import Mastodon, NoParameters, path_id
from roost.api.mastodon.entities import Account, Status
from roost.api.mastodon.notifications import Nothing
from roost.api.mastodon.pages import PageForm, link_header, page_request
from roost.api.router import Handler, Route
from roost.limits import TIMELINE_PAGE_DEFAULT, TIMELINE_PAGE_MAX
from roost.service import ConversationView


class Conversation(msgspec.Struct):
    """For the documentation: conversations are put together from parts."""

    id: str
    unread: bool
    accounts: list[Account]
    last_status: Status | None


class Conversations:
    def __init__(self, mastodon: Mastodon) -> None:
        self._mastodon = mastodon

    def routes(self) -> list[Route]:
        base = "/api/v1/conversations"
        one = f"{base}/{{id}}"
        return [
            Route(
                method="GET",
                path=base,
                handler=self.page,
                summary="One's conversations of direct statuses.",
                scope="read:statuses",
                needs_user=True,
                takes=PageForm,
                answers=list[Conversation],
            ),
            _write("POST", f"{one}/read", self.read, "Mark a conversation as read.", Conversation),
            _write("POST", f"{one}/unread", self.unread, "Mark a conversation as not read.", Conversation),
            _write("DELETE", one, _remove, "Take a conversation off the list.", Nothing),
        ]

    async def page(self, call: Call) -> Answer:
        request = page_request(call.take(PageForm), TIMELINE_PAGE_DEFAULT, TIMELINE_PAGE_MAX)
        page = await call.service.correspondence.page(call.user_id, request)
        body = b"[%s]" % b",".join(self.encoded(view, call.user_id) for view in page.items)
        return raw_json_answer(body, headers=link_header(call, page))

    async def read(self, call: Call) -> Answer:
        view = await call.service.correspondence.mark(call.user_id, path_id(call), read=True)
        return raw_json_answer(self.encoded(view, call.user_id))

    async def unread(self, call: Call) -> Answer:
        view = await call.service.correspondence.mark(call.user_id, path_id(call), read=False)
        return raw_json_answer(self.encoded(view, call.user_id))

    def encoded(self, view: ConversationView, viewer_id: int) -> bytes:
        return self._mastodon.conversation(view, viewer_id)


def _write(method: str, path: str, handler: Handler, summary: str, answers: type[msgspec.Struct]) -> Route:
    return Route(
        method=method,
        path=path,
        handler=handler,
        summary=summary,
        scope="write:conversations",
        needs_user=True,
        takes=NoParameters,
        answers=answers,
    )


async def _remove(call: Call) -> Answer:
    await call.service.correspondence.remove(call.user_id, path_id(call))
    return json_answer({})
