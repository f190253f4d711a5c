"""Bulk ingest: many changes in one request, each with a result of its own.

Written for speed: a slice of 200 lines becomes one append, and the next slice is made while the disk works
on the one before. Nothing is locked, so that whoever imports edges should be the only one to change these
accounts' edges meanwhile; and who imports is trusted, so that privacy is not asked about (an import may
answer a followers-only tweet). The text rules are the same for everybody.
"""

import asyncio
from collections.abc import Sequence

import msgspec
import numpy as np

from roost.errors import Conflict, Invalid, NotFound, RoostError
from roost.ids import unix_ms_of
from roost.ingest import Draft, addressed_by, check_draft, resolve_entities
from roost.limits import IDEMPOTENCY_LIFE_S, INGEST_SLICE_LINES
from roost.model import (
    Edge,
    EdgeAdded,
    EdgeKind,
    Event,
    Like,
    Tweet,
    TweetLiked,
    TweetPosted,
    User,
    UserCreated,
    Visibility,
)
from roost.service.bulk_lines import FollowLine, LikeLine, Line, LineResult, TweetLine, UserLine
from roost.service.local.kit import Kit
from roost.store import Batch, claim_names, rows, tables

_VISIBILITIES = {visibility.name.lower(): visibility for visibility in Visibility}
_decoder: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line)


class _Request:
    """What one request has made so far, and is not yet in the tables."""

    def __init__(self) -> None:
        self.users: set[int] = set()
        self.usernames: set[str] = set()
        self.follows: dict[int, set[int]] = {}
        self.likes: set[tuple[int, int]] = set()
        self.keys: dict[tuple[int, str], int] = {}


class _Slice:
    """The results of one slice, its events, and the rows that go with them."""

    def __init__(self) -> None:
        self.results: list[LineResult] = []
        self.events: list[Event] = []
        self.batch = Batch()


class LocalBulk:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def ingest(self, lines: Sequence[bytes]) -> tuple[list[LineResult], int]:
        """Apply lines in order; answers a result a line, and the log position of the last change.

        A bad line changes nothing and hinders no other. What is reported as ok is durable.
        """
        request = _Request()
        slices: list[_Slice] = []
        commits: list[asyncio.Task[int]] = []
        for start in range(0, len(lines), INGEST_SLICE_LINES):
            made = await self._make(lines[start : start + INGEST_SLICE_LINES], request)
            slices.append(made)
            commits.append(asyncio.create_task(self._commit(made)))
            await asyncio.sleep(0)
        positions = [await commit for commit in commits]
        return [result for made in slices for result in made.results], max(positions, default=0)

    async def _commit(self, made: _Slice) -> int:
        if not made.events:
            return 0
        try:
            return await self._kit.committer.commit(made.events, made.batch)
        except Conflict as cause:
            # Another request made one of these accounts meanwhile; the slice as a whole was refused.
            _fail(made, f"{cause.text}; nothing of this part was done, send it again")
        except RoostError as cause:
            _fail(made, cause.text)
        return 0

    async def _make(self, lines: Sequence[bytes], request: _Request) -> _Slice:
        made = _Slice()
        decoded = [_decoded(line) for line in lines]
        known = self._known_authors(decoded)
        for line in decoded:
            if isinstance(line, LineResult):
                made.results.append(line)
                continue
            try:
                if isinstance(line, TweetLine):
                    result = await self._tweet(line, made, request, known)
                elif isinstance(line, UserLine):
                    result = await self._user(line, made, request)
                elif isinstance(line, FollowLine):
                    result = await self._follows(line, made, request)
                else:
                    result = await self._like(line, made, request)
            except RoostError as cause:
                result = LineResult(ok=False, error=cause.text)
            made.results.append(result)
        return made

    def _known_authors(self, lines: Sequence[Line | LineResult]) -> set[int]:
        """The authors of a slice's tweets that are in the hot graph: one look-up for all."""
        authors = list({line.author for line in lines if isinstance(line, TweetLine)})
        found = self._kit.reader.state.graph.rows_of(np.array(authors, np.int64))
        return {author for author, row in zip(authors, found, strict=True) if row >= 0}

    async def _tweet(self, line: TweetLine, made: _Slice, request: _Request, known: set[int]) -> LineResult:
        if line.author not in known:
            await self._check_user(line.author, request)
        visibility = _VISIBILITIES.get(line.visibility)
        if visibility is None:
            raise Invalid(f"visibility must be one of {', '.join(_VISIBILITIES)}")
        if line.key:
            earlier = await self._earlier(line, request)
            if earlier:
                return LineResult(ok=True, id=str(earlier))
        tweet = await (
            self._retweet(line, visibility) if line.retweet_of else self._original(line, visibility)
        )
        made.events.append(TweetPosted(tweet))
        if line.key:
            hour = tables.hour_of(tweet.tweet_id)
            made.batch.put(
                tables.IDEMPOTENCY, rows.IdempotencyRow(hour, line.author, line.key, tweet.tweet_id)
            )
            request.keys[line.author, line.key] = tweet.tweet_id
        return LineResult(ok=True, id=str(tweet.tweet_id))

    async def _original(self, line: TweetLine, visibility: Visibility) -> Tweet:
        draft = Draft(text=line.text, spoiler=line.spoiler, language=line.language)
        text, found = check_draft(draft, self._kit.pipeline.rules, self._kit.pipeline.hosts)
        entities = await resolve_entities(self._kit.store, self._kit.users, found)
        parent = await self._shown(line.reply_to) if line.reply_to else None
        quoted = await self._shown(line.quote_of) if line.quote_of else None
        return Tweet(
            self._kit.ids.next_id(),
            line.author,
            text,
            visibility,
            line.language,
            line.sensitive or bool(line.spoiler),
            line.spoiler,
            parent.tweet_id if parent else 0,
            parent.author_id if parent else 0,
            0,
            0,
            quoted.tweet_id if quoted else 0,
            quoted.author_id if quoted else 0,
            entities,
            addressed_by(entities),
        )

    async def _retweet(self, line: TweetLine, visibility: Visibility) -> Tweet:
        if line.text or line.spoiler or line.reply_to or line.quote_of:
            raise Invalid("a retweet has no text, and answers and quotes nothing")
        original = await self._shown(line.retweet_of)
        if original.visibility >= Visibility.FOLLOWERS and original.author_id != line.author:
            raise Invalid("a tweet that is not public can be retweeted by its author only")
        return Tweet(
            self._kit.ids.next_id(),
            line.author,
            visibility=max(visibility, original.visibility),
            retweet_of_id=original.tweet_id,
            retweet_of_author_id=original.author_id,
        )

    async def _shown(self, tweet_id: int) -> Tweet:
        """A tweet that exists; of a retweet, the original."""
        tweet = await self._kit.tweets.get(tweet_id)
        if tweet is not None and tweet.retweet_of_id:
            tweet = await self._kit.tweets.get(tweet.retweet_of_id)
        if tweet is None:
            raise NotFound(f"there is no tweet {tweet_id}")
        return tweet

    async def _earlier(self, line: TweetLine, request: _Request) -> int:
        """The tweet that this line's key stands for, or 0."""
        made = request.keys.get((line.author, line.key))
        if made is not None:
            return made
        now_ms = self._kit.clock.now_ms()
        hour = tables.hour_at(now_ms)
        found = await self._kit.store.get_many(
            tables.IDEMPOTENCY, [(hour, line.author, line.key), (hour - 1, line.author, line.key)]
        )
        for row in found:
            if row is not None and unix_ms_of(row.tweet_id) > now_ms - 1000 * IDEMPOTENCY_LIFE_S:
                return row.tweet_id
        return 0

    async def _user(self, line: UserLine, made: _Slice, request: _Request) -> LineResult:
        key = line.username.lower()
        user_id = line.id or self._kit.ids.next_id()
        if key in request.usernames or await self._kit.store.get(tables.USERNAMES, (key,)) is not None:
            raise Invalid("Username has already been taken")
        if user_id in request.users or await self._kit.users.get(user_id) is not None:
            raise Invalid("The account id is in use")
        user = User(
            user_id,
            line.username,
            self._kit.clock.now_ms(),
            line.display_name,
            line.note,
            line.protected,
            line.bot,
        )
        made.events.append(UserCreated(user))
        claim_names(user, made.batch)
        request.usernames.add(key)
        request.users.add(user_id)
        return LineResult(ok=True, id=str(user_id))

    async def _follows(self, line: FollowLine, made: _Slice, request: _Request) -> LineResult:
        await self._check_user(line.follower, request)
        there = request.follows.get(line.follower)
        if there is None:
            there = request.follows[line.follower] = await self._barred_or_followed(line.follower)
        fresh = [other for other in dict.fromkeys(line.followees) if other not in there]
        fresh = await self._existing([other for other in fresh if other != line.follower], request)
        there.update(fresh)
        for other_id, edge_id in zip(fresh, self._kit.ids.next_ids(len(fresh)), strict=True):
            made.events.append(EdgeAdded(Edge(EdgeKind.FOLLOW, line.follower, other_id, edge_id)))
        return LineResult(ok=True, added=len(fresh))

    async def _barred_or_followed(self, user_id: int) -> set[int]:
        """Whom a user follows already, or cannot follow for a block."""
        there: set[int] = set()
        for side in (rows.Side.FOLLOWS, rows.Side.BLOCKS, rows.Side.BLOCKED_BY):
            last = 0
            while True:
                page = await self._kit.store.scan(
                    tables.EDGE_LISTS, (user_id, side), above=(last,), limit=1_000
                )
                there.update(row.other_id for row in page)
                if len(page) < 1_000:
                    break
                last = page[-1].edge_id
        return there

    async def _existing(self, user_ids: Sequence[int], request: _Request) -> list[int]:
        found = self._kit.reader.state.graph.rows_of(np.array(user_ids, np.int64))
        return [
            user_id
            for user_id, row in zip(user_ids, found, strict=True)
            if row >= 0 or user_id in request.users or await self._kit.users.get(user_id) is not None
        ]

    async def _like(self, line: LikeLine, made: _Slice, request: _Request) -> LineResult:
        await self._check_user(line.user, request)
        tweet = await self._shown(line.tweet)
        pair = (line.user, tweet.tweet_id)
        held = await self._kit.store.get(tables.MARKS, (*pair, rows.Mark.LIKED))
        if pair in request.likes or held is not None:
            return LineResult(ok=True)
        like = Like(line.user, tweet.tweet_id, tweet.author_id, self._kit.ids.next_id())
        made.events.append(TweetLiked(like))
        request.likes.add(pair)
        return LineResult(ok=True, added=1)

    async def _check_user(self, user_id: int, request: _Request) -> None:
        if user_id not in request.users and await self._kit.users.get(user_id) is None:
            raise NotFound(f"there is no account {user_id}")


def _decoded(line: bytes) -> Line | LineResult:
    try:
        return _decoder.decode(line)
    except (msgspec.MsgspecError, RecursionError) as cause:
        return LineResult(ok=False, error=str(cause))


def _fail(made: _Slice, text: str) -> None:
    """Nothing of the slice was done."""
    made.results = [
        LineResult(ok=False, error=text) if result.ok and (result.id or result.added) else result
        for result in made.results
    ]
