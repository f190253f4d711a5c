"""What one does with statuses for oneself: bookmarks, pins, muted conversations."""

from collections.abc import Awaitable, Callable

from roost.api.calls import Answer, Call
from roost.api.mastodon.common import Mastodon, NoParameters, path_id
from roost.api.mastodon.entities import Status
from roost.api.mastodon.pages import PageForm, page_request
from roost.api.router import Route
from roost.limits import TIMELINE_PAGE_DEFAULT, TIMELINE_PAGE_MAX
from roost.service import TweetView
from roost.service.ports import TweetMarks

Change = Callable[[TweetMarks], Callable[[int, int], Awaitable[TweetView]]]
"""The method of a change."""

_CHANGES: tuple[tuple[str, Change, str, str], ...] = (
    ("bookmark", lambda marks: marks.bookmark, "write:bookmarks", "Bookmark a status."),
    ("unbookmark", lambda marks: marks.unbookmark, "write:bookmarks", "Take a bookmark back."),
    ("pin", lambda marks: marks.pin, "write:accounts", "Put one's status at the top of one's profile."),
    ("unpin", lambda marks: marks.unpin, "write:accounts", "Take one's status off the top of one's profile."),
    (
        "mute",
        lambda marks: marks.mute_conversation,
        "write:mutes",
        "Hear no more of a conversation.",
    ),
    (
        "unmute",
        lambda marks: marks.unmute_conversation,
        "write:mutes",
        "Hear of a conversation again.",
    ),
)


class StatusMarks:
    def __init__(self, mastodon: Mastodon) -> None:
        self._mastodon = mastodon

    def routes(self) -> list[Route]:
        bookmarks = Route(
            method="GET",
            path="/api/v1/bookmarks",
            handler=self.bookmarks,
            summary="What one bookmarked, newest bookmark first.",
            scope="read:bookmarks",
            needs_user=True,
            takes=PageForm,
            answers=list[Status],
        )
        return [bookmarks, *(self._change_route(*change) for change in _CHANGES)]

    async def bookmarks(self, call: Call) -> Answer:
        request = page_request(call.take(PageForm), TIMELINE_PAGE_DEFAULT, TIMELINE_PAGE_MAX, tweets=False)
        page = await call.service.tweet_marks.bookmarks(call.user_id, request)
        return self._mastodon.status_page(page, call)

    def _change_route(self, verb: str, change: Change, scope: str, summary: str) -> Route:
        async def handle(call: Call) -> Answer:
            view = await change(call.service.tweet_marks)(call.user_id, path_id(call))
            return self._mastodon.status(view, call)

        return Route(
            method="POST",
            path=f"/api/v1/statuses/{{id}}/{verb}",
            handler=handle,
            summary=summary,
            scope=scope,
            needs_user=True,
            takes=NoParameters,
            answers=Status,
        )
