"""Properties of the entities found, whatever the text."""

import msgspec
import pytest
from hypothesis import given

from roost.text import (
    NO_ENTITIES,
    RULES_V3,
    Cashtag,
    Entities,
    Hashtag,
    ListReference,
    Mention,
    Url,
    extract,
    extract_cashtags,
    extract_hashtags,
    extract_mentions_or_lists,
    extract_urls,
    measure,
    parse,
)

from .naive import naive_hashtags, naive_mentions, naive_urls
from .texts import any_texts, seeded, tricky_ascii_texts, tricky_texts

HOSTS = frozenset({"foo.com", "t.co", "a:80"})


def _spans(entities: tuple) -> list[tuple[int, int]]:
    return [(entity.start, entity.end) for entity in entities]


def _without_sign(entity: Mention | ListReference | Hashtag | Cashtag | Url) -> str:
    match entity:
        case Mention():
            return entity.username + (f"@{entity.host}" if entity.host else "")
        case ListReference():
            return f"{entity.username}/{entity.slug}"
        case Hashtag():
            return entity.tag
        case Cashtag():
            return entity.symbol
        case Url():
            return entity.url


@seeded
@given(any_texts())
def test_entities_are_in_order_and_never_overlap(text: str) -> None:
    ordered = extract(text, RULES_V3, HOSTS).in_order()
    ends = [0, *(entity.end for entity in ordered)]
    assert all(end <= entity.start < entity.end for end, entity in zip(ends, ordered, strict=False))


@seeded
@given(any_texts())
def test_offsets_slice_back_to_the_entity(text: str) -> None:
    for entity in extract(text, RULES_V3, HOSTS).in_order():
        source = text[entity.start : entity.end]
        written = source if isinstance(entity, Url) else source[1:]
        if isinstance(entity, Mention) and entity.host is not None:
            written = written[: -len(entity.host)] + written[-len(entity.host) :].lower()
        assert written == _without_sign(entity)


@seeded
@given(any_texts())
def test_each_kind_is_what_is_found_alone_less_what_overlaps(text: str) -> None:
    entities = extract(text)
    alone = [
        *extract_mentions_or_lists(text),
        *extract_hashtags(text),
        *extract_cashtags(text),
        *extract_urls(text),
    ]
    kept: list = []
    for entity in sorted(alone, key=lambda each: each.start):
        if not kept or kept[-1].end <= entity.start:
            kept.append(entity)
    assert entities.in_order() == kept


@seeded
@given(tricky_texts())
def test_urls_are_those_of_the_naive_search(text: str) -> None:
    assert _spans(extract_urls(text)) == naive_urls(text)


@seeded
@given(tricky_texts())
def test_hashtags_and_mentions_are_those_of_the_naive_search(text: str) -> None:
    assert _spans(extract_hashtags(text)) == naive_hashtags(text)
    assert _spans(extract_mentions_or_lists(text)) == naive_mentions(text, RULES_V3.username_length_max)


@seeded
@given(tricky_ascii_texts())
def test_ascii_texts_take_a_shorter_way_to_the_same_result(text: str) -> None:
    # What is added is no part of an entity, but makes the text one that is not ASCII.
    assert extract(f"{text} \u3002") == extract(text + " ")
    assert measure(f"{text} y\u00e9").weighted_length == measure(f"{text} y").weighted_length + 1


@seeded
@given(any_texts())
def test_parse_is_measure_and_extract(text: str) -> None:
    parsed = parse(text, RULES_V3, HOSTS)
    assert parsed.measure == measure(text)
    assert parsed.entities == extract(text, RULES_V3, HOSTS)


@seeded
@given(any_texts())
def test_without_bare_urls_only_those_with_a_protocol_remain(text: str) -> None:
    with_protocol = [url for url in extract_urls(text) if url.url.lower().startswith(("http://", "https://"))]
    assert list(extract_urls(text, bare=False)) == with_protocol


def test_texts_without_a_sign_have_no_entities() -> None:
    assert extract("nothing to see here") is NO_ENTITIES
    assert extract("") is NO_ENTITIES
    assert NO_ENTITIES.in_order() == []


def test_of_two_overlapping_entities_the_first_counts() -> None:
    entities = extract("#日本example.com http://example.org/@user")
    assert entities.hashtags == (Hashtag(0, 10, "日本example"),)
    assert entities.urls == (Url(15, 39, "http://example.org/@user"),)
    assert entities.mentions == ()


def test_a_domain_at_the_start_of_a_text_counts_whole() -> None:
    assert extract_urls("École.fr") == (Url(0, 8, "École.fr"),)


def test_a_path_counts_only_behind_the_domain_it_follows() -> None:
    assert extract_urls("foo.comて.みんな/path") == (Url(0, 7, "foo.com"),)


def test_a_chain_longer_than_any_host_name_is_no_url() -> None:
    assert extract_urls("a." * 126 + "com")[0].end == 255
    assert extract_urls("a." * 300 + "com") == ()


def test_entities_are_frozen() -> None:
    with pytest.raises(AttributeError):
        Mention(0, 2, "a").username = "b"  # type: ignore[misc]
    assert msgspec.structs.replace(Entities(), urls=(Url(0, 1, "x"),)).urls[0].url == "x"
