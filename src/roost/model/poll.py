"""A poll that a tweet carries. Its id is the tweet's; its votes are kept elsewhere."""

import msgspec


class Poll(msgspec.Struct, frozen=True, array_like=True, gc=False):
    options: tuple[str, ...]
    ends_ms: int
    multiple: bool = False
    hides_totals: bool = False
    """Whether the numbers are shown only when it has ended."""
