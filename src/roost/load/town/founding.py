"""Founds a town on a server: its people, whom they follow, a first history, and a guest who may sign in.

Each step can be made again without harm, and is made again where the record does not have it as done: users
and follows that are there are passed over, the history carries keys.
"""

import time
from collections.abc import Callable, Iterator, Sequence

import msgspec

from roost.errors import Invalid, NotFound
from roost.load.calls import Calls
from roost.load.client import BulkClient
from roost.load.generate import population_follows, population_lines
from roost.load.lines import FollowLine, LikeLine, Line, LineResult, TweetLine
from roost.load.population import Population
from roost.load.report import Recorder, Report
from roost.load.town.director import Action, Director, Like, Post, Retweet
from roost.load.town.record import GUEST, TownRecord
from roost.load.town.residents import Residents, look_up

FIRST_ID = 1_001
HISTORY_WAVES = 12
HISTORY_ACTIONS = 400
"""Of one wave; what one wave makes, the next ones react to."""
GUEST_FOLLOWEES = 100
GUEST_FOLLOWERS = 40
_DAY_S = 86_400

Tell = Callable[[str, int, int], None]
"""Told of a step how many of how many lines are done."""
Save = Callable[[], None]
"""Keeps the record as it is now."""


class Founder:
    """Founds the town of a record, or what is missing of it. `reports` tells what each step took."""

    def __init__(self, calls: Calls, record: TownRecord, save: Save, tell: Tell) -> None:
        self.population = population_of(record)
        self.director = Director(self.population, record.seed)
        self.residents = Residents(calls, record.secret)
        self.reports: list[Report] = []
        self._calls = calls
        self._record = record
        self._save = save
        self._tell = tell

    async def found(self) -> int:
        """Make what is missing; answers the guest's id. Raises Invalid where the folder has another town."""
        await self._forget_what_is_gone()
        people = self.population
        if "users" not in self._record.done:
            await self._send("users", list(population_lines(people)))
        if "follows" not in self._record.done:
            await self._send("follows", list(population_follows(people)))
        if "history" not in self._record.done:
            await self._make_history()
        guest_id = await self._make_guest()
        if "guest" not in self._record.done:
            await self._send("guest", list(guest_lines(self.population, guest_id)))
        await self.residents.make_token(GUEST)
        return guest_id

    async def _forget_what_is_gone(self) -> None:
        """A record that outlived its server's tables says nothing."""
        last = self.population.person(self.population.users - 1)
        try:
            there = await look_up(self._calls, last.name.username) == last.user_id
        except NotFound:
            there = False
        if not there:
            self._record.done.clear()

    async def _send(self, step: str, lines: Sequence[Line]) -> None:
        recorder = Recorder(step)
        client = BulkClient(self._calls, recorder)
        done = 0

        def tell(count: int) -> None:
            nonlocal done
            done += count
            self._tell(step, done, len(lines))

        await client.send_many(lines, tell)
        self._finish(step, recorder)

    def _finish(self, step: str, recorder: Recorder) -> None:
        report = recorder.report()
        self.reports.append(report)
        if report.refused:
            raise Invalid(f"The town cannot be founded: of its {step}, {report.refusals[0].sentence()}")
        self._record.done.append(step)
        self._save()

    async def _make_history(self) -> None:
        """Some tweets, answers, retweets and likes, so that nobody comes to an empty place."""
        recorder = Recorder("history")
        client = BulkClient(self._calls, recorder)
        now_s = time.time()
        for wave in range(HISTORY_WAVES):
            then_s = now_s - _DAY_S * (HISTORY_WAVES - wave) / HISTORY_WAVES
            actions = [self.director.next_action(then_s) for _ in range(HISTORY_ACTIONS)]
            asked = [(action, line) for action in actions if (line := line_of(action)) is not None]
            keyed = [_with_key(line, f"history-{wave}-{number}") for number, (_, line) in enumerate(asked)]
            results = await client.send(keyed)
            self._remember([action for action, _ in asked], results)
            self._tell("history", wave + 1, HISTORY_WAVES)
        self._finish("history", recorder)

    def _remember(self, actions: Sequence[Action], results: Sequence[LineResult]) -> None:
        for action, result in zip(actions, results, strict=True):
            if isinstance(action, Post) and result.id:
                self.director.posted(action, int(result.id))

    async def _make_guest(self) -> int:
        form = {
            "username": GUEST,
            "email": f"{GUEST}@localhost",
            "password": self._record.guest_password,
            "display_name": "Guest",
        }
        try:
            return await look_up(self._calls, GUEST)
        except NotFound:
            answer = await self._calls.ask("POST", "/roost/v1/users", msgspec.json.encode(form))
            return int(msgspec.json.decode(answer.body)["id"])


def population_of(record: TownRecord) -> Population:
    return Population(record.users, record.follows_mean, record.seed, FIRST_ID)


def guest_lines(population: Population, guest_id: int) -> Iterator[FollowLine]:
    """Whom the guest follows, the liveliest of every language; and some who follow the guest."""
    people = sorted(population.people(), key=lambda person: -person.tweets_a_day)
    languages = list(dict.fromkeys(person.language for person in people))
    by_language = {code: [p.user_id for p in people if p.language == code] for code in languages}
    each = -(-GUEST_FOLLOWEES // max(1, len(languages)))
    first = [user_id for ids in by_language.values() for user_id in ids[:each]]
    chosen = list(dict.fromkeys([*first, *(person.user_id for person in people)]))
    yield FollowLine(guest_id, chosen[:GUEST_FOLLOWEES])
    for person in people[:GUEST_FOLLOWERS]:
        yield FollowLine(person.user_id, [guest_id])


def line_of(action: Action) -> TweetLine | LikeLine | None:
    """An action as a line of a bulk ingest; None for one that makes nothing, or changes a follow."""
    match action:
        case Post(author, said, visibility, answers, quotes):
            return TweetLine(
                author.user_id,
                said.text,
                "followers" if visibility == "private" else visibility,
                reply_to=answers.tweet_id if answers is not None else 0,
                quote_of=quotes.tweet_id if quotes is not None else 0,
                language=said.language,
                spoiler=said.spoiler,
            )
        case Retweet(author, tweet):
            return TweetLine(author.user_id, retweet_of=tweet.tweet_id)
        case Like(author, tweet):
            return LikeLine(author.user_id, tweet.tweet_id)
    return None


def _with_key(line: TweetLine | LikeLine, key: str) -> Line:
    return msgspec.structs.replace(line, key=key) if isinstance(line, TweetLine) else line
