"""Users' filters in memory: whoever has none pays for one look-up a page."""

from collections import OrderedDict

from roost.limits import FILTER_CACHE_ENTRIES, FILTER_CACHE_KEYWORDS
from roost.model import Event, FiltersChanged, FilterSet
from roost.service.local.filter_matching import Matcher
from roost.store import Store, tables

_UNKNOWN = Matcher(FilterSet(0))


class FilterMatchers:
    """Belongs to the event loop's thread. Has to be told of every event (`note`)."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._matchers: OrderedDict[int, Matcher | None] = OrderedDict()
        self._keywords = 0
        self._changes = 0

    async def of(self, user_id: int) -> Matcher | None:
        """None for whoever has no filters. 0.2 us for whom it is known."""
        if user_id in self._matchers:
            self._matchers.move_to_end(user_id)
            return self._matchers[user_id]
        if not user_id:
            return None
        changes = self._changes
        row = await self._store.get(tables.FILTERS, (user_id,))
        matcher = Matcher(row) if row is not None else None
        if changes == self._changes:
            self._keep(user_id, matcher)
        return matcher

    def has_none(self, user_id: int) -> bool:
        """Whether it is known that a user has no filters. 0.1 us."""
        return self._matchers.get(user_id, _UNKNOWN) is None

    def note(self, event: Event) -> None:
        """What has changed is read anew."""
        if isinstance(event, FiltersChanged):
            self._changes += 1
            self._forget(event.filterset.user_id)

    def _keep(self, user_id: int, matcher: Matcher | None) -> None:
        self._forget(user_id)
        self._matchers[user_id] = matcher
        self._keywords += matcher.keywords if matcher is not None else 0
        while len(self._matchers) > FILTER_CACHE_ENTRIES or self._keywords > FILTER_CACHE_KEYWORDS:
            self._forget(next(iter(self._matchers)))

    def _forget(self, user_id: int) -> None:
        matcher = self._matchers.pop(user_id, None)
        self._keywords -= matcher.keywords if matcher is not None else 0
