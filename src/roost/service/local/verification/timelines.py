"""Home timelines and those of lists: read to their ends, and compared with what the tables say."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from roost.assembly import recompute_home, recompute_list
from roost.model import PageRequest
from roost.service.local.kit import Kit
from roost.service.local.verification.reading import slices_of
from roost.service.local.verification.seam import Sample, Tally
from roost.store import load_list, tables

_PAGE = 40


async def check_home(kit: Kit, sample: Sample, tally: Tally) -> None:
    """Those of a sample of users."""
    state = kit.reader.state
    for user_id in sample.of(state.graph.user_ids[: state.graph.users].tolist()):

        async def page(request: PageRequest, user_id: int = user_id) -> list[int]:
            return (await kit.assembly.page(user_id, request)).ids

        shown = await _walk(page)
        expected = await recompute_home(kit.store, kit.tweets, kit.users, user_id, kit.clock.now_ms())
        _compare(tally, f"home timeline of user {user_id}", shown, expected)


async def check_lists(kit: Kit, sample: Sample, tally: Tally) -> None:
    """Those of a sample of lists."""
    found = {
        userlist.list_id: userlist
        async for slice_ in slices_of(kit.store, tables.LISTS)
        for userlist in slice_
    }
    for list_id in sample.of(list(found)):
        userlist = found[list_id]
        contents = await kit.choices.list_contents(list_id)
        shown = await _walk(partial(kit.list_assembly.page, userlist, contents))
        stored = await load_list(kit.store, list_id)
        now_ms = kit.clock.now_ms()
        expected = await recompute_list(kit.store, kit.tweets, kit.users, userlist, stored, now_ms)
        _compare(tally, f"timeline of list {list_id} of user {userlist.owner_id}", shown, expected)


def _compare(tally: Tally, what: str, shown: list[int], expected: list[int]) -> None:
    tally.compared += len(expected)
    if shown == expected:
        return
    missing = [each for each in expected if each not in set(shown)]
    extra = [each for each in shown if each not in set(expected)]
    if missing or extra:
        tally.differs(what, f"{len(extra)} too many {extra}", f"{len(missing)} missing {missing}")
    else:
        tally.differs(what, shown, expected)


async def _walk(page: Callable[[PageRequest], Awaitable[list[int]]]) -> list[int]:
    ids: list[int] = []
    request = PageRequest(_PAGE)
    while True:
        found = await page(request)
        ids.extend(found)
        if len(found) < _PAGE:
            return ids
        request = PageRequest(_PAGE, max_id=ids[-1])
        await asyncio.sleep(0)
