"""Rows of what the staff say of trends."""

from roost.model import TrendBarSet, TrendTermsSet
from roost.store import tables
from roost.store.batch import Batch
from roost.store.derivation.rule import Rules


def _set_terms(event: TrendTermsSet, batch: Batch) -> None:
    batch.put(tables.TREND_TERMS, event.setting)


def _bar(event: TrendBarSet, batch: Batch) -> None:
    if event.bar.barred:
        batch.put(tables.TREND_BARS, event.bar)
    else:
        batch.delete(tables.TREND_BARS, (0, event.bar.kind, event.bar.key))


RULES: Rules = {TrendTermsSet: _set_terms, TrendBarSet: _bar}
