"""How far users have read."""

from collections.abc import Mapping, Sequence

from roost.model import Event, MarkedTimeline, Marker, MarkerMoved
from roost.service.local.kit import Kit
from roost.store import tables


class LocalMarkers:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def of(self, user_id: int, timelines: Sequence[MarkedTimeline]) -> list[Marker]:
        """A marker for each timeline, in order; one of id and version 0 where nothing has been read."""
        keys = [(user_id, timeline) for timeline in timelines]
        found = await self._kit.store.get_many(tables.MARKERS, keys)
        return [
            marker or Marker(user_id, timeline, 0, 0, 0)
            for marker, timeline in zip(found, timelines, strict=True)
        ]

    async def move(self, user_id: int, last_read: Mapping[MarkedTimeline, int]) -> list[Marker]:
        """Set markers, forwards or back, together; answers them."""
        kit = self._kit
        async with kit.locks.hold("markers", user_id):
            held = await self.of(user_id, list(last_read))
            now_ms = kit.clock.now_ms()
            moved = [
                Marker(user_id, marker.timeline, last_read[marker.timeline], marker.version + 1, now_ms)
                for marker in held
            ]
            events: list[Event] = [MarkerMoved(marker) for marker in moved]
            if events:
                kit.positions.note(user_id, await kit.committer.commit(events))
        return moved
