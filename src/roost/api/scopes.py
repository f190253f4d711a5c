"""OAuth scopes: which there are, and what each covers."""

from collections.abc import Collection, Iterable

from roost.errors import Invalid

_READABLE = (
    "accounts",
    "blocks",
    "bookmarks",
    "collections",
    "favourites",
    "filters",
    "follows",
    "lists",
    "mutes",
    "notifications",
    "search",
    "statuses",
)
_WRITABLE = (
    "accounts",
    "blocks",
    "bookmarks",
    "collections",
    "conversations",
    "favourites",
    "filters",
    "follows",
    "lists",
    "media",
    "mutes",
    "notifications",
    "reports",
    "statuses",
)
_ADMINISTERED = (
    "accounts",
    "canonical_email_blocks",
    "domain_allows",
    "domain_blocks",
    "email_domain_blocks",
    "ip_blocks",
    "reports",
)

INGEST = "ingest"
"""Roost's own: bulk ingest."""

SCOPES: tuple[str, ...] = (
    "read",
    *(f"read:{name}" for name in _READABLE),
    "write",
    *(f"write:{name}" for name in _WRITABLE),
    "follow",
    "push",
    "profile",
    "admin:read",
    *(f"admin:read:{name}" for name in _ADMINISTERED),
    "admin:write",
    *(f"admin:write:{name}" for name in _ADMINISTERED),
    INGEST,
)
_FOLLOW = frozenset(f"{way}:{name}" for way in ("read", "write") for name in ("blocks", "follows", "mutes"))
OPERATOR_SCOPES = ("admin:read", "admin:write", INGEST)
"""Not to be had by registering an app: an operator gives tokens with these."""

_KNOWN = frozenset(SCOPES)


def parse_scopes(text: str) -> tuple[str, ...]:
    """Scopes from their form on the wire, separated by blanks or plus signs; `read` where none is named.

    Raises Invalid for a scope that does not exist.
    """
    scopes = tuple(dict.fromkeys(text.replace("+", " ").split())) or ("read",)
    unknown = [scope for scope in scopes if scope not in _KNOWN]
    if unknown:
        raise Invalid(f"The requested scope is invalid, unknown, or malformed: {unknown[0][:100]}")
    return scopes


def covers(granted: Collection[str], wanted: str) -> bool:
    """Whether scopes allow what `wanted` asks for: itself, or a wider scope of which it is a part."""
    if wanted in granted:
        return True
    if wanted in _FOLLOW and "follow" in granted:
        return True
    if wanted == "profile":
        return "read" in granted or "read:accounts" in granted
    parts = wanted.split(":")
    return any(":".join(parts[:count]) in granted for count in range(1, len(parts)))


def operator_scopes(scopes: Iterable[str]) -> list[str]:
    """Those of some scopes that are not to be had by an app."""
    return [scope for scope in scopes if scope.startswith(OPERATOR_SCOPES)]


def covers_all(granted: Collection[str], wanted: Iterable[str]) -> bool:
    return all((scope == "follow" and set(granted) >= _FOLLOW) or covers(granted, scope) for scope in wanted)
