"""Notifications, bookmarks, lists, filters, files, polls and settings, as somebody at a browser uses them."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.api.client import User
from tests.api.process import ServerProcess
from tests.web.browser import DESKTOP, PASSWORD, Reader

pytestmark = pytest.mark.server
Open = Callable[..., Reader]


def test_notifications_are_counted_and_seen(window: Reader, viewer: User, author: User) -> None:
    status = viewer.status("To be liked")
    author.do("favourite", status["id"])
    author.status(f"@{viewer.username} hello there")
    page = window.page
    page.goto("/home")
    expect(page.locator(".nav .badge")).to_have_text("2 new")
    page.goto("/notifications")
    expect(page.locator(".note-item")).to_contain_text("liked your post")
    expect(page.locator(".told .text")).to_contain_text("hello there")
    page.goto("/notifications?only=mentions")
    expect(page.locator(".note-item")).to_have_count(0)
    page.goto("/home")
    expect(page.locator(".nav .badge")).to_have_count(0)


def test_bookmarks(window: Reader, author: User) -> None:
    author.status("Worth keeping")
    page = window.page
    page.goto("/home")
    page.click(".tweet .act.keep")
    expect(page.locator(".tweet .act.keep")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".toast")).to_contain_text("Bookmarked")
    page.goto("/bookmarks")
    assert window.texts() == ["Worth keeping"]


def test_what_is_pressed_just_before_leaving_is_done(window: Reader, viewer: User, author: User) -> None:
    status = author.status("Liked on the way out")
    page = window.page
    page.goto("/home")
    page.wait_for_load_state("load")
    page.evaluate("document.querySelector('.tweet .act.like').click(), location.assign('/explore')")
    page.wait_for_url("**/explore")
    expect(page.locator("main")).to_be_visible()
    page.goto(f"/@{author.username}/{status['id']}")
    for _ in range(50):
        if viewer.get(f"/api/v1/statuses/{status['id']}").ok()["favourited"]:
            break
        page.reload()
    expect(page.locator(".focus .act.like")).to_have_attribute("aria-pressed", "true")


def test_lists(window: Reader, author: User) -> None:
    page = window.page
    page.goto("/lists")
    page.fill("#title", "Neighbours")
    page.click("text=Make the list")
    page.fill("#name", f"@{author.username}")
    page.click(".row-form button")
    expect(page.locator("main .people .person")).to_contain_text(author.username)
    page.fill("#name", "@nobody_at_all")
    page.click(".row-form button")
    expect(page.locator(".problem")).to_contain_text("not among those whom you follow")
    page.goto("/lists")
    expect(page.locator("main .people")).to_contain_text("Neighbours")


def test_filters_hide_and_warn(window: Reader, author: User) -> None:
    author.status("All about bananas")
    author.status("All about pears")
    page = window.page
    for word, action in (("bananas", "hide"), ("pears", "warn")):
        page.goto("/settings/filters")
        page.fill("#words", word)
        page.select_option("#action", action)
        page.click("text=Add the filter")
        expect(page.locator(".row-list")).to_contain_text(word)
    page.goto("/home")
    expect(page.locator(".tweet")).to_have_count(1)
    expect(page.locator(".tweet .spoiler")).to_have_text("Filtered: pears")
    expect(page.locator(".tweet .text")).to_be_hidden()


def test_a_picture_with_words_and_a_poll(
    window: Reader, viewer: User, author: User, tmp_path: Path, server: ServerProcess, reader: Open
) -> None:
    picture = tmp_path / "harbour.png"
    Image.new("RGB", (640, 400), "#c86b3c").save(picture)
    page = window.page
    page.goto("/home")
    page.set_input_files(".compose.inline .attach-file", picture)
    page.fill(".compose.inline .attach textarea", "A harbour at dusk")
    expect(page.locator(".compose.inline .attach")).not_to_have_attribute("aria-busy", "true")
    page.fill(".compose.inline textarea[name=text]", "Look")
    page.click(".compose.inline .send")
    expect(page.locator(".feed .gallery img")).to_have_attribute("alt", "A harbour at dusk")

    page.click(".compose.inline [data-poll]")
    page.fill(".compose.inline [name=option1]", "Tea")
    page.fill(".compose.inline [name=option2]", "Coffee")
    window.post("Which?")
    expect(page.locator(".feed .poll").first).to_contain_text("Coffee")
    other = reader(server)
    other.use(author.token)
    found = viewer.get(f"/api/v1/accounts/{viewer.id}/statuses").ok()[0]
    other.page.goto(f"/@{viewer.username}/{found['id']}")
    other.page.check("text=Coffee")
    other.page.click("text=Vote")
    expect(other.page.locator(".poll")).to_contain_text("100%")


def test_files_and_polls_without_script(
    server: ServerProcess, reader: Open, viewer: User, tmp_path: Path
) -> None:
    picture = tmp_path / "field.png"
    Image.new("RGB", (320, 200), "#3c6e71").save(picture)
    window = reader(server, script=False)
    window.use(viewer.token)
    page = window.page
    page.goto("/compose")
    page.click(".extra-plain summary")
    page.set_input_files("[name=file1]", picture)
    page.fill("[name=alt1]", "A field")
    page.fill(".compose.page textarea", "Without script")
    page.click(".compose.page .send")
    expect(page.locator(".focus .gallery img")).to_have_attribute("alt", "A field")


def test_sessions_can_be_ended(server: ServerProcess, reader: Open) -> None:
    first, second = reader(server), reader(server)
    first.sign_up("two_places")
    second.sign_in("two_places")
    page = first.page
    page.goto("/settings/account")
    expect(page.locator(".row-list li")).to_have_count(2)
    expect(page.locator(".row-list .chip")).to_have_text("here")
    expect(page.locator(".row-list b").first).to_have_text("Chrome on Linux")
    page.click(".row-list .button")
    expect(page.locator(".row-list li")).to_have_count(1)
    second.page.goto("/home")
    assert "/sign-in" in second.page.url


def test_a_new_password_ends_all_other_sessions(server: ServerProcess, reader: Open) -> None:
    first, second = reader(server), reader(server)
    first.sign_up("new_password")
    second.sign_in("new_password")
    page = first.page
    page.goto("/settings/account")
    page.fill("#current", "not the password")
    page.fill("#new", "another long one")
    page.fill("#again", "another long one")
    page.click("text=Change the password")
    expect(page.locator(".problem")).to_be_visible()
    page.fill("#current", PASSWORD)
    page.fill("#new", "another long one")
    page.fill("#again", "another long one")
    page.click("text=Change the password")
    expect(page.locator(".good")).to_contain_text("Your password is changed")
    second.page.goto("/home")
    assert "/sign-in" in second.page.url
    second.sign_in("new_password", "another long one")


def test_everything_can_be_taken_along(window: Reader, viewer: User, author: User) -> None:
    viewer.status("Mine to keep")
    page = window.page
    page.goto("/settings/account")
    with page.expect_download() as download:
        page.click("text=Download")
    archive = zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes()))
    posts = json.loads(archive.read("posts.json"))
    assert [post["text"] for post in posts] == ["Mine to keep"]
    assert author.username in archive.read("following.csv").decode()
    assert json.loads(archive.read("profile.json"))["username"] == viewer.username


def test_the_profile_is_edited_with_a_picture(window: Reader, viewer: User, tmp_path: Path) -> None:
    picture = tmp_path / "me.png"
    Image.new("RGB", (200, 200), "#7a4b6d").save(picture)
    page = window.page
    page.goto("/settings")
    page.fill("#display_name", "Vera of the Harbour")
    page.fill("#note", "Watches #birds")
    page.fill("[name=name0]", "Town")
    page.fill("[name=value0]", "Elsewhere")
    page.set_input_files("#avatar", picture)
    page.click("text=Save")
    expect(page.locator(".good")).to_be_visible()
    page.goto(f"/@{viewer.username}")
    expect(page.locator(".profile-name")).to_have_text("Vera of the Harbour")
    expect(page.locator(".fields")).to_contain_text("Elsewhere")
    assert page.evaluate("() => document.querySelector('img.avatar.huge').naturalWidth") > 0


def test_a_post_for_later(window: Reader) -> None:
    page = window.page
    page.goto("/home")
    page.click(".compose.inline [data-later]")
    page.fill(".compose.inline [name=at]", "2030-05-03T14:05")
    window.post("In some years")
    expect(page.locator(".toast")).to_contain_text("when its time comes")
    page.goto("/scheduled")
    expect(page.locator(".row-list")).to_contain_text("In some years")
    expect(page.locator(".row-list time")).to_have_attribute("datetime", "2030-05-03T14:05:00Z")
    page.click("text=Cancel")
    expect(page.locator("main h2")).to_contain_text("Nothing planned")


def test_editing_keeps_what_was_said(window: Reader, viewer: User) -> None:
    status = viewer.status("Teh first try")
    page = window.page
    page.goto(f"/tweets/{status['id']}/edit")
    page.fill("#text", "The first try")
    page.click("text=Save")
    expect(page.locator(".focus .text")).to_have_text("The first try")
    page.click("text=edited")
    expect(page.locator(".tweet.plain .text")).to_have_text(["The first try", "Teh first try"])


def test_messages(window: Reader, viewer: User, author: User) -> None:
    author.status(f"@{viewer.username} between us", visibility="direct")
    page = window.page
    page.goto("/messages")
    expect(page.locator("main .person")).to_contain_text("between us")
    page.click("text=Mark as read")
    expect(page.locator("main .person .button")).to_have_count(0)


def test_a_hashtag_is_followed(window: Reader, author: User, server: ServerProcess) -> None:
    page = window.page
    page.goto("/tags/harbours")
    page.click(".tag-acts .button")
    expect(page.locator(".tag-acts .button")).to_contain_text("unfollow")
    server.user("stranger").status("Seen in #harbours")
    page.goto("/home")
    expect(page.locator(".feed .text").first).to_contain_text("#harbours")


def test_a_list_has_a_timeline(window: Reader, viewer: User, author: User) -> None:
    made = viewer.post("/api/v1/lists", {"title": "Neighbours"}).ok()
    viewer.post(f"/api/v1/lists/{made['id']}/accounts", {"account_ids": [author.id]}).ok()
    author.status("From a neighbour")
    window.page.goto(f"/lists/{made['id']}")
    assert window.texts() == ["From a neighbour"]


def test_search_finds_posts_people_and_hashtags(window: Reader, author: User) -> None:
    author.status("A heron stood by the river #waterbirds")
    page = window.page
    page.goto("/home")
    page.fill("#rail-q", f"heron from:{author.username}")
    page.keyboard.press("Enter")
    expect(page.locator(".feed .text")).to_contain_text("A heron stood")
    page.get_by_role("link", name="Best first").click()
    expect(page.locator(".feed .text")).to_contain_text("A heron stood")
    page.goto("/search?q=" + quote(f'from:{author.username} "a heron'))
    expect(page.get_by_role("alert")).to_contain_text("this quotation mark is not closed")
    expect(page.locator("mark")).to_have_text('"a heron')
    expect(page.locator(".feed .text")).to_contain_text("A heron stood")
    page.get_by_text("What a search can say").click()
    expect(page.locator(".operators")).to_contain_text("min_likes:10")
    page.set_viewport_size({"width": 320, "height": 800})
    for operator in page.locator(".operators code").all():
        assert operator.evaluate("code => code.getClientRects().length") == 1, "broken in two"
    page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    page.goto("/search/tags?q=waterb")
    expect(page.locator(".trends")).to_contain_text("#waterbirds")
    page.goto(f"/search/people?q={author.username}")
    expect(page.locator("main .person").first).to_contain_text(author.username)


def test_a_hashtag_that_trends_stays_on_a_line(window: Reader, server: ServerProcess) -> None:
    long = "a" * 60
    for number in range(6):
        text = f"{number} of them wait for the {'bus' * (number + 1)} #publictransport #{long}"
        server.user("rider").status(text)
    page = window.page
    page.goto("/home")
    for tag in ("publictransport", long):
        name = page.locator(".rail .trends b", has_text=f"#{tag}")
        expect(name).to_be_visible()
        height, line = name.evaluate("b => [b.clientHeight, parseFloat(getComputedStyle(b).lineHeight)]")
        assert height < 2 * line, "broken in two"
    assert page.evaluate(
        "document.querySelector('.rail').scrollWidth <= document.querySelector('.rail').clientWidth"
    )


def test_for_you_has_what_home_has(window: Reader, author: User) -> None:
    wanted = {f"Post {number}" for number in range(25)}
    for text in wanted:
        author.status(text)
    page = window.page
    page.goto("/home/for-you")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(page.locator(".feed .end")).to_be_visible()
    assert set(window.texts()) == wanted
    assert len(window.texts()) == len(wanted)


def test_for_you_says_why_something_is_recommended(
    window: Reader, author: User, server: ServerProcess
) -> None:
    stranger, friend, other = (server.user(name) for name in ("stranger", "friend", "other"))
    window.page.goto(f"/@{friend.username}")
    window.page.click(".follow")
    expect(window.page.locator(".follow .on")).to_have_text("Following")
    status = stranger.status("A grebe carries its young upon its back across the whole pond")
    friend.do("favourite", status["id"])
    other.do("reblog", status["id"])
    window.page.goto("/home/for-you")
    why = window.page.locator(f"#t{status['id']} .why")
    expect(why).to_contain_text("Recommended:")
    expect(why).to_contain_text("liked")
    expect(why.locator(f"a[href='/@{friend.username}']")).to_be_visible()
    window.page.goto("/home")
    expect(window.page.locator(".feed")).not_to_contain_text("A grebe carries")


def test_long_names_stay_within_their_columns(
    window: Reader, author: User, viewer: User, server: ServerProcess
) -> None:
    """Reasons for a recommendation break their line; buttons beside suggested people are not pushed out."""
    stranger, friends = server.user("stranger"), [server.user("friend") for _ in range(3)]
    status = stranger.status("A heron stands on every second chimney of the town")
    for number, friend in enumerate(friends):
        long_name = f"Maximiliana-Theodora {number} of Greater Wolfenbrook"
        friend.patch("/api/v1/accounts/update_credentials", {"display_name": long_name[:30]}).ok()
        friend.do("favourite", status["id"])
        viewer.follow(friend)
        known = server.user("known")
        known.patch(
            "/api/v1/accounts/update_credentials", {"display_name": "Bartholomew-Wilhelmina Ashdown"}
        ).ok()
        friend.follow(known)
    page = window.page
    for width in (390, 1024, 1280, 1600):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto("/home/for-you")
        why = page.locator(f"#t{status['id']} .why")
        expect(why).to_contain_text("Recommended:")
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), width
        outside = page.evaluate(
            """() => [...document.querySelectorAll('.why, .beside button')].filter((each) => {
                const column = each.closest('.tweet, .beside').getBoundingClientRect();
                const wide = Math.max(each.getBoundingClientRect().right, ...[...each.children].map((child) =>
                    child.getBoundingClientRect().right));
                return each.getClientRects().length && wide > column.right + 1;
            }).length"""
        )
        assert outside == 0, width
    assert page.locator(".beside button").count() > 0


def test_what_is_opened_is_noted_once(
    window: Reader, viewer: User, author: User, server: ServerProcess
) -> None:
    status = author.status("Worth opening")
    own = viewer.status("My own")
    page = window.page
    told: list[str] = []
    page.on("request", lambda asked: told.append(asked.url.rpartition("/")[2]))
    page.goto("/home")
    with page.expect_response("**/click") as noted:
        page.locator(f"#t{status['id']} .text").click()
    assert (noted.value.status, noted.value.request.method) == (204, "POST")
    page.wait_for_url(f"**/{status['id']}")
    last = server.operator.get("/roost/v1/stats").ok()["log"]["last"]
    viewer.post(f"/roost/v1/tweets/{status['id']}/click").ok()
    assert server.operator.get("/roost/v1/stats").ok()["log"]["last"] == last
    page.reload()
    with page.expect_response("**/like"):  # which is asked later than anything that opening a page asks
        page.click(".focus .act.like")
    page.goto(f"/@{viewer.username}/{own['id']}")
    with page.expect_response("**/like"):
        page.click(".focus .act.like")
    assert told.count("click") == 1


def test_people_are_suggested_with_the_friends_who_follow_them(
    window: Reader, author: User, server: ServerProcess
) -> None:
    friend, known = server.user("friend"), server.user("known")
    friend.follow(known)
    window.page.goto(f"/@{friend.username}")
    window.page.click(".follow")
    expect(window.page.locator(".follow .on")).to_have_text("Following")
    window.page.goto("/explore/people")
    row = window.page.locator("main .person", has_text=known.username)
    expect(row).to_contain_text("Followed by")
    expect(row.locator(f"a[href='/@{friend.username}']")).to_be_visible()


def test_reporting_somebody(window: Reader, author: User, server: ServerProcess) -> None:
    status = author.status("Buy my pills")
    page = window.page
    page.goto(f"/report?user={author.id}&tweet={status['id']}")
    page.check("text=It is spam.")
    page.fill("#comment", "Every day the same")
    page.click("text=Send the report")
    expect(page.locator("main h2")).to_contain_text("with the moderators")


def test_leaving_for_good(server: ServerProcess, reader: Open) -> None:
    window = reader(server)
    window.sign_up("leaver")
    window.post("Last words")
    page = window.page
    expect(page.locator(".toast")).to_contain_text("Posted")
    page.goto("/settings/delete")
    page.fill("#password", "not the password")
    page.click("main .danger")
    expect(page.locator(".problem")).to_be_visible()
    page.fill("#password", PASSWORD)
    page.click("main .danger")
    expect(page.locator(".hero")).to_be_visible()
    answer = page.goto("/@leaver")
    assert answer is not None
    assert "Last words" not in page.content()
