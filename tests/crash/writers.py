"""Users who never stop, whatever happens to their server, and keep account of what was answered."""

import http.client
import json
import random
import threading
from typing import Any
from urllib.parse import urlsplit

from tests.api.streams import EventSource

WORDS = ("heron", "gull", "#tide", "#coast", "Möwe", "https://example.com/tide")
_GONE = 404
_DONE_BEFORE = 422


class Shared:
    """What the writers, the ear and the killer know of one another."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.url = ""
        self.answered = 0
        self.stopping = False
        self.tweets: list[str] = []
        """Public ones, by whomever."""
        self.polls: list[str] = []
        self.deleted: set[str] = set()

    def serve_at(self, url: str) -> None:
        with self.changed:
            self.url = url
            self.changed.notify_all()

    def wait_for_server(self, dead_url: str) -> str:
        """The address of a server other than the one that died; empty when there will be none."""
        with self.changed:
            while self.url in ("", dead_url) and not self.stopping:
                self.changed.wait(60)
            return self.url

    def note_answer(self) -> None:
        with self.changed:
            self.answered += 1
            self.changed.notify_all()

    def wait_for_answers(self, count: int) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: self.answered >= count, 60), "the writers stand still"


class Writer(threading.Thread):
    """One user. `texts`, `likes` and so on are what was answered with success."""

    def __init__(self, number: int, token: str, ids: list[str], seed: int, shared: Shared) -> None:
        super().__init__(daemon=True)
        self.token = token
        self.user_id = ids[number]
        self.texts: dict[str, str] = {}
        """Text -> the id it was answered with."""
        self.follows: dict[str, bool] = {}
        self.likes: set[str] = set()
        self.retweets: set[str] = set()
        self.votes: dict[str, int] = {}
        self._unshared: list[str] = []
        """Texts of tweets that others do not touch: those are deleted."""
        self.members: dict[str, bool] = {}
        self.list_id = ""
        self.failure: BaseException | None = None
        self._others = [other for other in ids if other != self.user_id]
        self._dice = random.Random(seed + number)
        self._number = number
        self._step = 0
        self._shared = shared

    def run(self) -> None:
        try:
            self.list_id = self._until_answered("POST", "/api/v1/lists", {"title": "l"})["id"]
            while not self._shared.stopping:
                self._step += 1
                self._act()
        except BaseException as cause:
            self.failure = cause
            raise

    def _act(self) -> None:
        acts = {
            self._post: 45,
            self._like: 14,
            self._follow: 13,
            self._edit: 8,
            self._delete: 6,
            self._retweet: 5,
            self._vote: 5,
            self._on_list: 4,
        }
        self._dice.choices(list(acts), list(acts.values()))[0]()

    def _text(self) -> str:
        return f"tweet {self._step} of user {self._number} {self._dice.choice(WORDS)}"

    def _post(self) -> None:
        text, body = self._text(), {}
        kind = self._dice.random()
        if kind < 0.1:
            text, body = f"@user{self._dice.randrange(4)} {text}", {"visibility": "direct"}
        elif kind < 0.2 and self._shared.tweets:
            text = f"@user{self._dice.randrange(4)} {text}"
            body = {"in_reply_to_id": self._dice.choice(self._shared.tweets[-50:])}
        elif kind < 0.25:
            body = {"poll": {"options": ["a", "b", "c"], "expires_in": 3_600}}
        found = self._until_answered("POST", "/api/v1/statuses", {"status": text, **body}, text, _GONE)
        if found is None:
            return
        self.texts[text] = found["id"]
        if found["poll"] is not None:
            self._shared.polls.append(found["id"])
        if found["visibility"] == "public" and self._dice.random() < 0.85:
            self._shared.tweets.append(found["id"])
        elif found["poll"] is None:
            self._unshared.append(text)

    def _like(self) -> None:
        if tweet_id := self._some():
            path = f"/api/v1/statuses/{tweet_id}/favourite"
            if found := self._until_answered("POST", path, {}, "", _GONE):
                assert found["favourited"] is True
                self.likes.add(tweet_id)

    def _retweet(self) -> None:
        if tweet_id := self._some():
            path = f"/api/v1/statuses/{tweet_id}/reblog"
            if self._until_answered("POST", path, {}, "", _GONE) is not None:
                self.retweets.add(tweet_id)

    def _follow(self) -> None:
        other = self._dice.choice(self._others)
        wanted = self._dice.random() < 0.6
        found = self._until_answered(
            "POST", f"/api/v1/accounts/{other}/{'follow' if wanted else 'unfollow'}", {}
        )
        assert found["following"] is wanted
        self.follows[other] = wanted
        if not wanted:  # who is not followed is on no list
            self.members.pop(other, None)

    def _edit(self) -> None:
        if self.texts:
            before = self._dice.choice(list(self.texts))
            text, tweet_id = f"{self._text()}, edited", self.texts[before]
            if tweet_id not in self._shared.polls:
                self._until_answered("PUT", f"/api/v1/statuses/{tweet_id}", {"status": text})
                del self.texts[before]
                self.texts[text] = tweet_id
                if before in self._unshared:
                    self._unshared.remove(before)
                    self._unshared.append(text)

    def _delete(self) -> None:
        if self._unshared:
            text = self._unshared.pop(self._dice.randrange(len(self._unshared)))
            if self._dice.random() < 0.5:
                self._until_answered("POST", f"/api/v1/statuses/{self.texts[text]}/favourite", {})
                self._until_answered("POST", f"/api/v1/statuses/{self.texts[text]}/reblog", {}, "", 403)
            self._until_answered("DELETE", f"/api/v1/statuses/{self.texts[text]}", None, "", _GONE)
            self._shared.deleted.add(self.texts.pop(text))

    def _vote(self) -> None:
        open_polls = [poll for poll in self._shared.polls if poll not in self.votes]
        own = set(self.texts.values())
        if polls := [poll for poll in open_polls if poll not in own]:
            poll, choice = self._dice.choice(polls), self._dice.randrange(3)
            path = f"/api/v1/polls/{poll}/votes"
            if self._until_answered("POST", path, {"choices": [choice]}, "", _GONE, _DONE_BEFORE) is not None:
                self.votes[poll] = choice

    def _on_list(self) -> None:
        other, wanted = self._dice.choice([*self._others, self.user_id]), self._dice.random() < 0.6
        path = f"/api/v1/lists/{self.list_id}/accounts"
        method = "POST" if wanted else "DELETE"
        body = {"account_ids": [other]}
        if self._until_answered(method, path, body, "", _GONE, _DONE_BEFORE) is not None:
            self.members[other] = wanted

    def _some(self) -> str:
        return self._dice.choice(self._shared.tweets[-50:]) if self._shared.tweets else ""

    def _until_answered(self, method: str, path: str, body: Any, key: str = "", *refusals: int) -> Any:
        """None where it was refused. What is sent again may be refused as done before: it is done then."""
        url = self._shared.url
        again = False
        while True:
            try:
                status, found = ask(url, self.token, method, path, body, key)
            except (OSError, http.client.HTTPException, json.JSONDecodeError):
                if self._shared.stopping:
                    raise SystemExit from None
                url = self._shared.wait_for_server(url)
                again = True
                continue
            self._shared.note_answer()
            assert status == 200 or status in refusals, (method, path, status, found)
            if status == 200:
                return found
            return {"favourited": True} if again and status == _DONE_BEFORE else None


class Ear(threading.Thread):
    """A live connection of one user, which goes on where it was whenever the server comes back."""

    def __init__(self, token: str, user_id: str, shared: Shared) -> None:
        super().__init__(daemon=True)
        self.heard: list[str] = []
        """Tweets, as they came."""
        self.listens = threading.Event()
        self.positions: list[int] = []
        self.fetched: set[str] = set()
        """Tweets that were asked for where it was told that it had missed too much."""
        self._path = f"/api/v1/accounts/{user_id}/statuses?limit=40"
        self._token = token
        self._shared = shared

    def run(self) -> None:
        url = self._shared.url
        since: dict[str, Any] = {"since": "now"}
        while url and not self._shared.stopping:
            try:
                with EventSource(url, "user", self._token, **since) as source:
                    while True:
                        self._hear(url, source.next())
                        since = {"last_id": self.positions[-1]}
            except (OSError, EOFError, ValueError, http.client.HTTPException):
                url = self._shared.wait_for_server(url)

    def _hear(self, url: str, event: Any) -> None:
        if event.id:
            self.positions.append(event.id)
            self.listens.set()
        if event.event == "update":
            self.heard.append(event.payload["id"])
        elif event.event == "refetch":
            page = ask(url, self._token, "GET", self._path)[1]
            while page:
                self.fetched.update(status["id"] for status in page)
                page = ask(url, self._token, "GET", f"{self._path}&max_id={page[-1]['id']}")[1]


def ask(url: str, token: str, method: str, path: str, body: Any = None, key: str = "") -> tuple[int, Any]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    try:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        if key:
            headers["Idempotency-Key"] = key.encode("ascii", "replace").decode()
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()
