"""Previews of links over HTTP: in statuses, in streams, in trends, and in the web app."""

import io
from collections.abc import Iterator

import pytest
from PIL import Image

from tests.api.in_process import ServerThread
from tests.api.streams import EventSource
from tests.links.site import WebSite, page

ARTICLE = page(
    "Plain",
    '<meta property="og:title" content="A <b>headline</b>">',
    '<meta property="og:description" content="About &amp; so">',
    '<meta property="og:image" content="/picture.png"><meta property="og:image:alt" content="a hill">',
    '<meta property="og:site_name" content="The News"><meta name="author" content="Ann Author">',
    '<meta property="article:published_time" content="2025-06-01T10:00:00Z">',
)
FILM = page(
    "Film",
    '<meta name="twitter:player" content="https://player.org/1?a=1&amp;b=2">',
    '<meta name="twitter:player:width" content="640"><meta name="twitter:player:height" content="360">',
)


@pytest.fixture(scope="module")
def site() -> Iterator[WebSite]:
    found = WebSite()
    yield found
    found.close()


@pytest.fixture(scope="module")
def server(site: WebSite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerThread]:
    folder = tmp_path_factory.mktemp("previews")
    made = ServerThread(folder, site.lookup, link_previews=True, outgoing_networks_allowed="127.0.0.0/8")
    yield made
    made.stop()


def test_a_status_gets_its_card_and_streams_tell_of_it(server: ServerThread, site: WebSite) -> None:
    alice, link = server.user("alice"), site.put("/article", ARTICLE)
    with EventSource(server.url, "user", alice.token) as stream:
        status = alice.status(f"Read {link}")
        server.enrich()
        assert stream.next().event == "update"
        update = stream.next()
        told = update.payload
    found = server.nobody.get(f"/api/v1/statuses/{status['id']}").ok()
    card = found["card"]
    assert (update.event, told["card"]) == ("status.update", card)
    assert (told["id"], told["edited_at"], found["edited_at"]) == (status["id"], None, None)
    image, blurhash = card.pop("image"), card.pop("blurhash")
    assert card == {
        "url": link,
        "title": "A <b>headline</b>",
        "description": "About & so",
        "language": "en",
        "type": "link",
        "author_name": "Ann Author",
        "author_url": "",
        "authors": [{"name": "Ann Author", "url": "", "account": None}],
        "provider_name": "The News",
        "provider_url": site.url("/"),
        "html": "",
        "width": 600,
        "height": 300,
        "image_description": "a hill",
        "embed_url": "",
        "published_at": "2025-06-01T10:00:00.000Z",
    }
    assert len(blurhash) == 28
    picture = server.nobody.get(image.removeprefix(server.url))
    assert Image.open(io.BytesIO(picture.body)).size == (600, 300)

    shown = server.nobody.get(f"/@alice/{status['id']}").text
    assert "A &lt;b&gt;headline&lt;/b&gt;" in shown
    assert f'href="{link}"' in shown
    assert f'src="/media/{image.rpartition("/")[2]}"' in shown
    said = server.nobody.get(f"/tweets/{status['id']}/said").text
    assert said.strip().startswith('<div class="said">')
    assert "A &lt;b&gt;headline" in said


def test_a_sensitive_post_keeps_the_picture_to_itself(server: ServerThread, site: WebSite) -> None:
    ivan = server.user("ivan")
    status = ivan.status(site.put("/sensitive", ARTICLE), sensitive=True)
    server.enrich()
    shown = server.nobody.get(f"/@ivan/{status['id']}").text
    assert "A &lt;b&gt;headline&lt;/b&gt;" in shown
    assert 'src="/media/' not in shown


def test_a_retweet_shows_the_card_too(server: ServerThread, site: WebSite) -> None:
    bob, carol = server.user("bob"), server.user("carol")
    status = bob.status(site.put("/plain", page("Plain")))
    server.enrich()
    again = carol.post(f"/api/v1/statuses/{status['id']}/reblog").ok()
    assert again["card"] == again["reblog"]["card"]
    assert again["card"]["title"] == "Plain"
    assert again["card"]["image"] is None
    assert again["card"]["blurhash"] is None


def test_a_player_comes_as_a_frame_that_may_do_little(server: ServerThread, site: WebSite) -> None:
    dave = server.user("dave")
    status = dave.status(site.put("/film", FILM))
    server.enrich()
    card = dave.get(f"/api/v1/statuses/{status['id']}").ok()["card"]
    assert (card["type"], card["width"], card["height"]) == ("video", 640, 360)
    assert card["html"].startswith('<iframe src="https://player.org/1?a=1&amp;b=2" width="640" height="360"')
    assert "sandbox=" in card["html"]
    assert "<iframe" not in server.nobody.get(f"/@dave/{status['id']}").text


def test_trends_of_links_know_their_titles(server: ServerThread, site: WebSite) -> None:
    link, unread = site.put("/trending", ARTICLE), site.url("/missing")
    words = {  # nothing here is nearly the same as anything else
        "erin": ("Rain over the harbour this morning", "Where did my bicycle go?"),
        "frank": ("Lovely article about lighthouses", "Somebody please fix that coffee machine"),
        "grace": ("My train was late again, so I read", "Tomorrow we bake bread with seven grains"),
    }
    for name, (first, second) in words.items():
        user = server.user(name)
        user.patch("/api/v1/accounts/update_credentials", {"discoverable": True}).ok()
        user.status(f"{first} {link}")
        user.status(f"{second} {unread}")
    server.enrich()
    trends = {trend["url"]: trend for trend in server.nobody.get("/api/v1/trends/links").ok()}
    assert (trends[link]["title"], trends[link]["provider_name"]) == ("A <b>headline</b>", "The News")
    assert trends[link]["image"].startswith(f"{server.url}/media/")
    assert (trends[unread]["title"], trends[unread]["provider_name"]) == (unread, "news.org")
    assert trends[unread]["image"] is None


def test_links_to_the_server_itself_and_to_nowhere_public_get_none(
    server: ServerThread, site: WebSite
) -> None:
    heidi = server.user("heidi")
    status = heidi.status(f"{server.url}/@alice http://10.0.0.1/ {site.url('/missing')}")
    server.enrich()
    assert heidi.get(f"/api/v1/statuses/{status['id']}").ok()["card"] is None
