"""The rules of a tweet's text: its length, its mentions, hashtags, cashtags and URLs, and its HTML.

Roost's own implementation of the rules of twitter-text; `docs/text.md` tells what they are.
"""

from roost.text.emoji import is_emoji
from roost.text.entities import (
    NO_ENTITIES,
    Cashtag,
    Entities,
    Entity,
    Hashtag,
    ListReference,
    Mention,
    Url,
)
from roost.text.extraction import extract
from roost.text.hashtags import extract_cashtags, extract_hashtags
from roost.text.highlighting import highlight
from roost.text.links import ShownUrl, autolink
from roost.text.measurement import Measure, Parsed, measure, parse
from roost.text.mentions import extract_mentions, extract_mentions_or_lists, extract_reply
from roost.text.normal import normal_form
from roost.text.render import Link, paragraphs, render_html
from roost.text.rules import RULES_V1, RULES_V2, RULES_V3, TextRules, WeightRange
from roost.text.urls import extract_urls
from roost.text.validate import validate_hashtag, validate_list, validate_url, validate_username
from roost.text.words import GRAM_CHARACTERS, fold_text, grams_of, search_form, tokens_of, wanted_grams

__all__ = [
    "GRAM_CHARACTERS",
    "NO_ENTITIES",
    "RULES_V1",
    "RULES_V2",
    "RULES_V3",
    "Cashtag",
    "Entities",
    "Entity",
    "Hashtag",
    "Link",
    "ListReference",
    "Measure",
    "Mention",
    "Parsed",
    "ShownUrl",
    "TextRules",
    "Url",
    "WeightRange",
    "autolink",
    "extract",
    "extract_cashtags",
    "extract_hashtags",
    "extract_mentions",
    "extract_mentions_or_lists",
    "extract_reply",
    "extract_urls",
    "fold_text",
    "grams_of",
    "highlight",
    "is_emoji",
    "measure",
    "normal_form",
    "paragraphs",
    "parse",
    "render_html",
    "search_form",
    "tokens_of",
    "validate_hashtag",
    "validate_list",
    "validate_url",
    "validate_username",
    "wanted_grams",
]
