"""Mentions of users, with or without a host, and of their lists.

Source of the rules: twitter/twitter-text, `extractor.rb` and `regex.rb` (Apache-2.0, commit 30e2430).
`@user@host` is Roost's own: without hosts to look for, the rules are those of twitter-text.
"""

import functools
import re

from roost.text.characters import AT_SIGNS, DIRECTIONAL, LATIN_ACCENTS, SPACES
from roost.text.entities import ListReference, Mention
from roost.text.rules import RULES_KEPT_MAX, RULES_V3, TextRules

# The sign must not follow a letter, a digit or one of a few marks, unless these letters are "RT".
_SIGN = (
    rf"[{AT_SIGNS}](?:(?<![0-9A-Za-z_!#$%&*{AT_SIGNS}].)"
    r"|(?<=[rR][tT].)(?<![0-9A-Za-z_+~.\-][rR][tT].))"
)
# A mention is void when one of these follows; the lookahead captures it without using it up.
_VOID = rf"(?=([{AT_SIGNS}{LATIN_ACCENTS}]|://)?+)"
_SLUG = r"/([A-Za-z][0-9A-Za-z_\-]{0,24}+)"
SLUG = re.compile(_SLUG)

_HOST = re.compile(r"@([0-9A-Za-z]++(?:[.\-]++[0-9A-Za-z]++)*+)(:[0-9]++)?+")
_VOID_AFTER_HOST = re.compile(rf"[{AT_SIGNS}{LATIN_ACCENTS}]|://")

NO_HOSTS: frozenset[str] = frozenset()


@functools.lru_cache(maxsize=RULES_KEPT_MAX)
def _mention_pattern(username_length_max: int) -> re.Pattern[str]:
    return re.compile(rf"{_SIGN}([0-9A-Za-z_]{{1,{username_length_max}}}+)(?:{_SLUG})?+{_VOID}", re.DOTALL)


@functools.lru_cache(maxsize=RULES_KEPT_MAX)
def _reply_pattern(username_length_max: int) -> re.Pattern[str]:
    return re.compile(
        rf"[{SPACES}{DIRECTIONAL}]*+([{AT_SIGNS}])([0-9A-Za-z_]{{1,{username_length_max}}}+){_VOID}"
    )


def _known_host(text: str, position: int, hosts: frozenset[str]) -> tuple[str, int] | None:
    """The host of `hosts` that stands at `position` behind its own at sign, and where it ends."""
    found = _HOST.match(text, position)
    if found is None:
        return None
    host, end = found[1].lower(), found.end(1)
    if found[2] is not None and host + found[2] in hosts:
        host, end = host + found[2], found.end()
    if host not in hosts or _VOID_AFTER_HOST.match(text, end):
        return None
    return host, end


def find_mentions(
    text: str, rules: TextRules, hosts: frozenset[str]
) -> tuple[list[Mention], list[ListReference]]:
    """The mentions and the references to lists in `text`, each in order. O(len(text))."""
    mentions: list[Mention] = []
    lists: list[ListReference] = []
    used = 0
    for match in _mention_pattern(rules.username_length_max).finditer(text):
        start, end = match.span()
        username, slug, void = match.groups()
        # The character in front must not belong to the mention before, even to one that was void.
        if start == used > 0:
            continue
        used = end
        if void is None:
            if slug is None:
                mentions.append(Mention(start, end, username))
            else:
                lists.append(ListReference(start, end, username, slug))
        elif hosts and slug is None:
            known = _known_host(text, end, hosts)
            if known is not None:
                host, used = known
                mentions.append(Mention(start, used, username, host))
    return mentions, lists


def extract_mentions(
    text: str, rules: TextRules = RULES_V3, hosts: frozenset[str] = NO_HOSTS
) -> tuple[Mention, ...]:
    """The mentions in `text`, in order, whether inside a URL or not.

    `hosts` are in lower case; see `roost.text.extract`. O(len(text)).
    """
    return tuple(find_mentions(text, rules, hosts)[0])


def extract_mentions_or_lists(
    text: str, rules: TextRules = RULES_V3, hosts: frozenset[str] = NO_HOSTS
) -> tuple[Mention | ListReference, ...]:
    """As `extract_mentions`, with the references to lists among them."""
    mentions, lists = find_mentions(text, rules, hosts)
    return tuple(sorted([*mentions, *lists], key=lambda found: found.start))


def extract_reply(text: str, rules: TextRules = RULES_V3, hosts: frozenset[str] = NO_HOSTS) -> Mention | None:
    """The mention that `text` starts with, spaces aside: whom it replies to by its text alone."""
    match = _reply_pattern(rules.username_length_max).match(text)
    if match is None:
        return None
    start, end = match.start(1), match.end()
    if match[3] is None:
        return Mention(start, end, match[2])
    known = _known_host(text, end, hosts) if hosts else None
    return None if known is None else Mention(start, known[1], match[2], known[0])
