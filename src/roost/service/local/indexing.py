"""What is derived beside the service for finding things, and waiting for it."""

from collections.abc import Sequence

from roost.processors import MS_PER_DAY
from roost.service.local.kit import Kit
from roost.service.views import DayUse


async def settled(kit: Kit) -> None:
    """Wait a little until all uses of hashtags and the like that were accepted until now are counted."""
    await kit.indexing.applied(kit.log.last, kit.settings.read_wait_ms / 1000, kit.usage.name)


async def searchable(kit: Kit) -> None:
    """Wait a little until all that was accepted is found, unless more comes in than can be indexed."""
    if not kit.finder.is_behind:
        await kit.indexing.applied(kit.log.last, kit.settings.read_wait_ms / 1000, kit.finder.name)


def day_uses(history: Sequence[tuple[int, int]], today: int) -> tuple[DayUse, ...]:
    """Uses and users of the last days, today's first, with their days."""
    return tuple(
        DayUse((today - back) * MS_PER_DAY, count, users) for back, (count, users) in enumerate(history)
    )
