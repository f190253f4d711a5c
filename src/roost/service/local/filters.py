"""Users' filters: kept as one row a user, and matched against what they read."""

from collections.abc import Callable, Sequence

import msgspec

from roost import limits
from roost.errors import FieldProblem, Invalid, NotFound
from roost.model import (
    Filter,
    FilterContext,
    FilteredTweet,
    FilterKeyword,
    FiltersChanged,
    FilterSet,
)
from roost.service.local.kit import Kit
from roost.service.local.tweets import LocalTweets
from roost.service.views import FilterChange, FilterMatch, KeywordChange, TweetView
from roost.store import tables

Filters = tuple[Filter, ...]


class LocalFilters:
    def __init__(self, kit: Kit, tweets: LocalTweets) -> None:
        self._kit = kit
        self._tweets = tweets

    async def all(self, user_id: int) -> Filters:
        """Oldest first; those that have ended, too."""
        row = await self._kit.store.get(tables.FILTERS, (user_id,))
        return row.filters if row is not None else ()

    async def get(self, user_id: int, filter_id: int) -> Filter:
        """Raises NotFound."""
        return _found(await self.all(user_id), lambda one: one.filter_id == filter_id)

    async def of_keyword(self, user_id: int, keyword_id: int) -> tuple[Filter, FilterKeyword]:
        """A keyword and its filter. Raises NotFound."""
        found = _found(await self.all(user_id), lambda one: _keyword(one, keyword_id) is not None)
        keyword = _keyword(found, keyword_id)
        assert keyword is not None
        return found, keyword

    async def of_tweet(self, user_id: int, entry_id: int) -> tuple[Filter, FilteredTweet]:
        """A tweet that is filtered by itself, and its filter. Raises NotFound."""
        found = _found(await self.all(user_id), lambda one: _entry(one, entry_id) is not None)
        entry = _entry(found, entry_id)
        assert entry is not None
        return found, entry

    async def add(self, user_id: int, change: FilterChange) -> Filter:
        """Raises Invalid where something is missing or wrong, or there are too many."""
        async with self._kit.locks.hold("filters", user_id):
            filters = await self.all(user_id)
            if len(filters) >= limits.FILTERS_MAX:
                raise _invalid("base", "ERR_TOO_MANY", f"Filters are more than {limits.FILTERS_MAX}")
            made = self._changed(Filter(self._kit.ids.next_id(), "", FilterContext(0)), change)
            await self._save(user_id, (*filters, made))
        return made

    async def change(self, user_id: int, filter_id: int, change: FilterChange) -> Filter:
        """Raises NotFound, and Invalid as `add`."""

        def changed(found: Filter) -> Filter:
            return self._changed(found, change)

        return await self._replace(user_id, lambda one: one.filter_id == filter_id, changed)

    async def remove(self, user_id: int, filter_id: int) -> None:
        """Raises NotFound."""
        async with self._kit.locks.hold("filters", user_id):
            filters = await self.all(user_id)
            found = _found(filters, lambda one: one.filter_id == filter_id)
            await self._save(user_id, tuple(one for one in filters if one is not found))

    async def remove_keyword(self, user_id: int, keyword_id: int) -> None:
        """Raises NotFound."""
        filter_id = (await self.of_keyword(user_id, keyword_id))[0].filter_id
        removed = FilterChange(keywords=(KeywordChange(keyword_id=keyword_id, removed=True),))
        await self.change(user_id, filter_id, removed)

    async def add_tweet(self, user_id: int, filter_id: int, tweet_id: int) -> FilteredTweet:
        """Filter a tweet by itself, once. Raises NotFound, and Invalid for too many."""
        tweet = await self._tweets.original(user_id, tweet_id)

        def with_tweet(found: Filter) -> Filter:
            if any(entry.tweet_id == tweet.tweet_id for entry in found.tweets):
                return found
            entry = FilteredTweet(self._kit.ids.next_id(), tweet.tweet_id)
            return msgspec.structs.replace(found, tweets=(*found.tweets, entry))

        made = await self._replace(user_id, lambda one: one.filter_id == filter_id, with_tweet)
        return next(entry for entry in made.tweets if entry.tweet_id == tweet.tweet_id)

    async def remove_tweet(self, user_id: int, entry_id: int) -> FilteredTweet:
        """Raises NotFound."""
        removed: list[FilteredTweet] = []

        def without_tweet(found: Filter) -> Filter:
            removed.extend(entry for entry in found.tweets if entry.entry_id == entry_id)
            kept = tuple(entry for entry in found.tweets if entry.entry_id != entry_id)
            return msgspec.structs.replace(found, tweets=kept)

        await self._replace(user_id, lambda one: _entry(one, entry_id) is not None, without_tweet)
        return removed[0]

    async def matches(
        self, viewer_id: int, views: Sequence[TweetView], context: FilterContext | None = None
    ) -> list[tuple[FilterMatch, ...]]:
        """For each view the viewer's filters that match it; `context` leaves those wanted there."""
        matcher = await self._kit.filters.of(viewer_id)
        if matcher is None:
            return [()] * len(views)
        now_ms = self._kit.clock.now_ms()
        shown = [(view.retweet_of or view).tweet for view in views]
        return await matcher.of_several(shown, now_ms, context)

    async def _replace(
        self, user_id: int, wanted: Callable[[Filter], bool], change: Callable[[Filter], Filter]
    ) -> Filter:
        """Change one of a user's filters in its place."""
        async with self._kit.locks.hold("filters", user_id):
            filters = await self.all(user_id)
            found = _found(filters, wanted)
            made = change(found)
            if made != found:
                await self._save(user_id, tuple(made if one is found else one for one in filters))
        return made

    async def _save(self, user_id: int, filters: Filters) -> None:
        if sum(len(one.tweets) for one in filters) > limits.FILTER_TWEETS_MAX:
            text = f"Statuses of all filters are more than {limits.FILTER_TWEETS_MAX}"
            raise _invalid("base", "ERR_TOO_MANY", text)
        keywords = sum(len(one.keywords) for one in filters)
        if keywords > limits.FILTER_KEYWORDS_MAX:
            text = f"Keywords of all filters are more than {limits.FILTER_KEYWORDS_MAX}"
            raise _invalid("base", "ERR_TOO_MANY", text)
        position = await self._kit.committer.commit([FiltersChanged(FilterSet(user_id, filters))])
        await self._kit.positions.settle(user_id, position)

    def _changed(self, found: Filter, change: FilterChange) -> Filter:
        """Raises Invalid where it would not be a filter any more."""
        keywords = {entry.keyword_id: entry for entry in found.keywords}
        for entry in change.keywords:
            self._change_keyword(keywords, entry)
        ends_ms = found.expires_ms
        if change.lasts_s is not None:
            ends_ms = self._kit.clock.now_ms() + 1000 * change.lasts_s if change.lasts_s else 0
        made = Filter(
            found.filter_id,
            found.title if change.title is None else change.title.strip(),
            found.contexts if change.contexts is None else change.contexts,
            found.action if change.action is None else change.action,
            ends_ms,
            tuple(keywords.values()),
            found.tweets,
        )
        _check(made)
        return made

    def _change_keyword(self, keywords: dict[int, FilterKeyword], change: KeywordChange) -> None:
        if not change.keyword_id:
            made = FilterKeyword(
                self._kit.ids.next_id(), change.keyword or "", change.whole_word is not False
            )
            keywords[made.keyword_id] = made
            return
        held = keywords.get(change.keyword_id)
        if held is None:
            raise NotFound("Record not found")
        if change.removed:
            del keywords[change.keyword_id]
            return
        keywords[change.keyword_id] = FilterKeyword(
            held.keyword_id,
            held.keyword if change.keyword is None else change.keyword,
            held.whole_word if change.whole_word is None else change.whole_word,
        )


def _found(filters: Filters, wanted: Callable[[Filter], bool]) -> Filter:
    for one in filters:
        if wanted(one):
            return one
    raise NotFound("Record not found")


def _keyword(found: Filter, keyword_id: int) -> FilterKeyword | None:
    return next((entry for entry in found.keywords if entry.keyword_id == keyword_id), None)


def _entry(found: Filter, entry_id: int) -> FilteredTweet | None:
    return next((entry for entry in found.tweets if entry.entry_id == entry_id), None)


def _check(made: Filter) -> None:
    if not made.title:
        raise _invalid("title", "ERR_BLANK", "Title can't be blank")
    if len(made.title) > limits.FILTER_TITLE_CHARACTERS_MAX:
        raise _too_long("title", "Title", limits.FILTER_TITLE_CHARACTERS_MAX)
    if not made.contexts:
        raise _invalid("context", "ERR_BLANK", "Context can't be blank")
    for entry in made.keywords:
        if not entry.keyword.strip():
            raise _invalid("keywords.keyword", "ERR_BLANK", "Keywords keyword can't be blank")
        if len(entry.keyword) > limits.FILTER_KEYWORD_CHARACTERS_MAX:
            raise _too_long("keywords.keyword", "Keyword", limits.FILTER_KEYWORD_CHARACTERS_MAX)


def _too_long(field: str, name: str, limit: int) -> Invalid:
    return _invalid(field, "ERR_TOO_LONG", f"{name} is longer than {limit} characters")


def _invalid(field: str, code: str, text: str) -> Invalid:
    return Invalid(f"Validation failed: {text}", {field: (FieldProblem(code, text),)})
