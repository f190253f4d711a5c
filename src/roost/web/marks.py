"""What a reader does to a tweet with one press of a button. A script gets the tweet as it is then."""

from collections.abc import Awaitable, Callable

from roost.api import Answer, Call, Route
from roost.errors import NotFound
from roost.service import TweetView
from roost.web.forms import path_id
from roost.web.site import Site, back, redirect, wants_fragment


class Marks:
    def __init__(self, site: Site) -> None:
        self._site = site
        self._verbs: dict[str, Callable[[Call, int], Awaitable[TweetView]]] = {
            "like": lambda call, tweet_id: call.service.tweets.like(call.user_id, tweet_id),
            "unlike": lambda call, tweet_id: call.service.tweets.unlike(call.user_id, tweet_id),
            "retweet": lambda call, tweet_id: call.service.tweets.retweet(call.user_id, tweet_id),
            "bookmark": lambda call, tweet_id: call.service.tweet_marks.bookmark(call.user_id, tweet_id),
            "unbookmark": lambda call, tweet_id: call.service.tweet_marks.unbookmark(call.user_id, tweet_id),
            "pin": lambda call, tweet_id: call.service.tweet_marks.pin(call.user_id, tweet_id),
            "unpin": lambda call, tweet_id: call.service.tweet_marks.unpin(call.user_id, tweet_id),
            "hush": lambda call, tweet_id: call.service.tweet_marks.mute_conversation(call.user_id, tweet_id),
            "unhush": lambda call, tweet_id: call.service.tweet_marks.unmute_conversation(
                call.user_id, tweet_id
            ),
            "unretweet": lambda call, tweet_id: call.service.tweets.unretweet(call.user_id, tweet_id),
        }

    def routes(self) -> list[Route]:
        route = self._site.route
        return [
            route("POST", "/tweets/{id}/click", self.click, signed_in=True),
            route("POST", "/tweets/{id}/delete", self.delete, signed_in=True, rate="deletes"),
            route("POST", "/tweets/{id}/{verb}", self.mark, signed_in=True),
        ]

    async def mark(self, call: Call) -> Answer:
        change = self._verbs.get(call.path["verb"])
        if change is None:
            raise NotFound("There is nothing here")
        tweet_id = path_id(call)
        view = await change(call, tweet_id)
        shown = view.retweet_of or view
        if wants_fragment(call):
            fresh = await call.service.tweets.get(call.user_id, shown.tweet.tweet_id)
            return await self._site.page(call, "fragments/actions.html", view=fresh)
        return back(call, f"t{tweet_id}")

    async def click(self, call: Call) -> Answer:
        """A tweet's page was opened."""
        await call.service.recommendations.click(call.user_id, path_id(call))
        return Answer(204, b"", {}) if wants_fragment(call) else back(call)

    async def delete(self, call: Call) -> Answer:
        await call.service.tweets.delete(call.user_id, path_id(call))
        if wants_fragment(call):
            return Answer(204, b"", {})
        if str(path_id(call)) in call.request.headers.get("Referer", ""):
            return redirect("/home")
        return back(call)
