"""What the staff do about trends: by what they are judged, and what may not trend."""

from collections.abc import Mapping

import msgspec

from roost.errors import FieldProblem, Forbidden, Invalid
from roost.limits import TREND_BARS_MAX
from roost.model import TrendBar, TrendBarSet, TrendKind, TrendSetting, TrendTerms, TrendTermsSet
from roost.service.local.kit import Kit
from roost.service.local.trends import folded
from roost.store import tables

_FIELDS = {field.name: field for field in msgspec.structs.fields(TrendTerms)}


class LocalTrendControl:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def terms(self) -> TrendTerms:
        """By what trends are judged now."""
        found = await self._kit.store.scan(tables.TREND_TERMS, (0,), limit=1)
        return found[0].terms if found else TrendTerms()

    async def tune(self, changes: Mapping[str, float], reset: bool = False) -> TrendTerms:
        """Change some terms, all others stay; with `reset` they get their defaults. Raises Invalid, and
        changes nothing then."""
        checked: dict[str, float] = {}
        for name, value in changes.items():
            field = _FIELDS.get(name)
            if field is None:
                raise _invalid(name, f"is none of {', '.join(_FIELDS)}")
            try:
                checked[name] = msgspec.convert(value, field.type)
            except msgspec.ValidationError as cause:
                raise _invalid(name, f"is not allowed: {cause}") from cause
        async with self._kit.locks.hold("trends", 0):
            terms = msgspec.structs.replace(TrendTerms() if reset else await self.terms(), **checked)
            if terms.volume_weight + terms.velocity_weight + terms.acceleration_weight == 0:
                raise _invalid("volume_weight", "and the other weights cannot all be 0")
            setting = TrendSetting(terms, self._kit.clock.now_ms())
            await self._kit.committer.commit([TrendTermsSet(setting)])
        return terms

    async def bar(self, kind: TrendKind, key: str, barred: bool) -> TrendBar:
        """Keep something from trending, or let it again. Raises Invalid for what can be no hashtag, link or
        id, Forbidden at the limit."""
        bar = TrendBar(kind, folded(kind, key), barred)
        if not bar.key or (kind is TrendKind.TWEET and not (bar.key.isascii() and bar.key.isdigit())):
            raise _invalid("key", "is no hashtag, link or id")
        async with self._kit.locks.hold("trends", 0):
            if barred and len(await self.barred()) >= TREND_BARS_MAX:
                raise Forbidden(f"{TREND_BARS_MAX} topics are kept from trending, which is the limit")
            await self._kit.committer.commit([TrendBarSet(bar)])
        return bar

    async def barred(self) -> list[TrendBar]:
        """What may not trend."""
        return await self._kit.store.scan(tables.TREND_BARS, (0,), limit=TREND_BARS_MAX)


def _invalid(field: str, text: str) -> Invalid:
    name = field.replace("_", " ").capitalize()
    return Invalid(f"Validation failed: {name} {text}", {field: (FieldProblem("ERR_INVALID", text),)})
