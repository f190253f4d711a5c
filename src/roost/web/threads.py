"""A tweet with what came before it and what was answered."""

from roost.api import Answer, Call, Route
from roost.limits import ACCOUNT_PAGE_DEFAULT, WEB_THREAD_TWEETS_MAX
from roost.web.forms import feed_of, id_of, page_request, path_id
from roost.web.site import Site, redirect, wants_fragment


class Threads:
    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        route = self._site.route
        return [
            route("GET", "/@{name}/{id}", self.thread),
            route("GET", "/tweets/{id}/said", self.said),
            route("GET", "/@{name}/{id}/likes", self.likers),
            route("GET", "/@{name}/{id}/retweets", self.retweeters),
        ]

    async def thread(self, call: Call) -> Answer:
        """A tweet's own address; that of a retweet, or with another name, leads to the tweet.

        Of a long thread, the nearest tweets before it, and the answers page by page.
        """
        view = await call.service.tweets.get(call.user_id, path_id(call))
        shown = view.retweet_of or view
        address = f"/@{shown.author.user.username}/{shown.tweet.tweet_id}"
        if call.request.path != address:
            return redirect(address)
        context = await call.service.conversations.context(call.user_id, shown.tweet.tweet_id)
        start = min(id_of(call, "from"), len(context.descendants))
        stop = start + WEB_THREAD_TWEETS_MAX
        return await self._site.page(
            call,
            "thread.html",
            focus=shown,
            before=context.ancestors[-WEB_THREAD_TWEETS_MAX:],
            is_cut=len(context.ancestors) > WEB_THREAD_TWEETS_MAX,
            after=context.descendants[start:stop],
            more_url=f"{address}?from={stop}" if stop < len(context.descendants) else "",
        )

    async def said(self, call: Call) -> Answer:
        """What a tweet says by now, for a script that shows it already."""
        view = await call.service.tweets.get(call.user_id, path_id(call))
        return await self._site.page(call, "fragments/said.html", view=view.retweet_of or view)

    async def likers(self, call: Call) -> Answer:
        return await self._who(call, "Liked by", "Nobody has liked this yet.")

    async def retweeters(self, call: Call) -> Answer:
        return await self._who(call, "Retweeted by", "Nobody has retweeted this yet.")

    async def _who(self, call: Call, title: str, nothing: str) -> Answer:
        tweets, tweet_id = call.service.tweets, path_id(call)
        request = page_request(call, ACCOUNT_PAGE_DEFAULT)
        find = tweets.likers if title == "Liked by" else tweets.retweeters
        feed = feed_of(call, await find(call.user_id, tweet_id, request))
        template = "fragments/people.html" if wants_fragment(call) else "people.html"
        return await self._site.page(
            call, template, feed=feed, title=title, nothing=nothing, up=call.request.path.rpartition("/")[0]
        )
