"""Roost's recommendations, as Mastodon's statuses and accounts with the reasons for them."""

from typing import Annotated

import msgspec
from msgspec import Meta

from roost.api.calls import Answer, Call, json_answer, raw_json_answer
from roost.api.mastodon.common import Mastodon, NoParameters, path_id
from roost.api.mastodon.entities import Account, Status
from roost.api.mastodon.people import Nothing
from roost.api.router import Route
from roost.limits import RECOMMENDATIONS_PAGE_DEFAULT, RECOMMENDATIONS_PAGE_MAX
from roost.service import Because, RecommendationPage, RecommendedTweet

Limit = Annotated[int, Meta(ge=1)]


class RecommendationsForm(msgspec.Struct):
    limit: Limit = RECOMMENDATIONS_PAGE_DEFAULT
    cursor: Annotated[
        str, Meta(max_length=32, description="Of the page before; empty for the first page.")
    ] = ""


class RecommendedTweetsForm(RecommendationsForm):
    language: Annotated[
        str,
        Meta(
            max_length=16,
            pattern=r"^([A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*)?$",
            description="A language, as `de`; empty for all. Of `de-AT` the first subtag counts.",
        ),
    ] = ""


class ReasonJson(msgspec.Struct):
    kind: str
    """`like`, `retweet`, `reply` or `quote`."""
    account: Account


class RecommendedStatus(msgspec.Struct):
    source: str
    """`interactions`: what the reader and those whom they follow did leads to it; `trend`: it trends;
    `similarity`: the same people interacted with it."""
    score: float
    """Comparable with others of the same source and list."""
    reasons: list[ReasonJson]
    others: int
    """How many interacted with it besides those who are named."""
    status: Status


class RecommendedAccount(msgspec.Struct):
    source: str
    """`friends of friends`: those around the reader follow it, or it follows the reader; `interactions`: the
    reader did something to what it wrote; `most followed`: by anybody."""
    score: float
    """Comparable within one list."""
    follows_you: bool
    friends: list[Account]
    """Some of those whom the reader follows and who follow it."""
    others: int
    """How many more of these there are."""
    account: Account


class RecommendedAccounts(msgspec.Struct):
    cursor: str
    """What the next page is asked for with; empty where there is none."""
    recommendations: list[RecommendedAccount]


class RecommendationsJson(msgspec.Struct):
    cursor: str
    """What the next page is asked for with; empty where there is none."""
    recommendations: list[RecommendedStatus]


class Recommendations:
    def __init__(self, mastodon: Mastodon) -> None:
        self._mastodon = mastodon

    def routes(self) -> list[Route]:
        return [
            Route(
                method="GET",
                path="/roost/v1/recommendations/tweets",
                handler=self.tweets,
                summary="Statuses by people whom one does not follow, the best first, and why.",
                scope="read:statuses",
                needs_user=True,
                takes=RecommendedTweetsForm,
                answers=RecommendationsJson,
            ),
            Route(
                method="GET",
                path="/roost/v1/recommendations/users",
                handler=self.users,
                summary="Accounts that one may want to follow, the best first, and why.",
                scope="read:accounts",
                needs_user=True,
                takes=RecommendationsForm,
                answers=RecommendedAccounts,
            ),
            Route(
                method="GET",
                path="/roost/v1/recommendations/tweets/{id}/similar",
                handler=self.similar,
                summary="Statuses that the same people interacted with, the most alike first, and why.",
                sees_with="read:statuses",
                takes=RecommendationsForm,
                answers=RecommendationsJson,
                other_refusals=(404,),
            ),
            Route(
                method="POST",
                path="/roost/v1/tweets/{id}/click",
                handler=self.click,
                summary="Say that one opened a status: a faint sign of what one likes. Nobody is told.",
                scope="write:statuses",
                needs_user=True,
                takes=NoParameters,
                answers=Nothing,
                other_refusals=(404,),
            ),
        ]

    async def tweets(self, call: Call) -> Answer:
        form = call.take(RecommendedTweetsForm)
        limit = min(form.limit, RECOMMENDATIONS_PAGE_MAX)
        ports, language = call.service.recommendations, form.language.partition("-")[0].lower()
        return self._page(await ports.tweets(call.user_id, form.cursor, limit, language), call.user_id)

    async def users(self, call: Call) -> Answer:
        form = call.take(RecommendationsForm)
        limit = min(form.limit, RECOMMENDATIONS_PAGE_MAX)
        page = await call.service.suggestions.page(call.user_id, form.cursor, limit)
        account = self._mastodon.accounts.account
        found = [
            RecommendedAccount(
                each.source.value,
                each.score,
                each.follows_viewer,
                [account(friend) for friend in each.friends],
                each.others,
                account(each.user),
            )
            for each in page.items
        ]
        return json_answer(RecommendedAccounts(page.cursor, found))

    async def similar(self, call: Call) -> Answer:
        form = call.take(RecommendationsForm)
        limit = min(form.limit, RECOMMENDATIONS_PAGE_MAX)
        ports = call.service.recommendations
        return self._page(await ports.similar(call.user_id, path_id(call), form.cursor, limit), call.user_id)

    async def click(self, call: Call) -> Answer:
        await call.service.recommendations.click(call.user_id, path_id(call))
        return json_answer(Nothing())

    def _page(self, page: RecommendationPage, viewer_id: int) -> Answer:
        items = b",".join(self._recommended(each, viewer_id) for each in page.items)
        head = b'{"cursor":%s,"recommendations":[' % msgspec.json.encode(page.cursor)
        return raw_json_answer(head + items + b"]}")

    def _recommended(self, found: RecommendedTweet, viewer_id: int) -> bytes:
        head = b'{"source":"%s","score":%s,"reasons":%s,"others":%d,"status":' % (
            found.source.value.encode(),
            msgspec.json.encode(round(found.score, 6)),
            msgspec.json.encode(self._reasons(found.because)),
            found.because.others,
        )
        return head + self._mastodon.statuses.encoded(found.tweet, viewer_id) + b"}"

    def _reasons(self, because: Because) -> list[ReasonJson]:
        account = self._mastodon.accounts.account
        return [ReasonJson(reason.kind.name.lower(), account(reason.user)) for reason in because.reasons]
