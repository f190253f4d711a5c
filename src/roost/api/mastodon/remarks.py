"""Notes about accounts, and endorsements."""

from collections.abc import Awaitable, Callable

import msgspec

from roost.api.calls import Answer, Call, json_answer
from roost.api.mastodon.accounts_json import relationship
from roost.api.mastodon.common import Mastodon, NoParameters, path_id
from roost.api.mastodon.entities import Account, Relationship
from roost.api.mastodon.pages import PageForm, page_request
from roost.api.router import Route
from roost.limits import ACCOUNT_PAGE_DEFAULT, ACCOUNT_PAGE_MAX
from roost.model import Relation


class NoteForm(msgspec.Struct):
    comment: str = ""
    """Empty takes the note back."""


class Remarks:
    def __init__(self, mastodon: Mastodon) -> None:
        self._mastodon = mastodon

    def routes(self) -> list[Route]:
        return [
            _change("note", _note, "Note something about an account, for oneself.", NoteForm),
            _change("endorse", _endorse, "Recommend an account that one follows on one's profile."),
            _change("pin", _endorse, "The older name of `endorse`."),
            _change("unendorse", _unendorse, "Recommend an account no more."),
            _change("unpin", _unendorse, "The older name of `unendorse`."),
            Route(
                method="GET",
                path="/api/v1/endorsements",
                handler=self.own,
                summary="Whom one recommends.",
                scope="read:accounts",
                needs_user=True,
                takes=PageForm,
                answers=list[Account],
            ),
            Route(
                method="GET",
                path="/api/v1/accounts/{id}/endorsements",
                handler=self.others,
                sees_with="read:accounts",
                summary="Whom an account recommends.",
                takes=PageForm,
                answers=list[Account],
            ),
        ]

    async def own(self, call: Call) -> Answer:
        return await self._endorsed(call, call.user_id)

    async def others(self, call: Call) -> Answer:
        return await self._endorsed(call, path_id(call))

    async def _endorsed(self, call: Call, user_id: int) -> Answer:
        request = page_request(call.take(PageForm), ACCOUNT_PAGE_DEFAULT, ACCOUNT_PAGE_MAX, tweets=False)
        page = await call.service.remarks.endorsed(call.user_id, user_id, request)
        return self._mastodon.account_page(page, call)


def _change(
    verb: str,
    change: Callable[[Call], Awaitable[Relation]],
    summary: str,
    takes: type[msgspec.Struct] = NoParameters,
) -> Route:
    async def handle(call: Call) -> Answer:
        return json_answer(relationship(await change(call)))

    return Route(
        method="POST",
        path=f"/api/v1/accounts/{{id}}/{verb}",
        handler=handle,
        summary=summary,
        scope="write:accounts",
        needs_user=True,
        takes=takes,
        answers=Relationship,
    )


async def _note(call: Call) -> Relation:
    comment = call.take(NoteForm).comment
    return await call.service.remarks.note(call.user_id, path_id(call), comment)


async def _endorse(call: Call) -> Relation:
    return await call.service.remarks.endorse(call.user_id, path_id(call))


async def _unendorse(call: Call) -> Relation:
    return await call.service.remarks.unendorse(call.user_id, path_id(call))
