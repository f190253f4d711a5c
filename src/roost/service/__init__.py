"""What Roost can do: the ports, and their implementation in this process."""

from roost.ingest import Draft
from roost.service import local, ports
from roost.service.bulk_lines import FollowLine, LikeLine, Line, LineResult, TweetLine, UserLine
from roost.service.discovery import (
    Familiar,
    FeaturedTagView,
    PeopleOrder,
    Suggestion,
    SuggestionSource,
)
from roost.service.reports import Difference, Statistics, Usage, Verification
from roost.service.secrets import hash_secret
from roost.service.views import (
    NOBODY,
    OPERATOR,
    AppSession,
    Context,
    DayUse,
    FilterMatch,
    ListTerms,
    PollView,
    ProfileChange,
    QuoteState,
    Registration,
    Session,
    TagQuery,
    TagView,
    TweetView,
    UserTimelineFilter,
    UserView,
)

__all__ = [
    "NOBODY",
    "OPERATOR",
    "AppSession",
    "Context",
    "DayUse",
    "Difference",
    "Draft",
    "Familiar",
    "FeaturedTagView",
    "FilterMatch",
    "FollowLine",
    "LikeLine",
    "Line",
    "LineResult",
    "ListTerms",
    "PeopleOrder",
    "PollView",
    "ProfileChange",
    "QuoteState",
    "Registration",
    "Session",
    "Statistics",
    "Suggestion",
    "SuggestionSource",
    "TagQuery",
    "TagView",
    "TweetLine",
    "TweetView",
    "Usage",
    "UserLine",
    "UserTimelineFilter",
    "UserView",
    "Verification",
    "hash_secret",
    "local",
    "ports",
]
