"""Search: for tweets, people and hashtags."""

from roost.service.discovery import SearchOrder, SearchPage, TweetSearch
from roost.service.local.kit import Kit
from roost.service.local.people_search import PeopleSearch
from roost.service.local.tags import LocalTags
from roost.service.local.tweet_search import TweetsSearch
from roost.service.views import TagView, TweetView, UserView


class LocalSearch:
    def __init__(self, kit: Kit, tags: LocalTags) -> None:
        self._tweets = TweetsSearch(kit)
        self._people = PeopleSearch(kit)
        self._tags = tags

    async def tweets(self, viewer_id: int, search: TweetSearch, offset: int, limit: int) -> list[TweetView]:
        """See `TweetsSearch.find`."""
        return await self._tweets.find(viewer_id, search, offset, limit)

    async def page(
        self, viewer_id: int, search: TweetSearch, order: SearchOrder, cursor: str, limit: int
    ) -> SearchPage:
        """See `TweetsSearch.page`."""
        return await self._tweets.page(viewer_id, search, order, cursor, limit)

    async def people(
        self, viewer_id: int, text: str, following: bool, offset: int, limit: int
    ) -> list[UserView]:
        """See `PeopleSearch`."""
        return await self._people.find(viewer_id, text, following, offset, limit)

    async def tags(self, viewer_id: int, text: str, offset: int, limit: int) -> list[TagView]:
        """See `LocalTags`."""
        return await self._tags.search(viewer_id, text, offset, limit)
