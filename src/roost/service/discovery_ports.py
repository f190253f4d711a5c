"""The ports for whatever a viewer may want to find; see `ports`."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from roost.model import Page, PageRequest, Relation, TrendBar, TrendKind, TrendTerms
from roost.service.discovery import (
    Familiar,
    FeaturedTagView,
    LinkView,
    PeopleOrder,
    SearchOrder,
    SearchPage,
    Suggestion,
    SuggestionPage,
    TweetSearch,
)
from roost.service.trend_views import TrendExplanation, TrendQuery, TrendsPage, TrendView
from roost.service.views import TagQuery, TagView, TweetView, UserView


class Tags(Protocol):
    """Hashtags and links. A hashtag is written without its sign, in any case and width."""

    async def timeline(self, viewer_id: int, query: TagQuery, page: PageRequest) -> Page[TweetView]: ...

    async def linked(self, viewer_id: int, url: str, page: PageRequest) -> Page[TweetView]: ...

    async def get(self, viewer_id: int, tag: str) -> TagView: ...

    async def get_many(self, viewer_id: int, tags: Sequence[str]) -> list[TagView]: ...


class Remarks(Protocol):
    """What users note about others, and whom they recommend. Each change answers the relation after it."""

    async def note(self, user_id: int, other_id: int, text: str) -> Relation: ...

    async def endorse(self, user_id: int, other_id: int) -> Relation: ...

    async def unendorse(self, user_id: int, other_id: int) -> Relation: ...

    async def endorsed(self, viewer_id: int, user_id: int, page: PageRequest) -> Page[UserView]: ...


class FeaturedTags(Protocol):
    """The hashtags that users show on their profiles."""

    async def of(self, user_id: int) -> list[FeaturedTagView]: ...

    async def feature(self, user_id: int, name: str) -> FeaturedTagView: ...

    async def unfeature(self, user_id: int, feature_id: int) -> None: ...

    async def unfeature_tag(self, user_id: int, tag: str) -> None: ...

    async def suggestions(self, user_id: int) -> list[str]: ...


class People(Protocol):
    """Finding people."""

    async def directory(
        self, viewer_id: int, order: PeopleOrder, offset: int, limit: int
    ) -> list[UserView]: ...

    async def familiar(self, viewer_id: int, user_ids: Sequence[int]) -> list[Familiar]: ...


class Suggestions(Protocol):
    """Whom a user may want to follow, the best first."""

    async def of(self, viewer_id: int, limit: int) -> list[Suggestion]: ...

    async def page(self, viewer_id: int, cursor: str, limit: int) -> SuggestionPage:
        """With the friends who are the reason. Raises Invalid for a cursor that this never gave."""
        ...

    async def dismiss(self, viewer_id: int, other_id: int) -> None: ...


class Search(Protocol):
    """Everything is checked when it is read: what was deleted, hidden or blocked is not found."""

    async def tweets(self, viewer_id: int, search: TweetSearch, offset: int, limit: int) -> list[TweetView]:
        """The newest first; what cannot be understood of a search is words."""
        ...

    async def page(
        self, viewer_id: int, search: TweetSearch, order: SearchOrder, cursor: str, limit: int
    ) -> SearchPage:
        """Raises MalformedQuery, and Invalid for a cursor that is none of this search's."""
        ...

    async def people(
        self, viewer_id: int, text: str, following: bool, offset: int, limit: int
    ) -> list[UserView]: ...

    async def tags(self, viewer_id: int, text: str, offset: int, limit: int) -> list[TagView]: ...


class Trends(Protocol):
    """What is used more than usual, best first."""

    async def tags(
        self, viewer_id: int, offset: int, limit: int, ranking: int = 0
    ) -> TrendsPage[TagView]: ...

    async def tweets(
        self, viewer_id: int, offset: int, limit: int, ranking: int = 0
    ) -> TrendsPage[TweetView]: ...

    async def links(
        self, viewer_id: int, offset: int, limit: int, ranking: int = 0
    ) -> TrendsPage[LinkView]: ...

    async def page(self, viewer_id: int, query: TrendQuery) -> TrendsPage[TrendView]: ...

    async def hours(self, kind: TrendKind, keys: Sequence[str]) -> list[tuple[int, ...]]: ...

    async def explain(self, kind: TrendKind, key: str, language: str) -> TrendExplanation: ...


class TrendControl(Protocol):
    """What the staff may do about trends; each change is durable, and holds from then on."""

    async def terms(self) -> TrendTerms: ...

    async def tune(self, changes: Mapping[str, float], reset: bool = False) -> TrendTerms: ...

    async def bar(self, kind: TrendKind, key: str, barred: bool) -> TrendBar: ...

    async def barred(self) -> list[TrendBar]: ...
