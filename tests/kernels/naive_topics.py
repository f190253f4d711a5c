"""The plain twin of the topics' kernels: every pair of a topic and a user, with the minute of their newest
use."""

from collections import defaultdict
from dataclasses import dataclass, field

MINUTES, TENS = 60, 144


@dataclass
class Pair:
    minute: int
    uses: int = 1


@dataclass
class Topics:
    """As long as no topic has more users than are held, and there are rows for all."""

    now: int
    pairs: dict[int, dict[int, Pair]] = field(default_factory=lambda: defaultdict(dict))
    seen_minutes: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))
    seen_tens: dict[tuple[int, int], int] = field(default_factory=lambda: defaultdict(int))

    def is_of_the_day(self, minute: int) -> bool:
        return minute // 10 > self.now // 10 - TENS

    def note(self, topic: int, user: int, minute: int) -> None:
        if not self.is_of_the_day(minute):
            return
        pair = self.pairs[topic].get(user)
        if pair is None or not self.is_of_the_day(pair.minute):
            self.pairs[topic][user] = Pair(minute)
            self.see(topic, minute, None, 1)
            return
        pair.uses += 1
        if minute > pair.minute:
            self.see(topic, minute, pair.minute, 1)
            pair.minute = minute

    def see(self, topic: int, minute: int, last: int | None, change: int) -> None:
        if minute != last and minute > self.now - MINUTES:
            self.seen_minutes[topic, minute] = max(0, self.seen_minutes[topic, minute] + change)
        if last is None or minute // 10 != last // 10:
            self.seen_tens[topic, minute // 10] = max(0, self.seen_tens[topic, minute // 10] + change)

    def take_back(self, topic: int, user: int) -> None:
        pair = self.pairs[topic].get(user)
        if pair is None or not self.is_of_the_day(pair.minute):
            return
        pair.uses -= 1
        if pair.uses == 0:
            self.see(topic, pair.minute, None, -1)
            del self.pairs[topic][user]

    def take_back_user(self, user: int) -> None:
        for pairs in self.pairs.values():
            if user in pairs:
                pairs[user].uses = 1
        for topic in list(self.pairs):
            self.take_back(topic, user)

    def users(self, topic: int, window: int, now: int) -> int:
        """Different users whose newest use is in the window."""
        if window <= MINUTES:
            held = [pair for pair in self.pairs[topic].values() if pair.minute > now - window]
        else:
            first = now // 10 - window // 10
            held = [pair for pair in self.pairs[topic].values() if pair.minute // 10 > first]
        return sum(self.is_of_the_day(pair.minute) for pair in held)

    def seen(self, topic: int, span: int, now: int, back: int) -> int:
        """Users of each minute, or ten, in a span that ended `back` spans ago."""
        stop = now - span * back
        if span <= MINUTES // 2:
            oldest = max(stop - span, self.now - MINUTES)
            return sum(self.seen_minutes[topic, minute] for minute in range(oldest + 1, stop + 1))
        stop, tens = now // 10 - span // 10 * back, span // 10
        oldest = max(stop - tens, self.now // 10 - TENS)
        return sum(self.seen_tens[topic, ten] for ten in range(oldest + 1, stop + 1))
