"""What is read of pages, whatever they are made of."""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import BinaryIO, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from roost.limits import (
    CARD_DESCRIPTION_CHARACTERS_MAX,
    CARD_TITLE_CHARACTERS_MAX,
    PAGE_WORKER_BYTES_MAX,
    URI_CHARACTERS_MAX,
)
from roost.media import Page, Refused, SentFile, Workshop
from roost.media.pages import read_page

URL = "https://news.example/2025/story?id=1"


def read(html: str | bytes, charset: str = "utf-8", url: str = URL) -> Page:
    return read_page(html if isinstance(html, bytes) else html.encode(), url, charset)


def structured(**said: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(said)}</script>'


def test_open_graph() -> None:
    page = read(
        """<!doctype html><html lang="de-AT"><head><title>Plain</title>
        <meta property="og:title" content="A &amp; B"><meta property="og:description" content=" two
        lines "><meta property="og:image" content="/i.png"><meta property="og:image:alt" content="a hill">
        <meta property="og:site_name" content="News"><meta property="og:locale" content="en_GB">
        <meta property="article:published_time" content="2025-06-01T10:00:00+02:00">
        <link rel="canonical" href="/story"><meta name="author" content="Ann">"""
    )
    assert page == Page(
        title="A & B",
        description="two lines",
        language="en",
        provider_name="News",
        author_name="Ann",
        image_url="https://news.example/i.png",
        image_description="a hill",
        canonical_url="https://news.example/story",
        published_ms=1_748_764_800_000,
    )


def test_a_page_that_says_nothing_in_particular() -> None:
    page = read("<html lang=fr><title> Plain \n title </title><meta name=Description content=words><p>text")
    assert page == Page(title="Plain title", description="words", language="fr")


def test_twitter_cards() -> None:
    page = read(
        """<meta name="twitter:title" content="T"><meta name="twitter:description" content="D">
        <meta name="twitter:image" content="//cdn.example/i.jpg"><meta name="twitter:player:width"
        content="640"><meta name="twitter:player:height" content="360px">
        <meta name="twitter:player" content="https://player.example/1">
        <meta name="twitter:player:stream" content="https://player.example/1.mp4">"""
    )
    assert page == Page(
        title="T",
        description="D",
        image_url="https://cdn.example/i.jpg",
        player_url="https://player.example/1",
        player_width=640,
        player_height=360,
        stream_url="https://player.example/1.mp4",
    )


def test_json_ld_comes_first() -> None:
    article = structured(
        **{"@type": "NewsArticle"},
        headline="Head &amp; line",
        description="About",
        inLanguage=["pt-BR"],
        datePublished="2025-06-01",
        author=[{"name": "Ann", "url": "/ann"}],
        publisher={"name": "The News"},
        image={"url": "/ld.png"},
    )
    noise = '<script type="application/ld+json">{no json</script>' + structured(**{"@type": "Person"})
    page = read(f'{noise}<meta property="og:title" content="OG"><title>T</title>{article}')
    assert page == Page(
        title="Head & line",
        description="About",
        language="pt",
        provider_name="The News",
        author_name="Ann",
        author_url="https://news.example/ann",
        image_url="https://news.example/ld.png",
        published_ms=1_748_736_000_000,
    )
    graph = structured(**{"@graph": [{"@type": "WebSite"}, {"@type": ["Article"], "headline": "In a graph"}]})
    assert read(graph).title == "In a graph"
    wrapped = (
        '<script type="application/ld+json">//<![CDATA[\n{"@type":"WebPage","headline":"W"}\n//]]></script>'
    )
    assert read(wrapped).title == "W"


@pytest.mark.parametrize(
    "said",
    [
        {"headline": 1, "author": 3, "publisher": [], "image": [], "datePublished": {}, "inLanguage": {}},
        {"headline": None, "author": [None], "publisher": "", "image": {"url": 7}, "inLanguage": [[]]},
        {"author": [[{}]], "image": [[]], "datePublished": "9999-99-99", "description": ["x"]},
    ],
)
def test_json_ld_of_other_shapes_is_passed_over(said: dict[str, object]) -> None:
    assert read(structured(**{"@type": "Article"}, **said) + "<title>T</title>").title == "T"


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        ("<title>grüße</title>".encode("latin-1"), "ISO-8859-1"),
        ("<title>grüße</title>".encode("latin-1"), ""),
        ("<meta charset=iso-8859-1><title>grüße</title>".encode("latin-1"), ""),
        ("<title>grüße</title>".encode(), ""),
        ("<title>grüße</title>".encode()[:-9], ""),
        ("<title>grüße</title>".encode(), "no-such-charset"),
        ("<title>grüße</title>".encode(), "zlib"),
        ("<title>grüße</title>".encode(), "unicode_escape"),
        ("<title>grüße</title>".encode("utf-8-sig"), "iso-8859-1"),
        ("<title>grüße</title>".encode("utf-16"), ""),
    ],
)
def test_charsets(body: bytes, charset: str) -> None:
    assert read(body, charset).title.startswith("grüße"[:4])


def test_charsets_of_other_scripts() -> None:
    for text, charset in (
        ("日本語", "shift_jis"),
        ("日本語", "euc-jp"),
        ("中文", "gb2312"),
        ("привет", "koi8-r"),
    ):
        assert read(f"<title>{text}</title>".encode(charset), charset).title == text
        marked = f'<meta http-equiv=Content-Type content="text/html; charset={charset}"><title>{text}</title>'
        assert read(marked.encode(charset), "").title == text


@pytest.mark.parametrize(
    "html",
    [
        "",
        "\0\0\0",
        "<",
        "<title>",
        "<meta",
        '<meta property="og:title">',
        '<meta content="x">',
        "<title></title><title>second</title>",
        "<html><html><head><head><body><title>late</title>",
        "<!--<title>in a comment</title>",
        "<script><title>in a script</title></script>",
        "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    ],
)
def test_bad_html_is_no_error(html: str) -> None:
    read(html)


def test_what_is_said_is_cut_and_cleaned() -> None:
    page = read(f"<title>\u202eevil\u0007 {'x' * 5_000}</title><meta name=description content={'d' * 5_000}>")
    assert page.title.startswith("evil xxx")
    assert page.title.endswith("…")
    assert len(page.title) == CARD_TITLE_CHARACTERS_MAX
    assert len(page.description) == CARD_DESCRIPTION_CHARACTERS_MAX


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("pay\u200bp\u200da\u200cl\u2060 \u061cnow\u200d", "paypal now"),
        ("\u200d\u200b \u2060", ""),
        ("\u0436\u200d\u200d\u0436", "\u0436\u0436"),
        (
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        ),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
    ],
)
def test_what_cannot_be_seen_is_left_out_unless_it_is_spelling(title: str, shown: str) -> None:
    assert read(f"<title>{title}</title>").title == shown


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "data:image/png;base64,AAAA",
        "file:///etc/passwd",
        "http://[",
        "https://user:secret@cdn.example/i.png",
        f"https://cdn.example/{'x' * URI_CHARACTERS_MAX}",
        "   ",
    ],
)
def test_addresses_that_are_none_of_the_web(target: str) -> None:
    assert read(f'<title>T</title><meta property="og:image" content="{target}">').image_url == ""


def test_a_page_speaks_for_its_own_host_alone() -> None:
    assert read('<link rel=canonical href="https://bank.example/">').canonical_url == ""
    assert read('<meta property="og:url" content="https://news.example/x">').canonical_url.endswith("/x")
    assert read('<meta name="twitter:player" content="http://player.example/">').player_url == ""


@settings(max_examples=50)
@given(st.binary(max_size=2_000), st.text(max_size=20))
def test_any_bytes_are_read(body: bytes, charset: str) -> None:
    read_page(body, URL, charset)


TAGS = ("<meta ", "<title>", "<script type=application/ld+json>", "<!--", "property=", "title", " content=")
PIECES = st.sampled_from((*TAGS, "<", ">", '"', "{", "}", "[", "@type", "&amp;"))


@settings(max_examples=50)
@given(st.lists(st.one_of(PIECES, st.text(max_size=5))))
def test_any_html_is_read(pieces: list[str]) -> None:
    read("".join(pieces))


async def in_a_workshop(folder: Path, html: bytes) -> Page:
    with tempfile.TemporaryFile() as file:
        file.write(html)
        return await Workshop(folder).read_page(SentFile(cast(BinaryIO, file), len(html)), URL, "utf-8")


def test_pages_are_read_in_a_process_of_their_own(tmp_path: Path) -> None:
    assert asyncio.run(in_a_workshop(tmp_path, b"<title>T</title>")) == Page(title="T")


def test_a_page_that_would_fill_the_memory_harms_nobody(tmp_path: Path) -> None:
    """Each paragraph has to open anew all that was left open: 1 MiB of HTML asks for some 100 GB."""
    opened = b"".join(b"<b id=%d>" % number for number in range(3_000))
    html = b"<title>T</title><p>" + opened + b"</p>" + b"<p>x" * 240_000
    assert len(html) < 1 << 20 < PAGE_WORKER_BYTES_MAX
    with pytest.raises(Refused):
        asyncio.run(in_a_workshop(tmp_path, html))
