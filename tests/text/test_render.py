"""HTML from texts: nothing of the text ever becomes markup."""

import html
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roost.text import (
    Entities,
    Entity,
    ShownUrl,
    Url,
    autolink,
    extract,
    highlight,
    paragraphs,
    render_html,
)

from .texts import any_texts, seeded


class Reader(HTMLParser):
    """What a browser would make of HTML: its tags with their attributes, and its text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.others: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        self.tags.append("/" + tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag + "/")
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.others.append(data)

    def handle_decl(self, decl: str) -> None:
        self.others.append(decl)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)

    def unknown_decl(self, data: str) -> None:
        self.others.append(data)


def _hostile_texts() -> st.SearchStrategy[str]:
    pieces = [
        "<b>",
        "</a>",
        "<!--",
        "<script>",
        "</",
        "&lt;",
        "&amp;",
        "&#60;",
        "<a href='",
        '"',
        "'",
        ">",
        "=",
    ]
    entities = [
        "@user ",
        "#tag ",
        " $SYM ",
        "http://a.com/",
        "?x=<",
        "a.com",
        "@u/l ",
        "]]>",
        "<?x",
        "&",
        " ",
    ]
    return st.lists(st.sampled_from(pieces + entities), max_size=16).map("".join)


@seeded
@given(st.one_of(_hostile_texts(), any_texts()))
def test_rendered_html_has_the_tags_of_the_linker_and_the_text_of_the_text(text: str) -> None:
    entities = extract(text)
    rendered = render_html(text, entities, lambda _, source: f"<i>{html.escape(source)}</i>")
    reader = Reader(rendered)
    assert reader.tags == ["i", "/i"] * len(entities.in_order())
    assert reader.attributes == reader.others == []
    assert reader.text == text


@seeded
@given(st.one_of(_hostile_texts(), any_texts()))
def test_links_have_only_their_own_attributes(text: str) -> None:
    reader = Reader(autolink(text))
    assert reader.tags == ["a", "/a"] * len(extract(text, bare_urls=False).in_order())
    assert {name for name, _ in reader.attributes} <= {"href", "title", "class"}
    hrefs = [value or "" for name, value in reader.attributes if name == "href"]
    assert all(href.lower().startswith(("http://", "https://")) for href in hrefs)
    assert reader.others == []
    assert reader.text == text


@seeded
@given(_hostile_texts(), _hostile_texts())
def test_shown_urls_cannot_bring_markup_along(display: str, expanded: str) -> None:
    shown = ShownUrl(display, expanded)
    reader = Reader(autolink("see http://t.co/x", shown={"http://t.co/x": shown}))
    assert set(reader.tags) <= {"a", "/a", "span", "/span"}
    assert {name for name, _ in reader.attributes} <= {"href", "title", "class", "style"}


@seeded
@given(st.one_of(_hostile_texts(), any_texts()))
def test_paragraphs_add_only_paragraphs_and_breaks(text: str) -> None:
    rendered = render_html(text, Entities(), lambda _, source: source)
    reader = Reader(paragraphs(rendered))
    assert set(reader.tags) <= {"p", "/p", "br/"}
    assert reader.tags.count("p") == reader.tags.count("/p")
    without_breaks = text.strip().replace("\n", "").replace("\r", "")
    assert reader.text == without_breaks


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", ""),
        (" \n\n ", ""),
        ("one", "<p>one</p>"),
        ("one\ntwo", "<p>one<br />two</p>"),
        ("one\r\ntwo\rthree", "<p>one<br />two<br />three</p>"),
        ("one\n\ntwo", "<p>one</p><p>two</p>"),
        ("\none\n\n\n\ntwo\n", "<p>one</p><p>two</p>"),
    ],
)
def test_line_breaks_become_markup(source: str, expected: str) -> None:
    assert paragraphs(source) == expected


def test_a_linker_gets_the_entity_and_its_text() -> None:
    seen: list[tuple[str, str]] = []

    def link(entity: Entity, source: str) -> str:
        seen.append((type(entity).__name__, source))
        return "X"

    text = "<@a> #b $c d.com @e/f"
    assert render_html(text, extract(text), link) == "&lt;X&gt; X X X X"
    assert seen == [
        ("Mention", "@a"),
        ("Hashtag", "#b"),
        ("Cashtag", "$c"),
        ("Url", "d.com"),
        ("ListReference", "@e/f"),
    ]


def test_links_can_lead_to_another_site() -> None:
    assert autolink("@bob", site="https://roost.example") == (
        '@<a href="https://roost.example/bob" class="tweet-url username">bob</a>'
    )


def test_entities_of_another_text_are_a_mistake() -> None:
    with pytest.raises(AssertionError):
        render_html("short", [Url(3, 9, "x")], lambda _, source: source)


def test_an_ellipsis_is_shown_but_not_part_of_the_url() -> None:
    shown = ShownUrl("…ple.com/pa…", "http://example.com/path")
    linked = autolink("http://t.co/x", shown={"http://t.co/x": shown})
    assert html.unescape(Reader(linked).text) == "…\xa0http://example.com/path\xa0…"
    elsewhere = ShownUrl("pic.example", "http://example.com/")
    assert Reader(autolink("http://t.co/x", shown={"http://t.co/x": elsewhere})).text == "pic.example"


def _nests(tags: list[str]) -> bool:
    open_tags: list[str] = []
    for tag in tags:
        if tag.endswith("/"):
            continue
        if not tag.startswith("/"):
            open_tags.append(tag)
        elif not open_tags or open_tags.pop() != tag[1:]:
            return False
    return not open_tags


@seeded
@given(st.one_of(_hostile_texts(), any_texts()), st.data())
def test_highlights_nest_and_cover_the_hits(text: str, data: st.DataObject) -> None:
    linked = autolink(text)
    bounds = data.draw(st.lists(st.integers(0, len(text)), max_size=6, unique=True).map(sorted))
    hits = list(zip(bounds[::2], bounds[1::2], strict=False))
    marked = highlight(linked, hits)
    assert marked.replace("<em>", "").replace("</em>", "") == linked
    assert _nests(Reader(marked).tags)
    inside = "".join(Reader(part).text for part in _emphasised(marked))
    assert inside == "".join(text[start:end] for start, end in hits)


def _emphasised(marked: str) -> list[str]:
    return [part.partition("</em>")[0] for part in marked.split("<em>")[1:]]


def test_a_hit_that_ends_inside_of_a_link_is_marked_in_parts() -> None:
    assert highlight("foo <a>bar baz</a> qux", [(0, 7)]) == "<em>foo </em><a><em>bar</em> baz</a> qux"
    assert highlight("foo <a>bar baz</a> qux", [(8, 13)]) == "foo <a>bar <em>baz</em></a><em> q</em>ux"
    assert highlight("<p>a<br />b</p>", [(0, 2)]) == "<p><em>a<br />b</em></p>"
    assert highlight("a &lt; b", [(2, 3)]) == "a <em>&lt;</em> b"


@pytest.mark.parametrize(
    "hits", [[(2, 2)], [(3, 2)], [(0, 9)], [(-1, 2)], [(2, 4), (0, 1)], [(0, 3), (2, 4)]]
)
def test_hits_that_are_out_of_order_or_range_are_refused(hits: list[tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match="hit"):
        highlight("abcdef", hits)
