"""Random searches, as trees and as what somebody would write, and random tweets that they find."""

import itertools
from collections.abc import Sequence

from hypothesis import strategies as st

from roost.model import Entities, Span, Tweet, Visibility
from roost.search import (
    Between,
    By,
    Either,
    Every,
    Kind,
    Language,
    Likes,
    Mentions,
    Node,
    Not,
    Tag,
    To,
    Words,
)
from roost.text import extract_hashtags, tokens_of

PEOPLE = {"ann": 1, "bob": 2, "me": 3}
NAMES = ["ann", "bob", "me", "nobody"]
VOCABULARY = ["heron", "gull", "owl", "Ähre", "one-legged", "日本語", "語の文", "한국어를", "by", "the"]
FIRST_ID = 1 << 50
IDS = st.integers(FIRST_ID, FIRST_ID + 400)

_TEXTS = {
    tuple(tokens_of(text)): text
    for count in (1, 2)
    for text in map(" ".join, itertools.product(VOCABULARY, repeat=count))
}
words = st.sampled_from(sorted(_TEXTS)).map(Words)
names = st.sampled_from(NAMES)
leaves: st.SearchStrategy[Node] = st.one_of(
    words,
    st.sampled_from(["heron", "owl"]).map(Tag),
    names.map(By),
    names.map(To),
    names.map(Mentions),
    st.sampled_from(["de", "en"]).map(Language),
    st.sampled_from(["reply", "sensitive", "media"]).map(Kind),
    st.integers(0, 20).map(Likes),
    st.tuples(IDS, IDS).map(lambda ends: Between(*ends)),
)


def _several(nodes: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    some = st.lists(nodes, min_size=2, max_size=3).map(tuple)
    return st.one_of(nodes.map(Not), some.map(Every), some.map(Either))


trees: st.SearchStrategy[Node] = st.recursive(leaves, _several, max_leaves=6)


@st.composite
def tweets(draw: st.DrawFn) -> Tweet:
    said = draw(st.lists(st.sampled_from([*VOCABULARY, "#heron", "#owl"]), max_size=6))
    text = " ".join(said)
    tags = tuple(Span(tag.start, tag.end) for tag in extract_hashtags(text))
    replies_to = draw(st.sampled_from([0, 1, 2]))
    return Tweet(
        draw(IDS),
        draw(st.integers(1, 4)),
        text,
        draw(st.sampled_from([Visibility.PUBLIC, Visibility.PUBLIC, Visibility.DIRECT])),
        draw(st.sampled_from(["", "de", "en-GB"])),
        sensitive=draw(st.booleans()),
        spoiler=draw(st.sampled_from(["", "gull by"])),
        reply_to_id=7 if replies_to else 0,
        reply_to_author_id=replies_to,
        entities=Entities(hashtags=tags),
        addressed_ids=tuple(draw(st.sets(st.integers(1, 4), max_size=2))),
    )


def written(node: Node) -> str:
    """A search that is understood as `node`, which has no `Between` but of `written_bounds`."""
    match node:
        case Words(tokens):
            return f'"{_TEXTS[tokens]}"'
        case Tag(tag):
            return f"#{tag}"
        case By(name):
            return f"from:@{name}"
        case To(name):
            return f"to:{name.upper()}"
        case Mentions(name):
            return f"@{name}"
        case Language(code):
            return f"lang:{code}-XY"
        case Kind(kind):
            return f"{'is' if kind in ('reply', 'sensitive') else 'has'}:{kind}"
        case Likes(least):
            return f"min_likes:{least}"
        case Not(inner):
            return f"-{_grouped(inner)}"
        case Every(nodes):
            return _joined(nodes, " ")
        case Either(nodes):
            return _joined(nodes, " or ")
    raise AssertionError(node)


def _joined(nodes: Sequence[Node], between: str) -> str:
    return between.join(_grouped(each) for each in nodes)


def _grouped(node: Node) -> str:
    return f"({written(node)})" if isinstance(node, Every | Either | Not) else written(node)
