"""Catching up with home, and from whom notifications are wanted."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.api.client import User
from tests.api.process import ServerProcess
from tests.web.browser import Reader

pytestmark = pytest.mark.server
Open = Callable[..., Reader]


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_what_was_posted_since_the_last_visit(
    server: ServerProcess, reader: Open, viewer: User, author: User, script: bool
) -> None:
    window = reader(server, script=script)
    window.use(viewer.token)
    page = window.page
    author.status("Read already")
    page.goto("/home/catch-up")
    page.click("text=Mark all as read")
    page.wait_for_url("**/home")
    wanted = [f"Post {number}" for number in range(3)]
    statuses = [author.status(text) for text in wanted]
    server.user("fan").do("favourite", statuses[1]["id"])
    page.click("text=Catch up")
    expect(page.locator(".page-head")).to_contain_text("3 unread posts")
    assert window.texts()[0] == "Post 1"
    page.click("text=Oldest first")
    expect(page.locator(".tabs [aria-current]")).to_have_text("Oldest first")
    assert window.texts() == wanted
    page.click("text=Mark all as read")
    page.wait_for_url("**/home")
    page.goto("/home/catch-up")
    expect(page.locator(".empty h2")).to_have_text("All caught up")


def test_strangers_wait_until_they_are_accepted(window: Reader, server: ServerProcess, viewer: User) -> None:
    page = window.page
    page.goto("/settings/notifications")
    page.select_option("#not_following", "filter")
    page.click("text=Save")
    expect(page.locator(".good")).to_have_text("Saved.")
    expect(page.locator("#not_following")).to_have_value("filter")
    welcome, unwelcome = server.user("welcome"), server.user("unwelcome")
    for stranger in (welcome, unwelcome):
        stranger.status(f"@{viewer.username} hello from {stranger.username}")
    page.goto("/notifications")
    expect(page.locator(".told")).to_have_count(0)
    page.click("text=Kept aside: 2 senders")
    page.locator(".person", has_text=f"@{welcome.username}").locator("text=Accept").click()
    expect(page.locator("main .person")).to_have_count(1)
    page.locator("text=Dismiss").click()
    expect(page.locator(".empty h2")).to_have_text("Nothing is kept aside")
    page.goto("/notifications")
    expect(page.locator(".told .text")).to_have_text(f"@{viewer.username} hello from {welcome.username}")
