"""How far one has read."""

from collections.abc import Sequence

import msgspec

from roost.api.calls import Answer, Call, json_answer
from roost.api.mastodon.pages import parse_id
from roost.api.mastodon.text import timestamp
from roost.api.router import Route
from roost.model import MarkedTimeline, Marker

_NAMES = {MarkedTimeline.HOME: "home", MarkedTimeline.NOTIFICATIONS: "notifications"}
_TIMELINES = {name: timeline for timeline, name in _NAMES.items()}


class MarkersForm(msgspec.Struct):
    timeline: list[str] = []
    """`home`, `notifications`, or both; others are passed over."""


class PlaceForm(msgspec.Struct):
    last_read_id: str | int


class MoveForm(msgspec.Struct):
    """What was read last of each timeline; one that is left out stays where it is."""

    home: PlaceForm | None = None
    notifications: PlaceForm | None = None


class MarkerJson(msgspec.Struct):
    last_read_id: str
    version: int
    updated_at: str


class Markers:
    def routes(self) -> list[Route]:
        return [
            Route(
                method="GET",
                path="/api/v1/markers",
                handler=self.show,
                summary="How far one has read the timelines asked for; id and version are 0 for nothing yet.",
                scope="read:statuses",
                needs_user=True,
                takes=MarkersForm,
                answers=dict[str, MarkerJson],
            ),
            Route(
                method="POST",
                path="/api/v1/markers",
                handler=self.move,
                summary="Say how far one has read.",
                scope="write:statuses",
                needs_user=True,
                takes=MoveForm,
                answers=dict[str, MarkerJson],
            ),
        ]

    async def show(self, call: Call) -> Answer:
        asked = call.take(MarkersForm).timeline
        timelines = [_TIMELINES[name] for name in dict.fromkeys(asked) if name in _TIMELINES]
        return _answer(await call.service.markers.of(call.user_id, timelines))

    async def move(self, call: Call) -> Answer:
        form = call.take(MoveForm)
        places = {MarkedTimeline.HOME: form.home, MarkedTimeline.NOTIFICATIONS: form.notifications}
        last_read = {
            timeline: parse_id(str(place.last_read_id), f"{_NAMES[timeline]}[last_read_id]")
            for timeline, place in places.items()
            if place is not None
        }
        return _answer(await call.service.markers.move(call.user_id, last_read))


def _answer(markers: Sequence[Marker]) -> Answer:
    return json_answer(
        {
            _NAMES[marker.timeline]: MarkerJson(
                str(marker.last_read_id), marker.version, timestamp(marker.updated_ms)
            )
            for marker in markers
        }
    )
