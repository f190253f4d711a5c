"""The caches that the read paths share."""

from collections.abc import Sequence

from roost.limits import TWEET_CACHE_ENTRIES, USER_CACHE_ENTRIES
from roost.model import Tweet, User
from roost.store.cache import CachedTable
from roost.store.keys import KeyValue
from roost.store.seam import Store
from roost.store.tables import TWEETS, USERS, hour_of


class TweetCache(CachedTable[Tweet]):
    """Tweets by id."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, TWEETS, TWEET_CACHE_ENTRIES)

    def key_of(self, row_id: int) -> Sequence[KeyValue]:
        return hour_of(row_id), row_id


class UserCache(CachedTable[User]):
    """Users by id."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, USERS, USER_CACHE_ENTRIES)
