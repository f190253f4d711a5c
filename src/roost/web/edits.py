"""Editing what one has posted, and what it said before."""

from roost.api import Answer, Call, Route
from roost.errors import Invalid, NotFound
from roost.service import TweetChange
from roost.web.compose import QUOTINGS
from roost.web.forms import path_id, text_of
from roost.web.site import Site, redirect


class Edits:
    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        route = self._site.route
        return [
            route("GET", "/tweets/{id}/edit", self.show, signed_in=True),
            route("POST", "/tweets/{id}/edit", self.edit, signed_in=True),
            route("GET", "/@{name}/{id}/history", self.history),
        ]

    async def show(self, call: Call) -> Answer:
        return await self._form(call)

    async def edit(self, call: Call) -> Answer:
        """Text and warning; files, and a poll, stay as they are."""
        view = await call.service.tweets.get(call.user_id, path_id(call))
        change = TweetChange(
            text=text_of(call, "text"),
            spoiler=text_of(call, "spoiler").strip(),
            sensitive=view.tweet.sensitive,
            quote_policy=QUOTINGS.get(text_of(call, "quoting")),
            media_ids=tuple(media.media_id for media in view.tweet.media),
        )
        try:
            edited = await call.service.tweet_edits.edit(call.user_id, path_id(call), change)
        except Invalid as error:
            return await self._form(call, error.text, 422)
        return redirect(f"/@{edited.author.user.username}/{edited.tweet.tweet_id}")

    async def history(self, call: Call) -> Answer:
        found = await call.service.tweet_edits.history(call.user_id, path_id(call))
        up = call.request.path.rpartition("/")[0]
        versions = found.versions[::-1]
        return await self._site.page(call, "history.html", view=found.view, versions=versions, up=up)

    async def _form(self, call: Call, problem: str = "", status: int = 200) -> Answer:
        view = await call.service.tweets.get(call.user_id, path_id(call))
        if view.tweet.author_id != call.user_id or view.tweet.poll is not None:
            raise NotFound("This cannot be edited")
        return await self._site.page(
            call,
            "edit.html",
            status,
            view=view,
            text=text_of(call, "text") or view.tweet.text,
            spoiler=text_of(call, "spoiler") or view.tweet.spoiler,
            problem=problem,
        )
