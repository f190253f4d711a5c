"""Polls: seen, voted in, and ended when their time has come."""

from collections.abc import Sequence

from roost.errors import Conflict, FieldProblem, Invalid, NotFound
from roost.limits import POLLS_ENDED_AT_ONCE
from roost.model import PollEnded, PollEnding, PollVoted, Tweet, Vote
from roost.service.local.kit import Kit
from roost.service.local.tweets import LocalTweets
from roost.service.views import PollView
from roost.store import Batch, rows, tables


class LocalPolls:
    def __init__(self, kit: Kit, tweets: LocalTweets) -> None:
        self._kit = kit
        self._tweets = tweets

    async def get(self, viewer_id: int, tweet_id: int) -> PollView:
        """The poll of a tweet that the viewer may see. Raises NotFound."""
        return await self._view(await self._tweet(viewer_id, tweet_id), viewer_id)

    async def vote(self, user_id: int, tweet_id: int, choices: Sequence[int]) -> PollView:
        """Choose options by their places; where several may be chosen, later votes add to earlier ones.

        Raises NotFound, and Invalid for a second vote, an option that is not there, a poll that has ended.
        """
        tweet = await self._tweet(user_id, tweet_id)
        poll = tweet.poll
        assert poll is not None
        if poll.ends_ms <= self._kit.clock.now_ms():
            raise _invalid("The poll has already ended")
        if tweet.author_id == user_id:
            raise _invalid("You cannot vote in your own poll")
        wanted = list(dict.fromkeys(choices))
        if not wanted or any(not 0 <= choice < len(poll.options) for choice in wanted):
            raise _invalid("The chosen vote option does not exist")
        if len(wanted) > 1 and not poll.multiple:
            raise _already_voted()  # as Mastodon says of the second choice
        key = (tweet_id, poll.edition, user_id)
        async with self._kit.locks.hold("vote", *key):
            earlier = await self._kit.store.get(tables.VOTES, key)
            before = earlier.choices if earlier is not None else ()
            new = tuple(choice for choice in wanted if choice not in before)
            if before and (not poll.multiple or not new):
                raise _already_voted()
            vote = Vote(
                tweet_id=tweet_id,
                user_id=user_id,
                vote_id=self._kit.ids.next_id(),
                author_id=tweet.author_id,
                choices=before + new,
                new_choices=len(new),
                edition=poll.edition,
            )
            batch = Batch()
            if not before:
                batch.put_if_absent(tables.VOTES, vote, "You have already voted on this poll")
            self._kit.committer.check_there(tweet_id)
            try:
                position = await self._kit.committer.commit([PollVoted(vote)], batch)
            except Conflict as cause:
                raise _already_voted() from cause
        await self._kit.positions.settle(user_id, position)
        return await self._view(tweet, user_id)

    async def end_due(self) -> int:
        """Have the polls end whose time is over; how many did. Each ends once: the same write says so and
        forgets that it is due."""
        now_ms = self._kit.clock.now_ms()
        due = await self._kit.store.scan(
            tables.POLL_ENDINGS, (0,), below=(now_ms + 1,), limit=POLLS_ENDED_AT_ONCE
        )
        ended = 0
        for row in due:
            async with self._kit.locks.hold("tweet", row.tweet_id):
                ended += await self._end(row)
        return ended

    async def _end(self, row: rows.PollEndingRow) -> bool:
        """A row that is of an earlier edition, or of a tweet that is gone, is forgotten without a word."""
        tweet = await self._kit.tweets.get(row.tweet_id)
        poll = tweet.poll if tweet is not None else None
        if poll is None or (poll.edition, poll.ends_ms) != (row.edition, row.ends_ms):
            batch = Batch()
            batch.delete(tables.POLL_ENDINGS, (0, row.ends_ms, row.tweet_id))
            await self._kit.store.write(batch)
            return False
        ending = PollEnding(row.tweet_id, row.author_id, row.ends_ms, row.edition)
        await self._kit.committer.commit([PollEnded(ending)])
        return True

    async def _tweet(self, viewer_id: int, tweet_id: int) -> Tweet:
        tweet = (await self._tweets.get(viewer_id, tweet_id)).tweet
        if tweet.poll is None:
            raise NotFound
        return tweet

    async def _view(self, tweet: Tweet, viewer_id: int) -> PollView:
        return (await self._kit.polls.of([tweet], viewer_id))[tweet.tweet_id]


def _already_voted() -> Invalid:
    return _invalid("You have already voted on this poll")


def _invalid(text: str) -> Invalid:
    problem = FieldProblem("ERR_INVALID", text[:1].lower() + text[1:])
    return Invalid(f"Validation failed: {text}", {"choices": (problem,)})
