"""What the service answers about people and hashtags that a viewer may want to find."""

import enum

import msgspec

from roost.ids import ID_MAX
from roost.model import Card, FeaturedTag
from roost.service.views import DayUse, TweetView, UserView


class FeaturedTagView(msgspec.Struct, frozen=True):
    """A hashtag that a user shows on their profile, and how they have used it."""

    featured: FeaturedTag
    owner: UserView
    tweets: int
    last_tweet_ms: int
    """0 for never."""


class Familiar(msgspec.Struct, frozen=True):
    """Those whom a viewer follows among the followers of another."""

    user_id: int
    followers: tuple[UserView, ...]


class PeopleOrder(enum.Enum):
    ACTIVE = "active"
    """Who has tweeted last comes first."""
    NEW = "new"
    """Who has joined last comes first."""


class SuggestionSource(enum.Enum):
    FRIENDS_OF_FRIENDS = "friends of friends"
    """Followed by those around the viewer, or following the viewer."""
    INTERACTIONS = "interactions"
    """The viewer liked, retweeted, answered or quoted what they wrote."""
    MOST_FOLLOWED = "most followed"


class Suggestion(msgspec.Struct, frozen=True):
    """Somebody whom a viewer may want to follow, and why."""

    user: UserView
    source: SuggestionSource
    score: float = 0.0
    """Comparable within one list."""
    follows_viewer: bool = False
    friends: tuple[UserView, ...] = ()
    """Some of those whom the viewer follows and who follow them, as far as the viewer may know."""
    others: int = 0
    """How many more of these there are."""


class SuggestionPage(msgspec.Struct, frozen=True):
    """Suggestions, the best first. `cursor` is what the next page is asked for with; empty at the end."""

    items: tuple[Suggestion, ...]
    cursor: str


class LinkView(msgspec.Struct, frozen=True):
    """A link, and how it was used."""

    url: str
    history: tuple[DayUse, ...]
    """The last seven days, newest first."""
    card: Card | None = None
    """What the page said of itself, where it was read lately."""


class SearchOrder(enum.Enum):
    TIME = "time"
    """The newest first."""
    RELEVANCE = "relevance"


class TweetSearch(msgspec.Struct, frozen=True):
    """What tweets are searched for: see `docs/search.md` for what `text` may say."""

    text: str
    author_id: int = 0
    """0 for anybody's."""
    low: int = 0
    high: int = ID_MAX
    """Only tweets with ids between the two, exclusive."""


class SearchPage(msgspec.Struct, frozen=True):
    """Tweets in the order that was asked for. `cursor` is what the next page is asked for with; empty where
    there is none. A page may be short, or empty, and have one."""

    items: tuple[TweetView, ...]
    cursor: str
