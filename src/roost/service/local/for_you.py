"""Ranked timelines: "For you", and catching up with what came since the last visit."""

import asyncio
from collections.abc import Sequence

from roost.ids import unix_ms_of
from roost.limits import CATCH_UP_ENTRIES_MAX, FOR_YOU_CANDIDATES_MAX, FOR_YOU_RECOMMENDED_MAX
from roost.model import MarkedTimeline, PageRequest
from roost.ranking import Candidate, Ranker
from roost.service.local.kit import Kit
from roost.service.local.rankings import Ranking, RankingKind, Rankings
from roost.service.local.recommendations import LocalRecommendations
from roost.service.views import CatchUp, RankedPage, RankedRequest
from roost.store import tables

_PER_TURN = 100
"""Tweets that are looked at before other requests get their turn."""
_NOTHING = RankedPage((), 0, 0, 0, False)


class LocalForYou:
    """`ranker` decides the order; everything else is the same for every ranker."""

    def __init__(self, kit: Kit, ranker: Ranker, recommendations: LocalRecommendations) -> None:
        self._kit = kit
        self._ranker = ranker
        self._recommendations = recommendations
        self._rankings = Rankings()

    async def page(self, viewer_id: int, request: RankedRequest) -> RankedPage:
        """A page of the newest `FOR_YOU_CANDIDATES_MAX` entries of the home timeline and of the best
        `FOR_YOU_RECOMMENDED_MAX` recommended tweets, ranked together; where there is neither, of what trends.

        The first page ranks them anew; the pages after it and before it are of the same ranking, so that
        nothing comes twice and nothing is left out, whatever arrives meanwhile. What the reader may no longer
        see is left out at each page.
        """
        ranking = await self._ranking(viewer_id, RankingKind.FOR_YOU, request, 0)
        return await self._page_of(viewer_id, ranking, request) if ranking is not None else _NOTHING

    async def best_since(self, viewer_id: int, request: RankedRequest) -> CatchUp:
        """The best of what is unread at home, ranked as `page`; of the newest `FOR_YOU_CANDIDATES_MAX`."""
        last_read_id = await self._last_read_id(viewer_id)
        unread = await self._unread(viewer_id, last_read_id)
        ranking = await self._ranking(viewer_id, RankingKind.CATCH_UP, request, last_read_id)
        page = await self._page_of(viewer_id, ranking, request) if ranking is not None else _NOTHING
        return CatchUp(page, last_read_id, len(unread), len(unread) < CATCH_UP_ENTRIES_MAX)

    async def oldest_unread(self, viewer_id: int, limit: int, after_id: int = 0) -> CatchUp:
        """What is unread at home, the oldest first, from the marker on; or from `after_id`, a page's end.

        Where nothing was ever read it begins with the oldest of the newest `CATCH_UP_ENTRIES_MAX`.
        """
        last_read_id = await self._last_read_id(viewer_id)
        unread = await self._unread(viewer_id, last_read_id)
        start = after_id or last_read_id or (unread[-1] - 1 if unread else 0)
        ids = await self._home(viewer_id, PageRequest(limit, min_id=start)) if start else []
        views = await self._kit.hydration.tweets_by_id(ids[::-1], viewer_id)
        page = RankedPage(tuple(views), 0, ids[-1], ids[0], len(ids) == limit) if ids else _NOTHING
        return CatchUp(page, last_read_id, len(unread), len(unread) < CATCH_UP_ENTRIES_MAX)

    def forget(self, viewer_id: int) -> None:
        """The reader is gone."""
        self._rankings.forget(viewer_id)
        self._recommendations.forget(viewer_id)

    async def _last_read_id(self, viewer_id: int) -> int:
        marker = await self._kit.store.get(tables.MARKERS, (viewer_id, MarkedTimeline.HOME))
        return marker.last_read_id if marker is not None else 0

    async def _unread(self, viewer_id: int, last_read_id: int) -> list[int]:
        """The newest unread ids, `CATCH_UP_ENTRIES_MAX` at most."""
        return await self._home(viewer_id, PageRequest(CATCH_UP_ENTRIES_MAX, since_id=last_read_id))

    async def _home(self, viewer_id: int, request: PageRequest) -> list[int]:
        applied = await self._kit.positions.caught_up(viewer_id)
        found = await self._kit.assembly.page(viewer_id, request, applied)
        if found.row >= 0:
            self._kit.writer.note_read(found.row, urgent=not found.had_ring)
        return found.ids

    async def _ranking(
        self, viewer_id: int, kind: RankingKind, request: RankedRequest, low: int
    ) -> Ranking | None:
        """The ranking that the request goes on with; a new one for a first page, or where none is left."""
        cursor_id = request.after_id or request.before_id
        if cursor_id:
            held = self._rankings.find(viewer_id, kind, request.ranking_id, cursor_id)
            if held is not None:
                return held
        ids = await self._home(viewer_id, PageRequest(FOR_YOU_CANDIDATES_MAX, since_id=low))
        strangers: frozenset[int] = frozenset()
        if kind is RankingKind.FOR_YOU:
            best = await self._recommendations.best(viewer_id, FOR_YOU_RECOMMENDED_MAX, or_trending=not ids)
            strangers = frozenset(best) - frozenset(ids)
        candidates = await self._candidates([*ids, *sorted(strangers)], strangers)
        ranking = Ranking(self._kit.ids.next_id(), self._ranker(candidates), strangers)
        if cursor_id and ranking.place_of(cursor_id) < 0:
            return None
        self._rankings.keep(viewer_id, kind, ranking)
        return ranking

    async def _candidates(self, ids: Sequence[int], strangers: frozenset[int]) -> list[Candidate]:
        candidates: list[Candidate] = []
        for start in range(0, len(ids), _PER_TURN):
            candidates += await self._some_candidates(ids[start : start + _PER_TURN], strangers)
            await asyncio.sleep(0)
        return candidates

    async def _some_candidates(self, ids: Sequence[int], strangers: frozenset[int]) -> list[Candidate]:
        kit = self._kit
        tweets = [tweet for tweet in await kit.tweets.get_many(ids) if tweet is not None]
        counts = await kit.counts.get_many([tweet.shown_id for tweet in tweets])
        now_ms = kit.clock.now_ms()
        return [
            Candidate(
                tweet.tweet_id,
                tweet.shown_id,
                (now_ms - unix_ms_of(tweet.tweet_id)) / 1000,
                tweet_counts,
                tweet.tweet_id in strangers,
            )
            for tweet, tweet_counts in zip(tweets, counts, strict=True)
        ]

    async def _page_of(self, viewer_id: int, ranking: Ranking, request: RankedRequest) -> RankedPage:
        """Some neighbours in a ranking, in its order."""
        ids = list(ranking.ids)
        if request.after_id:
            ids = ids[ranking.place_of(request.after_id) + 1 :]
        elif request.before_id:
            ids = ids[: ranking.place_of(request.before_id)]
        shown = await self._still_seen(viewer_id, ids, ranking.recommended)
        upwards = bool(request.before_id) and not request.from_top
        shown, more = (
            (shown[-request.limit :], len(shown) > request.limit)
            if upwards
            else (shown[: request.limit], len(shown) > request.limit)
        )
        if not shown:
            return _NOTHING
        ranking.ends.add(shown[-1])
        views = await self._kit.hydration.tweets_by_id(shown, viewer_id)
        more_below = ranking.place_of(shown[-1]) + 1 < len(ranking.ids) if upwards else more
        because = await self._recommendations.because(
            viewer_id, [each for each in shown if each in ranking.recommended]
        )
        return RankedPage(tuple(views), ranking.ranking_id, shown[0], shown[-1], more_below, because)

    async def _still_seen(self, viewer_id: int, ids: Sequence[int], recommended: frozenset[int]) -> list[int]:
        """Those that are on the home timeline still, or may be recommended still: deletions, blocks and mutes
        count at once."""
        applied = await self._kit.positions.caught_up(viewer_id)
        seen = set(
            await self._recommendations.still_shown(viewer_id, [each for each in ids if each in recommended])
        )
        at_home = [each for each in ids if each not in recommended]
        for start in range(0, len(at_home), _PER_TURN):
            seen.update(
                await self._kit.assembly.judged(viewer_id, at_home[start : start + _PER_TURN], applied)
            )
            await asyncio.sleep(0)
        return [each for each in ids if each in seen]
