"""Rows of filters."""

from roost.model import FiltersChanged
from roost.store import tables
from roost.store.batch import Batch
from roost.store.derivation.rule import Rules


def _change(event: FiltersChanged, batch: Batch) -> None:
    if event.filterset.filters:
        batch.put(tables.FILTERS, event.filterset)
    else:
        batch.delete(tables.FILTERS, (event.filterset.user_id,))


RULES: Rules = {FiltersChanged: _change}
