"""What an account can take along: all that it said and chose, as JSON for programs and CSV for Mastodon."""

import asyncio
import csv
import io
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any

import msgspec

from roost.ids import unix_ms_of
from roost.limits import ACCOUNT_PAGE_MAX, EXPORT_ROWS_MAX, TIMELINE_PAGE_MAX
from roost.model import Page, PageRequest, Tweet
from roost.service import UserTimelineFilter, UserView
from roost.service.ports import Service
from roost.web.words import iso

Views = Callable[[int, PageRequest], Awaitable[Page[Any]]]
People = Callable[[int, PageRequest], Awaitable[Page[UserView]]]


async def archive(service: Service, user_id: int) -> bytes:
    """A ZIP file. At most `EXPORT_ROWS_MAX` of each kind, newest first; other requests get their turn."""
    edges = service.edges
    people: dict[str, People] = {
        "following": partial(edges.following, user_id),
        "followers": partial(edges.followers, user_id),
        "blocked": edges.blocked,
        "muted": edges.muted,
    }
    files: dict[str, Any] = {"profile.json": _profile(await service.accounts.by_id(user_id))}
    files["posts.json"] = [_tweet(tweet) async for tweet in _tweets(service, user_id)]
    for name, find in people.items():
        rows = [[view.user.username] async for view in _people(find, user_id)]
        files[f"{name}.csv"] = [["Account address"], *rows]
    marks = service.tweet_marks.bookmarks
    kept = [[f"/@{view.author.user.username}/{view.tweet.tweet_id}"] async for view in _views(marks, user_id)]
    files["bookmarks.csv"] = [["Post"], *kept]
    return await asyncio.to_thread(_zip, files)


async def _tweets(service: Service, user_id: int) -> AsyncIterator[Tweet]:
    async def find(_user_id: int, page: PageRequest) -> Page[Any]:
        return await service.timelines.user(user_id, user_id, page, UserTimelineFilter())

    async for view in _views(find, user_id):
        yield view.tweet


async def _views(find: Views, user_id: int) -> AsyncIterator[Any]:
    async for item in _walk(lambda page: find(user_id, page), TIMELINE_PAGE_MAX):
        yield item


async def _people(find: People, user_id: int) -> AsyncIterator[UserView]:
    async for item in _walk(lambda page: find(user_id, page), ACCOUNT_PAGE_MAX):
        yield item


async def _walk(find: Callable[[PageRequest], Awaitable[Page[Any]]], limit: int) -> AsyncIterator[Any]:
    request, count = PageRequest(limit), 0
    while count < EXPORT_ROWS_MAX:
        page = await find(request)
        for item in page.items:
            yield item
        count += limit
        if not page.full or not page.oldest_id:
            return
        request = PageRequest(limit, page.oldest_id)
        await asyncio.sleep(0)


def _profile(view: UserView) -> dict[str, Any]:
    user = view.user
    return {
        "username": user.username,
        "display_name": user.display_name,
        "note": user.note,
        "protected": user.protected,
        "created_at": iso(user.created_ms),
        "fields": {field.name: field.value for field in user.fields},
    }


def _tweet(tweet: Tweet) -> dict[str, Any]:
    found = {
        "id": str(tweet.tweet_id),
        "created_at": iso(unix_ms_of(tweet.tweet_id)),
        "text": tweet.text,
        "content_warning": tweet.spoiler,
        "visibility": tweet.visibility.name.lower(),
        "language": tweet.language,
        "reply_to": str(tweet.reply_to_id or ""),
        "retweet_of": str(tweet.retweet_of_id or ""),
        "quote_of": str(tweet.quote_of_id or ""),
        "media": [f"/media/{media.file}" for media in tweet.media if media.file],
    }
    return {name: value for name, value in found.items() if value}


def _json(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value), indent=2)


def _csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _zip(files: dict[str, Any]) -> bytes:
    """In a thread: what is large is encoded there too."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as found:
        for name, content in files.items():
            found.writestr(name, _csv(content) if name.endswith(".csv") else _json(content))
    return whole.getvalue()
