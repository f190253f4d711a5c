"""Whether a domain can be written as a host name, and how long it then is.

A label must have 1 to 63 characters in its ASCII form (RFC 1035, RFC 3490). A label of more than 63 code
points is refused before it is encoded: the encoder takes quadratic time.
"""

LABEL_LENGTH_MAX = 63


def ascii_growth(domain: str) -> int:
    """How many characters longer the ASCII form of `domain` is, 0 if not longer, or -1 if it has none."""
    if domain.isascii():
        fits = len(domain) <= LABEL_LENGTH_MAX or max(map(len, domain.split("."))) <= LABEL_LENGTH_MAX
        return 0 if fits else -1
    if max(map(len, domain.split("."))) > LABEL_LENGTH_MAX:
        return -1
    try:
        encoded = domain.encode("idna")
    except UnicodeError:
        return -1
    return max(len(encoded) - len(domain), 0)
