"""The lines of a bulk ingest as a client writes them, and what is answered to each.

They are written down here once more, apart from the server's own: whoever loads a server knows its public API
only, and a test holds the two against each other.
"""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

FOLLOWEES_PER_LINE_MAX = 10_000
"""What the API takes in one line."""


class UserLine(msgspec.Struct, tag="user", tag_field="type", omit_defaults=True, frozen=True):
    """A user to make; an `id` of 0 lets the server choose."""

    username: str
    id: int = 0
    display_name: str = ""
    note: str = ""
    protected: bool = False
    bot: bool = False


class FollowLine(msgspec.Struct, tag="follow", tag_field="type", omit_defaults=True, frozen=True):
    """Follows to make, from one user to some."""

    follower: int
    followees: list[int]


class TweetLine(msgspec.Struct, tag="tweet", tag_field="type", omit_defaults=True, frozen=True):
    """A tweet to post, or with `retweet_of` a retweet. The `key` makes it safe to send twice."""

    author: int
    text: str = ""
    visibility: str = "public"
    reply_to: int = 0
    retweet_of: int = 0
    quote_of: int = 0
    language: str = ""
    sensitive: bool = False
    spoiler: str = ""
    key: str = ""


class LikeLine(msgspec.Struct, tag="like", tag_field="type", omit_defaults=True, frozen=True):
    """A like."""

    user: int
    tweet: int


Line = UserLine | FollowLine | TweetLine | LikeLine


class LineResult(msgspec.Struct, omit_defaults=True, frozen=True):
    """What became of a line: the id of what was made, how many edges were added, or what was wrong."""

    ok: bool
    id: str = ""
    added: int = 0
    error: str = ""


def follow_lines(follower: int, followees: Sequence[int]) -> Iterator[FollowLine]:
    """As many lines as the followees of one user need."""
    for start in range(0, len(followees), FOLLOWEES_PER_LINE_MAX):
        yield FollowLine(follower, list(followees[start : start + FOLLOWEES_PER_LINE_MAX]))


def with_keys(lines: Iterable[Line], keys: Iterator[str]) -> Iterator[Line]:
    """The same lines; a tweet without a key gets the next of `keys`."""
    for line in lines:
        if isinstance(line, TweetLine) and not line.key:
            yield msgspec.structs.replace(line, key=next(keys))
        else:
            yield line
