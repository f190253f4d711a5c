"""What an app may say of itself."""

from urllib.parse import urlsplit

from roost import limits
from roost.errors import FieldProblem, Invalid


def check_app(name: str, redirect_uris: tuple[str, ...], scopes: tuple[str, ...], website: str) -> None:
    """Raises Invalid, with a problem for each field that has one."""
    problems: dict[str, tuple[FieldProblem, ...]] = {}
    if not name.strip():
        problems["client_name"] = (FieldProblem("ERR_BLANK", "can't be blank"),)
    elif len(name) > limits.APP_NAME_CHARACTERS_MAX:
        problems["client_name"] = (FieldProblem("ERR_TOO_LONG", "is too long"),)
    if not redirect_uris:
        problems["redirect_uris"] = (FieldProblem("ERR_BLANK", "can't be blank"),)
    elif len(redirect_uris) > limits.REDIRECT_URIS_MAX:
        problems["redirect_uris"] = (FieldProblem("ERR_TOO_MANY", "are too many"),)
    elif not all(_is_redirect_uri(uri) for uri in redirect_uris):
        problems["redirect_uris"] = (FieldProblem("ERR_INVALID", "must be absolute URIs"),)
    if len(scopes) > limits.SCOPES_MAX:
        problems["scopes"] = (FieldProblem("ERR_TOO_MANY", "are too many"),)
    if len(website) > limits.URI_CHARACTERS_MAX:
        problems["website"] = (FieldProblem("ERR_TOO_LONG", "is too long"),)
    elif website and not _is_web_address(website):
        problems["website"] = (FieldProblem("ERR_INVALID", "must be an address that begins with https://"),)
    if problems:
        texts = [
            f"{field.replace('_', ' ').capitalize()} {found[0].text}" for field, found in problems.items()
        ]
        raise Invalid(f"Validation failed: {', '.join(texts)}", problems)


def _is_redirect_uri(uri: str) -> bool:
    """Absolute, without a fragment (RFC 6749, 3.1.2); not one that a browser would run as a script."""
    scheme, colon, rest = uri.partition(":")
    harmless = scheme.lower() not in ("javascript", "data", "vbscript", "file")
    absolute = bool(colon) and bool(rest) and scheme[:1].isalpha()
    return (
        absolute
        and harmless
        and "#" not in uri
        and uri.isprintable()
        and len(uri) <= limits.URI_CHARACTERS_MAX
    )


def _is_web_address(url: str) -> bool:
    """What may become a link: of any other scheme, a browser could run a script."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.netloc) and url.isprintable() and " " not in url
