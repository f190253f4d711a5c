"""The tweets with any of some hashtags, or with a link, from their index, in the order of their ids."""

from collections.abc import AsyncIterator, Sequence
from typing import TypeVar

from roost.ids import ID_MAX
from roost.model import PageRequest
from roost.store import KeyValue, Store, Table, rows

R = TypeVar("R", rows.TaggedRow, rows.LinkedRow)


async def ids_on_page(
    store: Store,
    table: Table[R],
    keys: Sequence[KeyValue],
    page: PageRequest,
    chunk_rows: int,
) -> AsyncIterator[list[int]]:
    """The ids of the tweets under any of `keys`, each once, within the page's bounds and in its direction.

    In chunks that are read as they are asked for; the last one may be empty. Each key's rows are read a chunk
    ahead, and what is beyond the shortest of these chunks waits for the next: so the order is that of ids.
    """
    bound = page.low if page.ascending else page.max_id
    while True:
        found: set[int] = set()
        ends: list[int] = []
        low, high = (bound, page.max_id) if page.ascending else (page.low, bound)
        for key in keys:
            chunk = await store.scan(
                table,
                (key,),
                above=(low,) if low > 0 else None,
                below=(high,) if high < ID_MAX else None,
                reverse=not page.ascending,
                limit=chunk_rows,
            )
            found.update(row.tweet_id for row in chunk)
            if len(chunk) == chunk_rows:
                ends.append(chunk[-1].tweet_id)
        if not ends:
            yield sorted(found, reverse=not page.ascending)
            return
        bound = min(ends) if page.ascending else max(ends)
        whole = [tweet_id for tweet_id in found if (tweet_id <= bound) == page.ascending or tweet_id == bound]
        yield sorted(whole, reverse=not page.ascending)
