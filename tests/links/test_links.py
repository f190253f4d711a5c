"""Links are followed within bounds, whatever is at their end."""

import asyncio
import ipaddress
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from PIL import Image
from yarl import URL

from roost.limits import (
    LINK_CONNECTIONS_PER_HOST_MAX,
    LINK_FAILED_FOR_NOW_S,
    LINK_FAILED_S,
    LINK_HOST_AT_ONCE,
    LINK_HOST_LINKS_MAX,
    LINK_REDIRECTS_MAX,
)
from roost.links import Fetcher, LinkReader, LinkStatistics, Patience, Reason, Unreadable, Wanted, next_hop
from roost.media import Workshop
from roost.outgoing import Guard
from tests.api.test_tls import make_certificate
from tests.links.hostile import Hostile, Names

T = TypeVar("T")
HERE = ipaddress.ip_network("127.0.0.0/8")
PAGES = Wanted(frozenset(("text/html",)), 1_000)
IMPATIENT = Patience(total_s=0.6, answer_s=0.4, idle_s=0.3)


class Clock:
    now_s = 1_000.0

    def __call__(self) -> float:
        return self.now_s


class Ground:
    def __init__(self, hostile: Hostile, folder: Path, patience: Patience | None, guard: Guard) -> None:
        self.hostile = hostile
        self.clock = Clock()
        agent = "Roost/1 (+https://roost.example)"
        self.fetcher = Fetcher(guard, Names(), agent, self.clock, patience)
        self.reader = LinkReader(self.fetcher, Workshop(folder), self.clock)

    async def reason(self, path: str, host: str = "good.example") -> Reason:
        with pytest.raises(Unreadable) as caught:
            await self.reader.resolve(self.hostile.url(path, host))
        return caught.value.reason

    async def title(self, path: str) -> str:
        return (await self.reader.resolve(self.hostile.url(path))).page.title


@pytest.fixture
def play(tmp_path: Path) -> Callable[..., None]:
    """Runs a scene on a ground of its own."""

    def run(
        scene: Callable[[Ground], Awaitable[T]], patience: Patience | None = None, guard: Guard | None = None
    ) -> None:
        async def body() -> None:
            async with Hostile() as hostile:
                ground = Ground(hostile, tmp_path, patience, guard or Guard((HERE,), http=True))
                try:
                    await scene(ground)
                finally:
                    await ground.reader.close()

        asyncio.run(body())

    return run


Play = Callable[..., None]


def test_what_is_followed(play: Play) -> None:
    async def scene(ground: Ground) -> None:
        found = await ground.reader.resolve(ground.hostile.url("/moved"))
        assert found.final_url == ground.hostile.url("/", "other.example")
        assert (found.page.title, found.page.description) == ("A page", "words")
        assert dict(ground.hostile.asked) == {"/moved": 1, "/there": 1, "/": 1}
        head = ground.hostile.heads[0].lower()
        assert "user-agent: roost/1 (+https://roost.example)\r\n" in head
        assert "cookie" not in head
        assert "authorization" not in head

    play(scene)


@pytest.mark.parametrize("path", ["/gzip", "/deflate", "/raw-deflate"])
def test_what_is_compressed(play: Play, path: str) -> None:
    async def scene(ground: Ground) -> None:
        assert await ground.title(path) == "A page"

    play(scene)


def test_redirects_end(play: Play) -> None:
    async def scene(ground: Ground) -> None:
        assert await ground.reason("/loop") is Reason.REDIRECTS
        assert await ground.reason("/self") is Reason.REDIRECTS
        assert await ground.reason("/nowhere") is Reason.DAMAGED
        assert ground.hostile.asked.total() == 4
        ground.clock.now_s += 100
        assert await ground.reason("/on/1") is Reason.REDIRECTS
        assert ground.hostile.asked.total() == 4 + LINK_REDIRECTS_MAX + 1

    play(scene)


def test_every_hop_is_guarded(play: Play) -> None:
    async def scene(ground: Ground) -> None:
        for path in ("private", "address", "metadata", "six", "file", "credentials", "port"):
            assert await ground.reason(f"/to-{path}") is Reason.REFUSED, path
            ground.clock.now_s += 100
        for host in ("private.example", "metadata.example", "mapped.example", "half.example"):
            assert await ground.reason("/", host) is Reason.REFUSED, host
        assert await ground.reason("/", "unknown.example") is Reason.UNREACHABLE
        assert ground.hostile.asked.total() == 7

    play(scene)


def test_nothing_here_is_reached_unless_it_is_allowed(play: Play) -> None:
    async def scene(ground: Ground) -> None:
        for host in ("good.example", "127.0.0.1", "localhost", "[::1]", "0.0.0.0", "2130706433"):
            assert await ground.reason("/", host) is Reason.REFUSED, host
        with pytest.raises(Unreadable) as caught:
            await ground.reader.resolve("http://good.example/")
        assert caught.value.reason is Reason.REFUSED
        assert not ground.hostile.asked

    play(scene, guard=Guard(http=True))


def test_a_name_that_means_something_else_a_moment_later(play: Play) -> None:
    async def scene(ground: Ground) -> None:
        assert await ground.reason("/on-here", "rebinding.example") is Reason.REFUSED
        assert dict(ground.hostile.asked) == {"/on-here": 1}

    play(scene)


def test_a_certificate_that_nobody_signed_is_not_believed(play: Play, tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)

    async def scene(ground: Ground) -> None:
        async with Hostile(tls) as secure:
            with pytest.raises(Unreadable) as caught:
                await ground.reader.resolve(secure.url("/", "127.0.0.1"))
        assert caught.value.reason is Reason.UNREACHABLE
        assert not secure.asked

    play(scene)


def test_from_https_nothing_leads_to_http() -> None:
    guard, here = Guard(http=True), URL("https://good.example/a/b")
    with pytest.raises(Unreadable) as caught:
        next_hop(guard, here, "http://good.example/")
    assert caught.value.reason is Reason.REFUSED
    assert next_hop(guard, here, "../c") == URL("https://good.example/c")
    assert next_hop(guard, URL("http://good.example/"), str(here)) == here


@pytest.mark.parametrize("path", ["/silent", "/stalls", "/drips"])
def test_who_is_slow_is_given_up(play: Play, path: str) -> None:
    async def scene(ground: Ground) -> None:
        assert await ground.reason(path) is Reason.SLOW

    play(scene, IMPATIENT)


def test_of_a_huge_page_the_beginning_is_read(play: Play) -> None:
    async def scene(ground: Ground) -> None:
        assert await ground.title("/endless") == "A page"
        assert await ground.title("/bomb") == ""

    play(scene)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/cut-off", Reason.DAMAGED),
        ("/nonsense", Reason.DAMAGED),
        ("/long-head", Reason.DAMAGED),
        ("/bad-gzip", Reason.DAMAGED),
        ("/brotli", Reason.KIND),
        ("/picture", Reason.KIND),
        ("/program", Reason.KIND),
        ("/missing", Reason.STATUS),
        ("/secret", Reason.STATUS),
        ("/broken", Reason.STATUS),
    ],
)
def test_what_is_no_page(play: Play, path: str, reason: Reason) -> None:
    async def scene(ground: Ground) -> None:
        assert await ground.reason(path) is reason

    play(scene)


def test_pictures(play: Play) -> None:
    async def scene(ground: Ground) -> None:
        async with ground.reader.picture(ground.hostile.url("/picture")) as (made, folder):
            with Image.open(folder / made.preview) as picture:
                assert picture.size == (made.preview_width, made.preview_height)
            assert (made.preview_width, made.preview_height, bool(made.blurhash)) == (600, 300, True)
        assert not folder.exists()
        for path, reason in (
            ("/", Reason.KIND),
            ("/film", Reason.KIND),
            ("/drawing", Reason.DAMAGED),
            ("/bad-picture", Reason.DAMAGED),
            ("/pixel-bomb", Reason.DAMAGED),
            ("/picture-bomb", Reason.SIZE),
        ):
            with pytest.raises(Unreadable) as caught:
                async with ground.reader.picture(ground.hostile.url(path)):
                    pass
            assert caught.value.reason is reason, path

    play(scene)


def test_a_link_is_followed_once_for_all_who_ask_at_once(play: Play) -> None:
    async def scene(ground: Ground) -> None:
        found = await asyncio.gather(*(ground.title("/gzip") for _ in range(20)))
        assert set(found) == {"A page"}
        assert ground.hostile.asked["/gzip"] == 1
        assert await ground.reason("/missing") is Reason.STATUS
        assert ground.reader.statistics() == LinkStatistics(1, 0, 0, {"status": 1})

    play(scene)


def test_what_led_nowhere_is_not_tried_again_for_a_while(play: Play) -> None:
    async def scene(ground: Ground) -> None:
        for wait_s, asked in ((0, 1), (LINK_FAILED_S - 1, 1), (2, 2)):
            ground.clock.now_s += wait_s
            assert await ground.reason("/missing") is Reason.STATUS
            assert ground.hostile.asked["/missing"] == asked
        assert await ground.reason("/", "unknown.example") is Reason.UNREACHABLE
        assert Unreadable(Reason.UNREACHABLE, "").lasts_s == LINK_FAILED_FOR_NOW_S

    play(scene)


def test_a_host_is_not_asked_more_often_than_its_rate(play: Play) -> None:
    """The clock stands still, so nobody's turn comes: who would have to wait too long is turned away."""

    async def scene(ground: Ground) -> None:
        found = await asyncio.gather(
            *(ground.fetcher.fetch(ground.hostile.url(), PAGES) for _ in range(40)),
            return_exceptions=True,
        )
        refused = [each.reason for each in found if isinstance(each, Unreadable)]
        assert set(refused) == {Reason.BUSY}
        assert ground.hostile.asked.total() == LINK_HOST_AT_ONCE
        assert await ground.fetcher.fetch(ground.hostile.url("/", "other.example"), PAGES)

    play(scene, Patience(wait_s=0.9))


def test_a_silent_host_holds_up_its_own_links_alone(play: Play) -> None:
    async def scene(ground: Ground) -> None:
        silent = ground.hostile.url("/silent")
        held_up = [
            asyncio.create_task(ground.reader.resolve(f"{silent}#{number}"))
            for number in range(LINK_HOST_LINKS_MAX + 4)
        ]
        found = await ground.reader.resolve(ground.hostile.url("/", "other.example"))
        assert found.page.title == "A page"
        refused = [task.exception() for task in held_up if task.done()]
        assert [getattr(cause, "reason", None) for cause in refused] == [Reason.BUSY] * 4
        assert ground.hostile.asked["/silent"] <= LINK_CONNECTIONS_PER_HOST_MAX
        for task in held_up:
            task.cancel()
        await asyncio.gather(*held_up, return_exceptions=True)

    play(scene)


def test_a_link_that_nobody_waits_for_any_more_is_given_up(play: Play) -> None:
    async def scene(ground: Ground) -> None:
        silent = ground.hostile.url("/silent")
        waiting = [asyncio.create_task(ground.reader.resolve(silent)) for _ in range(2)]
        await asyncio.sleep(0)
        for task, running in zip(waiting, (1, 0), strict=True):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            assert ground.reader.statistics() == LinkStatistics(0, 0, running, {})
        assert await ground.title("/") == "A page"

    play(scene)


def test_a_picture_that_cannot_be_had_is_remembered_and_counted(play: Play) -> None:
    async def scene(ground: Ground) -> None:
        missing = ground.hostile.url("/missing")
        for wait_s, asked in ((0, 1), (LINK_FAILED_S - 1, 1), (2, 2)):
            ground.clock.now_s += wait_s
            with pytest.raises(Unreadable):
                async with ground.reader.picture(missing):
                    pass
            assert ground.hostile.asked["/missing"] == asked
        assert ground.reader.statistics().failures == {"status": 2}
        assert await ground.reason("/picture") is Reason.KIND
        async with ground.reader.picture(ground.hostile.url("/picture")) as (made, _):
            assert made.preview

    play(scene)
