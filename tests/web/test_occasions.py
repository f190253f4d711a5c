"""What people meet now and then: announcements, approvals, requests to follow, and errors of ours."""

from collections.abc import Callable
from typing import Any, cast

import pytest
from playwright.sync_api import expect

from roost.api import Browsers, Surroundings
from roost.clock import SystemClock
from roost.config import Settings
from roost.web import make_front
from tests.api.client import User
from tests.api.process import ServerProcess
from tests.web.browser import PASSWORD, Reader

pytestmark = pytest.mark.server
Open = Callable[..., Reader]


def test_an_announcement_is_shown_until_it_is_dismissed(window: Reader, server: ServerProcess) -> None:
    form = {"text": "We move on <b>Sunday</b>, see #moving"}
    made = server.operator.post("/roost/v1/admin/announcements", form).ok()
    try:
        page = window.page
        page.goto("/home")
        shown = page.locator(".announcement")
        expect(shown).to_contain_text("We move on <b>Sunday</b>, see #moving")
        shown.get_by_role("button", name="Dismiss").click()
        expect(shown).to_have_count(0)
        page.goto("/home")
        expect(page.locator(".compose.inline")).to_be_visible()
        expect(shown).to_have_count(0)
    finally:
        server.operator.delete(f"/roost/v1/admin/announcements/{made['id']}").ok()


def test_a_server_that_approves_accounts_says_so_and_lets_nobody_in_before(
    start_server: Callable[..., ServerProcess], reader: Open
) -> None:
    server = start_server(registration_open="true", registration_approval="true")
    window = reader(server)
    page = window.page
    page.goto("/sign-up")
    for field, text in (("username", "wren"), ("email", "wren@example.org"), ("password", PASSWORD)):
        page.fill(f"#{field}", text)
    page.fill("[name=reason]", "I like birds")
    page.check("[name=agreement]")
    page.click("main form button")
    expect(page.locator("h1")).to_have_text("Thank you")
    page.goto("/sign-in")
    page.fill("#login", "wren")
    page.fill("#password", PASSWORD)
    page.click("main form button")
    expect(page.locator(".problem")).to_be_visible()


def test_requests_to_follow_are_answered(window: Reader, server: ServerProcess, viewer: User) -> None:
    viewer.patch("/api/v1/accounts/update_credentials", {"locked": True}).ok()
    welcome, unwelcome = server.user("welcome"), server.user("unwelcome")
    page = window.page
    page.goto("/requests")
    expect(page.locator(".empty p")).to_contain_text("Nobody is waiting")
    for other in (welcome, unwelcome):
        other.post(f"/api/v1/accounts/{viewer.id}/follow").ok()
    page.goto("/requests")
    page.locator(".person", has_text=f"@{welcome.username}").locator("text=Accept").click()
    expect(page.locator("main .person")).to_have_count(1)
    page.locator("text=Decline").click()
    expect(page.locator("main .person")).to_have_count(0)
    assert welcome.relationship(viewer)["following"]
    assert not unwelcome.relationship(viewer)["following"]
    assert not unwelcome.relationship(viewer)["requested"]


def test_an_error_of_ours_is_a_whole_page_that_gives_nothing_away() -> None:
    """Made without the service: it may be what has failed."""
    url = "https://roost.example"
    around = Surroundings(
        cast(Any, None), Settings(title="<Nest>"), url, "roost.example", Browsers(url), "", 0
    )
    found = make_front(url, SystemClock()).error_page
    assert found is not None
    answer = found(around, None, 500)
    assert answer.status == 500
    html = answer.body.decode() if isinstance(answer.body, bytes) else ""
    assert html.startswith("<!doctype html>")
    assert "Something went wrong on our side" in html
    assert "&lt;Nest&gt;" in html
    assert "Traceback" not in html
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_the_dialog_is_written_in_by_keyboard_alone(window: Reader) -> None:
    page = window.page
    page.goto("/home")
    page.keyboard.press("n")
    expect(page.locator("dialog textarea[name=text]")).to_be_focused()
    page.keyboard.type("Tabbed through")
    visited: list[str] = []
    for _ in range(20):
        page.keyboard.press("Tab")
        visited.append(
            page.evaluate(
                "() => { const at = document.activeElement;"
                " return at.closest('dialog') ? at.name || at.title || at.className : '' }"
            )
        )
        if "send" in visited[-1]:
            break
    assert visited[:2] == ["visibility", "quoting"]
    assert "" not in visited
    assert "send" in visited[-1]
    page.keyboard.press("Enter")
    expect(page.locator("main .feed .text").first).to_have_text("Tabbed through")
    expect(page.locator("dialog")).to_have_count(0)
