"""Tweets for somebody, and tweets like another one; with the reasons that may be told.

`recommending` makes the lists; here each page is looked at again as the tables are now.
"""

import asyncio
from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from roost.interactions import (
    KIND_WEIGHTS,
    Filters,
    Interaction,
    InteractionGraph,
    InteractionKind,
    Recommended,
    Weighing,
    interactions_of,
    interactions_with,
    similar_tweets,
)
from roost.limits import (
    RECOMMENDATION_CHUNK,
    RECOMMENDATION_REASONS_MAX,
    RECOMMENDATION_SEEN_MAX,
    RECOMMENDATION_WAIT_S,
    RECOMMENDATIONS_KEPT,
    RECOMMENDED_OF_AUTHOR_MAX,
    SIMILAR_USERS_MIN,
)
from roost.model import Click, TweetClicked, Visibility
from roost.service.local.barriers import Barriers
from roost.service.local.cursors import PairCursor
from roost.service.local.kit import Kit
from roost.service.local.people import without_hidden
from roost.service.local.recommending import (
    TOLD_WEIGHING,
    MadeList,
    Recommender,
    barred_authors,
    shown_to,
    tweet_facts,
)
from roost.service.local.trends import LocalTrends
from roost.service.local.tweets import LocalTweets
from roost.service.recommendations import (
    RecommendationPage,
    RecommendationStatistics,
    RecommendedBy,
    RecommendedTweet,
)
from roost.service.views import Because, Reason, TweetView, UserView
from roost.store import rows

_CURSOR = PairCursor(".", 5, "recommendations")
"""A list's number, and a place in it."""
_PLACE = PairCursor("~", 7, "recommendations")
"""A tweet's id, and its score in millionths."""
_CLICKS = Weighing({InteractionKind.CLICK: 1.0})
_DONE = frozenset((rows.Mark.LIKED, rows.Mark.RETWEETED))
_NO_REASON = Because((), 0)
_TRENDING = 20
"""Trending tweets that fill up a list."""


class LocalRecommendations:
    def __init__(self, kit: Kit, tweets: LocalTweets, trends: LocalTrends) -> None:
        self._kit = kit
        self._tweets = tweets
        self._trends = trends
        self._recommender = Recommender(kit)

    async def tweets(self, viewer_id: int, cursor: str, limit: int, language: str = "") -> RecommendationPage:
        """A page of the reader's list; behind its end comes what trends. A list that was made anew meanwhile
        is gone on with at the same place. Of a `language` alone, by its first subtag, where one is named."""
        number, offset = _CURSOR.read(cursor)
        held = self._recommender.kept(viewer_id, language)
        if not number or held is None or held.number != number:
            held = await self._recommender.of(viewer_id, language)
        shown, offset = await self._some_of(viewer_id, held.found, offset, limit, language)
        items = await self._views(viewer_id, shown, RecommendedBy.INTERACTIONS)
        if offset < len(held.found):
            return RecommendationPage(tuple(items), _CURSOR.write(held.number, offset))
        whole = [*held.found, *await self._trending(viewer_id, held, language)]
        shown, offset = await self._some_of(viewer_id, whole, offset, limit - len(items), language)
        items += await self._trend_views(viewer_id, shown)
        following = _CURSOR.write(held.number, offset) if offset < len(whole) else ""
        return RecommendationPage(tuple(items), following)

    async def best(self, viewer_id: int, limit: int, or_trending: bool = False) -> list[int]:
        """The ids of the reader's best recommendations that may be shown now; where there are none and one
        wants that, of what trends."""
        held = await self._recommender.of(viewer_id)
        shown, _ = await self._some_of(viewer_id, held.found, 0, limit)
        if or_trending and not shown:
            shown, _ = await self._some_of(viewer_id, await self._trending(viewer_id, held, ""), 0, limit)
        return [each.tweet_id for each in shown]

    async def because(self, viewer_id: int, tweet_ids: Sequence[int]) -> Mapping[int, Because]:
        """Why the reader's list has some tweets; those that it has not are left out."""
        held = self._recommender.kept(viewer_id)
        if held is None:
            return {}
        wanted = set(tweet_ids)
        chosen = [each for each in held.found if each.tweet_id in wanted]
        views = await self._views(viewer_id, chosen, RecommendedBy.INTERACTIONS)
        trending = {each.tweet_id: _NO_REASON for each in held.trending or () if each.tweet_id in wanted}
        return trending | {each.tweet.tweet.tweet_id: each.because for each in views}

    async def still_shown(self, viewer_id: int, tweet_ids: Sequence[int]) -> list[int]:
        """Those of some recommended tweets that may be shown to the reader still, in order."""
        return [tweet.tweet_id for tweet in await shown_to(self._kit, viewer_id, tweet_ids)]

    async def similar(self, viewer_id: int, tweet_id: int, cursor: str, limit: int) -> RecommendationPage:
        """Those with which the same people interacted, several of them, in ways that everybody may know of:
        so nobody learns what one person does by making them act on a tweet of one's own. None for a tweet
        that is not for everybody. A cursor is the last one's place, by score and id. Raises NotFound."""
        last_id, last_score = _PLACE.read(cursor)
        kit = self._kit
        tweet = await self._tweets.original(viewer_id, tweet_id)
        if tweet.visibility not in (Visibility.PUBLIC, Visibility.UNLISTED):
            return RecommendationPage((), "")
        await kit.recommending.applied(kit.log.last, RECOMMENDATION_WAIT_S, kit.interactions.name)
        graph = kit.interactions.graph
        barriers, now_ms = self._recommender.barriers, kit.clock.now_ms()
        alike = await asyncio.to_thread(_alike, kit, barriers, viewer_id, now_ms, tweet.tweet_id)
        found = await self._recommender.few_of_each(viewer_id, alike)
        if cursor:
            found = [each for each in found if _place(each) < (last_score, last_id)]
        shown = found[:limit]
        acts = interactions_with(graph, tweet.tweet_id, RECOMMENDATION_SEEN_MAX, TOLD_WEIGHING)
        near = frozenset(act.user_id for act in acts)
        views = await self._views(viewer_id, shown, RecommendedBy.SIMILARITY, near)
        following = ""
        if len(found) > limit:
            score, last_id = _place(shown[-1])
            following = _PLACE.write(last_id, score)
        return RecommendationPage(tuple(views), following)

    async def click(self, viewer_id: int, tweet_id: int) -> None:
        """One that is known already changes nothing. Raises NotFound."""
        kit = self._kit
        tweet = await self._tweets.original(viewer_id, tweet_id)
        if tweet.author_id == viewer_id:
            return
        async with kit.locks.hold("click", viewer_id, tweet.tweet_id):
            await kit.recommending.applied(kit.log.last, RECOMMENDATION_WAIT_S, kit.interactions.name)
            clicks = interactions_of(kit.interactions.graph, viewer_id, RECOMMENDATION_SEEN_MAX, _CLICKS)
            if any(each.tweet_id == tweet.tweet_id for each in clicks):
                return
            kit.committer.check_there(tweet.tweet_id)
            click = Click(viewer_id, tweet.tweet_id, kit.clock.now_ms())
            kit.positions.note(viewer_id, await kit.committer.commit([TweetClicked(click)]))

    def forget(self, viewer_id: int) -> None:
        """The reader is gone."""
        self._recommender.forget(viewer_id)

    async def stop(self) -> None:
        await self._recommender.stop()

    def statistics(self) -> RecommendationStatistics:
        return self._recommender.statistics()

    # -- what may be shown

    async def _some_of(
        self, viewer_id: int, found: Sequence[Recommended], offset: int, limit: int, language: str = ""
    ) -> tuple[list[Recommended], int]:
        """The next that may be shown, and where to go on. As the tables and the follow graph are now: none of
        one's own, nor of whom one follows, nor what one likes or has retweeted."""
        shown: list[Recommended] = []
        state = self._kit.reader.state
        barred = set(barred_authors(state, viewer_id, self._kit.clock.now_ms()).tolist())
        while len(shown) < limit and offset < len(found):
            part = found[offset : offset + RECOMMENDATION_CHUNK]
            tweets = await shown_to(self._kit, viewer_id, [each.tweet_id for each in part], language)
            marks = await self._kit.marks.of(viewer_id, [tweet.tweet_id for tweet in tweets])
            done = {tweet_id for tweet_id, held in marks.items() if not _DONE.isdisjoint(held)}
            allowed = {tweet.tweet_id for tweet in tweets if tweet.author_id not in barred} - done
            for each in part:
                offset += 1
                if each.tweet_id in allowed:
                    shown.append(each)
                if len(shown) == limit:
                    break
            await asyncio.sleep(0)  # others get their turn
        return shown, offset

    async def _trending(self, viewer_id: int, held: MadeList, language: str) -> Sequence[Recommended]:
        """What comes behind the end of a list: what trends, without one's own, what one has interacted with,
        and what is listed; no more of an author than the whole list may have."""
        if held.trending is None:
            page = await self._trends.tweets(viewer_id, 0, _TRENDING)
            acts = interactions_of(self._kit.interactions.graph, viewer_id, RECOMMENDATION_SEEN_MAX)
            listed = {each.tweet_id for each in held.found}
            passed = listed | {each.tweet_id for each in acts}
            fresh = [view.tweet.tweet_id for view in page.items if view.tweet.tweet_id not in passed]
            tail = [Recommended(tweet_id, 0.0, (), 0) for tweet_id in fresh]
            kept = await self._recommender.few_of_each(viewer_id, [*held.found, *tail], language)
            held.trending = [each for each in kept if each.tweet_id not in listed]
        return held.trending

    async def _trend_views(self, viewer_id: int, found: Sequence[Recommended]) -> list[RecommendedTweet]:
        views = await self._kit.hydration.tweets_by_id([each.tweet_id for each in found], viewer_id)
        return [RecommendedTweet(view, RecommendedBy.TREND, 0.0, _NO_REASON) for view in views]

    # -- reasons

    async def _views(
        self,
        viewer_id: int,
        found: Sequence[Recommended],
        source: RecommendedBy,
        near: frozenset[int] = frozenset(),
    ) -> list[RecommendedTweet]:
        """Those in `near`, and by whom a walk came to the tweet, are named before others."""
        views = await self._kit.hydration.tweets_by_id([each.tweet_id for each in found], viewer_id)
        by_id = {view.tweet.tweet_id: view for view in views}
        told = await asyncio.to_thread(_acts, self._kit.interactions.graph, found, near)
        people = await self._tellable(viewer_id, {act.user_id for acts in told for act in acts})
        return [
            RecommendedTweet(
                by_id[each.tweet_id],
                source,
                each.score,
                _because(acts, people, by_id[each.tweet_id], viewer_id),
            )
            for each, acts in zip(found, told, strict=True)
            if each.tweet_id in by_id
        ]

    async def _tellable(self, viewer_id: int, user_ids: set[int]) -> dict[int, UserView]:
        """Those of some users whose interactions may be told to the viewer: not of who is hidden or silenced,
        nor of who is protected."""
        wanted = without_hidden(self._kit, viewer_id, np.array(sorted(user_ids), np.int64))
        views = await self._kit.hydration.users(wanted.tolist())
        return {
            view.user.user_id: view
            for view in views
            if view is not None
            and not (view.user.is_gone or view.user.protected or view.user.standing.silenced)
        }


def _acts(
    graph: InteractionGraph, found: Sequence[Recommended], near: frozenset[int]
) -> list[list[Interaction]]:
    """What was done to each tweet, once a user: by those who are near or led to it first, then what weighs
    most, then the newest. Beside the event loop."""
    told = []
    for each in found:
        first = near | {proof.user_id for proof in each.proofs}
        acts = interactions_with(graph, each.tweet_id, RECOMMENDATION_SEEN_MAX, TOLD_WEIGHING)

        def rank(act: Interaction, first: frozenset[int] = first) -> tuple[bool, float, int]:
            return act.user_id in first, KIND_WEIGHTS[act.kind], act.when_ms

        best: dict[int, Interaction] = {}
        for act in sorted(acts, key=rank, reverse=True):
            best.setdefault(act.user_id, act)
        told.append(list(best.values()))
    return told


def _alike(kit: Kit, barriers: Barriers, viewer_id: int, now_ms: int, tweet_id: int) -> list[Recommended]:
    """By `_place`. Beside the event loop."""
    facts = partial(tweet_facts, kit.reader.state)
    alike = similar_tweets(
        kit.interactions.graph,
        tweet_id,
        RECOMMENDATIONS_KEPT,
        weighing=TOLD_WEIGHING,
        filters=Filters(author_most=RECOMMENDED_OF_AUTHOR_MAX, facts=facts),
        least_common=SIMILAR_USERS_MIN,
        barrier=barriers.of(viewer_id, now_ms),
    )
    found = [Recommended(each.node_id, each.score, (), round(each.common)) for each in alike]
    return sorted(found, key=_place, reverse=True)


def _place(each: Recommended) -> tuple[int, int]:
    """Where it stands among similar ones, the highest first: its score in millionths, and its id."""
    return round(1_000_000 * each.score), each.tweet_id


def _because(
    acts: Sequence[Interaction], people: Mapping[int, UserView], view: TweetView, viewer_id: int
) -> Because:
    """The tweet's own author is no reason for it, nor is the viewer; who may not be named is counted."""
    speaking = [act for act in acts if act.user_id not in (view.tweet.author_id, viewer_id)]
    named = [act for act in speaking if act.user_id in people][:RECOMMENDATION_REASONS_MAX]
    reasons = tuple(Reason(people[act.user_id], act.kind) for act in named)
    return Because(reasons, len(speaking) - len(reasons))
