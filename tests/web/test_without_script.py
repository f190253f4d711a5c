"""Everything that a reader needs works without script: links and forms."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.api.process import ServerProcess
from tests.web.browser import Reader

pytestmark = pytest.mark.server
Open = Callable[..., Reader]


def test_reading_and_posting(server: ServerProcess, reader: Open) -> None:
    author = server.user("author")
    first = author.status("Something to like")
    window = reader(server, script=False)
    window.sign_up("plain")
    page = window.page
    page.fill(".compose.inline textarea", "Typed without script")
    page.click(".compose.inline .send")
    page.wait_for_url("**/@plain/*")
    expect(page.locator(".focus .text")).to_have_text("Typed without script")

    page.goto(f"/@{author.username}/{first['id']}")
    page.click(".focus .act.like")
    expect(page.locator(".focus .act.like")).to_have_attribute("aria-pressed", "true")
    page.click(".focus .act.retweet")
    expect(page.locator(".focus .act.retweet")).to_have_attribute("aria-pressed", "true")
    found = author.get(f"/api/v1/statuses/{first['id']}").ok()
    assert (found["favourites_count"], found["reblogs_count"]) == (1, 1)

    page.click(".answer-line")
    page.fill(".compose.page textarea", f"@{author.username} an answer")
    page.click(".compose.page .send")
    expect(page.locator(".tweet.above .text")).to_have_text("Something to like")

    page.goto(f"/@{author.username}")
    page.click(".profile-acts .follow")
    expect(page.locator(".profile-acts .follow .on")).to_have_text("Following")
    page.goto("/home")
    assert "Something to like" in window.texts()


def test_older_pages_are_a_link(server: ServerProcess, reader: Open) -> None:
    author = server.user("author")
    wanted = [f"Post {number}" for number in range(45)]
    for text in wanted:
        author.status(text)
    window = reader(server, script=False)
    window.page.goto(f"/@{author.username}")
    found = window.texts()
    while window.page.locator("a.more").count():
        window.page.click("a.more")
        found += window.texts()
    assert found == wanted[::-1]


def test_what_is_refused_comes_back_to_be_mended(server: ServerProcess, reader: Open) -> None:
    window = reader(server, script=False)
    window.sign_up("longish")
    window.page.fill(".compose.inline textarea", "x" * 300)
    window.page.click(".compose.inline .send")
    expect(window.page.locator(".problem")).to_contain_text("at most 280")
    expect(window.page.locator(".compose.page textarea")).to_have_value("x" * 300)
    window.page.goto("/sign-in")
    assert window.page.url.endswith("/home")


def test_a_form_says_which_field_is_wrong(server: ServerProcess, reader: Open) -> None:
    server.user("taken")
    window = reader(server, script=False)
    window.sign_up("robin_1")
    window.page.click(".me button")
    page = window.page
    page.goto("/sign-up")
    page.fill("#username", "robin_1")
    page.fill("#email", "other@example.org")
    page.fill("#password", "long enough")
    page.check("[name=agreement]")
    page.click("main form button")
    expect(page.locator("#username-problem")).to_contain_text("has already been taken")
    expect(page.locator("#email")).to_have_value("other@example.org")


def test_appearance_is_kept(server: ServerProcess, reader: Open) -> None:
    window = reader(server, script=False)
    window.page.goto("/")
    window.page.click(".theme [value=dark]")
    expect(window.page.locator("html")).to_have_attribute("data-theme", "dark")
    window.page.goto("/about")
    expect(window.page.locator("html")).to_have_attribute("data-theme", "dark")
