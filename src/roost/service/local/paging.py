"""Pages of an ordered table."""

from collections.abc import Callable, Sequence

from roost.ids import ID_MAX
from roost.model import PageRequest
from roost.store import KeyValue, Row, Store, Table


async def scan_page(
    store: Store,
    table: Table[Row],
    prefix: Sequence[KeyValue],
    page: PageRequest,
    id_of: Callable[[Row], int],
) -> list[Row]:
    """A page of the rows below `prefix`, ordered by an id that is the next key column; newest first."""
    above = (page.low,) if page.low > 0 else None
    below = (page.max_id,) if page.max_id < ID_MAX else None
    found = await store.scan(
        table, prefix, above=above, below=below, reverse=not page.ascending, limit=page.limit
    )
    return sorted(found, key=id_of, reverse=True)
