"""How late streams are is measured: once for everybody who is told of a tweet."""

from pathlib import Path

from roost.push import PUBLIC
from tests.push.ears import Ear
from tests.service.ground import Ground


def test_every_reader_of_a_tweet_is_counted(tmp_path: Path) -> None:
    ground = Ground(tmp_path)
    try:
        ears = [Ear(0, PUBLIC) for _ in range(3)]

        async def listen() -> None:
            for ear in ears:
                ear.open(ground.service.streams)

        ground.do(listen())
        author_id = ground.user("ann")
        for text in ("one", "two"):
            ground.post(author_id, text)
        ground.settle()
        ground.do(ground.kit.push.derived(ground.kit.log.last))
        streamed = ground.service.operations.statistics().streamed_after
        assert sum(len(ear.heard) for ear in ears) == 6
        assert streamed.count == 6
        assert streamed.max_ms >= streamed.p99_ms >= streamed.p50_ms
    finally:
        ground.stop()
        ground.close()
