"""Signing up, posting, and what arrives while somebody reads."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.api.process import ServerProcess
from tests.web.browser import Reader

pytestmark = pytest.mark.server
Open = Callable[..., Reader]


def test_from_signing_up_to_a_post_that_arrives_live(server: ServerProcess, reader: Open) -> None:
    writer, follower = reader(server), reader(server)
    writer.sign_up("wren")
    follower.sign_up("finch")
    follower.page.goto("/@wren")
    follower.page.click(".follow")
    expect(follower.page.locator(".follow .on")).to_have_text("Following")
    follower.page.goto("/home")
    expect(follower.page.locator(".pill")).to_be_hidden()

    writer.post("First light on the branch")
    expect(writer.page.locator(".feed .text").first).to_have_text("First light on the branch")
    pill = follower.page.locator(".pill")
    expect(pill).to_have_text("1 new post")
    assert follower.texts() == []
    pill.click()
    expect(follower.page.locator(".feed .text").first).to_have_text("First light on the branch")
    expect(pill).to_be_hidden()


def test_new_posts_do_not_move_what_is_read(server: ServerProcess, reader: Open) -> None:
    author = server.user("author")
    follower = server.user("reader")
    follower.follow(author)
    for number in range(60):
        author.status(f"Post {number}")
    window = reader(server)
    window.use(follower.token)
    page = window.page
    page.goto("/home")
    page.evaluate("scrollTo(0, 1500)")
    anchor = page.evaluate(
        "() => [...document.querySelectorAll('.tweet')].find(t => t.getBoundingClientRect().top > 60).id"
    )
    before = page.locator(f"#{anchor}").bounding_box()
    author.status("Late post")
    expect(page.locator(".pill")).to_have_text("1 new post")
    assert page.locator(f"#{anchor}").bounding_box() == before
    page.keyboard.press(".")
    expect(page.locator(".feed .text").first).to_have_text("Late post")


def test_scrolling_back_reads_the_whole_timeline(server: ServerProcess, reader: Open) -> None:
    author, follower = server.user("author"), server.user("reader")
    follower.follow(author)
    wanted = [f"Post {number}" for number in range(75)]
    for text in wanted:
        author.status(text)
    window = reader(server)
    window.use(follower.token)
    window.page.goto("/home")
    for _ in range(30):
        window.page.evaluate("scrollTo(0, document.body.scrollHeight)")
        if window.page.locator(".feed .end").count():
            break
        window.page.wait_for_function("() => !document.querySelector('.feed [aria-busy=true]')")
    expect(window.page.locator(".feed .end")).to_be_visible()
    assert window.texts() == wanted[::-1]


def test_a_restart_loses_no_post(start_server: Callable[..., ServerProcess], reader: Open) -> None:
    server = start_server()
    author, follower = server.user("author"), server.user("reader")
    follower.follow(author)
    author.status("Before")
    window = reader(server)
    window.use(follower.token)
    window.page.goto("/home")
    expect(window.page.locator(".feed .text").first).to_have_text("Before")
    server.stop()
    server.start()
    missed = [f"Post {number}" for number in range(45)]
    for text in missed:
        author.status(text)
    expect(window.page.locator(".pill")).to_have_text("45 new posts", timeout=40_000)
    window.page.click(".pill")
    assert window.texts() == [*missed[::-1], "Before"]


def test_coming_back_finds_the_same_place(server: ServerProcess, reader: Open) -> None:
    author, follower = server.user("author"), server.user("reader")
    follower.follow(author)
    for number in range(50):
        author.status(f"Post {number}")
    window = reader(server)
    window.use(follower.token)
    page = window.page
    page.goto("/home")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.locator(".tweet").nth(32).locator(".when").click()
    page.wait_for_url("**/@*/*")
    expect(page.locator(".focus .text")).to_have_text("Post 17")
    author.status("Meanwhile")
    page.go_back()
    expect(page.locator(".tweet").nth(32)).to_be_in_viewport()
    expect(page.locator(".tweet").nth(32).locator(".text")).to_have_text("Post 17")
    expect(page.locator(".pill")).to_have_text("1 new post")


def test_nobody_asks_while_the_stream_is_up(server: ServerProcess, reader: Open) -> None:
    author, follower = server.user("author"), server.user("reader")
    follower.follow(author)
    author.status("There")
    window = reader(server)
    window.use(follower.token)
    page = window.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/home?min_id=" in request.url else None)
    page.clock.install()
    with page.expect_response("**/streaming/user") as streaming:
        page.goto("/home")
    assert streaming.value.ok
    author.status("Told by the stream")
    expect(page.locator(".pill")).to_have_text("1 new post")
    page.clock.run_for(1_000)
    count = len(asked)
    page.clock.run_for(25_000)
    assert len(asked) == count

    page.route("**/streaming/user", lambda route: route.abort())
    page.goto("/home")
    author.status("Not told by a stream")
    with page.expect_request(lambda request: "/home?min_id=" in request.url):
        page.clock.run_for(30_000)
    expect(page.locator(".pill")).to_have_text("1 new post")
