"""Bulk ingest: many changes in one request, each with a result of its own.

Written for speed: a slice of 200 lines becomes one append, and the next slice is made while the disk works
on the one before, unless it leans on it (see `bulk_slices`). Nothing is locked, so that whoever imports edges
should be the only one to change these accounts' edges meanwhile; and who imports is trusted, so that privacy
is not asked about (an import may answer a followers-only tweet). The text rules are the same for everybody.
"""

import asyncio
from collections.abc import Sequence

import msgspec
import numpy as np

from roost.errors import Conflict, Invalid, NotFound, RoostError
from roost.ingest import Draft, note_key
from roost.limits import FOLLOWEES_MAX, INGEST_SLICE_LINES, INGEST_YIELD_LINES
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
from roost.service.local.bulk_slices import Follower, Request, Slice
from roost.service.local.kit import Kit
from roost.store import claim_names, rows, tables

_VISIBILITIES = {visibility.name.lower(): visibility for visibility in Visibility}
_decoder: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line, strict=False)
"""Not strict: ids may be strings, as in every answer, since JavaScript's numbers cannot hold them."""


class LocalBulk:
    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    async def ingest(self, lines: Sequence[bytes]) -> tuple[list[LineResult], int]:
        """Apply lines in order; answers a result a line, and the log position of the last change.

        A bad line changes nothing and hinders no other. What is reported as ok is durable.
        """
        request = Request()
        slices: list[Slice] = []
        commits: list[asyncio.Task[int]] = []
        for start in range(0, len(lines), INGEST_SLICE_LINES):
            made = await self._make(lines[start : start + INGEST_SLICE_LINES], request)
            slices.append(made)
            made.commit = asyncio.create_task(self._commit(made, request))
            commits.append(made.commit)
            await asyncio.sleep(0)
        positions = [await commit for commit in commits]
        return [result for made in slices for result in made.results], max(positions, default=0)

    async def _commit(self, made: Slice, request: Request) -> int:
        if not made.events:
            return 0
        try:
            self._kit.committer.check_there(*_leant_on(made.events))
            position = await self._kit.committer.commit(made.events, made.batch)
        except (Conflict, NotFound) as cause:
            # Another request made one of these accounts meanwhile, or deleted a tweet that is leant on; the
            # slice as a whole was refused.
            text = cause.text if isinstance(cause, Conflict) else "A tweet of it was deleted meanwhile"
            made.refuse(f"{text}; nothing of this part was done, send it again")
        except RoostError as cause:
            made.refuse(cause.text)
        else:
            return position
        request.forget(made)
        return 0

    async def _make(self, lines: Sequence[bytes], request: Request) -> Slice:
        made = Slice()
        decoded = [_decoded(line) for line in lines]
        known = self._known_authors(decoded)
        for number, line in enumerate(decoded, 1):
            if number % INGEST_YIELD_LINES == 0:
                await asyncio.sleep(0)  # others get their turn
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

    async def _tweet(self, line: TweetLine, made: Slice, request: Request, known: set[int]) -> LineResult:
        if line.author not in known:
            await self._check_user(line.author, made, request)
        visibility = _VISIBILITIES.get(line.visibility)
        if visibility is None:
            raise Invalid(f"visibility must be one of {', '.join(_VISIBILITIES)}")
        earlier = await self._keyed(line, made, request) if line.key else 0
        original: Tweet | None = None
        if line.retweet_of and not earlier:
            original = await self._retweetable(line)
            earlier = await self._retweeted(line.author, original.tweet_id, made, request)
        if earlier:
            return LineResult(ok=True, id=str(earlier))
        if original is not None:
            tweet = self._retweet(line.author, original, visibility)
            request.claim(("retweet", line.author, original.tweet_id), made, tweet.tweet_id)
        else:
            tweet = await self._original(line, visibility)
        made.events.append(TweetPosted(tweet))
        if line.key:
            note_key(tweet, line.key, made.batch)
            request.claim(("key", line.author, line.key), made, tweet.tweet_id)
        return LineResult(ok=True, id=str(tweet.tweet_id))

    async def _original(self, line: TweetLine, visibility: Visibility) -> Tweet:
        draft = Draft(
            text=line.text,
            visibility=visibility,
            reply_to_id=line.reply_to,
            quote_of_id=line.quote_of,
            sensitive=line.sensitive,
            spoiler=line.spoiler,
            language=line.language,
        )
        return await self._kit.pipeline.compose(line.author, draft, self._shown, self._shown)

    async def _retweetable(self, line: TweetLine) -> Tweet:
        """The original that a line retweets. Raises NotFound and Invalid."""
        if line.text or line.spoiler or line.reply_to or line.quote_of:
            raise Invalid("a retweet has no text, and answers and quotes nothing")
        original = await self._shown(line.retweet_of)
        if original.visibility >= Visibility.FOLLOWERS and original.author_id != line.author:
            raise Invalid("a tweet that is not public can be retweeted by its author only")
        return original

    async def _retweeted(self, author_id: int, original_id: int, made: Slice, request: Request) -> int:
        """The retweet of an original that its author has made already, or 0."""
        claimed = await request.claimed(("retweet", author_id, original_id), made)
        if claimed:
            return claimed
        held = await self._kit.store.get(tables.MARKS, (author_id, original_id, rows.Mark.RETWEETED))
        if held is None or await self._kit.tweets.get(held.mark_id) is None:
            return 0
        return held.mark_id

    def _retweet(self, author_id: int, original: Tweet, visibility: Visibility) -> Tweet:
        return Tweet(
            self._kit.ids.next_id(),
            author_id,
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

    async def _keyed(self, line: TweetLine, made: Slice, request: Request) -> int:
        """The tweet that this line's key stands for, or 0."""
        claimed = await request.claimed(("key", line.author, line.key), made)
        return claimed or await self._kit.pipeline.keyed(line.author, line.key)

    async def _user(self, line: UserLine, made: Slice, request: Request) -> LineResult:
        key = line.username.lower()
        user_id = line.id or self._kit.ids.next_id()
        claimed = await request.claimed(("name", key), made)
        if claimed or await self._kit.store.get(tables.USERNAMES, (key,)) is not None:
            raise Invalid("Username has already been taken")
        if await self._is_user(user_id, made, request):
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
        request.claim(("name", key), made, user_id)
        request.claim(("user", user_id), made, user_id)
        return LineResult(ok=True, id=str(user_id))

    async def _follows(self, line: FollowLine, made: Slice, request: Request) -> LineResult:
        await self._check_user(line.follower, made, request)
        follower = request.followers.get(line.follower)
        if follower is None:
            follower = request.followers[line.follower] = await self._follower(line.follower)
        others = dict.fromkeys(line.followees)
        if follower.follows + len(others) > FOLLOWEES_MAX or not follower.there.isdisjoint(others):
            await follower.settled(made)
        fresh = [other for other in others if other not in follower.there and other != line.follower]
        fresh = await self._existing(fresh, made, request)
        if follower.follows + len(fresh) > FOLLOWEES_MAX:
            raise Invalid(
                f"the account follows {follower.follows:,} others, and would follow {len(fresh):,} more; "
                f"the limit is {FOLLOWEES_MAX:,}"
            )
        for other_id, edge_id in zip(fresh, self._kit.ids.next_ids(len(fresh)), strict=True):
            made.events.append(EdgeAdded(Edge(EdgeKind.FOLLOW, line.follower, other_id, edge_id)))
        request.follow(line.follower, fresh, made)
        return LineResult(ok=True, added=len(fresh))

    async def _follower(self, user_id: int) -> Follower:
        barred = await self._side(user_id, rows.Side.BLOCKS) | await self._side(user_id, rows.Side.BLOCKED_BY)
        return Follower(await self._side(user_id, rows.Side.FOLLOWS), barred)

    async def _side(self, user_id: int, side: rows.Side) -> set[int]:
        found: set[int] = set()
        last = 0
        while True:
            page = await self._kit.store.scan(tables.EDGE_LISTS, (user_id, side), above=(last,), limit=1_000)
            found.update(row.other_id for row in page)
            if len(page) < 1_000:
                return found
            last = page[-1].edge_id

    async def _existing(self, user_ids: Sequence[int], made: Slice, request: Request) -> list[int]:
        found = self._kit.reader.state.graph.rows_of(np.array(user_ids, np.int64))
        return [
            user_id
            for user_id, row in zip(user_ids, found, strict=True)
            if row >= 0 or await self._is_user(user_id, made, request)
        ]

    async def _like(self, line: LikeLine, made: Slice, request: Request) -> LineResult:
        await self._check_user(line.user, made, request)
        tweet = await self._shown(line.tweet)
        pair = (line.user, tweet.tweet_id)
        claimed = await request.claimed(("like", *pair), made)
        if claimed or await self._kit.store.get(tables.MARKS, (*pair, rows.Mark.LIKED)) is not None:
            return LineResult(ok=True)
        like = Like(line.user, tweet.tweet_id, tweet.author_id, self._kit.ids.next_id())
        made.events.append(TweetLiked(like))
        request.claim(("like", *pair), made, like.like_id)
        return LineResult(ok=True, added=1)

    async def _is_user(self, user_id: int, made: Slice, request: Request) -> bool:
        claimed = await request.claimed(("user", user_id), made)
        return bool(claimed) or await self._kit.users.get(user_id) is not None

    async def _check_user(self, user_id: int, made: Slice, request: Request) -> None:
        if not await self._is_user(user_id, made, request):
            raise NotFound(f"there is no account {user_id}")


def _leant_on(events: Sequence[Event]) -> list[int]:
    """The tweets that events come to: what is liked, retweeted, answered and quoted."""
    found: list[int] = []
    for event in events:
        if isinstance(event, TweetLiked):
            found.append(event.like.tweet_id)
        elif isinstance(event, TweetPosted):
            tweet = event.tweet
            found += (tweet.retweet_of_id, tweet.reply_to_id, tweet.quote_of_id)
    return found


def _decoded(line: bytes) -> Line | LineResult:
    try:
        return _decoder.decode(line)
    except (msgspec.MsgspecError, RecursionError) as cause:
        return LineResult(ok=False, error=str(cause))
