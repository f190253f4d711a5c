"""What people say, in eight languages."""

from roost.load.phrases.grammar import (
    ANSWER,
    COMMENT,
    FOLLOW_UP,
    POST,
    QUESTION,
    REPLY_TO_QUESTION,
    URGENT,
    Phrases,
    Topic,
    load_phrases,
    parse_phrases,
)

_FILES = {
    "en": "english",
    "es": "spanish",
    "fr": "french",
    "de": "german",
    "pt": "portuguese",
    "ja": "japanese",
    "ar": "arabic",
    "ru": "russian",
}
LANGUAGES: dict[str, Phrases] = {code: load_phrases(code, name) for code, name in _FILES.items()}

__all__ = [
    "ANSWER",
    "COMMENT",
    "FOLLOW_UP",
    "LANGUAGES",
    "POST",
    "QUESTION",
    "REPLY_TO_QUESTION",
    "URGENT",
    "Phrases",
    "Topic",
    "load_phrases",
    "parse_phrases",
]
