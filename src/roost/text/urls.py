"""Web addresses in a text, with and without a protocol.

Instead of one large pattern tried at every character, the search goes from full stop to full stop: a URL
needs one with a top-level domain behind it, and most texts have none. Around such a full stop the dotted
run is found, `roost.text.domains` says where in it the domain is, and port, path and query follow.

Source of the rules: twitter/twitter-text, `extractor.rb` and `regex.rb` (Apache-2.0, commit 30e2430).
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from roost.text.characters import (
    AT_SIGNS,
    CYRILLIC,
    DASHES,
    HASH_SIGNS,
    INVALID,
    LATIN_ACCENTS,
    NOT_DOMAIN,
)
from roost.text.domains import domain_from, leftmost_domain, run_end, run_start
from roost.text.entities import Url
from roost.text.hosts import LABEL_LENGTH_MAX, ascii_growth
from roost.text.tlds import ASCII_TLDS, tld_end

URL_LENGTH_MAX = 4096
TCO_SLUG_LENGTH_MAX = 40
_PROTOCOL_LENGTH = len("https://")

# A full stop that can have a top-level domain behind it. In ASCII text the domain itself is captured.
_STOP = re.compile(rf"\.(?<=[^{NOT_DOMAIN}]\.)(?=[^{NOT_DOMAIN}0-9])")
_ASCII_STOP = re.compile(r"\.(?<=[0-9A-Za-z]\.)(?:([A-Za-z]{2,}+)(?![0-9@+\-])|[xX][nN]--[0-9A-Za-z])")

_PROTOCOL = re.compile(r"https?://", re.ASCII | re.IGNORECASE)
_NOT_BEFORE_URL = re.compile(rf"[0-9A-Za-z{AT_SIGNS}{HASH_SIGNS}${INVALID}]")
_NOT_BEFORE_BARE_URL = "-_./"

_PORT = re.compile(":[0-9]++")
_PATH_CHARACTER = rf"[0-9A-Za-z!*';:=+,.$/%#\[\]\-_~&|@{LATIN_ACCENTS}{CYRILLIC}{DASHES}]"
# Up to two levels of balanced parentheses may stand in a path.
_NESTED = rf"\({_PATH_CHARACTER}++\){_PATH_CHARACTER}*+"
_BALANCED = rf"\((?:{_PATH_CHARACTER}++(?:{_NESTED})?+|{_NESTED})\)"
_PATH = rf"/(?:{_PATH_CHARACTER}++|{_BALANCED})*+"
_PATH_PATTERN = re.compile(_PATH)
_NOT_PATH_END = "!*';:,.$%[]~&|@" + DASHES
_QUERY = r"\?[0-9A-Za-z!?*'();:&=+$/%#\[\]\-_.,~|@]*+"
_QUERY_PATTERN = re.compile(_QUERY)
_NOT_QUERY_END = "!?*'();:+$%[].,~|@"

# Most URLs are like this one, which one match can take apart: a protocol in lower case, a host of simple
# labels with nothing before or behind that could be a part of it, and the rest.
_LABEL = r"[0-9A-Za-z]++(?:-++[0-9A-Za-z]++)*+"
_PLAIN = re.compile(
    rf"(?<!{_NOT_BEFORE_URL.pattern})https?://({_LABEL}(?:\.{_LABEL})++)"
    rf"(?!\.?[0-9A-Za-z@+_\-\x80-\U0010ffff])(?::[0-9]++)?+({_PATH})?+({_QUERY})?+"
)

_TCO = re.compile(r"https?://t\.co/([0-9A-Za-z]++)", re.ASCII | re.IGNORECASE)

# The part of a domain that counts when there is no protocol: a run in Latin letters.
_LATIN_RUN = re.compile(rf"[0-9A-Za-z_\-{LATIN_ACCENTS}][0-9A-Za-z_\-.{LATIN_ACCENTS}]*+")


class _Match(NamedTuple):
    """One match of the whole rule, which may yield no URL but still uses up its text."""

    start: int
    domain_start: int
    domain_end: int
    path_end: int
    end: int


def _next_stop(text: str, position: int) -> int:
    """The first full stop from `position` on with a top-level domain behind it, or -1."""
    while (stop := _STOP.search(text, position)) is not None:
        if tld_end(text, stop.start() + 1):
            return stop.start()
        position = stop.start() + 1
    return -1


def _next_ascii_stop(text: str, position: int) -> int:
    """As `_next_stop`, for ASCII text only."""
    for stop in _ASCII_STOP.finditer(text, position):
        name = stop[1]
        if name is None or name.lower() in ASCII_TLDS:
            return stop.start()
    return -1


def _query_end(text: str, position: int) -> int:
    """The end of the query string at `position`, or `position` if there is none."""
    query = _QUERY_PATTERN.match(text, position)
    if query is None:
        return position
    kept = len(query[0].rstrip(_NOT_QUERY_END))
    return position + kept


def _complete(text: str, start: int, domain_start: int, domain_end: int) -> _Match:
    """Add port, path and query to a domain; `path_end` is `domain_end` when there is no path."""
    end = domain_end
    port = _PORT.match(text, end)
    if port is not None:
        end = port.end()
    path = _PATH_PATTERN.match(text, end)
    if path is None:
        return _Match(start, domain_start, domain_end, domain_end, _query_end(text, end))
    end += len(path[0].rstrip(_NOT_PATH_END))
    return _Match(start, domain_start, domain_end, end, _query_end(text, end))


def _protocol_start(text: str, run_start: int, used: int) -> int:
    """Where the protocol in front of `run_start` begins, or -1; the character before must be unused."""
    if text[max(run_start - 3, used) : run_start] != "://":
        return -1
    for length in (len("http://"), len("https://")):
        start = run_start - length
        if start >= used and _PROTOCOL.match(text, start):
            free = start == 0 or (start > used and not _NOT_BEFORE_URL.match(text, start - 1))
            return start if free else -1
    return -1


def _match_around(text: str, stop: int, high: int, used: int) -> _Match | None:
    """The first match in the dotted run that has a full stop at `stop` and ends at `high`.

    Text before `used` belongs to an earlier match: nothing may start there, nor may it be the character
    in front of a URL.
    """
    low = run_start(text, used, stop)
    if low > used:
        protocol = _protocol_start(text, low, used)
        domain_end = domain_from(text, low, high) if protocol >= 0 else 0
        if domain_end:
            return _complete(text, protocol, low, domain_end)
    at_edge = low == 0 or (low > used and not _NOT_BEFORE_URL.match(text, low - 1))
    found = leftmost_domain(text, low, high, at_edge)
    return None if found is None else _complete(text, found[0], found[0], found[1])


def _with_protocol(text: str, match: _Match) -> list[Url]:
    """The URL of a match, if its host is legal. One of t.co ends with its slug or the query behind that."""
    url, end = text[match.start : match.end], match.end
    short = _TCO.match(url)
    if short is not None:
        if len(short[1]) > TCO_SLUG_LENGTH_MAX:
            return []
        end = _query_end(text, match.start + short.end())
        url = text[match.start : end]
    growth = ascii_growth(text[match.domain_start : match.domain_end])
    if growth < 0 or len(url) + growth > URL_LENGTH_MAX:
        return []
    return [Url(match.start, end, url)]


def _latin_domains(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The domains in Latin letters within the domain text[start:end], which may be in other scripts."""
    if text[start:end].isascii():
        yield start, end
        return
    for run in _LATIN_RUN.finditer(text, start, end):
        stop = text.rfind(".", run.start(), run.end())
        while stop > run.start():
            domain_end = tld_end(text, stop + 1)
            if 0 < domain_end <= end:
                yield run.start(), domain_end
                break
            stop = text.rfind(".", run.start(), stop)


def _without_protocol(text: str, match: _Match) -> list[Url]:
    """The domains in Latin letters of a match, each a URL; what follows the match belongs to the last."""
    if match.start > 0 and text[match.start - 1] in _NOT_BEFORE_BARE_URL:
        return []
    length = match.end - match.start + _PROTOCOL_LENGTH
    urls = []
    for start, end in _latin_domains(text, match.domain_start, match.domain_end):
        growth = ascii_growth(text[start:end])
        if growth < 0 or length + growth > URL_LENGTH_MAX:
            continue
        # Port and query only count together with a path.
        if end == match.domain_end and match.path_end > end:
            end = match.end
        urls.append(Url(start, end, text[start:end]))
    return urls


def _plain_url(text: str, stop: int, position: int, used: int) -> Url | None:
    """The URL from `position` on whose host has the full stop at `stop`, if it is as usual; see `_PLAIN`."""
    start = text.rfind("http", position, stop)
    if start < 0 or start == used > 0:
        return None
    match = _PLAIN.match(text, start)
    if match is None:
        return None
    host = match[1]
    if match.end(1) < stop or host[host.rindex(".") + 1 :].lower() not in ASCII_TLDS:
        return None
    if len(host) > LABEL_LENGTH_MAX or match.end() - start > URL_LENGTH_MAX or host.lower() == "t.co":
        return None
    end = _plain_end(match)
    return Url(start, end, text[start:end])


def _plain_end(match: re.Match[str]) -> int:
    """Where a plain URL ends without what may not be at the end of its path or query."""
    path, query = match[2], match[3]
    if path is not None and path[-1] in _NOT_PATH_END:
        return match.start(2) + len(path.rstrip(_NOT_PATH_END))
    if query is not None:
        return match.start(3) + len(query.rstrip(_NOT_QUERY_END))
    return match.end()


def extract_urls(text: str, *, bare: bool = True) -> tuple[Url, ...]:
    """The URLs of `text` in order, whatever other entity they overlap; those without a protocol if `bare`.

    O(len(text)), apart from the encoding of domains in other scripts than Latin.
    """
    if "." not in text:
        return ()
    next_stop = _next_ascii_stop if text.isascii() else _next_stop
    urls: list[Url] = []
    position = used = high = 0
    while (stop := next_stop(text, position)) >= 0:
        plain = _plain_url(text, stop, position, used)
        if plain is not None:
            urls.append(plain)
            position = used = plain.end
            continue
        high = high if stop < high else run_end(text, stop)
        match = _match_around(text, stop, high, used)
        if match is None:
            position = high
            continue
        position = used = match.end
        if match.start < match.domain_start:
            urls += _with_protocol(text, match)
        elif bare:
            urls += _without_protocol(text, match)
    return tuple(urls)
