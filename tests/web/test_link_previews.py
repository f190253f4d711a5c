"""A post that is being read is renewed: by an edit, and when its link's preview is there."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.api.in_process import ServerThread
from tests.links.site import WebSite, pictured
from tests.web.browser import Reader

pytestmark = pytest.mark.server


@pytest.fixture
def site() -> Iterator[WebSite]:
    found = WebSite()
    yield found
    found.close()


@pytest.fixture
def previewing(site: WebSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerThread]:
    folder = tmp_path_factory.mktemp("previews")
    made = ServerThread(folder, site.lookup, link_previews=True, outgoing_networks_allowed="127.0.0.0/8")
    yield made
    made.stop()


def test_a_preview_is_shown_as_soon_as_it_is_there(
    previewing: ServerThread, site: WebSite, reader: Callable[..., Reader]
) -> None:
    author, follower = previewing.user("author"), previewing.user("follower")
    follower.follow(author)
    status = author.status("To be continued")
    window = reader(previewing)
    window.use(follower.token)
    with window.page.expect_response("**/api/v1/streaming/user"):
        window.page.goto("/home")
    expect(window.page.locator(".feed .tweet .text")).to_have_text("To be continued")
    preview = window.page.locator(".feed .tweet .preview")
    link = site.put("/story", pictured("A <i>story</i> &amp; more"))
    author.form(f"/api/v1/statuses/{status['id']}", {"status": f"Continued: {link}"}, "PUT").ok()
    expect(preview).to_have_count(1)
    expect(preview.locator("b")).to_have_text("A <i>story</i> & more")
    expect(preview).to_have_attribute("href", link)
    assert preview.locator("img").evaluate("picture => picture.decode().then(() => picture.naturalWidth)") > 0
    expect(window.page.locator(".feed .tweet .text")).to_contain_text("Continued:")
