"""What changes when a tweet is edited."""

import msgspec

from roost.model.tweet import Tweet


class Edit(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """`tweet` is the whole tweet from now on, `before` the whole tweet that it replaces: whoever keeps
    something of a tweet knows from the two what to take away and what to add."""

    tweet: Tweet
    before: Tweet
