"""Everything by keyboard."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.api.process import ServerProcess
from tests.web.browser import Reader

pytestmark = pytest.mark.server


@pytest.fixture
def window(server: ServerProcess, reader: Callable[..., Reader]) -> Reader:
    author, viewer = server.user("author"), server.user("viewer")
    viewer.follow(author)
    for number in range(3):
        author.status(f"Post {number}")
    found = reader(server)
    found.use(viewer.token)
    found.username = viewer.username
    found.page.goto("/home")
    return found


def test_going_through_posts_and_marking_them(window: Reader) -> None:
    page = window.page
    focused = page.locator(".tweet:focus")
    page.keyboard.press("j")
    expect(focused).to_contain_text("Post 2")
    page.keyboard.press("j")
    expect(focused).to_contain_text("Post 1")
    page.keyboard.press("k")
    page.keyboard.press("l")
    expect(focused.locator(".act.like")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("b")
    expect(focused.locator(".act.retweet")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Enter")
    page.wait_for_url("**/@*/*")
    expect(page.locator(".focus .text")).to_have_text("Post 2")


def test_writing_and_answering(window: Reader) -> None:
    page = window.page
    page.keyboard.press("n")
    box = page.locator("dialog textarea[name=text]")
    expect(box).to_be_focused()
    page.keyboard.type("Typed with n ?l")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".feed .text").first).to_have_text("Typed with n ?l")
    page.locator(".tweet").nth(1).focus()
    page.keyboard.press("r")
    expect(box).to_be_focused()
    assert "@" in box.input_value()
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_have_count(0)


def test_places_search_and_the_list_of_keys(window: Reader) -> None:
    page = window.page
    page.keyboard.press("/")
    expect(page.locator("#rail-q")).to_be_focused()
    page.keyboard.press("Escape")
    page.locator("body").evaluate("() => document.activeElement.blur()")
    page.keyboard.press("?")
    expect(page.locator("dialog h2")).to_have_text("Keyboard")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("p")
    page.wait_for_url(f"**/@{window.username}")
    page.keyboard.press("g")
    page.keyboard.press("h")
    page.wait_for_url("**/home")


def test_the_first_tab_skips_to_the_content(window: Reader) -> None:
    window.page.keyboard.press("Tab")
    expect(window.page.locator(".skip")).to_be_focused()
    window.page.keyboard.press("Enter")
    expect(window.page.locator("#main")).to_be_focused()


def test_the_counter_counts_as_the_server_does(window: Reader) -> None:
    page = window.page
    page.keyboard.press("n")
    box, counter = page.locator("dialog textarea[name=text]"), page.locator("dialog .counter")
    for text, length in (
        ("plain", 5),
        ("日本語", 6),
        ("https://example.org/" + "x" * 90, 23),
        ("👩‍👩‍👧‍👦 family", 9),
        ("é" * 20, 20),
    ):
        box.fill(text)
        expect(counter).to_have_text(str(280 - length))
        page.wait_for_timeout(0)
    box.fill("x" * 281)
    expect(counter).to_have_text("-1")
    expect(page.locator("dialog .send")).to_be_disabled()


def test_a_draft_is_kept(window: Reader) -> None:
    page = window.page
    page.keyboard.press("n")
    page.locator("dialog textarea[name=text]").fill("Half a thought")
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("n")
    expect(page.locator("dialog textarea[name=text]")).to_have_value("Half a thought")
