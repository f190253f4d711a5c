"""The examples run, and do what they say."""

import random
import runpy
from pathlib import Path

import pytest

from examples.simple_fanout import SimpleFanoutSystem
from examples.trending_detector import TrendingDetector

FOLDER = Path(__file__).parents[1] / "examples"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_each_runs_by_itself(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(path), run_name="__main__")
    assert capsys.readouterr().out


def test_trends_are_what_grows_and_not_what_is_large() -> None:
    detector, dice = TrendingDetector(window_minutes=60), random.Random(1)
    for minute in range(2 * 1_440):
        tag = f"#{dice.choice(('morning', 'morning', 'evening', 'cats', 'dogs', 'tea', 'rain', 'sun'))}"
        detector.process_tweet(f"good {tag}", minute * 60.0, dice.randrange(1, 5_000))
    assert detector.get_trending() == []
    for number in range(60):
        detector.process_tweet("felt it? #Quake", 172_800.0 + 4 * number, 10_000 + number)
        detector.process_tweet("#spam #spam", 172_800.0 + 4 * number, 7)
    ((tag, score),) = detector.get_trending(1)
    assert tag == "quake"
    assert detector.calculate_trend_score("#quake", 173_040.0) == pytest.approx(score)
    assert detector.calculate_trend_score("#quake", 176_640.0) < score, "an hour later"
    assert detector.calculate_trend_score("#spam", 173_040.0) < 1
    assert detector.calculate_trend_score("nothing", 173_040.0) == 0


def test_timelines_are_those_of_a_plain_list_whether_pushed_or_pulled() -> None:
    pushes = [_pushes(pull_above) for pull_above in (0, 3, 1_000)]
    assert pushes == sorted(pushes)
    assert pushes[0] < pushes[2]


def _pushes(pull_above: int) -> int:
    fanout, dice = SimpleFanoutSystem(pull_above), random.Random(2)
    names = [f"user{number}" for number in range(8)]
    follows = {(one, other) for one in names for other in names if one != other and dice.random() < 0.5}
    for user, follower in sorted(follows):
        fanout.add_follower(user, follower)
    for name in names[:4]:
        fanout.get_timeline(name)
    said: list[tuple[str, int]] = []
    for number in range(60):
        author = dice.choice(names)
        said.append((author, fanout.tweet(author, f"words {number}")))
    for reader in names:
        wanted = [tweet for user, tweet in said if user == reader or (user, reader) in follows]
        assert [entry["id"] for entry in fanout.get_timeline(reader, 20)] == wanted[::-1][:20]
    fanout.close()
    return fanout.statistics().pushes
