"""For operators: how far each processor is, its dead letters, and having it rebuilt."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from roost.api.calls import Answer, Call, json_answer
from roost.api.router import Handler, Route
from roost.errors import Invalid
from roost.limits import DEAD_LETTERS_MAX, DEAD_LETTERS_PAGE_DEFAULT
from roost.processors import ProcessorStatistics
from roost.service import DeadLetter, Retried

Position = Annotated[int, Meta(ge=0, le=1 << 62)]
_SERVES_ON = "Derive a processor's state anew, while it serves; its statistics tell how far that is."


class DeadLettersForm(msgspec.Struct):
    processor: str = ""
    """Which one's; all processors' if empty."""
    above: Annotated[Position, Meta(description="Those of later positions alone.")] = 0
    limit: Annotated[int, Meta(ge=1, le=DEAD_LETTERS_MAX)] = DEAD_LETTERS_PAGE_DEFAULT


class ChosenForm(msgspec.Struct):
    """Dead letters of one processor: either some positions, or all there are."""

    positions: Annotated[tuple[Position, ...], Meta(max_length=DEAD_LETTERS_MAX)] = ()
    all: bool = False


class Dropped(msgspec.Struct):
    positions: list[int]


async def processors(call: Call) -> Answer:
    return json_answer(call.service.processors.statistics())


async def dead_letters(call: Call) -> Answer:
    form = call.take(DeadLettersForm)
    return json_answer(await call.service.processors.dead_letters(form.processor, form.above, form.limit))


async def retry(call: Call) -> Answer:
    return json_answer(await call.service.processors.retry(call.path["name"], _chosen(call)))


async def drop(call: Call) -> Answer:
    return json_answer(Dropped(await call.service.processors.drop(call.path["name"], _chosen(call))))


async def rebuild(call: Call) -> Answer:
    name = call.path["name"]
    await call.service.processors.rebuild(name)
    (found,) = (each for each in call.service.processors.statistics() if each.name == name)
    return json_answer(found, 202)


def _chosen(call: Call) -> tuple[int, ...]:
    form = call.take(ChosenForm)
    if form.all == bool(form.positions):
        raise Invalid("Name positions, or say `all`; not both")
    return form.positions


def routes() -> list[Route]:
    return [
        _route("GET", "", processors, "How far each processor is.", None, list[ProcessorStatistics]),
        _route(
            "GET",
            "/dead_letters",
            dead_letters,
            "Events that processors could not apply.",
            DeadLettersForm,
            list[DeadLetter],
            other_refusals=(404,),
        ),
        _route("POST", "/{name}/retry", retry, "Apply dead letters' events again.", ChosenForm, Retried),
        _route("POST", "/{name}/drop", drop, "Forget dead letters, for good.", ChosenForm, Dropped),
        _route("POST", "/{name}/rebuild", rebuild, _SERVES_ON, None, ProcessorStatistics, 202, (409,)),
    ]


def _route(
    method: str,
    path: str,
    handler: Handler,
    summary: str,
    takes: type[msgspec.Struct] | None,
    answers: Any,
    status: int = 200,
    other_refusals: tuple[int, ...] = (),
) -> Route:
    return Route(
        method=method,
        path=f"/roost/v1/processors{path}",
        handler=handler,
        summary=summary,
        scope="admin:read" if method == "GET" else "admin:write",
        takes=takes,
        answers=answers,
        status=status,
        other_refusals=other_refusals,
        rate="",
    )
