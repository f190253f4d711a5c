"""Writing a tweet."""

import json

from roost.api import Answer, Call, Route
from roost.errors import RoostError
from roost.limits import MEDIA_BODY_BYTES_MAX
from roost.model import QuotePolicy, Visibility
from roost.service import Draft, TweetView
from roost.text import RULES_V3, parse
from roost.web.attached import FILES, media_of, poll_of
from roost.web.forms import id_of, path_id, text_of
from roost.web.later import time_of
from roost.web.site import Site, back, redirect, wants_fragment

VISIBILITIES = {
    "public": Visibility.PUBLIC,
    "unlisted": Visibility.UNLISTED,
    "followers": Visibility.FOLLOWERS,
    "direct": Visibility.DIRECT,
}
QUOTINGS = {
    "anybody": QuotePolicy.PUBLIC,
    "followers": QuotePolicy.FOLLOWERS,
    "nobody": QuotePolicy.NOBODY,
}
_NAMES = {visibility: name for name, visibility in VISIBILITIES.items()}


class Compose:
    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        route = self._site.route
        return [
            route("GET", "/compose", self.show, signed_in=True),
            route(
                "POST",
                "/compose",
                self.post,
                signed_in=True,
                body_bytes_max=MEDIA_BODY_BYTES_MAX,
                files=FILES,
            ),
            route("POST", "/tweets/{id}/vote", self.vote, signed_in=True),
            route("POST", "/compose/length", self.length, signed_in=True),
        ]

    async def show(self, call: Call) -> Answer:
        return await self._form(call)

    async def post(self, call: Call) -> Answer:
        """Posts, and shows the thread; a script gets the tweet. What is refused comes back to be mended."""
        try:
            draft, at_ms, key = await _draft(call), time_of(call), text_of(call, "key")
            if at_ms:
                await call.service.scheduled.add(call.user_id, at_ms, draft, key)
                return Answer(204, b"", {}) if wants_fragment(call) else redirect("/scheduled")
            view = await call.service.tweets.post(call.user_id, draft, key)
        except RoostError as error:
            if wants_fragment(call):
                raise
            return await self._form(call, error.text, 422)
        if wants_fragment(call):
            return await self._site.page(call, "fragments/tweet.html", view=view)
        return redirect(f"/@{view.author.user.username}/{view.tweet.tweet_id}")

    async def vote(self, call: Call) -> Answer:
        """A vote in a poll; a script gets the poll as it is then."""
        chosen = call.parameters.get("choice")
        texts = chosen if isinstance(chosen, list) else [chosen]
        choices = [int(text) for text in texts if isinstance(text, str) and text.isdigit() and len(text) < 4]
        await call.service.polls.vote(call.user_id, path_id(call), choices)
        if wants_fragment(call):
            view = await call.service.tweets.get(call.user_id, path_id(call))
            return await self._site.page(call, "fragments/poll.html", view=view)
        return back(call, f"t{path_id(call)}")

    async def length(self, call: Call) -> Answer:
        """How long a text is by the server's rules."""
        text, spoiler = text_of(call, "text"), text_of(call, "spoiler")
        found = sum(parse(part, RULES_V3).measure.weighted_length for part in (text, spoiler) if part)
        body = json.dumps({"length": found}).encode()
        return Answer(200, body, {"Content-Type": "application/json", "Cache-Control": "no-store"})

    async def _form(self, call: Call, problem: str = "", status: int = 200) -> Answer:
        reply = await self._tweet(call, "reply")
        quote = await self._tweet(call, "quote")
        viewer = (await call.service.accounts.by_id(call.user_id)).user
        visibility = viewer.default_visibility
        if reply is not None:
            visibility = max(visibility, reply.visibility)
        text = text_of(call, "text") or _greeting(reply, call.user_id)
        to = text_of(call, "to")
        text = text or (f"@{to} " if to else "")
        quoting = text_of(call, "quoting") or list(QUOTINGS)[viewer.default_quote_policy]
        template = "fragments/compose.html" if wants_fragment(call) else "compose.html"
        return await self._site.page(
            call,
            template,
            status,
            reply_to=reply,
            quote_of=quote,
            written=text,
            warning=text_of(call, "spoiler") or (reply.tweet.spoiler if reply is not None else ""),
            reach=text_of(call, "visibility") or _NAMES[visibility],
            quoting=quoting,
            problem=problem,
        )

    async def _tweet(self, call: Call, name: str) -> TweetView | None:
        tweet_id = id_of(call, name)
        if not tweet_id:
            return None
        view = await call.service.tweets.get(call.user_id, tweet_id)
        return view.retweet_of or view


async def _draft(call: Call) -> Draft:
    """What the form says. Raises Invalid."""
    poll = poll_of(call)
    return Draft(
        text=text_of(call, "text"),
        visibility=VISIBILITIES.get(text_of(call, "visibility"), Visibility.PUBLIC),
        reply_to_id=id_of(call, "reply"),
        quote_of_id=id_of(call, "quote"),
        sensitive=bool(text_of(call, "sensitive")),
        spoiler=text_of(call, "spoiler").strip(),
        language=text_of(call, "language"),
        app_name="Roost",
        app_website=call.around.public_url,
        media_ids=await media_of(call),
        poll=poll,
        quote_policy=QUOTINGS.get(text_of(call, "quoting"), QuotePolicy.PUBLIC),
    )


def _greeting(reply: TweetView | None, viewer_id: int) -> str:
    """Whom an answer names from the start: the author, and those whom they named."""
    if reply is None:
        return ""
    names = {reply.author.user.user_id: reply.author.user.username}
    names |= {span.user_id: span.username for span in reply.tweet.entities.mentions}
    names.pop(viewer_id, None)
    return "".join(f"@{name} " for name in names.values())
