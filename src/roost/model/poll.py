"""A poll that a tweet carries, and the votes in it. Its id is the tweet's."""

import msgspec


class Poll(msgspec.Struct, frozen=True, array_like=True, gc=False):
    options: tuple[str, ...]
    ends_ms: int
    multiple: bool = False
    hides_totals: bool = False
    """Whether the numbers are shown only when it has ended."""
    edition: int = 0
    """How often its question was changed; the votes of earlier editions do not count."""


class Vote(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """All that a user has chosen in a poll, in the order of choosing; the last `new_choices` are new."""

    tweet_id: int
    user_id: int
    vote_id: int
    """A snowflake: when the last choice was made."""
    author_id: int
    choices: tuple[int, ...]
    """Places among the options, from 0."""
    new_choices: int
    edition: int = 0

    @property
    def is_first(self) -> bool:
        return self.new_choices == len(self.choices)


class PollEnding(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """That a poll has ended, or when it will."""

    tweet_id: int
    author_id: int
    ends_ms: int
    edition: int = 0


class Tally(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """The votes for each option, and by how many users."""

    votes: tuple[int, ...] = ()
    voters: int = 0


NO_VOTES = Tally()
