"""Reporting somebody to the moderators, and leaving for good."""

from roost.api import Answer, Call, Route
from roost.errors import Forbidden
from roost.limits import WEB_REPORT_TWEETS
from roost.model import PageRequest, ReportCategory
from roost.service import ReportForm, UserTimelineFilter
from roost.web.forms import id_of, path_id, text_of
from roost.web.site import Site, redirect

_CATEGORIES = {
    "spam": ReportCategory.SPAM,
    "legal": ReportCategory.LEGAL,
    "rules": ReportCategory.RULES,
    "other": ReportCategory.OTHER,
}


class Reports:
    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        route = self._site.route
        return [
            route("GET", "/report", self.show, signed_in=True),
            route("POST", "/report", self.report, signed_in=True),
            route("GET", "/settings/delete", self.show_deletion, signed_in=True),
            route("POST", "/settings/delete", self.delete, signed_in=True, rate="sign_ins"),
            route("POST", "/announcements/{id}/dismiss", self.dismiss, signed_in=True),
        ]

    async def show(self, call: Call) -> Answer:
        """The form, with the user's newest tweets to choose from."""
        user = await call.service.accounts.by_id(id_of(call, "user"))
        user_id, chosen = user.user.user_id, id_of(call, "tweet")
        page = await call.service.timelines.user(
            call.user_id, user_id, PageRequest(WEB_REPORT_TWEETS), UserTimelineFilter(retweets=True)
        )
        views = [view for view in page.items if view.tweet.tweet_id != chosen]
        if chosen:
            views = [await call.service.tweets.get(call.user_id, chosen), *views]
        return await self._site.page(call, "report.html", user=user, views=views, chosen=chosen)

    async def report(self, call: Call) -> Answer:
        texts = call.parameters.get("tweets")
        ids = [int(text) for text in texts if _is_id(text)] if isinstance(texts, list) else []
        form = ReportForm(
            id_of(call, "user"),
            _CATEGORIES.get(text_of(call, "category"), ReportCategory.OTHER),
            text_of(call, "comment"),
            tuple(ids[:WEB_REPORT_TWEETS]),
        )
        await call.service.moderation.report(call.user_id, form)
        if text_of(call, "mute"):
            await call.service.edges.mute(call.user_id, form.target_id)
        return await self._site.page(call, "reported.html")

    async def show_deletion(self, call: Call) -> Answer:
        return await self._site.page(call, "settings/delete.html", problem="")

    async def delete(self, call: Call) -> Answer:
        """For good: the password is asked for once more."""
        try:
            await call.service.moderation.delete_own(call.user_id, text_of(call, "password"))
        except Forbidden as error:
            return await self._site.page(call, "settings/delete.html", 403, problem=error.text)
        cookie = self._site.browsers.cookie(self._site.browsers.session_cookie, "", 0)
        return redirect("/", {"Set-Cookie": cookie, "Clear-Site-Data": '"cache", "storage"'})

    async def dismiss(self, call: Call) -> Answer:
        await call.service.bulletin.dismiss(call.user_id, path_id(call))
        return redirect("/home")


def _is_id(text: object) -> bool:
    return isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 20
