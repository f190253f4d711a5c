"""What is to be posted later, and conversations of direct tweets."""

from datetime import UTC, datetime

from roost.api import Answer, Call, Route
from roost.errors import Invalid
from roost.web.forms import feed_of, page_request, path_id, text_of
from roost.web.site import Site, back, redirect

_MINUTES_MAX = 24 * 60


class Later:
    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        route = self._site.route
        return [
            route("GET", "/scheduled", self.scheduled, signed_in=True),
            route("POST", "/scheduled/{id}/cancel", self.cancel, signed_in=True),
            route("GET", "/messages", self.messages, signed_in=True),
            route("POST", "/messages/{id}/read", self.read, signed_in=True),
        ]

    async def scheduled(self, call: Call) -> Answer:
        page = await call.service.scheduled.page(call.user_id, page_request(call))
        return await self._site.page(call, "scheduled.html", feed=feed_of(call, page))

    async def cancel(self, call: Call) -> Answer:
        await call.service.scheduled.cancel(call.user_id, path_id(call))
        return redirect("/scheduled")

    async def messages(self, call: Call) -> Answer:
        page = await call.service.correspondence.page(call.user_id, page_request(call))
        return await self._site.page(call, "messages.html", feed=feed_of(call, page))

    async def read(self, call: Call) -> Answer:
        await call.service.correspondence.mark(call.user_id, path_id(call), True)
        return back(call, otherwise="/messages")


def time_of(call: Call) -> int:
    """When a form wants a tweet to be posted, in ms since the Unix epoch; 0 for now. Raises Invalid.

    A browser sends a time of its own place without saying which; a script adds the minutes that it is behind
    UTC, and without one it is UTC.
    """
    text = text_of(call, "at")
    if not text:
        return 0
    offset = text_of(call, "offset")
    digits = offset.removeprefix("-")
    minutes = int(offset) if digits.isascii() and digits.isdigit() and len(digits) < 5 else 0
    if abs(minutes) > _MINUTES_MAX:
        raise Invalid("The time cannot be read")
    try:
        moment = datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError as cause:
        raise Invalid("The time cannot be read") from cause
    return int(moment.timestamp() * 1000) + minutes * 60_000
