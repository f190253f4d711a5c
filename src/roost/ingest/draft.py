"""A tweet that somebody wants to post, and what is wrong with it."""

import re

import msgspec

from roost.errors import FieldProblem, Invalid
from roost.limits import LANGUAGE_CHARACTERS_MAX, SPOILER_CHARACTERS_MAX, TEXT_BYTES_MAX
from roost.model import ComposedPoll, Media, QuotePolicy, Visibility
from roost.text import NO_ENTITIES, Entities, TextRules, parse

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*\Z")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """Not checked yet. Ids that do not apply are 0."""

    text: str
    visibility: Visibility = Visibility.PUBLIC
    reply_to_id: int = 0
    quote_of_id: int = 0
    sensitive: bool = False
    spoiler: str = ""
    language: str = ""
    app_name: str = ""
    app_website: str = ""
    media_ids: tuple[int, ...] = ()
    poll: ComposedPoll | None = None
    media: tuple[Media, ...] = ()
    """What `media_ids` stand for, where the service has found that they may be taken."""
    quote_policy: QuotePolicy = QuotePolicy.PUBLIC
    allowed_mentions: tuple[int, ...] | None = None
    """Whom its author means to address; None for whomever it mentions."""


def check_draft(
    draft: Draft, rules: TextRules, hosts: frozenset[str], needs_text: bool = True
) -> tuple[str, Entities]:
    """The text as it will be kept, and its entities. Raises Invalid. 3 us for plain text.

    Control characters go; line ends become LF. The spoiler counts towards the length, as the field expects.
    """
    if len(draft.text) > TEXT_BYTES_MAX or len(draft.text.encode(errors="surrogatepass")) > TEXT_BYTES_MAX:
        raise _invalid("text", "ERR_TOO_LONG", f"is longer than {TEXT_BYTES_MAX} bytes")
    text = clean_text(draft.text)
    if len(draft.spoiler) > SPOILER_CHARACTERS_MAX:
        raise _invalid("spoiler_text", "ERR_TOO_LONG", f"is longer than {SPOILER_CHARACTERS_MAX} characters")
    if draft.language and not is_language(draft.language):
        raise _invalid("language", "ERR_INVALID", "is not a language tag such as en or pt-BR")
    parsed = parse(text, rules, hosts)
    length = parsed.measure.weighted_length
    if draft.spoiler:
        length += parse(clean_text(draft.spoiler), rules, hosts).measure.weighted_length
    if length > rules.weighted_length_max:
        limit = rules.weighted_length_max
        raise _invalid("text", "ERR_TOO_LONG", f"is {length} characters long; at most {limit} are allowed")
    if not text or text.isspace():
        if draft.media or not needs_text:
            return "", NO_ENTITIES
        raise _invalid("text", "ERR_BLANK", "can't be blank")
    if not parsed.measure.valid:
        raise _invalid("text", "ERR_INVALID", "has a character that is not allowed")
    return text, parsed.entities


def clean_text(text: str) -> str:
    """Text without control characters and lone surrogates, with LF as its line end."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii():
        text = text.encode(errors="replace").decode()
    return _CONTROL.sub("", text)


def is_language(tag: str) -> bool:
    """Whether a text has the form of a BCP 47 tag; whether it is registered is not looked at."""
    return len(tag) <= LANGUAGE_CHARACTERS_MAX and _LANGUAGE.match(tag) is not None


def _invalid(field: str, code: str, problem: str) -> Invalid:
    return Invalid(
        f"Validation failed: {field.replace('_', ' ').capitalize()} {problem}",
        {field: (FieldProblem(code, problem),)},
    )
