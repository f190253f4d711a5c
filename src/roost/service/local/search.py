"""Search: for tweets, people and hashtags."""

from roost.service.discovery import TweetSearch
from roost.service.local.kit import Kit
from roost.service.local.people_search import PeopleSearch
from roost.service.local.tags import LocalTags
from roost.service.local.tweet_search import SearchIndex, TweetsSearch
from roost.service.views import TagView, TweetView, UserView


class LocalSearch:
    """A better `index` takes the place of this one here."""

    def __init__(self, kit: Kit, index: SearchIndex, tags: LocalTags) -> None:
        self._tweets = TweetsSearch(kit, index)
        self._people = PeopleSearch(kit, index)
        self._tags = tags

    async def tweets(self, viewer_id: int, search: TweetSearch, offset: int, limit: int) -> list[TweetView]:
        """See `TweetsSearch`."""
        return await self._tweets.find(viewer_id, search, offset, limit)

    async def people(
        self, viewer_id: int, text: str, following: bool, offset: int, limit: int
    ) -> list[UserView]:
        """See `PeopleSearch`."""
        return await self._people.find(viewer_id, text, following, offset, limit)

    async def tags(self, viewer_id: int, text: str, offset: int, limit: int) -> list[TagView]:
        """See `LocalTags`."""
        return await self._tags.search(viewer_id, text, offset, limit)
