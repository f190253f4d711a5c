"""What trends, ranked; and why, topic by topic. Asked of the engines of `processors.trends`, and kept a
while.

Each ranking has a number. The pages of a list are of one ranking, however the trends change meanwhile.
"""

from collections import OrderedDict

import msgspec
import numpy as np

from roost.errors import NotFound
from roost.limits import (
    TREND_FRESH_TOPICS_MAX,
    TREND_KEPT_S,
    TREND_LISTS_KEPT,
    TREND_RANKED_MAX,
    TREND_RANKINGS_KEPT,
)
from roost.model import TrendKind
from roost.service.local.indexing import settled
from roost.service.local.kit import Kit
from roost.service.trend_views import TrendExplanation, TrendQuery, TrendView, TrendWindowView
from roost.trends import (
    ACCELERATION,
    EXPECTED,
    SCORE,
    SPANS_MIN,
    VELOCITY,
    VOLUME,
    WINDOW_NAMES,
    Floats,
    Judged,
    Topic,
    TrendEngine,
    TrendState,
    fades,
)

_MS_PER_MINUTE = 60_000
_TENS_PER_HOUR = 6
_List = tuple[TrendKind, str, str]
"""Kind, language, window."""


class Ranking(msgspec.Struct, frozen=True):
    """`keys` trend, best first."""

    number: int
    keys: tuple[str, ...]
    made_ms: int = 0
    changes: int = -1
    """How often the trends had changed before."""


class TrendRankings:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._made = 0
        self._kept: OrderedDict[_List, OrderedDict[int, Ranking]] = OrderedDict()

    async def ranked(self, query: TrendQuery) -> Ranking:
        """The ranking that a query names, else the newest one, which has what was accepted until now."""
        kept = self._rankings(query)
        found = kept.get(query.ranking)
        if found is not None:
            return found
        await settled(self._kit)
        newest = next(reversed(kept.values()), None)
        if newest is not None and not self._is_old(newest, query.kind):
            return newest
        made = self._make(query)
        if newest is not None and newest.keys == made.keys:
            made = msgspec.structs.replace(made, number=newest.number)
        kept[made.number] = made
        kept.move_to_end(made.number)
        while len(kept) > TREND_RANKINGS_KEPT:
            kept.popitem(last=False)
        return made

    def views(self, query: TrendQuery, keys: list[str]) -> list[TrendView]:
        """Those of some topics, in order, that are known still."""
        engine, minute = self._kit.trends.engines[query.kind], self._minute()
        rows = [engine.row_of(Topic(key, query.language)) for key in keys]
        held = [(key, row) for key, row in zip(keys, rows, strict=True) if row >= 0]
        counts, parts = engine.parts(np.array([row for _, row in held], np.int64), minute)
        judged = engine.judge(minute)
        lives = {int(row): number for number, row in enumerate(judged.rows)}
        weights = fades(engine.terms)
        return [
            _view(
                query,
                key,
                _life(judged, lives.get(row)),
                counts[..., at],
                parts[..., at],
                _hours(engine, row, minute),
                weights,
            )
            for at, (key, row) in enumerate(held)
        ]

    def hours(self, kind: TrendKind, keys: list[str]) -> list[tuple[int, ...]]:
        """Users of each topic in each of the last 24 hours; empty for one that is not counted."""
        engine, minute = self._kit.trends.engines[kind], self._minute()
        rows = [engine.row_of(Topic(key)) for key in keys]
        return [_hours(engine, row, minute) if row >= 0 else () for row in rows]

    async def explain(self, kind: TrendKind, key: str, language: str) -> TrendExplanation:
        """Raises NotFound for what nobody has used lately."""
        await settled(self._kit)
        engine, minute = self._kit.trends.engines[kind], self._minute()
        row = engine.row_of(Topic(key, language))
        if row < 0:
            raise NotFound("Nobody has used this in the last day, or too few to be counted")
        counts, parts = engine.parts(np.array([row], np.int64), minute)
        judged = engine.judge(minute)
        at = np.flatnonzero(judged.rows == row)
        state, momentum, since = _life(judged, int(at[0]) if len(at) else None)
        minutes, tens = engine.series(row, minute)
        weights = fades(engine.terms)
        return TrendExplanation(
            kind=kind,
            key=key,
            language=language,
            state=state,
            since_ms=since,
            momentum=round(momentum, 3),
            threshold=round(judged.bar, 3),
            ends_below=round(judged.bar * engine.terms.leave_fraction, 3),
            topics=judged.topics,
            counted_since_ms=engine.counted_since(row) * _MS_PER_MINUTE,
            one_of_users=engine.sampling(row),
            barred=(kind, key) in self._kit.trends.barred,
            windows=tuple(
                _window(w, counts[w, :, 0], parts[:, w, 0], weights[w]) for w in range(len(WINDOW_NAMES))
            ),
            minutes=tuple(minutes),
            ten_minutes=tuple(tens),
        )

    def _rankings(self, query: TrendQuery) -> OrderedDict[int, Ranking]:
        which = query.kind, query.language, query.window
        kept = self._kept.setdefault(which, OrderedDict())
        self._kept.move_to_end(which)
        while len(self._kept) > TREND_LISTS_KEPT:
            self._kept.popitem(last=False)
        return kept

    def _is_old(self, ranking: Ranking, kind: TrendKind) -> bool:
        trends, now_ms = self._kit.trends, self._kit.clock.now_ms()
        if now_ms // _MS_PER_MINUTE != ranking.made_ms // _MS_PER_MINUTE:
            return True
        if ranking.changes == trends.changes:
            return False
        many = trends.engines[kind].high > TREND_FRESH_TOPICS_MAX
        return not many or now_ms - ranking.made_ms >= 1_000 * TREND_KEPT_S

    def _make(self, query: TrendQuery) -> Ranking:
        trends = self._kit.trends
        engine, minute = trends.engines[query.kind], self._minute()
        judged = engine.judge(minute)
        if query.window:
            _, parts = engine.parts(judged.rows, minute)
            scores = parts[SCORE, WINDOW_NAMES.index(query.window)]
            chosen = scores >= judged.bar
        else:
            scores = judged.lives.momentum
            chosen = judged.lives.states == TrendState.TRENDING
        found: list[tuple[float, str]] = []
        for row, score in zip(judged.rows[chosen].tolist(), scores[chosen].tolist(), strict=True):
            topic = engine.named[row]
            if topic is None or topic.language != query.language:
                continue
            if (query.kind, topic.key) not in trends.barred:
                found.append((-score, topic.key))
        self._made += 1
        keys = tuple(key for _, key in sorted(found)[:TREND_RANKED_MAX])
        return Ranking(self._made, keys, self._kit.clock.now_ms(), trends.changes)

    def _minute(self) -> int:
        return self._kit.clock.now_ms() // _MS_PER_MINUTE


def _life(judged: Judged, at: int | None) -> tuple[TrendState, float, int]:
    """State, momentum, and since when, in ms."""
    if at is None:
        return TrendState.QUIET, 0.0, 0
    lives = judged.lives
    return TrendState(lives.states[at]), float(lives.momentum[at]), int(lives.since[at]) * _MS_PER_MINUTE


def _view(
    query: TrendQuery,
    key: str,
    life: tuple[TrendState, float, int],
    counts: Floats,
    parts: Floats,
    hours: tuple[int, ...],
    weights: Floats,
) -> TrendView:
    best = WINDOW_NAMES.index(query.window) if query.window else int((parts[SCORE] * weights).argmax())
    window = _window(best, counts[best], parts[:, best], weights[best])
    return TrendView(
        kind=query.kind,
        key=key,
        language=query.language,
        state=life[0],
        since_ms=life[2],
        score=window.score if query.window else round(life[1], 3),
        best=window,
        hours=hours,
    )


def _window(w: int, counts: Floats, parts: Floats, weight: float) -> TrendWindowView:
    """Of one topic."""
    users, newer, _ = counts.tolist()
    return TrendWindowView(
        window=WINDOW_NAMES[w],
        users=round(users),
        users_per_min=round(newer / int(SPANS_MIN[w]), 3),
        expected=round(float(parts[EXPECTED]), 3),
        volume=round(float(parts[VOLUME]), 3),
        velocity=round(float(parts[VELOCITY]), 3),
        acceleration=round(float(parts[ACCELERATION]), 3),
        score=round(float(parts[SCORE]), 3),
        weight=round(float(weight), 3),
    )


def _hours(engine: TrendEngine, row: int, minute: int) -> tuple[int, ...]:
    _, tens = engine.series(row, minute)
    return tuple(sum(tens[at : at + _TENS_PER_HOUR]) for at in range(0, len(tens), _TENS_PER_HOUR))
