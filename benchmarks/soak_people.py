"""People who do everything that there is to do, at random and at a pace, over HTTP: one process of them."""

import asyncio
import random
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import msgspec

from roost.load.phrases import LANGUAGES, POST
from roost.load.posts import compose

_STATUSES_KNOWN = 400
_OWN_KNOWN = 60
_ERRORS_KEPT = 20
_UNDER_WAY_MAX = 24
_CONNECTIONS = 24
_REFUSED = frozenset((401, 403, 404, 409, 422, 429, 503))
"""What may be answered to somebody who does not know what others did meanwhile."""


class Person(msgspec.Struct, frozen=True):
    user_id: str
    username: str
    token: str


class Told(msgspec.Struct):
    """What became of the requests of a process."""

    answers_ms: dict[str, list[float]] = {}
    """By kind, of those that were done."""
    refused: dict[str, int] = {}
    """By kind and status."""
    errors: list[str] = []
    streamed: int = 0


class Crowd:
    """Some of all people act; they do things to all."""

    def __init__(self, url: str, people: list[Person], everybody: list[Person], seed: int) -> None:
        self.told = Told()
        self._url = url
        self._people = people
        self._everybody = everybody
        self._dice = random.Random(seed)
        self._seen: deque[str] = deque(maxlen=_STATUSES_KNOWN)
        self._own: dict[str, deque[str]] = {person.user_id: deque(maxlen=_OWN_KNOWN) for person in people}
        self._polls: deque[str] = deque(maxlen=_OWN_KNOWN)
        self._lists: dict[str, str] = {}
        self._notices: dict[str, list[str]] = {}
        self._refused: Counter[str] = Counter()
        self._http: aiohttp.ClientSession | None = None

    async def live(self, rate: float, seconds: float, listeners: int) -> Told:
        """So many things a second, however long each takes, unless too many are under way."""
        timeout = aiohttp.ClientTimeout(total=60)
        connector = aiohttp.TCPConnector(limit=_CONNECTIONS + listeners)
        async with aiohttp.ClientSession(timeout=timeout, connector=connector) as self._http:
            ears = [asyncio.create_task(self._listen(person)) for person in self._people[:listeners]]
            for person in self._people:
                await self._make_list(person)
            await self._act(rate, seconds)
            for ear in ears:
                ear.cancel()
            await asyncio.gather(*ears, return_exceptions=True)
        self.told.refused = dict(self._refused)
        return self.told

    async def _act(self, rate: float, seconds: float) -> None:
        kinds, weights = list(self._kinds()), list(self._kinds().values())
        room = asyncio.Semaphore(_UNDER_WAY_MAX)
        until_s = time.monotonic() + seconds
        async with asyncio.TaskGroup() as group:
            while time.monotonic() < until_s:
                await asyncio.sleep(self._dice.expovariate(rate))
                await room.acquire()
                act = self._dice.choices(kinds, weights)[0]
                task = group.create_task(self._try(act, self._dice.choice(self._people)))
                task.add_done_callback(lambda _task: room.release())

    async def _try(self, act: Callable[[Person], Awaitable[Any]], person: Person) -> None:
        try:
            await act(person)
        except (aiohttp.ClientError, TimeoutError) as cause:
            self._fail(f"{act.__name__}: {type(cause).__name__} {cause}")

    def _kinds(self) -> dict[Callable[[Person], Awaitable[Any]], float]:
        """How often each, beside the others."""
        return {
            self._post: 14,
            self._answer: 10,
            self._quote: 4,
            self._direct: 4,
            self._ask_all: 1,
            self._vote: 5,
            self._edit: 4,
            self._delete: 4,
            self._react: 22,
            self._withdraw: 6,
            self._follow: 8,
            self._requests: 1,
            self._hide: 2,
            self._change_list: 4,
            self._tag: 1,
            self._home: 18,
            self._read: 10,
            self._notifications: 8,
            self._dismiss: 2,
            self._search: 8,
        }

    async def _ask(
        self, kind: str, person: Person, method: str, path: str, body: dict[str, Any] | None = None
    ) -> Any:
        """The answer; None where it was refused."""
        assert self._http is not None
        headers = {"Authorization": f"Bearer {person.token}"}
        began_s = time.perf_counter()
        async with self._http.request(method, self._url + path, json=body, headers=headers) as answer:
            raw = await answer.read()
        if answer.status == 200:
            self.told.answers_ms.setdefault(kind, []).append((time.perf_counter() - began_s) * 1e3)
            return msgspec.json.decode(raw)
        self._refused[f"{kind} {answer.status}"] += 1
        if answer.status not in _REFUSED:
            self._fail(f"{method} {path}: {answer.status} {raw[:200].decode(errors='replace')}")
        return None

    def _fail(self, what: str) -> None:
        self._refused["error"] += 1
        if len(self.told.errors) < _ERRORS_KEPT:
            self.told.errors.append(what)

    # -- what they say

    def _text(self) -> str:
        language = self._dice.choice(list(LANGUAGES))
        said = compose(language, POST, self._dice.choice(LANGUAGES[language].subjects), self._dice).text
        named = f" @{self._dice.choice(self._everybody).username}" if self._dice.random() < 0.2 else ""
        return f"{said}{named} #{self._dice.choice(('tide', 'coast', 'gull'))}{self._dice.randrange(20)}"

    async def _say(self, kind: str, person: Person, **more: Any) -> str:
        status = await self._ask(kind, person, "POST", "/api/v1/statuses", {"status": self._text(), **more})
        if status is None:
            return ""
        self._own[person.user_id].append(status["id"])
        if status["visibility"] == "public":
            self._seen.append(status["id"])
        return str(status["id"])

    async def _post(self, person: Person) -> None:
        visibility = self._dice.choices(("public", "unlisted", "private"), (0.86, 0.07, 0.07))[0]
        await self._say("post", person, visibility=visibility)

    async def _answer(self, person: Person) -> None:
        if self._seen:
            await self._say("reply", person, in_reply_to_id=self._dice.choice(self._seen))

    async def _quote(self, person: Person) -> None:
        if self._seen:
            await self._say("quote", person, quoted_status_id=self._dice.choice(self._seen))

    async def _direct(self, person: Person) -> None:
        other = self._dice.choice(self._everybody)
        text = f"@{other.username} {self._text()}"
        status = await self._ask(
            "direct", person, "POST", "/api/v1/statuses", {"status": text, "visibility": "direct"}
        )
        if status is not None:
            self._own[person.user_id].append(status["id"])

    async def _ask_all(self, person: Person) -> None:
        poll = {"options": ["yes", "no", "later"], "expires_in": self._dice.choice((300, 3_600))}
        if status_id := await self._say("poll", person, poll=poll):
            self._polls.append(status_id)

    async def _vote(self, person: Person) -> None:
        if self._polls:
            choices = {"choices": [self._dice.randrange(3)]}
            path = f"/api/v1/polls/{self._dice.choice(self._polls)}/votes"
            await self._ask("vote", person, "POST", path, choices)

    async def _edit(self, person: Person) -> None:
        if own := self._own[person.user_id]:
            path = f"/api/v1/statuses/{self._dice.choice(own)}"
            await self._ask("edit", person, "PUT", path, {"status": self._text()})

    async def _delete(self, person: Person) -> None:
        if own := self._own[person.user_id]:
            status_id = self._dice.choice(own)
            own.remove(status_id)
            await self._ask("delete", person, "DELETE", f"/api/v1/statuses/{status_id}")

    # -- what they do

    async def _react(self, person: Person) -> None:
        if self._seen:
            verb = self._dice.choice(("favourite",) * 6 + ("reblog",) * 3 + ("bookmark", "mute"))
            await self._ask(verb, person, "POST", f"/api/v1/statuses/{self._dice.choice(self._seen)}/{verb}")

    async def _withdraw(self, person: Person) -> None:
        if self._seen:
            verb = self._dice.choice(("unfavourite", "unfavourite", "unreblog", "unbookmark", "unmute"))
            await self._ask(verb, person, "POST", f"/api/v1/statuses/{self._dice.choice(self._seen)}/{verb}")

    async def _follow(self, person: Person) -> None:
        other = self._dice.choice(self._everybody)
        verb = self._dice.choice(("follow", "follow", "unfollow"))
        body = {"notify": self._dice.random() < 0.3} if verb == "follow" else {}
        await self._ask(verb, person, "POST", f"/api/v1/accounts/{other.user_id}/{verb}", body)

    async def _requests(self, person: Person) -> None:
        for account in await self._ask("requests", person, "GET", "/api/v1/follow_requests") or []:
            verb = self._dice.choice(("authorize", "authorize", "reject"))
            await self._ask(verb, person, "POST", f"/api/v1/follow_requests/{account['id']}/{verb}")

    async def _hide(self, person: Person) -> None:
        other = self._dice.choice(self._everybody)
        verb = self._dice.choice(("block", "unblock", "unblock", "mute", "unmute", "unmute"))
        body = {"duration": self._dice.choice((0, 5, 60))} if verb == "mute" else {}
        await self._ask(verb, person, "POST", f"/api/v1/accounts/{other.user_id}/{verb}", body)

    async def _make_list(self, person: Person) -> None:
        terms = {"title": "watched", "exclusive": self._dice.random() < 0.2}
        made = await self._ask("list", person, "POST", "/api/v1/lists", terms)
        if made is not None:
            self._lists[person.user_id] = made["id"]

    async def _change_list(self, person: Person) -> None:
        other, list_id = self._dice.choice(self._everybody), self._lists.get(person.user_id)
        if list_id is not None:
            method = self._dice.choice(("POST", "POST", "DELETE"))
            body = {"account_ids": [other.user_id]}
            await self._ask("list", person, method, f"/api/v1/lists/{list_id}/accounts", body)

    async def _tag(self, person: Person) -> None:
        verb = self._dice.choice(("follow", "unfollow"))
        await self._ask("tag", person, "POST", f"/api/v1/tags/tide{self._dice.randrange(20)}/{verb}")

    # -- what they read

    async def _home(self, person: Person) -> None:
        for status in await self._ask("home", person, "GET", "/api/v1/timelines/home") or []:
            if status["reblog"] is None and status["visibility"] == "public":
                self._seen.append(status["id"])

    async def _read(self, person: Person) -> None:
        list_id = self._lists.get(person.user_id, "0")
        some = self._seen[-1] if self._seen else "1"
        paths = {
            "public": "/api/v1/timelines/public",
            "list timeline": f"/api/v1/timelines/list/{list_id}",
            "tag timeline": f"/api/v1/timelines/tag/tide{self._dice.randrange(20)}",
            "context": f"/api/v1/statuses/{some}/context",
            "account": f"/api/v1/accounts/{self._dice.choice(self._everybody).user_id}/statuses",
            "conversations": "/api/v1/conversations",
            "trends": f"/api/v1/trends/{self._dice.choice(('tags', 'statuses', 'links'))}",
        }
        kind = self._dice.choice(list(paths))
        found = await self._ask(kind, person, "GET", paths[kind])
        if kind == "public":
            self._seen.extend(status["id"] for status in found or [] if status["reblog"] is None)

    async def _notifications(self, person: Person) -> None:
        version = self._dice.choice(("v1", "v2"))
        found = await self._ask(f"notifications {version}", person, "GET", f"/api/{version}/notifications")
        if version == "v1" and found is not None:
            self._notices[person.user_id] = [each["id"] for each in found]

    async def _dismiss(self, person: Person) -> None:
        if known := self._notices.pop(person.user_id, None):
            one = f"{self._dice.choice(known)}/dismiss"
            path = "clear" if self._dice.random() < 0.1 else one
            await self._ask("dismiss", person, "POST", f"/api/v1/notifications/{path}")

    async def _search(self, person: Person) -> None:
        words = self._text().split()
        params = self._dice.choice(words).lstrip("@#()\"'¿¡").replace("&", "").replace("/", "")
        path = self._dice.choice(("/api/v2/search?type=statuses&q=", "/roost/v1/search?q=from:me%20OR%20"))
        await self._ask("search", person, "GET", path + (params or "tide"))

    async def _listen(self, person: Person) -> None:
        """A live connection all the time."""
        assert self._http is not None
        url = f"{self._url}/api/v1/streaming?stream=user&access_token={person.token}"
        while True:
            async with self._http.ws_connect(url) as socket:
                async for message in socket:
                    self.told.streamed += message.type is aiohttp.WSMsgType.TEXT


def live(
    url: str, people: list[Person], everybody: list[Person], seed: int, terms: tuple[float, float, int]
) -> Told:
    """In a process of its own. `terms`: things a second, seconds, live connections."""
    crowd = Crowd(url, people, everybody, seed)
    return asyncio.run(crowd.live(*terms))
