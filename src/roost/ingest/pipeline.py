"""From a draft to a durable tweet: validate, give it an id, enrich, commit. What takes longer to find out
comes later, by `late_enrichment`."""

from collections.abc import Awaitable, Callable
from functools import partial

import msgspec

from roost.clock import Clock
from roost.errors import FieldProblem, Forbidden, Invalid, NotFound, UnexpectedMentions
from roost.graph import may_quote, may_see, relation_between
from roost.ids import Snowflakes, unix_ms_of
from roost.ingest.commit import Committer
from roost.ingest.draft import Draft, check_draft
from roost.ingest.enrichers import addressed_by, resolve_entities
from roost.ingest.enrichment import Enrichment
from roost.ingest.polls import ask
from roost.ingest.revision import Revision
from roost.limits import IDEMPOTENCY_KEY_CHARACTERS_MAX, IDEMPOTENCY_LIFE_S, TWEET_EDITS_MAX
from roost.model import Entities, Relation, Tweet, TweetPosted, User
from roost.store import Batch, Store, TweetCache, UserCache, rows, tables
from roost.text import TextRules

Find = Callable[[int], Awaitable[Tweet]]
"""The tweet that an id stands for: of a retweet, the original. Raises NotFound and Forbidden."""


class Posted(msgspec.Struct, frozen=True):
    """A tweet that is durable. `position` is 0 where an idempotency key led to an earlier one."""

    tweet: Tweet
    position: int


class Pipeline:
    """Takes tweets in. `hosts` are this server's own names, for `@user@host`."""

    def __init__(
        self,
        store: Store,
        committer: Committer,
        tweets: TweetCache,
        users: UserCache,
        ids: Snowflakes,
        clock: Clock,
        rules: TextRules,
        hosts: frozenset[str],
        enrichment: Enrichment,
    ) -> None:
        self.rules = rules
        self._enrichment = enrichment
        self._store = store
        self._committer = committer
        self._tweets = tweets
        self._users = users
        self._ids = ids
        self._clock = clock
        self.hosts = hosts

    async def post(self, author: User, draft: Draft, key: str = "") -> Posted:
        """Post a tweet. The same `key` within an hour answers the first tweet, and posts nothing.

        Two posts of one author with the same key must not run at once; see `service`.
        """
        earlier = await self.earlier(author.user_id, key)
        if earlier is not None:
            return Posted(earlier, 0)
        tweet = await self.make(author, draft)
        batch = Batch()
        if key:
            note_key(tweet, key, batch)
        self._committer.check_there(tweet.reply_to_id, tweet.quote_of_id)
        position = await self._committer.commit([TweetPosted(tweet)], batch)
        return Posted(tweet, position)

    async def make(self, author: User, draft: Draft) -> Tweet:
        """The tweet that a draft becomes, not yet committed. Raises Invalid, NotFound, Forbidden."""

        async def quotable(tweet_id: int) -> Tweet:
            quoted, quoted_author, relation = await self._seen(author, tweet_id)
            if not may_quote(quoted, quoted_author, author.user_id, relation):
                raise Forbidden("This tweet cannot be quoted")
            return quoted

        return await self.compose(author.user_id, draft, partial(self._visible, author), quotable)

    async def compose(self, author_id: int, draft: Draft, answered: Find, quotable: Find) -> Tweet:
        """`make`, where the caller says which tweets may be answered and quoted. Raises what these raise."""
        text, found = check_draft(draft, self.rules, self.hosts)
        poll = ask(draft.poll, self._clock.now_ms()) if draft.poll is not None else None
        entities = await resolve_entities(self._store, self._users, found)
        _check_mentions(draft, author_id, entities)
        parent = await answered(draft.reply_to_id) if draft.reply_to_id else None
        quoted = await quotable(draft.quote_of_id) if draft.quote_of_id else None
        tweet = Tweet(
            tweet_id=self._ids.next_id(),
            author_id=author_id,
            text=text,
            visibility=draft.visibility,
            language=draft.language,
            sensitive=draft.sensitive or bool(draft.spoiler),
            spoiler=draft.spoiler,
            reply_to_id=parent.tweet_id if parent else 0,
            reply_to_author_id=parent.author_id if parent else 0,
            quote_of_id=quoted.tweet_id if quoted else 0,
            quote_of_author_id=quoted.author_id if quoted else 0,
            entities=entities,
            addressed_ids=addressed_by(entities),
            app_name=draft.app_name,
            app_website=draft.app_website,
            conversation_id=parent.root_id if parent else 0,
            quote_policy=draft.quote_policy,
            media=draft.media,
            poll=poll,
        )
        return self._enrichment.enrich(tweet)

    async def revise(self, tweet: Tweet, revision: Revision) -> Tweet:
        """A tweet as it is after an edit, not yet committed; itself where nothing changes. Raises Invalid."""
        needs_text = not revision.media and revision.poll is None
        text, found = check_draft(revision.draft_of(tweet), self.rules, self.hosts, needs_text)
        revision = msgspec.structs.replace(
            revision, text=text, sensitive=revision.sensitive or bool(revision.spoiler)
        )
        if not revision.changes(tweet):
            return tweet
        if tweet.edits >= TWEET_EDITS_MAX:
            problem = f"has been edited {TWEET_EDITS_MAX} times already"
            raise Invalid(
                f"Validation failed: Status {problem}", {"status": (FieldProblem("ERR_TOO_MANY", problem),)}
            )
        entities = await resolve_entities(self._store, self._users, found)
        fresh = tweet.language_guessed and revision.language == tweet.language
        revised = msgspec.structs.replace(
            tweet.plain(),
            text=text,
            spoiler=revision.spoiler,
            sensitive=revision.sensitive,
            language="" if fresh else revision.language,
            media=revision.media,
            poll=revision.poll,
            entities=entities,
            addressed_ids=addressed_by(entities),
            edits=tweet.edits + 1,
            edited_ms=max(self._clock.now_ms(), tweet.edited_ms + 1),
        )
        if revised.links() == tweet.links():
            revised = msgspec.structs.replace(revised, card=tweet.card)
        return self._enrichment.enrich(revised)

    async def _visible(self, viewer: User, tweet_id: int) -> Tweet:
        """A tweet that `viewer` may see; of a retweet, the original. Raises NotFound."""
        return (await self._seen(viewer, tweet_id))[0]

    async def _seen(self, viewer: User, tweet_id: int) -> tuple[Tweet, User, Relation]:
        """The same, with its author and what stands between the two."""
        tweet = await self._tweets.get(tweet_id)
        if tweet is not None and tweet.retweet_of_id:
            tweet = await self._tweets.get(tweet.retweet_of_id)
        author = await self._users.get(tweet.author_id) if tweet is not None else None
        if tweet is None or author is None:
            raise NotFound("Record not found")
        relation = await relation_between(self._store, viewer.user_id, author.user_id, self._clock.now_ms())
        if not may_see(tweet, author, viewer.user_id, relation):
            raise NotFound("Record not found")
        return tweet, author, relation

    async def earlier(self, author_id: int, key: str) -> Tweet | None:
        """The tweet posted with this key, if that was less than an hour ago and it still is there."""
        if not key:
            return None
        if len(key) > IDEMPOTENCY_KEY_CHARACTERS_MAX:
            problem = f"is longer than {IDEMPOTENCY_KEY_CHARACTERS_MAX} characters"
            raise Invalid(
                f"Validation failed: Idempotency-Key {problem}",
                {"Idempotency-Key": (FieldProblem("ERR_TOO_LONG", problem),)},
            )
        tweet_id = await self.keyed(author_id, key)
        return await self._tweets.get(tweet_id) if tweet_id else None

    async def keyed(self, author_id: int, key: str) -> int:
        """The id of the tweet that was posted with a key less than an hour ago, or 0."""
        now_ms = self._clock.now_ms()
        hour = tables.hour_at(now_ms)
        found = await self._store.get_many(
            tables.IDEMPOTENCY, [(hour, author_id, key), (hour - 1, author_id, key)]
        )
        for row in found:
            if row is not None and unix_ms_of(row.tweet_id) > now_ms - 1000 * IDEMPOTENCY_LIFE_S:
                return row.tweet_id
        return 0


def _check_mentions(draft: Draft, author_id: int, entities: Entities) -> None:
    """Raises UnexpectedMentions."""
    if draft.allowed_mentions is not None:
        expected = {author_id, *draft.allowed_mentions}
        unexpected = tuple(user_id for user_id in addressed_by(entities) if user_id not in expected)
        if unexpected:
            raise UnexpectedMentions(unexpected)


def note_key(tweet: Tweet, key: str, batch: Batch) -> None:
    """Have `Pipeline.keyed` find the tweet by its author's key."""
    hour = tables.hour_of(tweet.tweet_id)
    batch.put(tables.IDEMPOTENCY, rows.IdempotencyRow(hour, tweet.author_id, key, tweet.tweet_id))
