"""Plain twins of the search for entities: every start and every end is tried, in cubic time.

They restate the rules one predicate at a time, without patterns, fast paths or memory of earlier work.
"""

import unicodedata
from collections.abc import Iterator

from roost.text import TextRules

from .tld_file import tld_names

ALNUM = frozenset("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
LETTERS = ALNUM - frozenset("0123456789")
SPACES = frozenset("\t\n\v\f\r \x85\xa0\u1680\u180e\u2028\u2029\u202f\u205f\u3000") | frozenset(
    map(chr, range(0x2000, 0x200B))
)
DIRECTIONAL = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
INVALID = frozenset("\ufffe\ufeff\uffff")
PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
NOT_DOMAIN = SPACES | DIRECTIONAL | INVALID | PUNCTUATION | frozenset(map(chr, range(32))) | {"\x7f"}
TLDS = frozenset(tld_names())

QUERY = ALNUM | frozenset("!?*'();:&=+$/%#[]-_.,~|@")
QUERY_END = ALNUM | frozenset("_&=#/-")
PATH_SIGNS = frozenset("!*';:=+,.$/%#[]-_~&|@")
PATH_END_SIGNS = frozenset("=_#/+-")
LATIN_SINGLES = frozenset("\u0253\u0254\u0256\u0257\u0259\u025b\u0263\u0268\u026f\u0272\u0289\u028b\u02bb")


def is_latin_accent(character: str) -> bool:
    code = ord(character)
    ranges = ((0xC0, 0x24F), (0x300, 0x36F), (0x1E00, 0x1EFF))
    inside = any(low <= code <= high for low, high in ranges) and code not in (0xD7, 0xF7)
    return inside or character in LATIN_SINGLES


def is_word(character: str) -> bool:
    return character in ALNUM or is_latin_accent(character) or "CYRILLIC" in unicodedata.name(character, "")


def is_path_character(character: str) -> bool:
    return is_word(character) or character in PATH_SIGNS or unicodedata.category(character) == "Pd"


def split_path(path: str) -> list[str] | None:
    """The path as characters and balanced groups, or None if it has anything else."""
    parts = []
    position = 0
    while position < len(path):
        end = position + 1
        if path[position] == "(":
            end = path.find(")", position) + 1
            if path[position:end].count("(") == 2:
                end = path.find(")", end) + 1
            group = path[position:end]
            if not is_balanced(group):
                return None
        elif not is_path_character(path[position]):
            return None
        parts.append(path[position:end])
        position = end
    return parts


def is_balanced(group: str) -> bool:
    inner = group[1:-1]
    if "(" not in inner:
        return group[:1] == "(" and inner != "" and ")" not in inner and all(map(is_path_character, inner))
    before, _, rest = inner.partition("(")
    middle, closed, after = rest.partition(")")
    return bool(closed and middle) and all(map(is_path_character, before + middle + after))


def is_path(path: str) -> bool:
    if path == "/":
        return True
    parts = split_path(path)
    if not path.startswith("/") or parts is None:
        return False
    last = parts[-1]
    return len(last) > 1 or is_word(last) or last in PATH_END_SIGNS


def is_query(query: str) -> bool:
    return len(query) > 1 and query[0] == "?" and set(query) <= QUERY and query[-1] in QUERY_END


def is_label(label: str, underscores: bool) -> bool:
    if not label or label[0] in "-_" or label[-1] in "-_":
        return False
    joints = "-_" if underscores else "-"
    return all(character in joints or character not in NOT_DOMAIN for character in label)


def is_tld(text: str, start: int, end: int) -> bool:
    name = text[start:end].lower()
    if name[:4] == "xn--" and len(name) > 4:
        return set(name[4:]) <= ALNUM
    return name in TLDS and text[end : end + 1] not in ALNUM | set("@+-")


def is_domain(text: str, start: int, end: int) -> bool:
    last = text.rfind(".", start, end)
    if last < 0 or not is_tld(text, last + 1, end):
        return False
    *subdomains, name = text[start:last].split(".")
    return is_label(name, underscores=False) and all(is_label(each, True) for each in subdomains)


def longest(text: str, start: int, accepted) -> int:
    """The end of the longest accepted stretch from `start`, or `start`."""
    return next((end for end in range(len(text), start, -1) if accepted(text[start:end])), start)


def has_legal_host(domain: str) -> bool:
    try:
        domain.encode("idna")
    except UnicodeError:
        return False
    return all(0 < len(label) <= 63 for label in domain.split("."))


def starts(text: str, used: int) -> Iterator[tuple[int, int]]:
    """Where a URL might start and where its domain would."""
    for start in range(used, len(text)):
        before = text[start - 1 : start]
        if (start == used > 0) or before in ALNUM | INVALID | set("@＠#＃$"):
            continue
        for protocol in ("https://", "http://"):
            if text[start : start + len(protocol)].lower() == protocol:
                yield start, start + len(protocol)
        yield start, start


def match_url(text: str, used: int) -> tuple[int, int, int] | None:
    for start, domain in starts(text, used):
        for end in range(len(text), domain, -1):
            if is_domain(text, domain, end):
                return start, domain, end
    return None


def latin_domains(text: str, start: int, end: int) -> list[tuple[int, int]]:
    found = []
    while start < end:
        if text[start] in ALNUM | {"-", "_"} or is_latin_accent(text[start]):
            for stop in range(end, start, -1):
                label_end = text.rfind(".", start, stop)
                labels = text[start:label_end].split(".")
                latin = all(each in ALNUM | {"-", "_"} or is_latin_accent(each) for each in "".join(labels))
                if label_end > start and latin and all(labels) and is_tld(text[:end], label_end + 1, stop):
                    found.append((start, stop))
                    start = stop - 1
                    break
        start += 1
    return found


def naive_urls(text: str) -> list[tuple[int, int]]:
    urls: list[tuple[int, int]] = []
    used = 0
    while (match := match_url(text, used)) is not None:
        start, domain, domain_end = match
        after_port = domain_end
        if text[domain_end : domain_end + 1] == ":":
            after_port = longest(text, domain_end, lambda port: len(port) > 1 and port[1:].isdecimal())
        path_end = longest(text, after_port, is_path)
        used = longest(text, path_end, is_query)
        if domain > start:
            if has_legal_host(text[domain:domain_end]):
                urls.append((start, tco_end(text, start, used)))
            continue
        if text[:start][-1:] in set("-_./"):
            continue
        latin = [
            each for each in latin_domains(text, domain, domain_end) if has_legal_host(text[slice(*each)])
        ]
        if latin and latin[-1][1] == domain_end and path_end > after_port:
            latin[-1] = (latin[-1][0], used)
        urls += latin
    return [url for url in urls if url[1] > 0]


def tco_end(text: str, start: int, end: int) -> int:
    """Where the URL ends if it is one of t.co: behind the slug and its query; 0 if the slug is too long."""
    url = text[start:end]
    head = url.lower().find("://t.co/") + len("://t.co/")
    if url[:head].lower() not in ("http://t.co/", "https://t.co/") or url[head : head + 1] not in ALNUM:
        return end
    slug_end = longest(url, head, lambda slug: set(slug) <= ALNUM)
    if slug_end - head > 40:
        return 0
    return start + longest(url, slug_end, is_query)


def naive_weight(text: str, rules: TextRules) -> int:
    """The weight of a text without URLs and emoji."""
    weight = 0
    for character in unicodedata.normalize("NFC", text):
        matching = [each.weight for each in rules.ranges if each.start <= ord(character) <= each.end]
        weight += matching[0] if matching else rules.default_weight
    return weight


def is_tag_character(character: str) -> bool:
    others = "_\u200c\u200d\ua67e\u05be\u05f3\u05f4\uff5e\u301c\u309b\u309c\u30a0\u30fb\u3003\u0f0b\u0f0c\xb7"
    return is_tag_letter(character) or unicodedata.category(character) == "Nd" or character in others


def is_tag_letter(character: str) -> bool:
    return unicodedata.category(character)[0] in "LM"


def naive_hashtags(text: str) -> list[tuple[int, int]]:
    hashtags = []
    used = 0
    for start, sign in enumerate(text):
        before = text[start - 1 : start]
        if sign not in "#＃" or start < used or (start == used > 0):
            continue
        if before and before not in "\ufe0e\ufe0f" and (before == "&" or is_tag_character(before)):
            continue
        end = longest(text, start + 1, lambda tag: all(map(is_tag_character, tag)))
        if text[start + 1 : start + 2] in ("\ufe0f", "\u20e3"):
            continue
        if any(map(is_tag_letter, text[start + 1 : end])):
            used = end
            if text[end : end + 1] not in ("#", "＃") and text[end : end + 3] != "://":
                hashtags.append((start, end))
    return hashtags


def naive_mentions(text: str, username_length_max: int) -> list[tuple[int, int]]:
    """The mentions and the references to lists."""
    mentions = []
    used = 0
    for start, sign in enumerate(text):
        if sign not in "@＠" or start < used or (start == used > 0) or not may_mention(text[:start]):
            continue
        end = longest(text, start + 1, lambda name: len(name) <= username_length_max and is_name(name))
        if end == start + 1:
            continue
        end = longest(text, end, lambda slug: len(slug) <= 26 and is_slug(slug))
        used = end
        after = text[end : end + 1]
        if after in ("@", "＠") or text[end : end + 3] == "://" or (after and is_latin_accent(after)):
            continue
        mentions.append((start, end))
    return mentions


def may_mention(before: str) -> bool:
    if before[-1:] not in ALNUM | set("_!#$%&*@＠"):
        return True
    return before[-2:].lower() == "rt" and before[-3:-2] not in ALNUM | set("_+~.-")


def is_name(name: str) -> bool:
    return set(name) <= ALNUM | {"_"}


def is_slug(slug: str) -> bool:
    return slug[0] == "/" and slug[1:2] in LETTERS and set(slug[1:]) <= ALNUM | {"_", "-"}
