"""What hashtags and links are found by: one form for all ways of writing the same."""

import unicodedata

TAG_CHARACTERS_MAX = 256
"""Of a longer hashtag, so many characters count."""
_LINK_CHARACTERS_MAX = 2_000


def fold_tag(word: str) -> str:
    """A hashtag without its sign, in one width and case: Unicode's form NFKC, in lower case.

    Folding twice is folding once. 1 us.
    """
    cut = word[:TAG_CHARACTERS_MAX]
    if cut.isascii():
        return cut.lower()
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", cut).lower())
    return folded[:TAG_CHARACTERS_MAX]


def fold_link(url: str) -> str:
    """A web address with its protocol, its host in lower case and without the place in the page.

    Empty where it has more than 2,000 characters. Folding twice is folding once. 1 us.
    """
    if len(url) > _LINK_CHARACTERS_MAX:
        return ""
    whole = url.partition("#")[0]
    protocol, separator, rest = whole.partition("://")
    if not separator:
        protocol, rest = "http", whole
    ends = [place for sign in "/?" if (place := rest.find(sign)) >= 0]
    end = min(ends, default=len(rest))
    path = rest[end:]
    if not path.startswith("/"):
        path = f"/{path}"
    return f"{protocol.lower()}://{rest[:end].lower()}{path}"
