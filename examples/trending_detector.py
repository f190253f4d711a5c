"""A small trending detector on Roost's engine of trends: `python examples/trending_detector.py`.

It takes texts and times, finds the hashtags as Roost does, counts different users in windows of a minute to a
day, and scores velocity, acceleration and volume against what was to be expected. See docs/trends.md.
"""

from roost.model import TrendTerms, fold_tag
from roost.text import extract_hashtags
from roost.trends import Topic, TrendEngine, TrendState, uses_of


class TrendingDetector:
    """Hashtags of one stream of tweets, in the order of their times (in s)."""

    def __init__(self, window_minutes: int = 60) -> None:
        """`window_minutes`: after so long without news a trend has lost half of its momentum."""
        self._engine = TrendEngine(terms=TrendTerms(momentum_half_life_min=float(window_minutes)))
        self._tweets = 0

    def process_tweet(self, tweet: str, timestamp: float, user_id: int = 0) -> None:
        """Without a user, everybody is somebody else."""
        self._tweets += 1
        tags = dict.fromkeys(fold_tag(found.tag) for found in extract_hashtags(tweet))
        topics = [Topic(tag) for tag in tags]
        user, minute = user_id or -self._tweets, int(timestamp // 60)
        while self._engine.go_on(minute):
            pass
        self._engine.note(uses_of(topics, [user] * len(topics), [minute] * len(topics)))

    def get_trending(self, top_n: int = 10) -> list[tuple[str, float]]:
        """What trends now, the best first, with its score."""
        judged = self._engine.judge(self._engine.minute)
        scored = [
            (name.key, float(score))
            for row, state, score in zip(judged.rows, judged.lives.states, judged.lives.momentum, strict=True)
            if state == TrendState.TRENDING and (name := self._engine.named[row]) is not None
        ]
        return sorted(scored, key=lambda each: (-each[1], each[0]))[:top_n]

    def calculate_trend_score(self, hashtag: str, current_time: float) -> float:
        """The score of a hashtag, trending or not; 0 for one that nobody uses."""
        row = self._engine.row_of(Topic(fold_tag(hashtag.lstrip("#"))))
        judged = self._engine.judge(int(current_time // 60))
        found = [
            float(score)
            for each, score in zip(judged.rows, judged.lives.momentum, strict=True)
            if each == row
        ]
        return found[0] if found else 0.0


def main() -> None:
    detector = TrendingDetector(window_minutes=60)
    for hour in range(24):  # a quiet day
        for number in range(5):
            detector.process_tweet(f"Good morning {number} #coffee", hour * 3_600 + number * 600)
    for number in range(40):  # and then something happens
        detector.process_tweet(f"Did you feel that? #earthquake {number}", 86_400 + number * 6)
    for hashtag, score in detector.get_trending():
        print(f"#{hashtag}: {score:.1f}")
    print(f"#coffee, which does not trend: {detector.calculate_trend_score('#coffee', 86_640):.1f}")


if __name__ == "__main__":
    main()
