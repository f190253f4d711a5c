"""What people say: every sentence of every grammar fills, fits the length, and is linked as it should be."""

import random
import re

import pytest

from roost.load.phrases import (
    ANSWER,
    COMMENT,
    FOLLOW_UP,
    LANGUAGES,
    POST,
    QUESTION,
    REPLY_TO_QUESTION,
    URGENT,
    Phrases,
    parse_phrases,
)
from roost.load.posts import LENGTH_MAX, compose, topics_liked
from roost.text import RULES_V3, extract, measure

SLOT = re.compile(r"\{(\w+)\}")
LONGEST_MENTION = "@" + "m" * 30 + " "
LINK = " https://example.org/football/9999"


def longest(phrases: Phrases, template: str) -> str:
    """The template with the word in each slot that weighs the most."""
    heaviest = {
        name: max(words, key=lambda word: measure(word).weighted_length)
        for name, words in phrases.words.items()
    }
    return SLOT.sub(lambda slot: heaviest[slot[1]], template)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_sentence_fits_even_at_its_longest(code: str) -> None:
    phrases = LANGUAGES[code]
    for topic in phrases.topics.values():
        hashtag = max(topic.hashtags, key=len, default="")
        for templates in topic.lines.values():
            for template in templates:
                text = f"{LONGEST_MENTION}{longest(phrases, template)} {hashtag}{LINK}"
                assert measure(text, RULES_V3).weighted_length <= LENGTH_MAX, template


@pytest.mark.parametrize("code", LANGUAGES)
def test_hashtags_are_hashtags(code: str) -> None:
    for topic in LANGUAGES[code].topics.values():
        for hashtag in topic.hashtags:
            found = extract(f"x {hashtag}", RULES_V3).hashtags
            assert [tag.tag for tag in found] == [hashtag[1:]], hashtag


@pytest.mark.parametrize("code", LANGUAGES)
def test_there_is_something_to_say_of_every_kind(code: str) -> None:
    phrases = LANGUAGES[code]
    assert len(phrases.subjects) >= 6
    for subject in phrases.subjects:
        for sign in (POST, QUESTION, ANSWER, REPLY_TO_QUESTION, URGENT):
            assert phrases.topics[subject].lines.get(sign), (subject, sign)
    for sign in (ANSWER, REPLY_TO_QUESTION, FOLLOW_UP, COMMENT):
        assert phrases.topics["any"].lines.get(sign), sign


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_slot_is_left_open_and_none_is_without_use(code: str) -> None:
    phrases = LANGUAGES[code]
    chance = random.Random(code)
    for subject in phrases.subjects:
        for sign in (POST, QUESTION, ANSWER, REPLY_TO_QUESTION, URGENT):
            for _ in range(30):
                text = phrases.say(sign, subject, chance)
                assert "{" not in text
                assert text == text.strip()
    templates = [
        template for topic in phrases.topics.values() for kind in topic.lines.values() for template in kind
    ]
    assert set(phrases.words) == {slot for template in templates for slot in SLOT.findall(template)}


def test_a_slot_has_one_word_throughout_a_sentence() -> None:
    phrases = parse_phrases("xx", "[words]\nthing: a | b | c | d | e\n[food] #x\n+ {thing}: {thing}\n")
    chance = random.Random(1)
    for _ in range(20):
        one, other = phrases.say(POST, "food", chance).lower().split(": ")
        assert one == other


def test_posts_are_the_same_by_their_seed() -> None:
    def some(seed: int) -> list[object]:
        chance = random.Random(seed)
        return [compose("es", POST, "food", chance) for _ in range(40)]

    assert some(1) == some(1)
    assert some(1) != some(2)


def test_some_posts_have_a_hashtag_a_link_or_a_warning_and_most_have_not() -> None:
    chance = random.Random(7)
    made = [compose("en", POST, "books", chance) for _ in range(2_000)]
    with_hashtag = sum("#" in post.text for post in made)
    with_link = sum(bool(extract(post.text, RULES_V3).urls) for post in made)
    with_warning = sum(post.spoiler == "spoilers" for post in made)
    assert 500 < with_hashtag < 900
    assert 120 < with_link < 300
    assert 20 < with_warning < 120


def test_everybody_has_favourites() -> None:
    for code in LANGUAGES:
        found = {topics_liked(code, index) for index in range(200)}
        assert len(found) > len(LANGUAGES[code].subjects)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[food] #x\n+ {nothing}", "xx, line 2: has the unknown slot nothing"),
        ("[food] #x\nno sign", "xx, line 2: begins with none of"),
        ("[food] #x\n+", "xx, line 2: begins with none of"),
    ],
)
def test_a_bad_line_of_a_grammar_is_named(text: str, problem: str) -> None:
    with pytest.raises(ValueError, match=re.escape(problem)):
        parse_phrases("xx", text)
