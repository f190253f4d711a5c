"""Streams have no holes, whatever comes between: cuts, comings and goings, batches and slow writing.

The real service runs; readers of everybody's tweets come, go, and are cut off in the middle of what is
written to them, while others post. Each then has what there was, in order, from where it began: nothing is
missing, and nothing comes twice but what was cut between two messages of one position.
"""

import asyncio
import random
from pathlib import Path

import pytest

from roost import node
from roost.config import Settings
from roost.push import NOW, PUBLIC, Action, Message, Outgoing, TopicKind, Write, home_of
from roost.service import Draft, Registration
from tests.push.ears import Ear

STEPS = 200
EARS = 8


class CutEar(Ear):
    """Takes a part of what is written to it, and then nothing more, until it comes again."""

    def __init__(self, user_id: int, on_home: bool, chooser: random.Random) -> None:
        super().__init__(user_id, home_of(user_id) if on_home else PUBLIC)
        self.taken: list[int] = []
        self._chooser = chooser
        self._cut = False

    def open_again(self, streams: object) -> None:
        self.close()
        self._cut = False
        self.open(streams)

    def act(self, action: Action) -> None:
        if isinstance(action, Write):
            for each in action.outgoing:
                if self.since != NOW and self._chooser.random() < 0.03:
                    self._cut = True
                if self._cut:
                    return
                self.take(each)

    def take(self, each: Outgoing) -> None:
        message: Message = each.message
        before = self.since
        super().take(each)
        assert self.since >= before or before > 1 << 60, "ids never go down"
        assert message.position >= self.since


@pytest.mark.parametrize("seed", range(4))
def test_readers_have_everything_in_order(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roost.processors.push.STREAM_BATCH_EVENTS", 3)
    monkeypatch.setattr("roost.service.local.stream_telling.STREAM_FLUSH_CONNECTIONS", 2)
    asyncio.run(_live(seed, tmp_path))


async def _live(seed: int, folder: Path) -> None:
    chooser = random.Random(seed)
    settings = Settings(data_folder=str(folder), capacity_users=64, capacity_follows=8_192)
    running = await node.start(settings)
    service = running.service
    try:
        people = [
            (await service.accounts.register(Registration(username=f"user{number}"), False)).user.user_id
            for number in range(3)
        ]
        for other in people[1:]:
            await service.edges.follow(people[0], other)
        assert await running.kit.streaming.applied(running.kit.log.last, 10.0)
        ears = [CutEar(people[0], number % 2 == 0, chooser) for number in range(EARS)]
        for ear in ears:
            ear.open_again(service.streams)
        await service.streams.recalled()
        posted = await _interleave(chooser, running, ears, people)
        assert await running.kit.streaming.applied(running.kit.log.last, 10.0)
        for ear in ears:
            while not ear.heard or ear.heard[-1][1] != posted[-1]:
                ear.open_again(service.streams)
                await service.streams.recalled()
            kinds = [tweet_id for _, tweet_id in ear.heard]
            if ear.topic.kind is TopicKind.PUBLIC:
                assert kinds == posted
            assert list(dict.fromkeys(kinds)) == posted
            assert ear.refetches == 0
            ear.close()
    finally:
        await running.stop()


async def _interleave(
    chooser: random.Random, running: node.Node, ears: list[CutEar], people: list[int]
) -> list[int]:
    """The ids of what was posted meanwhile."""
    service = running.service
    posted: list[int] = []

    async def post(author: int) -> int:
        view = await service.tweets.post(author, Draft(text="@user0 words"))
        return view.tweet.tweet_id

    for _ in range(STEPS):
        match chooser.choice(("post", "post", "come again", "leave", "wait")):
            case "post":
                posted.append(await post(chooser.choice(people[1:])))
            case "come again":
                chooser.choice(ears).open_again(service.streams)
            case "leave":
                chooser.choice(ears).close()
            case "wait":
                for _ in range(chooser.randint(0, 5)):
                    await asyncio.sleep(0)
    return posted
