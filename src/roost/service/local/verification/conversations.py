"""Direct conversations: the last tweet of each, for each of its people."""

from collections.abc import Iterable

from roost.model import Tweet, Visibility
from roost.service.local.kit import Kit
from roost.service.local.verification.reading import all_tweets, slices_of
from roost.service.local.verification.seam import Sample, Tally
from roost.store import tables

_Last = dict[tuple[int, int], tuple[int, int]]
"""By user and root: the last tweet and its author."""


async def check_conversations(kit: Kit, sample: Sample, tally: Tally) -> None:
    """Of everybody whose account is not deleted. Memory: 200 bytes for each user of each conversation."""
    del sample
    gone: set[int] = set()
    async for users in slices_of(kit.store, tables.USERS):
        gone.update(user.user_id for user in users if user.standing.deleted)
    last, people = await _from_tweets(kit)
    expected = {key: held for key, held in last.items() if key[0] not in gone}
    ordered: _Last = {}
    async for orders in slices_of(kit.store, tables.CONVERSATION_ORDER):
        ordered.update({(row.user_id, row.last_id): (row.root_id, 0) for row in orders})
    places = len(ordered)
    async for held in slices_of(kit.store, tables.CONVERSATIONS):
        for row in held:
            key = row.user_id, row.root_id
            what = f"conversation {row.root_id} of user {row.user_id}"
            tally.compare(what, (row.last_id, row.last_author_id), expected.pop(key, None))
            if ordered.pop((row.user_id, row.last_id), (0, 0))[0] != row.root_id:
                tally.differs(what, "not in the list", "in the list")
            if missing := people.get(row.root_id, {}).get(row.user_id, set()) - set(row.people):
                tally.differs(f"{what}: its people", row.people, f"also {sorted(missing)}")
    for (user_id, root_id), wanted in expected.items():
        tally.differs(f"conversation {root_id} of user {user_id}", None, wanted)
    for (user_id, last_id), (root_id, _) in ordered.items():
        tally.differs(f"list of conversations of user {user_id}", f"{root_id} at {last_id}", None)
    tally.compared += places


_People = dict[int, dict[int, set[int]]]


async def _from_tweets(kit: Kit) -> tuple[_Last, _People]:
    """What is there, by user and root; and, by root and user, with whom."""
    last: _Last = {}
    people: _People = {}
    async for tweets in all_tweets(kit.store):
        for tweet in tweets:
            if tweet.visibility is Visibility.DIRECT:
                _note(tweet, {tweet.author_id, *tweet.addressed_ids}, last, people)
    return last, people


def _note(tweet: Tweet, those: Iterable[int], last: _Last, people: _People) -> None:
    others = set(those)
    for user_id in others:
        last[user_id, tweet.root_id] = tweet.tweet_id, tweet.author_id
        people.setdefault(tweet.root_id, {}).setdefault(user_id, set()).update(others - {user_id})
