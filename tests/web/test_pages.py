"""What pages weigh, how they fail, and whether everybody can use them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.api.client import User
from tests.api.process import ServerProcess
from tests.web.browser import DESKTOP, PHONE, Reader

pytestmark = pytest.mark.server
Open = Callable[..., Reader]
FIRST_PAGE_BYTES_MAX = 100_000
ANONYMOUS = ("/", "/sign-in", "/sign-up", "/about", "/explore", "/nothing-here", "/offline")
SIGNED_IN = (
    "/home",
    "/public",
    "/explore",
    "/compose",
    "/menu",
    "/requests",
    "/settings",
    "/settings/appearance",
    "/settings/muted",
    "/settings/blocked",
    "/settings/account",
    "/settings/filters",
    "/notifications",
    "/notifications?only=mentions",
    "/lists",
    "/bookmarks",
    "/likes",
    "/explore/people",
    "/explore/trends",
    "/scheduled",
    "/home/for-you",
    "/home/catch-up",
    "/home/catch-up?order=oldest",
    "/notifications/requests",
    "/settings/notifications",
    "/settings/delete",
    "/messages",
    "/tags/hashtags",
    "/search",
    "/search?q=thread",
    "/search/people?q=author",
    "/search/tags?q=hash",
)


@pytest.fixture(scope="module")
def town(server: ServerProcess) -> tuple[User, User, dict[str, object]]:
    """A reader, an author, and a tweet with an answer."""
    viewer, author = server.user("viewer", display_name="Vera Viewer"), server.user("author")
    viewer.follow(author)
    author.status("A short one")
    author.status("With #hashtags and https://example.org/a/rather/long/address/that/is/cut", language="en")
    author.status("Hidden behind a warning", spoiler_text="Spoilers")
    status = author.status("The root of a thread")
    viewer.status(f"@{author.username} an answer", in_reply_to_id=status["id"])
    viewer.do("favourite", str(status["id"]))
    viewer.do("reblog", str(status["id"]))
    author.status("A quote", quoted_status_id=status["id"])
    author.status("For followers", visibility="private")
    return viewer, author, status


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_axe_finds_nothing(
    server: ServerProcess,
    reader: Open,
    town: tuple[User, User, dict[str, object]],
    screenshots: Path,
    size: tuple[int, int],
    dark: bool,
) -> None:
    viewer, author, status = town
    axe = Axe()
    found: list[str] = []

    def look(window: Reader, path: str, who: str) -> None:
        window.page.goto(path)
        name = f"{'dark' if dark else 'light'}-{'phone' if size == PHONE else 'desktop'}-{who}"
        window.shoot(screenshots, f"{name}{path.replace('/', '-').replace('?', '-')[:60]}")
        if window.page.evaluate("() => document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{path} is wider than the window")
        answer = axe.run(window.page)
        if answer.violations_count:
            found.append(f"{path}: {answer.generate_report()}")

    own = (f"/@{author.username}", f"/@{author.username}/{status['id']}", f"/@{author.username}/followers")
    window = reader(server, size=size, dark=dark)
    for path in (*ANONYMOUS, *own):
        look(window, path, "anybody")
    window.use(viewer.token)
    for path in (*SIGNED_IN, *own, f"/@{viewer.username}", f"/compose?reply={status['id']}"):
        look(window, path, "viewer")
    assert not found, "\n".join(found)


def test_the_dialogs_pass_axe_too(
    server: ServerProcess, reader: Open, town: tuple[User, User, dict[str, object]], screenshots: Path
) -> None:
    viewer, _, _ = town
    window = reader(server)
    window.use(viewer.token)
    window.page.goto("/home")
    for key, name in (("?", "keys"), ("n", "compose")):
        window.page.keyboard.press(key)
        expect(window.page.locator("dialog[open] .button").first).to_be_visible()
        window.shoot(screenshots, f"light-desktop-dialog-{name}")
        answer = Axe().run(window.page)
        assert answer.violations_count == 0, answer.generate_report()
        window.page.keyboard.press("Escape")
        expect(window.page.locator("dialog")).to_have_count(0)


@pytest.mark.parametrize("path", ["/", "/home"])
def test_a_first_page_is_light(
    server: ServerProcess, reader: Open, town: tuple[User, User, dict[str, object]], path: str
) -> None:
    """All that is transferred for it, scripts, style and pictures included."""
    viewer, author, _ = town
    for number in range(20):
        author.status(f"Filler {number} " + "words " * 30)
    window = reader(server)
    if path == "/home":
        window.use(viewer.token)
    session = window.context.new_cdp_session(window.page)
    session.send("Network.enable")
    loaded: list[float] = []
    session.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))
    window.page.goto(path, wait_until="load")
    assert len(loaded) > 3
    assert sum(loaded) < FIRST_PAGE_BYTES_MAX


def test_what_is_not_there_is_a_page_for_people_and_json_for_programs(
    server: ServerProcess, reader: Open
) -> None:
    window = reader(server)
    for path in ("/nothing-here", "/@nobody_at_all", "/@nobody_at_all/123", "/tweets/1"):
        answer = window.page.goto(path)
        assert answer is not None
        assert answer.status in (404, 405)
        expect(window.page.locator("h1")).to_be_visible()
        assert server.nobody.unchecked().get(path).headers["content-type"].startswith("application/json")


def test_a_page_says_what_it_is_to_other_sites(
    server: ServerProcess, reader: Open, town: tuple[User, User, dict[str, object]]
) -> None:
    _, author, status = town
    window = reader(server)
    window.page.goto(f"/@{author.username}/{status['id']}")

    def meta(name: str) -> str | None:
        return window.page.locator(f"meta[property='{name}']").get_attribute("content")

    assert meta("og:description") == "The root of a thread"
    assert meta("og:url") == status["url"]
    assert meta("og:type") == "article"


def test_files_may_be_kept_for_ever_and_change_their_name(server: ServerProcess, reader: Open) -> None:
    window = reader(server)
    window.page.goto("/")
    url = window.page.locator("link[rel=stylesheet]").get_attribute("href")
    assert url is not None
    kept = server.nobody.unchecked().get(url)
    assert "immutable" in kept.headers["cache-control"]
    other = server.nobody.unchecked().get(url.replace(url.split("/")[2], "0" * 12))
    assert other.headers["cache-control"] == "no-cache"
    assert other.body == kept.body


def test_the_worker_shows_a_page_without_a_connection(
    start_server: Callable[..., ServerProcess], reader: Open
) -> None:
    server = start_server()
    window = reader(server, workers=True)
    window.page.goto("/about")
    window.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    server.stop()
    window.page.goto("/about")
    expect(window.page.locator("h1")).to_have_text("No connection")
