"""Hashtags as tags."""

from collections.abc import Iterable

from roost.api.mastodon.entities import FeaturedTag, HistoryDay, Tag
from roost.api.mastodon.text import account_url, date, tag_url
from roost.service import DayUse, FeaturedTagView, TagView


def tag_json(view: TagView, public_url: str) -> Tag:
    """A tag has no id of its own: its name serves."""
    return Tag(
        id=view.tag,
        name=view.tag,
        url=tag_url(public_url, view.tag),
        history=history_json(view.history),
        following=view.following,
        featuring=view.featuring,
    )


def history_json(history: Iterable[DayUse]) -> list[HistoryDay]:
    return [HistoryDay(str(day.day_ms // 1000), str(day.uses), str(day.users)) for day in history]


def featured_tag_json(view: FeaturedTagView, public_url: str) -> FeaturedTag:
    featured = view.featured
    owner = account_url(public_url, view.owner.user.username)
    return FeaturedTag(
        id=str(featured.feature_id),
        name=featured.name,
        url=f"{owner}/tagged/{featured.tag}",
        statuses_count=str(view.tweets),
        last_status_at=date(view.last_tweet_ms),
    )
