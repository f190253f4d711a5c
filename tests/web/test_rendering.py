"""While a page is made, others have their turns."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import jinja2
import pytest

from roost.web import site

PIECES = 200


def test_a_page_is_made_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "WEB_RENDER_SLICE_S", 0.0)
    template = jinja2.Template(
        "{% macro card(n) %}<p>{{ n }}</p>{% endmacro %}{% for n in many %}{{ card(n) }}{% endfor %}"
    )

    async def made() -> tuple[bytes, int]:
        turns = 0

        async def take_turns() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        other = asyncio.create_task(take_turns())
        body = await site._rendered(template, {"many": range(PIECES)})
        other.cancel()
        return body, turns

    with ThreadPoolExecutor(1) as beside:  # where browsers run, this thread has an event loop already
        body, turns = beside.submit(lambda: asyncio.run(made())).result()
    assert body.decode() == "".join(f"<p>{number}</p>" for number in range(PIECES))
    assert turns >= PIECES
