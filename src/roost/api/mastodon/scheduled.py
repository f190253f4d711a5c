"""Scheduled statuses: seen, moved, cancelled. They are made by posting a status with `scheduled_at`."""

from datetime import UTC, datetime
from typing import Any

import msgspec

from roost.api.calls import Answer, Call, json_answer
from roost.api.mastodon.common import Mastodon, NoParameters, path_id
from roost.api.mastodon.media_json import MediaAttachment, attachments
from roost.api.mastodon.pages import PageForm, link_header, page_request
from roost.api.mastodon.quote_policies import QUOTE_POLICY_NAMES
from roost.api.mastodon.text import VISIBILITY_NAMES, timestamp
from roost.api.router import Route
from roost.errors import FieldProblem, Invalid
from roost.limits import TIMELINE_PAGE_DEFAULT, TIMELINE_PAGE_MAX
from roost.service import ScheduledView


class ScheduledForm(msgspec.Struct):
    """When to post it, as a date with a time."""

    scheduled_at: str = ""


class ScheduledStatus(msgspec.Struct):
    id: str
    scheduled_at: str
    params: dict[str, Any]
    """What it was posted with."""
    media_attachments: list[MediaAttachment]


class ScheduledStatuses:
    def __init__(self, mastodon: Mastodon) -> None:
        self._public_url = mastodon.public_url

    def routes(self) -> list[Route]:
        one, scope = "/api/v1/scheduled_statuses/{id}", "write:statuses"
        return [
            Route(
                method="GET",
                path="/api/v1/scheduled_statuses",
                handler=self.several,
                summary="What one has scheduled.",
                scope="read:statuses",
                needs_user=True,
                takes=PageForm,
                answers=list[ScheduledStatus],
            ),
            Route(
                method="GET",
                path=one,
                handler=self.one,
                summary="A scheduled status.",
                scope="read:statuses",
                needs_user=True,
                takes=NoParameters,
                answers=ScheduledStatus,
            ),
            Route(
                method="PUT",
                path=one,
                handler=self.move,
                summary="Have it posted at another time.",
                scope=scope,
                needs_user=True,
                takes=ScheduledForm,
                answers=ScheduledStatus,
            ),
            Route(
                method="DELETE",
                path=one,
                handler=self.cancel,
                summary="Have it not posted.",
                scope=scope,
                needs_user=True,
                takes=NoParameters,
                answers=dict[str, str],
            ),
        ]

    async def several(self, call: Call) -> Answer:
        request = page_request(call.take(PageForm), TIMELINE_PAGE_DEFAULT, TIMELINE_PAGE_MAX, tweets=False)
        page = await call.service.scheduled.page(call.user_id, request)
        shown = [scheduled_json(view, self._public_url) for view in page.items]
        return json_answer(shown, headers=link_header(call, page))

    async def one(self, call: Call) -> Answer:
        return self._shown(await call.service.scheduled.get(call.user_id, path_id(call)))

    async def move(self, call: Call) -> Answer:
        at_ms = parse_time(call.take(ScheduledForm).scheduled_at)
        return self._shown(await call.service.scheduled.move(call.user_id, path_id(call), at_ms))

    async def cancel(self, call: Call) -> Answer:
        await call.service.scheduled.cancel(call.user_id, path_id(call))
        return json_answer({})

    def _shown(self, view: ScheduledView) -> Answer:
        return json_answer(scheduled_json(view, self._public_url))


def scheduled_json(view: ScheduledView, public_url: str) -> ScheduledStatus:
    scheduled, composed = view.scheduled, view.scheduled.composed
    poll = composed.poll
    asked = poll and {
        "options": list(poll.options),
        "expires_in": poll.lasts_s,
        "multiple": poll.multiple,
        "hide_totals": poll.hides_totals,
    }
    params = {
        "text": composed.text,
        "visibility": VISIBILITY_NAMES[composed.visibility],
        "language": composed.language or None,
        "sensitive": composed.sensitive,
        "spoiler_text": composed.spoiler or None,
        "in_reply_to_id": composed.reply_to_id or None,
        "quoted_status_id": str(composed.quote_of_id) if composed.quote_of_id else None,
        "quote_approval_policy": QUOTE_POLICY_NAMES[composed.quote_policy],
        "media_ids": [str(media_id) for media_id in composed.media_ids] or None,
        "poll": asked,
        "idempotency": composed.key or None,
        "scheduled_at": None,
        "application_id": 0,
        "with_rate_limit": False,
    }
    return ScheduledStatus(
        id=str(scheduled.scheduled_id),
        scheduled_at=timestamp(scheduled.at_ms),
        params=params,
        media_attachments=attachments(view.media, public_url),
    )


def parse_time(text: str) -> int:
    """A date with a time, in ms since the Unix epoch; in UTC where it names no zone. Raises Invalid."""
    try:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        return int(moment.timestamp() * 1000)
    except (ValueError, OverflowError) as cause:
        problem = FieldProblem("ERR_INVALID", "is not a date with a time")
        raise Invalid("Record invalid", {"scheduled_at": (problem,)}) from cause
