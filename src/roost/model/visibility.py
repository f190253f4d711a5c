"""Who may see a tweet, from everyone to the people it names."""

import enum


class Visibility(enum.IntEnum):
    """Stored as its number; a higher number is seen by fewer."""

    PUBLIC = 0
    """Everyone, and in public timelines."""
    UNLISTED = 1
    """Everyone, and not in public timelines."""
    FOLLOWERS = 2
    """The author's followers and those it mentions."""
    DIRECT = 3
    """The author and those it mentions."""
