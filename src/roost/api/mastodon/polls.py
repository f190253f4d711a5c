"""Polls: seen, and voted in."""

import msgspec

from roost.api.calls import Answer, Call, json_answer
from roost.api.mastodon.common import NoParameters, path_id
from roost.api.mastodon.polls_json import Poll, poll_json
from roost.api.router import Route
from roost.model import ComposedPoll
from roost.service import PollView


class VoteForm(msgspec.Struct):
    """The places of the chosen options, from 0."""

    choices: list[int] = []


class PollForm(msgspec.Struct):
    """A poll to ask with a status; it lasts `expires_in` s."""

    options: list[str] = []
    expires_in: int = 0
    multiple: bool = False
    hide_totals: bool = False


def composed_poll(form: PollForm) -> ComposedPoll:
    return ComposedPoll(tuple(form.options), form.expires_in, form.multiple, form.hide_totals)


class Polls:
    def routes(self) -> list[Route]:
        return [
            Route(
                method="GET",
                path="/api/v1/polls/{id}",
                handler=self.one,
                sees_with="read:statuses",
                summary="A poll.",
                takes=NoParameters,
                answers=Poll,
            ),
            Route(
                method="POST",
                path="/api/v1/polls/{id}/votes",
                handler=self.vote,
                summary="Vote in a poll.",
                scope="write:statuses",
                needs_user=True,
                takes=VoteForm,
                answers=Poll,
            ),
        ]

    async def one(self, call: Call) -> Answer:
        return _shown(await call.service.polls.get(call.user_id, path_id(call)), call)

    async def vote(self, call: Call) -> Answer:
        choices = call.take(VoteForm).choices
        return _shown(await call.service.polls.vote(call.user_id, path_id(call), choices), call)


def _shown(view: PollView, call: Call) -> Answer:
    return json_answer(poll_json(view, call.user_id))
