"""Whether a whole text is a username, a list, a hashtag or a URL.

Source of the rules: twitter/twitter-text, `validation.rb` and `regex.rb` (Apache-2.0, commit 30e2430); those
of the URL follow the grammar of RFC 3986.
"""

import functools
import re

from roost.text.characters import AT_SIGNS, CYRILLIC, DASHES
from roost.text.hashtags import extract_hashtags
from roost.text.mentions import SLUG
from roost.text.rules import RULES_KEPT_MAX, RULES_V3, TextRules

_URL_PARTS = re.compile(r"(?:([^:/?#]+)://)?([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL)
_PROTOCOL = re.compile(r"https?", re.ASCII | re.IGNORECASE)

_CHARACTER = rf"[0-9A-Za-z._~!$&'()*+,;=\-{CYRILLIC}{DASHES}]|%[0-9A-Fa-f]{{2}}"
_PATH = re.compile(rf"(?:/(?:{_CHARACTER}|[:|@])*+)*+")
_QUERY_OR_FRAGMENT = re.compile(rf"(?:{_CHARACTER}|[:|@/?])*+")
_USER = re.compile(rf"(?:{_CHARACTER}|:)*+")

_PORT = re.compile(r"[0-9]{1,5}")
_IPV6 = re.compile(r"\[[0-9A-Fa-f:.]+\]")
_IPV4_NUMBER_MAX = 255
_IPV4 = re.compile(r"(?:0|[1-9][0-9]{0,2})(?:\.(?:0|[1-9][0-9]{0,2})){3}")

_SUBDOMAIN = re.compile(r"(?![_\-])[0-9A-Za-z_\-\x80-\U0010ffff]++(?<![_\-])")
_DOMAIN = re.compile(r"(?!-)[0-9A-Za-z\-\x80-\U0010ffff]++(?<!-)")
_TOP = re.compile(r"(?![0-9\-])[0-9A-Za-z\-\x80-\U0010ffff]++(?<!-)")


@functools.lru_cache(maxsize=RULES_KEPT_MAX)
def _username_pattern(username_length_max: int) -> re.Pattern[str]:
    return re.compile(rf"[{AT_SIGNS}][0-9A-Za-z_]{{1,{username_length_max}}}")


def validate_username(text: str, rules: TextRules = RULES_V3) -> bool:
    """Whether `text` is an at sign and a username."""
    return _username_pattern(rules.username_length_max).fullmatch(text) is not None


def validate_list(text: str, rules: TextRules = RULES_V3) -> bool:
    """Whether `text` is an at sign, a username, a slash and the name of a list."""
    username, slash, slug = text.partition("/")
    return validate_username(username, rules) and SLUG.fullmatch(slash + slug) is not None


def validate_hashtag(text: str) -> bool:
    """Whether `text` is a hash sign and a hashtag."""
    hashtags = extract_hashtags(text)
    return len(hashtags) == 1 and (hashtags[0].start, hashtags[0].end) == (0, len(text))


def validate_url(url: str, require_protocol: bool = True) -> bool:
    """Whether `url` is a web address by its grammar; its top-level domain need not exist.

    The host may be in any script. Without `require_protocol` the protocol may be missing, or be any.
    O(len(url)).
    """
    parts = _URL_PARTS.fullmatch(url)
    if parts is None:
        return False
    protocol, authority, path, query, fragment = parts.groups("")
    if require_protocol and not _PROTOCOL.fullmatch(protocol):
        return False
    if not (_PATH.fullmatch(path) and _QUERY_OR_FRAGMENT.fullmatch(query)):
        return False
    return _QUERY_OR_FRAGMENT.fullmatch(fragment) is not None and _validate_authority(authority)


def _validate_authority(authority: str) -> bool:
    user, _, address = authority.rpartition("@")
    if not _USER.fullmatch(user):
        return False
    host, colon, port = address.rpartition(":")
    if colon and _PORT.fullmatch(port):
        return _validate_host(host)
    return _validate_host(address)


def _validate_host(host: str) -> bool:
    if _IPV6.fullmatch(host):
        return True
    if _IPV4.fullmatch(host):
        return all(int(number) <= _IPV4_NUMBER_MAX for number in host.split("."))
    labels = host.split(".")
    if len(labels) < 2:
        return False
    *subdomains, domain, top = labels
    if not (_DOMAIN.fullmatch(domain) and _TOP.fullmatch(top)):
        return False
    return all(_SUBDOMAIN.fullmatch(subdomain) is not None for subdomain in subdomains)
