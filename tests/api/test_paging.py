"""Each list is read to its end by `next`, and back by `prev`, while more arrives: nothing is missing, nothing
comes twice, and the order holds."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import msgspec
import pytest

from roost.api import all_routes
from tests.api.client import Answer, path_of
from tests.api.paged import PAGED, Listing, World
from tests.api.process import ServerProcess

LIMIT = 3
Begin = Callable[[], Callable[[], str]]
FIRST = 7
"""How many entries there are before the walk begins: the last page is not full."""


@pytest.fixture(scope="module")
def world(server: ServerProcess) -> World:
    return World(server)


@pytest.fixture(params=list(PAGED))
def listing(world: World, request: pytest.FixtureRequest) -> Listing:
    return PAGED[request.param](world)


@contextmanager
def arrivals(listing: Listing) -> Iterator[Begin]:
    """`begin()` has another thread put one on the list; what it answers waits until it is there."""
    with ThreadPoolExecutor(max_workers=1) as pool:

        def begin() -> Callable[[], str]:
            future: Future[str] = pool.submit(listing.add)
            return future.result

        yield begin


def page(listing: Listing, address: str = "", **query: Any) -> tuple[list[str], Answer]:
    """A page's entries, newest first."""
    answer = listing.reader.get(address or listing.path, **query)
    return listing.keys(answer.ok()), answer


def walk_down(listing: Listing, begin: Begin) -> tuple[list[list[str]], str, list[str]]:
    """The pages from the newest to the end, the address of what is above the last, and what has arrived."""
    found, answer = page(listing, **listing.query, limit=LIMIT)
    pages, arrived, last = [found], [], answer.links()["prev"]
    while (url := answer.links().get("next")) is not None:
        wait = begin()
        found, answer = page(listing, path_of(url))
        arrived.append(wait())
        pages.append(found)
        last = answer.links().get("prev", last)
        if not found:
            assert answer.links() == {}
    return pages, last, arrived


def walk_up(listing: Listing, url: str, begin: Begin) -> tuple[list[str], list[str]]:
    """From above the last page to the newest; more arrives while each of the first pages is read."""
    pages: list[list[str]] = []
    arrived = []
    while True:
        wait = begin() if len(pages) < 4 else None
        found, answer = page(listing, path_of(url))
        if wait is not None:
            arrived.append(wait())
        if not found and wait is None:
            assert "link" not in answer.headers
            return [key for each in reversed(pages) for key in each], arrived
        assert len(found) <= LIMIT
        pages.append(found)
        url = answer.links().get("prev", url)


def test_walked_both_ways_while_more_arrives(listing: Listing) -> None:
    filled = [listing.add() for _ in range(FIRST)][::-1]
    with arrivals(listing) as begin:
        if not listing.is_all_of_it:
            shown_down_to(listing, begin, filled)
            return
        pages, above_the_last, arrived = walk_down(listing, begin)
        assert [len(each) for each in pages if each] == [LIMIT, LIMIT, 1]
        assert [key for each in pages for key in each] == filled
        upwards, later = walk_up(listing, above_the_last, begin)
    newer = [] if listing.is_frozen else [*arrived, *later][::-1]
    assert [*upwards, filled[-1]] == [*newer, *filled]


def shown_down_to(listing: Listing, begin: Begin, filled: list[str]) -> None:
    """The same of a list on which others' entries lie below."""
    found, answer = page(listing, **listing.query, limit=LIMIT)
    arrived = []
    while filled[-1] not in found:
        wait = begin()
        further, answer = page(listing, path_of(answer.links()["next"]))
        arrived.append(wait())
        found += further
    assert found[: len(filled)] == filled
    upwards, later = walk_up(listing, answer.links()["prev"], begin)
    whole = [*later[::-1], *arrived[::-1], *found]
    assert whole[: len(upwards)] == upwards
    assert len(upwards) == len(whole) - len(listing.keys(answer.ok()))


def test_the_end_is_said(listing: Listing) -> None:
    """Below the oldest there is nothing, with nowhere to go; above the newest neither."""
    filled = [listing.add() for _ in range(2)][::-1]
    found, answer = page(listing, **listing.query, limit=LIMIT)
    links = answer.links()
    if listing.is_all_of_it:
        assert (found, links.keys()) == (filled, {"prev"})
        one, last = page(listing, **listing.query, limit=1)
        assert (one, "next" in last.links()) == (filled[:1], True)
        one, last = page(listing, path_of(last.links()["next"]))
        assert one == filled[1:]
        if "next" in last.links():  # a page that is full may be the last
            one, last = page(listing, path_of(last.links()["next"]))
            assert (one, last.headers.get("link")) == ([], None)
    above, newest = page(listing, path_of(links["prev"]))
    assert (above, newest.headers.get("link")) == ([], None)


def test_limits_and_cursors_that_make_no_sense(listing: Listing) -> None:
    """Above the maximum stands for the maximum; what is no number is refused, and so is none at all."""
    filled = [listing.add() for _ in range(2)][::-1]
    found, _ = page(listing, **listing.query, limit=1_000_000)
    assert found[:2] == filled
    for wrong in (
        {"limit": "x"},
        {"limit": -1},
        {"max_id": "x"},
        {"min_id": "-1"},
        {"since_id": "1.5"},
        {"max_id": "1" * 40},
        {"min_id": ["1"]},
    ):
        listing.reader.get(listing.path, **{**listing.query, **wrong}).refused(422)
    far = "9" * 19
    assert page(listing, **listing.query, min_id=far)[0] == []
    assert page(listing, **listing.query, since_id=far)[0] == []
    assert listing.is_frozen or page(listing, **listing.query, max_id="1")[0] == []


def test_every_endpoint_with_cursors_is_here() -> None:
    """The table has all; of those that begin with /api/v1/search, offsets are the cursors."""
    paged = {
        route.path
        for route in all_routes("http://localhost")
        if route.takes is not None
        and {"max_id", "limit"} <= {field.encode_name for field in msgspec.structs.fields(route.takes)}
    }
    elsewhere = {
        "/api/v1/search": "pages by offset",
        "/api/v2/search": "pages by offset",
        "/roost/v1/timelines/home/catchup": "the oldest first: see test_for_you",
    }
    assert {path for path in PAGED if "?" not in path} - {
        "/api/v1/timelines/list/1"
    } == paged - elsewhere.keys()
