"""Trends in Roost's own form: by window and language, with what they are made of; and, for the staff, by what
they are judged and what may not trend."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from roost.api.calls import Answer, Call, json_answer
from roost.api.router import Route
from roost.errors import Invalid
from roost.limits import TRENDS_PAGE_DEFAULT, TRENDS_PAGE_MAX
from roost.model import Role, TrendKind, TrendTerms
from roost.service import TrendExplanation, TrendQuery, TrendView, TrendWindowView

KindName = Literal["tags", "links", "tweets"]
WindowName = Literal["", "1m", "5m", "15m", "1h", "6h", "24h"]
Key = Annotated[
    str, Meta(min_length=1, max_length=4_096, description="A hashtag, a link, or the id of a tweet.")
]
Language = Annotated[
    str, Meta(max_length=16, description="The subtag of a language, as `de`; empty for all.")
]
_KINDS = {"tags": TrendKind.TAG, "links": TrendKind.LINK, "tweets": TrendKind.TWEET}
_NAMES = {kind: name for name, kind in _KINDS.items()}


class TrendsForm(msgspec.Struct):
    kind: KindName = "tags"
    window: Annotated[
        WindowName,
        Meta(description="What trends now, by that window alone; empty for what trends by any, for a while."),
    ] = ""
    language: Language = ""
    offset: Annotated[int, Meta(ge=0)] = 0
    limit: Annotated[int, Meta(ge=1)] | None = None
    ranking: Annotated[int, Meta(ge=0, description="Of an earlier page, to go on in the same order.")] = 0


class ExplainForm(msgspec.Struct):
    key: Key
    kind: KindName = "tags"
    language: Language = ""


class WindowAnswer(msgspec.Struct):
    """Parts are in standard deviations."""

    window: str
    users: int
    users_per_min: float
    expected: float
    volume: float
    velocity: float
    acceleration: float
    score: float
    weight: float
    """How much of that score counts."""


class TrendAnswer(msgspec.Struct):
    kind: str
    key: str
    language: str
    state: str
    since_ms: int
    score: float
    best: WindowAnswer
    hours: tuple[int, ...]
    """Users in each of the last 24 hours, newest last."""


class TrendsAnswer(msgspec.Struct):
    ranking: int
    trends: list[TrendAnswer]


class ExplainAnswer(msgspec.Struct):
    kind: str
    key: str
    language: str
    state: str
    since_ms: int
    momentum: float
    threshold: float
    ends_below: float
    topics: int
    counted_since_ms: int
    one_of_users: int
    barred: bool
    windows: list[WindowAnswer]
    minutes: tuple[int, ...]
    ten_minutes: tuple[int, ...]


TermsAnswer = msgspec.defstruct(
    "TermsAnswer", [(field.name, field.type) for field in msgspec.structs.fields(TrendTerms)]
)
"""Every term, by its name."""
TermsForm = msgspec.defstruct(
    "TermsForm",
    [
        *((field.name, field.type | None, None) for field in msgspec.structs.fields(TrendTerms)),
        ("reset", bool, False),
    ],
)
"""The terms that are to change; with `reset` all others get their defaults."""


class BarForm(msgspec.Struct):
    key: Key
    kind: KindName = "tags"
    barred: bool = True
    """False lets it trend again."""


class BarAnswer(msgspec.Struct):
    kind: str
    key: str
    barred: bool


async def trends(call: Call) -> Answer:
    form = call.take(TrendsForm)
    query = TrendQuery(
        kind=_KINDS[form.kind],
        window=form.window,
        language=form.language.lower(),
        offset=form.offset,
        limit=min(form.limit or TRENDS_PAGE_DEFAULT, TRENDS_PAGE_MAX),
        ranking=form.ranking,
    )
    page = await call.service.trends.page(call.user_id, query)
    return json_answer(TrendsAnswer(page.ranking, [_trend(view) for view in page.items]))


async def explain(call: Call) -> Answer:
    form = call.take(ExplainForm)
    found = await call.service.trends.explain(_KINDS[form.kind], form.key, form.language.lower())
    return json_answer(_explained(found))


async def terms(call: Call) -> Answer:
    return json_answer(_terms(await call.service.trend_control.terms()))


async def tune(call: Call) -> Answer:
    form: Any = call.take(TermsForm)
    values = msgspec.structs.asdict(form)
    reset = values.pop("reset")
    changes = {name: value for name, value in values.items() if value is not None}
    if not changes and not reset:
        raise Invalid("No term was named that is to change")
    return json_answer(_terms(await call.service.trend_control.tune(changes, reset)))


async def bars(call: Call) -> Answer:
    found = await call.service.trend_control.barred()
    return json_answer([BarAnswer(_NAMES[bar.kind], bar.key, bar.barred) for bar in found])


async def bar(call: Call) -> Answer:
    form = call.take(BarForm)
    done = await call.service.trend_control.bar(_KINDS[form.kind], form.key, form.barred)
    return json_answer(BarAnswer(_NAMES[done.kind], done.key, done.barred))


def routes() -> list[Route]:
    return [
        Route(
            method="GET",
            path="/roost/v1/trends",
            handler=trends,
            summary="What trends, by window and language, and what its score is made of.",
            sees_with="read:statuses",
            takes=TrendsForm,
            answers=TrendsAnswer,
        ),
        Route(
            method="GET",
            path="/roost/v1/trends/explain",
            handler=explain,
            summary="Why something trends, or does not: its series, and all parts of its score.",
            scope="admin:read",
            role=Role.MODERATOR,
            takes=ExplainForm,
            answers=ExplainAnswer,
            other_refusals=(404,),
        ),
        Route(
            method="GET",
            path="/roost/v1/trends/terms",
            handler=terms,
            summary="By what trends are judged.",
            scope="admin:read",
            answers=TermsAnswer,
        ),
        Route(
            method="POST",
            path="/roost/v1/trends/terms",
            handler=tune,
            summary="Change by what trends are judged, from now on.",
            scope="admin:write",
            takes=TermsForm,
            answers=TermsAnswer,
        ),
        Route(
            method="GET",
            path="/roost/v1/trends/bars",
            handler=bars,
            summary="What may not trend.",
            scope="admin:read",
            role=Role.MODERATOR,
            answers=list[BarAnswer],
        ),
        Route(
            method="POST",
            path="/roost/v1/trends/bars",
            handler=bar,
            summary="Keep something from trending, or let it again.",
            scope="admin:write",
            role=Role.MODERATOR,
            takes=BarForm,
            answers=BarAnswer,
        ),
    ]


def _window(view: TrendWindowView) -> WindowAnswer:
    return msgspec.convert(view, WindowAnswer, from_attributes=True)


def _trend(view: TrendView) -> TrendAnswer:
    return TrendAnswer(
        kind=_NAMES[view.kind],
        key=view.key,
        language=view.language,
        state=view.state.name.lower(),
        since_ms=view.since_ms,
        score=view.score,
        best=_window(view.best),
        hours=view.hours,
    )


def _explained(found: TrendExplanation) -> ExplainAnswer:
    return ExplainAnswer(
        kind=_NAMES[found.kind],
        key=found.key,
        language=found.language,
        state=found.state.name.lower(),
        since_ms=found.since_ms,
        momentum=found.momentum,
        threshold=found.threshold,
        ends_below=found.ends_below,
        topics=found.topics,
        counted_since_ms=found.counted_since_ms,
        one_of_users=found.one_of_users,
        barred=found.barred,
        windows=[_window(window) for window in found.windows],
        minutes=found.minutes,
        ten_minutes=found.ten_minutes,
    )


def _terms(terms: TrendTerms) -> Any:
    return msgspec.convert(terms, TermsAnswer, from_attributes=True)
