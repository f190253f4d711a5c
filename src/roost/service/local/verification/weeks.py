"""What happened in each week: no less than what is still there."""

from collections import Counter

from roost.ids import unix_ms_of
from roost.processors import week_of
from roost.service.local.kit import Kit
from roost.service.local.verification.reading import all_tweets, slices_of
from roost.service.local.verification.seam import Sample, Tally
from roost.store import tables


async def check_weeks(kit: Kit, sample: Sample, tally: Tally) -> None:
    """Accounts are compared exactly. Tweets count on when they are deleted: at least as many as there are."""
    del sample
    users: Counter[int] = Counter()
    tweets: Counter[int] = Counter()
    async for made in slices_of(kit.store, tables.USERS):
        users.update(week_of(user.created_ms) for user in made)
    async for posted in all_tweets(kit.store):
        tweets.update(week_of(unix_ms_of(tweet.tweet_id)) for tweet in posted)
    for week in kit.weeks.weeks():
        tally.compare(f"new accounts in the week from {week.began_s}", week.users, users[week.began_s])
        tally.compared += 1
        if week.tweets < tweets[week.began_s]:
            tally.differs(
                f"tweets in the week from {week.began_s}", week.tweets, f"at least {tweets[week.began_s]}"
            )
