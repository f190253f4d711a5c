"""What tweets are written with: custom emojis, and who may quote them."""

import base64
import io

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.api.client import User
from tests.api.process import ServerProcess
from tests.web.browser import Reader

pytestmark = pytest.mark.server


def test_custom_emojis_are_shown_in_names_and_texts_but_not_in_links(
    window: Reader, server: ServerProcess, author: User
) -> None:
    window.page.goto("/home")
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "#c86b3c").save(picture, "PNG")
    image = base64.b64encode(picture.getvalue()).decode()
    server.operator.post("/roost/v1/admin/emojis", {"shortcode": "robin", "image": image}).ok()
    author.patch(
        "/api/v1/accounts/update_credentials", {"display_name": "Ann :robin: <b>", "note": "I like :robin:"}
    ).ok()
    status = author.status(
        ":robin: sings :nobody: <img src=x> https://example.org/:robin: &:robin:", spoiler_text="A :robin:"
    )
    page = window.page
    page.goto(f"/@{author.username}/{status['id']}")
    page.click(".focus .warned summary")
    text = page.locator(".focus .text")
    expect(text.locator("img")).to_have_count(2)
    expect(text).to_contain_text("sings :nobody: <img src=x> example.org/:robin: &")
    expect(page.locator(".focus .spoiler img")).to_have_attribute("alt", ":robin:")
    expect(page.locator(".focus-name .name")).to_have_text("Ann  <b>")
    assert (
        page.locator(".focus .text img").first.evaluate(
            "picture => picture.decode().then(() => picture.naturalWidth)"
        )
        == 8
    )
    page.goto(f"/@{author.username}")
    expect(page.locator(".note img")).to_have_count(1)
    expect(page.locator(".profile-name img")).to_have_count(1)


def test_who_may_quote(window: Reader, viewer: User, author: User) -> None:
    page = window.page
    page.goto("/settings")
    page.select_option("#quoting", "followers")
    page.click("text=Save")
    page.goto("/home")
    window.post("For followers to quote")
    expect(page.locator(".feed .text").first).to_have_text("For followers to quote")
    page.fill(".compose.inline textarea[name=text]", "For nobody to quote")
    page.select_option(".compose.inline [name=quoting]", "nobody")
    page.click(".compose.inline .send")
    expect(page.locator(".feed .text").first).to_have_text("For nobody to quote")
    nobody, followers = viewer.get(f"/api/v1/accounts/{viewer.id}/statuses").ok()
    assert nobody["quote_approval"]["automatic"] == []
    assert followers["quote_approval"]["automatic"] == ["followers"]
    page.goto(f"/tweets/{nobody['id']}/edit")
    page.select_option("#quoting", "anybody")
    page.click("main form button")
    page.wait_for_url(f"**/{nobody['id']}")
    assert viewer.get(f"/api/v1/statuses/{nobody['id']}").ok()["quote_approval"]["automatic"] == ["public"]
