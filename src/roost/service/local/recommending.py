"""Recommendations as they are made and kept: a list for each reader who asked lately.

A list is made once for all who wait for it, beside the event loop, and few at a time. It is made anew when
its reader has done enough since, in turn with those of others; and when it is asked for and too old.
"""

import asyncio
import logging
from collections import Counter, OrderedDict
from collections.abc import Sequence
from functools import partial

import msgspec
import numpy as np
from numpy.typing import NDArray

from roost.home import ShardState, language_code, worth_showing
from roost.interactions import (
    KIND_WEIGHTS,
    Filters,
    InteractionKind,
    Recommended,
    TweetFacts,
    Weighing,
    interactions_of,
    is_barred,
    recommend,
)
from roost.limits import (
    RECOMMENDATION_CHUNK,
    RECOMMENDATION_CIRCLE_MAX,
    RECOMMENDATION_DAYS_MAX,
    RECOMMENDATION_HALF_LIFE_H,
    RECOMMENDATION_READERS_MAX,
    RECOMMENDATION_REFRESH_ACTS,
    RECOMMENDATION_REFRESHES_MAX,
    RECOMMENDATION_SEEN_MAX,
    RECOMMENDATION_WAIT_S,
    RECOMMENDATIONS_AT_ONCE,
    RECOMMENDATIONS_KEPT,
    RECOMMENDATIONS_KEPT_S,
    RECOMMENDED_OF_AUTHOR_MAX,
)
from roost.model import Event, Tweet, TweetClicked, TweetLiked, TweetPosted, TweetUnliked, UserErased
from roost.service.local.barriers import Barriers
from roost.service.local.kit import Kit
from roost.service.local.public import worth_showing_to
from roost.service.recommendations import RecommendationStatistics

Ids = NDArray[np.int64]
_HOUR_MS = 3_600_000
TOLD = frozenset(
    (InteractionKind.LIKE, InteractionKind.RETWEET, InteractionKind.REPLY, InteractionKind.QUOTE)
)
"""What everybody may know of anyhow: not who opened what."""
TOLD_WEIGHING = Weighing(dict.fromkeys(TOLD, 1.0))
_OWN_WEIGHTS: dict[InteractionKind, float] = {
    kind: weight for kind, weight in KIND_WEIGHTS.items() if kind is not InteractionKind.MENTION
}
"""Whom one mentions is one's own choice: it must lead nobody to what they like, nor buy anybody reach."""
_WEIGHTS: dict[InteractionKind, float] = {
    kind: weight for kind, weight in _OWN_WEIGHTS.items() if kind is not InteractionKind.CLICK
}
"""What somebody opened leads nobody else anywhere: nobody may learn of it."""
_log = logging.getLogger("roost.recommendations")


class MadeList(msgspec.Struct):
    """The best first."""

    number: int
    found: Sequence[Recommended]
    made_ms: int
    acts: int
    """What its reader had done before."""
    trending: Sequence[Recommended] | None = None
    """What comes behind its end; None until somebody comes there."""


class _Reader(msgspec.Struct):
    acts: int = 0
    """Since their first list was made."""
    whole: MadeList | None = None
    in_language: MadeList | None = None
    """Of the one language that was asked for last."""
    language: str = ""

    def list_of(self, language: str) -> MadeList | None:
        if not language:
            return self.whole
        return self.in_language if language == self.language else None

    def keep(self, made: MadeList, language: str) -> None:
        if language:
            self.in_language, self.language = made, language
        else:
            self.whole = made


class Recommender:
    """Belongs to the event loop's thread; the queries run in others."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self.barriers = Barriers(kit)
        self._readers: OrderedDict[int, _Reader] = OrderedDict()
        self._under_way: dict[tuple[int, str], asyncio.Task[MadeList]] = {}
        self._room = asyncio.Semaphore(RECOMMENDATIONS_AT_ONCE)
        self._waiting: OrderedDict[int, None] = OrderedDict()
        """Readers whose lists are to be made anew, in turn."""
        self._refreshing: asyncio.Task[None] | None = None
        self._made = self._refreshed = self._put_off = 0
        kit.committer.listen(self._note)

    async def of(self, viewer_id: int, language: str = "") -> MadeList:
        """A reader's list, or that of a language alone: the one that is kept, or a new one."""
        held = self.kept(viewer_id, language)
        if held is not None and not self._is_old(viewer_id, held):
            self._readers.move_to_end(viewer_id)
            return held
        return await self._make(viewer_id, language)

    def kept(self, viewer_id: int, language: str = "") -> MadeList | None:
        """A reader's list, if there is one."""
        reader = self._readers.get(viewer_id)
        return None if reader is None else reader.list_of(language)

    def forget(self, viewer_id: int) -> None:
        """Also where a list for them is being made: it is kept by nobody then."""
        self._readers.pop(viewer_id, None)
        self._waiting.pop(viewer_id, None)
        for wanted in [each for each in self._under_way if each[0] == viewer_id]:
            del self._under_way[wanted]

    async def stop(self) -> None:
        tasks = [*self._under_way.values(), *([self._refreshing] if self._refreshing else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def statistics(self) -> RecommendationStatistics:
        return RecommendationStatistics(len(self._readers), self._made, self._refreshed, self._put_off)

    async def few_of_each(
        self, viewer_id: int, found: Sequence[Recommended], language: str = ""
    ) -> list[Recommended]:
        """Of one author few, also of tweets that are not in the columns any more; of what may be shown."""
        kept: list[Recommended] = []
        authors: Counter[int] = Counter()
        for start in range(0, len(found), RECOMMENDATION_CHUNK):
            part = found[start : start + RECOMMENDATION_CHUNK]
            shown = await shown_to(self._kit, viewer_id, [each.tweet_id for each in part], language)
            kept += _few_among(part, shown, authors)
            await asyncio.sleep(0)  # others get their turn
        return kept

    # -- making

    async def _make(self, viewer_id: int, language: str = "") -> MadeList:
        """Once for all who want it at the same time."""
        wanted = viewer_id, language
        task = self._under_way.get(wanted)
        if task is None:
            task = asyncio.create_task(self._made_list(viewer_id, language), name="roost-recommend")
            self._under_way[wanted] = task
        return await asyncio.shield(task)

    async def _made_list(self, viewer_id: int, language: str) -> MadeList:
        kit, task = self._kit, asyncio.current_task()
        try:
            async with self._room:
                acts = self._acts_of(viewer_id)
                await kit.recommending.applied(kit.log.last, RECOMMENDATION_WAIT_S, kit.interactions.name)
                now_ms, number = kit.clock.now_ms(), kit.ids.next_id()
                query = partial(_query, kit, self.barriers, viewer_id, now_ms, number, language)
                found = await asyncio.to_thread(query)
                made = MadeList(number, await self.few_of_each(viewer_id, found, language), now_ms, acts)
            self._made += 1
            if self._under_way.get((viewer_id, language)) is task:
                self._keep(viewer_id, made, language)
        finally:
            if self._under_way.get((viewer_id, language)) is task:
                del self._under_way[viewer_id, language]
        return made

    def _keep(self, viewer_id: int, made: MadeList, language: str) -> None:
        self._readers.setdefault(viewer_id, _Reader()).keep(made, language)
        self._readers.move_to_end(viewer_id)
        if len(self._readers) > RECOMMENDATION_READERS_MAX:
            self._readers.popitem(last=False)

    def _acts_of(self, viewer_id: int) -> int:
        reader = self._readers.get(viewer_id)
        return 0 if reader is None else reader.acts

    def _is_old(self, viewer_id: int, held: MadeList) -> bool:
        age_ms = self._kit.clock.now_ms() - held.made_ms
        acts = self._acts_of(viewer_id) - held.acts
        return acts >= RECOMMENDATION_REFRESH_ACTS or age_ms > 1000 * RECOMMENDATIONS_KEPT_S

    # -- making anew

    def _note(self, event: Event) -> None:
        """Told of every change that is durable. 0.1 us."""
        match event:
            case TweetLiked(like) | TweetUnliked(like):
                self._count(like.user_id)
            case TweetClicked(click):
                self._count(click.user_id)
            case TweetPosted(tweet) if tweet.retweet_of_id or tweet.reply_to_id or tweet.quote_of_id:
                self._count(tweet.author_id)
            case UserErased(user_id):
                self.forget(user_id)

    def _count(self, user_id: int) -> None:
        reader = self._readers.get(user_id)
        if reader is None:
            return
        reader.acts += 1
        if reader.whole is None or reader.acts - reader.whole.acts != RECOMMENDATION_REFRESH_ACTS:
            return
        if user_id in self._waiting:
            return
        if len(self._waiting) >= RECOMMENDATION_REFRESHES_MAX:
            self._put_off += 1
            return
        self._waiting[user_id] = None
        if self._refreshing is None or self._refreshing.done():
            self._refreshing = asyncio.create_task(self._refresh_all(), name="roost-refresh")

    async def _refresh_all(self) -> None:
        """One after the other, while there is time."""
        while self._waiting:
            await self._kit.enrichment.when_calm()
            if not self._waiting:
                return
            user_id, _ = self._waiting.popitem(last=False)
            held = self.kept(user_id)
            if held is None or not self._is_old(user_id, held):
                continue
            try:
                await self._make(user_id)
                self._refreshed += 1
            except Exception:  # it is made again when it is asked for
                _log.exception("The recommendations for %d could not be made anew", user_id)


async def shown_to(kit: Kit, viewer_id: int, tweet_ids: Sequence[int], language: str = "") -> list[Tweet]:
    """Those of some tweets that may be recommended to a viewer now, in order; of a `language`, if one is
    named."""
    found = [tweet for tweet in await kit.tweets.get_many(tweet_ids) if tweet is not None]
    wanted = [tweet for tweet in found if not tweet.is_noise and _is_in(tweet, language)]
    return await worth_showing_to(kit, viewer_id, wanted)


def _is_in(tweet: Tweet, language: str) -> bool:
    return not language or tweet.language.partition("-")[0].lower() == language


def _few_among(
    found: Sequence[Recommended], shown: Sequence[Tweet], authors: Counter[int]
) -> list[Recommended]:
    """Those among `shown`; no more of an author than may be, with those that `authors` counts so far."""
    author_of = {tweet.tweet_id: tweet.author_id for tweet in shown}
    kept = []
    for each in found:
        author = author_of.get(each.tweet_id, 0)
        if author and authors[author] < RECOMMENDED_OF_AUTHOR_MAX:
            authors[author] += 1
            kept.append(each)
    return kept


def _query(
    kit: Kit, barriers: Barriers, viewer_id: int, now_ms: int, seed: int, language: str
) -> list[Recommended]:
    """Beside the event loop. What is not in the columns any more may be of any language: the tables say."""
    graph, state = kit.interactions.graph, kit.reader.state
    seen = [each.tweet_id for each in interactions_of(graph, viewer_id, RECOMMENDATION_SEEN_MAX)]
    filters = Filters(
        tweets=np.array(seen, np.int64),
        authors=barred_authors(state, viewer_id, now_ms),
        languages=(language_code(language), 0) if language else (),
        oldest_ms=now_ms - 24 * RECOMMENDATION_DAYS_MAX * _HOUR_MS,
        author_most=RECOMMENDED_OF_AUTHOR_MAX,
        facts=partial(tweet_facts, state),
    )
    weighing = Weighing(
        _WEIGHTS, RECOMMENDATION_HALF_LIFE_H * _HOUR_MS, now_ms, viewer_id, _OWN_WEIGHTS, seed
    )
    barrier = barriers.of(viewer_id, now_ms)
    circle = [user_id for user_id in _circle(state, viewer_id, now_ms) if not is_barred(barrier, user_id)]
    return recommend(graph, viewer_id, circle, RECOMMENDATIONS_KEPT, weighing, filters, barrier)


def tweet_facts(state: ShardState, tweet_ids: Ids) -> TweetFacts:
    """With -1 for the language of a tweet that is known to have none."""
    authors, languages, visible = worth_showing(state, tweet_ids)
    return TweetFacts(authors, np.where((authors != 0) & (languages == 0), -1, languages), visible)


def barred_authors(state: ShardState, viewer_id: int, now_ms: int) -> Ids:
    """Authors who are not recommended: oneself, who is followed (theirs is at home), who is hidden."""
    graph = state.graph
    row = graph.row_of(viewer_id)
    if row < 0:
        return np.array([viewer_id], np.int64)
    rows = np.concatenate([graph.followees(row), graph.hidden.rows(row, now_ms)]).astype(np.int64)
    return np.append(graph.user_ids[rows], viewer_id)


def _circle(state: ShardState, viewer_id: int, now_ms: int) -> list[int]:
    graph = state.graph
    row = graph.row_of(viewer_id)
    if row < 0:
        return []
    rows = np.setdiff1d(graph.followees(row), graph.hidden.rows(row, now_ms))
    if len(rows) > RECOMMENDATION_CIRCLE_MAX:
        rows = np.random.default_rng(viewer_id).choice(rows, RECOMMENDATION_CIRCLE_MAX, replace=False)
    found: list[int] = graph.user_ids[rows].tolist()
    return found
