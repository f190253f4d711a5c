"""Every case of the conformance suite of twitter-text, one test each."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from roost.text import (
    RULES_V1,
    RULES_V2,
    RULES_V3,
    Hashtag,
    ListReference,
    Mention,
    ShownUrl,
    TextRules,
    Url,
    WeightRange,
    autolink,
    extract_cashtags,
    extract_hashtags,
    extract_mentions,
    extract_mentions_or_lists,
    extract_reply,
    extract_urls,
    highlight,
    measure,
    validate_hashtag,
    validate_list,
    validate_url,
    validate_username,
)
from roost.text import extract as extract_all

from .suite import FILES, FOLDER, Case, as_read, sections, utf16_length

Runner = Callable[[Case], None]


def _values(found: Callable[[str], Any], field: str) -> Runner:
    def run(case: Case) -> None:
        assert [getattr(entity, field) for entity in found(case["text"])] == case["expected"]

    return run


def _values_and_indices(found: Callable[[str], Any], field: str, name: str) -> Runner:
    def run(case: Case) -> None:
        entities = found(case["text"])
        assert [
            {name: getattr(entity, field), "indices": [entity.start, entity.end]} for entity in entities
        ] == case["expected"]

    return run


def _hashtags(text: str) -> tuple[Hashtag, ...]:
    return extract_all(text).hashtags


def _mentions_or_lists(case: Case) -> None:
    assert [
        {
            "screen_name": entity.username,
            "list_slug": f"/{entity.slug}" if isinstance(entity, ListReference) else "",
            "indices": [entity.start, entity.end],
        }
        for entity in extract_mentions_or_lists(case["text"])
    ] == case["expected"]


def _reply(case: Case) -> None:
    mention = extract_reply(case["text"])
    assert (mention and mention.username) == case["expected"]


def _urls(case: Case) -> None:
    urls = [url.url for url in extract_urls(case["text"])]
    assert urls == case["expected"]
    assert all(validate_url(url, require_protocol=False) for url in urls)


def _links(linked: Callable[[str], str]) -> Runner:
    def run(case: Case) -> None:
        assert as_read(linked(case["text"])) == as_read(case["expected"])

    return run


def _json_links(case: Case) -> None:
    given = json.loads(case["json"])
    entities = [
        *(Hashtag(*each["indices"], each["text"]) for each in given["hashtags"]),
        *(Url(*each["indices"], each["url"]) for each in given["urls"]),
        *(Mention(*each["indices"], each["screen_name"]) for each in given["user_mentions"]),
    ]
    entities.sort(key=lambda entity: entity.start)
    shown = {each["url"]: ShownUrl(each["display_url"], each["expanded_url"]) for each in given["urls"]}
    linked = autolink(case["text"], entities, shown=shown)
    assert as_read(linked) == as_read(case["expected"])


def _highlight(case: Case) -> None:
    hits = [(start, end) for start, end in case["hits"]]
    assert highlight(case["text"], hits) == case["expected"]


def _valid(validated: Callable[[str], bool]) -> Runner:
    def run(case: Case) -> None:
        assert validated(case["text"]) is case["expected"]

    return run


def _measured(rules: TextRules) -> Runner:
    def run(case: Case) -> None:
        text = case["text"]
        measured = measure(text, rules)
        assert {
            "weightedLength": measured.weighted_length,
            "valid": measured.valid,
            "permillage": measured.permillage,
            "displayRangeStart": measured.display_range[0],
            "displayRangeEnd": utf16_length(text[: measured.display_range[1]]) - 1,
            "validRangeStart": measured.valid_range[0],
            "validRangeEnd": utf16_length(text[: measured.valid_range[1]]) - 1,
        } == case["expected"]

    return run


RUNNERS: dict[tuple[str, str], Runner] = {
    ("autolink", "usernames"): _links(lambda text: autolink(text, extract_mentions_or_lists(text))),
    ("autolink", "lists"): _links(lambda text: autolink(text, extract_mentions_or_lists(text))),
    ("autolink", "hashtags"): _links(lambda text: autolink(text, _hashtags(text))),
    ("autolink", "urls"): _links(lambda text: autolink(text, extract_urls(text, bare=False))),
    ("autolink", "cashtags"): _links(lambda text: autolink(text, extract_cashtags(text))),
    ("autolink", "all"): _links(autolink),
    ("autolink", "json"): _json_links,
    ("extract", "mentions"): _values(extract_mentions, "username"),
    ("extract", "mentions_with_indices"): _values_and_indices(extract_mentions, "username", "screen_name"),
    ("extract", "mentions_or_lists_with_indices"): _mentions_or_lists,
    ("extract", "replies"): _reply,
    ("extract", "urls"): _urls,
    ("extract", "urls_with_indices"): _values_and_indices(extract_urls, "url", "url"),
    ("extract", "urls_with_directional_markers"): _values_and_indices(extract_urls, "url", "url"),
    ("extract", "tco_urls_with_params"): _urls,
    ("extract", "hashtags"): _values(_hashtags, "tag"),
    ("extract", "hashtags_from_astral"): _values(extract_hashtags, "tag"),
    ("extract", "hashtags_with_indices"): _values_and_indices(extract_hashtags, "tag", "hashtag"),
    ("extract", "cashtags"): _values(extract_cashtags, "symbol"),
    ("extract", "cashtags_with_indices"): _values_and_indices(extract_cashtags, "symbol", "cashtag"),
    ("hit_highlighting", "plain_text"): _highlight,
    ("hit_highlighting", "with_links"): _highlight,
    ("tlds", "country"): _urls,
    ("tlds", "generic"): _urls,
    ("validate", "tweets"): _valid(lambda text: measure(text, RULES_V1).valid),
    ("validate", "usernames"): _valid(validate_username),
    ("validate", "lists"): _valid(validate_list),
    ("validate", "hashtags"): _valid(validate_hashtag),
    ("validate", "urls"): _valid(validate_url),
    ("validate", "urls_without_protocol"): _valid(lambda url: validate_url(url, require_protocol=False)),
    ("validate", "WeightedTweetsCounterTest"): _measured(RULES_V2),
    ("validate", "WeightedTweetsWithDiscountedEmojiCounterTest"): _measured(RULES_V3),
    ("validate", "UnicodeDirectionalMarkerCounterTest"): _measured(RULES_V3),
}

# Sections that are not run, each with its reason.
SKIPPED: dict[tuple[str, str], str] = {}

CASE_COUNTS = {"autolink": 196, "extract": 238, "hit_highlighting": 14, "tlds": 1574, "validate": 97}


def _cases() -> Iterator[Any]:
    for (file, section), runner in RUNNERS.items():
        for number, case in enumerate(sections(file)[section]):
            yield pytest.param(runner, case, id=f"{file}-{section}-{number}")


@pytest.mark.parametrize(("runner", "case"), list(_cases()))
def test_case(runner: Runner, case: Case) -> None:
    runner(case)


def test_every_section_is_run_or_skipped_for_a_reason() -> None:
    present = {(file, section) for file in FILES for section in sections(file)}
    assert set(RUNNERS) | set(SKIPPED) == present
    assert not set(RUNNERS) & set(SKIPPED)
    assert all(SKIPPED.values())


def test_no_file_and_no_case_is_left_out() -> None:
    assert {path.stem for path in FOLDER.glob("*.yml")} == {*FILES, "tld_lib"}
    counts = {file: sum(len(cases) for cases in sections(file).values()) for file in FILES}
    assert counts == CASE_COUNTS
    assert sum(counts.values()) == 2119


@pytest.mark.parametrize(("version", "rules"), [(1, RULES_V1), (2, RULES_V2), (3, RULES_V3)])
def test_rules_are_those_of_the_config_files(version: int, rules: TextRules) -> None:
    config = json.loads((FOLDER / "config" / f"v{version}.json").read_text())
    assert rules == TextRules(
        weighted_length_max=config["maxWeightedTweetLength"],
        scale=config["scale"],
        default_weight=config["defaultWeight"],
        url_length=config["transformedURLLength"],
        ranges=tuple(WeightRange(each["start"], each["end"], each["weight"]) for each in config["ranges"]),
        emoji_parsing=config.get("emojiParsingEnabled", False),
    )
