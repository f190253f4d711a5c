"""Polls as Mastodon's clients expect them."""

from typing import Any

import msgspec

from roost.api.mastodon.text import timestamp
from roost.service import PollView


class PollOption(msgspec.Struct):
    title: str
    votes_count: int | None


class Poll(msgspec.Struct):
    id: str
    expires_at: str
    expired: bool
    multiple: bool
    votes_count: int
    voters_count: int
    options: list[PollOption]
    emojis: list[Any]
    voted: bool | msgspec.UnsetType = msgspec.UNSET
    """With `own_votes`, where somebody in particular asks."""
    own_votes: list[int] | msgspec.UnsetType = msgspec.UNSET


def poll_json(view: PollView, viewer_id: int) -> Poll:
    """The numbers of each option are left out until the end where the poll hides them."""
    poll, tally = view.poll, view.tally
    shown = view.ended or not poll.hides_totals
    votes = [*tally.votes, *[0] * (len(poll.options) - len(tally.votes))]
    answer = Poll(
        id=str(view.tweet_id),
        expires_at=timestamp(poll.ends_ms),
        expired=view.ended,
        multiple=poll.multiple,
        votes_count=sum(votes),
        voters_count=tally.voters,
        options=[
            PollOption(title, count if shown else None)
            for title, count in zip(poll.options, votes, strict=False)
        ],
        emojis=[],
    )
    if viewer_id:
        answer.voted = bool(view.choices) or view.author_id == viewer_id
        answer.own_votes = list(view.choices)
    return answer
