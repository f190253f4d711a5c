"""The town's life: a thin shell that performs what the director decides, until it is cancelled.

A server that is away for a while is waited for; what it refuses is counted and forgotten. At most
`ACTIONS_AT_ONCE` requests are under way, and while there is no room nothing new is begun: a town never falls
on a server that comes back with all that it missed.
"""

import asyncio
import logging
import random
import secrets
import time
from typing import Any

import msgspec

from roost.errors import Invalid, RoostError
from roost.load.calls import Calls
from roost.load.phrases import LANGUAGES, POST
from roost.load.town.director import (
    ACTIONS_PER_TWEET,
    Action,
    ChangeFollow,
    Director,
    Like,
    Post,
    Read,
    Retweet,
)
from roost.load.town.memory import Remembered
from roost.load.town.residents import Residents

ACTIONS_AT_ONCE = 16
LISTEN_S = 3.0
VISITORS_MAX = 20
_PAGE = 40
_log = logging.getLogger("roost.load.town")


class TownCounts(msgspec.Struct):
    """What has happened since the town came to life."""

    tweets: int = 0
    retweets: int = 0
    likes: int = 0
    follow_changes: int = 0
    reads: int = 0
    visitors_heard: int = 0
    refused: int = 0


class _Account(msgspec.Struct):
    id: str
    username: str


class _Tag(msgspec.Struct):
    name: str


class _Status(msgspec.Struct):
    id: str
    account: _Account
    language: str | None
    in_reply_to_account_id: str | None
    visibility: str
    tags: list[_Tag]
    reblog: Any


class Town:
    """`rate` is in tweets a second, on the average of a day."""

    def __init__(self, calls: Calls, residents: Residents, director: Director, rate: float) -> None:
        if rate <= 0:
            raise ValueError("rate must be above 0")
        self.counts = TownCounts()
        self._calls = calls
        self._residents = residents
        self._director = director
        self._rate = rate
        self._run = secrets.token_hex(4)
        self._begun = 0
        self._heard_to = 0
        self._visitors: dict[int, int] = {}
        self._topics = {
            tag.lower().lstrip("#"): topic.name
            for phrases in LANGUAGES.values()
            for topic in phrases.topics.values()
            for tag in topic.hashtags
        }

    async def live(self) -> None:
        """Until cancelled. Raises only where the town itself is at fault."""
        if self._director.memory.is_empty:
            await self.remember()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._act(group), name="town-acts")
            group.create_task(self._listen(), name="town-listens")

    async def perform(self, action: Action) -> None:
        """Do one thing. Raises what the server refuses it with."""
        match action:
            case Post():
                await self._post(action)
            case Retweet(author, tweet):
                await self._ask(author.name.username, f"statuses/{tweet.tweet_id}/reblog")
                self.counts.retweets += 1
            case Like(author, tweet):
                await self._ask(author.name.username, f"statuses/{tweet.tweet_id}/favourite")
                self.counts.likes += 1
            case ChangeFollow(author, other_id, follows):
                verb = "follow" if follows else "unfollow"
                await self._ask(author.name.username, f"accounts/{other_id}/{verb}")
                self.counts.follow_changes += 1
            case Read(author):
                await self._residents.ask(author.name.username, "GET", "/api/v1/timelines/home")
                self.counts.reads += 1

    async def remember(self) -> None:
        """Read what was posted lately, so that a town that was away goes on where it was."""
        statuses: list[_Status] = []
        while len(statuses) < 4 * _PAGE:
            before = f"&max_id={statuses[-1].id}" if statuses else ""
            page = await self._statuses(f"/api/v1/timelines/public?limit={_PAGE}{before}")
            statuses += page
            if len(page) < _PAGE:
                break
        self._heard_to = max((int(status.id) for status in statuses), default=0)
        for status in reversed(statuses):
            if self._director.resident(int(status.account.id)):
                self._recall(status)
            else:
                self.welcome(int(status.account.id))

    async def listen_once(self) -> None:
        """Look for what people who do not belong to the town have posted."""
        for status in reversed(await self._newer("/api/v1/timelines/public", self._heard_to)):
            self._heard_to = max(self._heard_to, int(status.id))
            self.welcome(int(status.account.id), int(status.id) - 1)
        for visitor_id, after in list(self._visitors.items()):
            for status in reversed(await self._newer(f"/api/v1/accounts/{visitor_id}/statuses", after)):
                self._visitors[visitor_id] = max(self._visitors[visitor_id], int(status.id))
                self._hear(status)

    def welcome(self, user_id: int, after: int = 0) -> None:
        """Listen to a visitor, to what they post after a tweet, or from now on; to `VISITORS_MAX` at most."""
        if len(self._visitors) < VISITORS_MAX and self._director.resident(user_id) is None:
            self._visitors.setdefault(user_id, after or self._heard_to)

    async def _act(self, group: asyncio.TaskGroup) -> None:
        chance = random.Random()
        room = asyncio.Semaphore(ACTIONS_AT_ONCE)
        while True:
            now_s = time.time()
            actions_per_s = self._rate * ACTIONS_PER_TWEET * self._director.rhythm.pace(now_s)
            await asyncio.sleep(chance.expovariate(actions_per_s))
            await room.acquire()
            action = self._director.next_action(now_s)
            task = group.create_task(self._perform_or_count(action))
            task.add_done_callback(lambda _task: room.release())

    async def _perform_or_count(self, action: Action) -> None:
        try:
            await self.perform(action)
        except RoostError as error:
            self.counts.refused += 1
            _log.debug("The server refused %s: %s", type(action).__name__, error.text)

    async def _listen(self) -> None:
        while True:
            try:
                await self.listen_once()
            except RoostError as error:
                _log.debug("Nothing was heard: %s", error.text)
            await asyncio.sleep(LISTEN_S)

    async def _post(self, post: Post) -> None:
        self._begun += 1
        form = {
            "status": post.said.text,
            "language": post.said.language,
            "spoiler_text": post.said.spoiler,
            "visibility": post.visibility,
            "in_reply_to_id": str(post.answers.tweet_id) if post.answers is not None else "",
            "quoted_status_id": str(post.quotes.tweet_id) if post.quotes is not None else "",
        }
        key = f"town-{self._run}-{self._begun}"
        answer = await self._residents.ask(
            post.author.name.username, "POST", "/api/v1/statuses", {k: v for k, v in form.items() if v}, key
        )
        self._director.posted(post, int(msgspec.json.decode(answer.body)["id"]))
        self.counts.tweets += 1

    async def _ask(self, username: str, path: str) -> None:
        await self._residents.ask(username, "POST", f"/api/v1/{path}", {})

    async def _newer(self, path: str, after: int) -> list[_Status]:
        return await self._statuses(f"{path}?limit={_PAGE}&since_id={after}")

    async def _statuses(self, path: str) -> list[_Status]:
        answer = await self._calls.ask("GET", path)
        try:
            return msgspec.json.decode(answer.body, type=list[_Status])
        except msgspec.MsgspecError as cause:
            raise Invalid(f"{path} is not answered with statuses: {cause}") from cause

    def _hear(self, status: _Status) -> None:
        if status.reblog is None and status.visibility in ("public", "unlisted"):
            self.counts.visitors_heard += 1
            account = status.account
            language = (status.language or "").partition("-")[0]
            self._director.visited(int(status.id), int(account.id), account.username, language)

    def _recall(self, status: _Status) -> None:
        account = status.account
        topics = [self._topics[tag.name] for tag in status.tags if tag.name in self._topics]
        if status.reblog is None and status.language in LANGUAGES:
            tweet = Remembered(
                int(status.id),
                int(account.id),
                account.username,
                status.language,
                topics[0] if topics else "",
                POST,
                1 if status.in_reply_to_account_id else 0,
                int(status.in_reply_to_account_id or 0),
            )
            self._director.memory.add(tweet)
