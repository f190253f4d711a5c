"""A post put together: a sentence, perhaps with a hashtag, a link, or a content warning."""

import random

import msgspec

from roost.load.phrases import LANGUAGES, QUESTION, URGENT

LENGTH_MAX = 280
"""Every text stays within it, counted as twitter-text counts; a test proves it."""

_HASHTAG_SHARE = 0.35
_LINK_SHARE = 0.1
_WARNING_SHARE = 0.03


class Composed(msgspec.Struct, frozen=True):
    """What is said, in which language, about what; `sign` is the kind of sentence (see `phrases.grammar`)."""

    text: str
    spoiler: str
    language: str
    topic: str
    sign: str


def topics_liked(language: str, index: int) -> tuple[str, ...]:
    """The two topics that somebody mostly posts about."""
    subjects = LANGUAGES[language].subjects
    first, second = divmod(index, len(subjects))
    return subjects[first % len(subjects)], subjects[second]


def compose(language: str, sign: str, topic: str, chance: random.Random) -> Composed:
    """A post of its own. 5 us."""
    phrases = LANGUAGES[language]
    parts = [phrases.say(sign, topic, chance)]
    found = phrases.topics.get(topic)
    warning = ""
    if found is not None:
        hashtag_share = 1.0 if sign == URGENT else _HASHTAG_SHARE
        if found.hashtags and chance.random() < hashtag_share:
            parts.append(chance.choice(found.hashtags))
        if found.warning and sign not in (QUESTION, URGENT) and chance.random() < _WARNING_SHARE:
            warning = found.warning
    if chance.random() < _LINK_SHARE and sign != URGENT:
        parts.append(f"https://example.org/{topic or 'news'}/{chance.randrange(100, 10_000)}")
    return Composed(" ".join(parts), warning, language, topic, sign)
