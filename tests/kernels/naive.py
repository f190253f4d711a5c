"""Plain-Python twins of the kernels: dicts, lists and sets, each as short as the promise it stands for."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from roost.kernels import KEEP, NO_ROW, QUIET, TO_ALL, TO_FOLLOWED, TO_MEMBERS, TO_NONE, UNKNOWN
from roost.model import Visibility

DROP = 0
LEVELS = (1, 256)
"""From the lowest level of a ring up to below this one: all of them."""


def mix(key: int) -> int:
    """The finaliser of SplitMix64, without its two lowest bits."""
    value = key % 2**64
    value = (value ^ value >> 30) * 0xBF58476D1CE4E5B9 % 2**64
    value = (value ^ value >> 27) * 0x94D049BB133111EB % 2**64
    return (value ^ value >> 31) >> 2


class IdMap:
    def __init__(self) -> None:
        self.rows: dict[int, int] = {}

    def insert(self, keys: Iterable[int], first_row: int) -> None:
        self.rows.update((key, first_row + index) for index, key in enumerate(keys))

    def find(self, key: int) -> int:
        return self.rows.get(key, NO_ROW)


class EdgeLists:
    """Row -> who is in its list, with which flags."""

    def __init__(self) -> None:
        self.lists: dict[int, dict[int, int]] = defaultdict(dict)

    def entries(self, row: int) -> list[tuple[int, int]]:
        return sorted(self.lists[row].items())

    def flags(self, row: int, other: int) -> int:
        return self.lists[row].get(other, -1)

    def edge_count(self) -> int:
        return sum(len(entries) for entries in self.lists.values())


class Follows:
    """(follower, followee) -> flags."""

    def __init__(self) -> None:
        self.edges: dict[tuple[int, int], int] = {}

    def follow(self, follower: int, followee: int, flags: int) -> bool:
        is_new = (follower, followee) not in self.edges
        self.edges[follower, followee] = flags
        return is_new

    def unfollow(self, follower: int, followee: int) -> bool:
        return self.edges.pop((follower, followee), None) is not None

    def flags(self, follower: int, followee: int) -> int:
        return self.edges.get((follower, followee), -1)

    def followees(self, follower: int) -> list[tuple[int, int]]:
        return sorted((followee, flags) for (one, followee), flags in self.edges.items() if one == follower)

    def followers(self, followee: int) -> list[tuple[int, int]]:
        return sorted((follower, flags) for (follower, one), flags in self.edges.items() if one == followee)


class AuthorRing:
    """Every id that an author ever had; what a ring of `entries` should show of them."""

    def __init__(self, entries: int) -> None:
        self.entries = entries
        self.ids: set[int] = set()

    def recent(self) -> list[int]:
        return sorted(self.ids, reverse=True)[: self.entries]

    def floor(self) -> int:
        """The newest id that the ring has no room for."""
        older = sorted(self.ids, reverse=True)[self.entries :]
        return older[0] if older else 0


@dataclass
class Tweet:
    """Rows are None where the shard has no row for a user."""

    tweet_id: int
    author: int
    reply_author: int | None = None
    is_reply: bool = False
    retweet_of: int = 0
    retweet_author: int | None = None
    visibility: Visibility = Visibility.PUBLIC
    is_deleted: bool = False


class Columns:
    """The newest `capacity` tweets, in the order in which they came."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.tweets: dict[int, Tweet] = {}

    def add(self, tweet: Tweet) -> None:
        if tweet.tweet_id in self.tweets:
            return
        if len(self.tweets) == self.capacity:
            del self.tweets[next(iter(self.tweets))]
        self.tweets[tweet.tweet_id] = tweet

    def delete(self, tweet_id: int) -> bool:
        if tweet_id not in self.tweets:
            return False
        self.tweets[tweet_id].is_deleted = True
        return True


@dataclass
class Ring:
    """What was ever stored, oldest first, late ids negative; 1 where an id was taken out."""

    capacity: int
    level: int
    floor: int
    values: list[int]
    read_s: int = 0

    def kept(self) -> list[int]:
        return self.values[-self.capacity :]

    def ids(self) -> list[int]:
        return [abs(value) for value in self.kept() if value != 1]

    def whole_above(self, high: int) -> int:
        """What was overwritten is older than each value in order; without any, nothing is sure."""
        if len(self.values) < self.capacity:
            return self.floor
        in_order = [value for value in self.kept() if value > 1]
        return max(self.floor, min(in_order) - 1) if in_order else high


class Rings:
    """Row -> ring."""

    def __init__(self, slots: int, capacity: int) -> None:
        self.slots, self.capacity = slots, capacity
        self.of: dict[int, Ring] = {}

    def install(self, row: int, level: int, newest_first: list[int], floor: int, now_s: int) -> bool:
        if len(self.of) == self.slots:
            return False
        self.of[row] = Ring(self.capacity, level, floor, newest_first[::-1], now_s)
        return True

    def push(self, row: int, low_level: int, high_level: int, value: int) -> int:
        ring = self.of.get(row)
        if ring is None or not low_level <= ring.level < high_level:
            return 0
        ring.values.append(value)
        return 1

    def remove(self, columns: Columns, row: int, author: int) -> int:
        ring = self.of.get(row)
        if ring is None:
            return 0
        first = len(ring.values) - len(ring.kept())
        gone = [
            place
            for place, value in enumerate(ring.values)
            if place >= first
            and value != 1
            and (tweet := columns.tweets.get(abs(value)))
            and tweet.author == author
        ]
        for place in gone:
            ring.values[place] = 1
        return len(gone)


@dataclass
class Job:
    author: int
    value: int
    other: int = TO_ALL
    low_level: int = LEVELS[0]
    high_level: int = LEVELS[1]
    is_retweet: bool = False
    extra_rows: list[int] = field(default_factory=list)


def deliver(follows: Follows, rings: Rings, jobs: list[Job], first: int, stop: int) -> int:
    stored = 0
    for job in jobs:
        for row in job.extra_rows:
            stored += rings.push(row, *LEVELS, job.value) if first <= row < stop else 0
        if job.author < 0 or job.other == TO_NONE:
            continue
        for row, flags in follows.followers(job.author):
            wanted = not (job.is_retweet and flags & QUIET) and first <= row < stop
            if wanted and (job.other == TO_ALL or follows.flags(row, job.other) >= 0):
                stored += rings.push(row, job.low_level, job.high_level, job.value)
    return stored


@dataclass
class World:
    follows: Follows
    rings: Rings
    columns: Columns
    author_entries: int
    protected: set[int] = field(default_factory=set)
    open_deliveries: Counter[int] = field(default_factory=Counter)
    missed: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Author's row -> the highest level that a tweet was withheld below, and the newest such tweet."""

    def __post_init__(self) -> None:
        self.authors: dict[int, AuthorRing] = defaultdict(lambda: AuthorRing(self.author_entries))

    def must_pull(self, author: int, ring: Ring, high: int) -> bool:
        level, tweet_id = self.missed.get(author, (0, 0))
        return self.open_deliveries[author] > 0 or (level > ring.level and tweet_id > ring.whole_above(high))

    def sources(self, viewer: int, high: int, ring: Ring | None) -> Iterator[tuple[list[int], int]]:
        """Lists of ids, each with the id above which it is whole. Own tweets are in an own ring always."""
        if ring is not None:
            yield ring.ids(), ring.whole_above(high)
        else:
            yield self.authors[viewer].recent(), self.authors[viewer].floor()
        for author, _ in self.follows.followees(viewer):
            if ring is None or self.must_pull(author, ring, high):
                yield self.authors[author].recent(), self.authors[author].floor()


Verdict = tuple[int, int]
"""DROP, KEEP or UNKNOWN; and the tweet that is shown, as far as it is known."""


def judge(world: World, viewer: int, tweet_id: int, hidden: set[int], lenient: bool = False) -> Verdict:
    tweet = world.columns.tweets.get(tweet_id)
    if tweet is None:
        return UNKNOWN, tweet_id
    edge = world.follows.flags(viewer, tweet.author)
    if tweet.is_deleted:
        return DROP, tweet_id
    if tweet.author != viewer:
        if edge < 0 or tweet.author in hidden or (tweet.retweet_of and edge & QUIET):
            return DROP, tweet_id
        if tweet.visibility == Visibility.DIRECT:
            return UNKNOWN, tweet_id
        if tweet.is_reply and tweet.reply_author not in (viewer, tweet.author):
            answered = tweet.reply_author
            if answered is None or answered in hidden or world.follows.flags(viewer, answered) < 0:
                return DROP, tweet_id
    if tweet.retweet_of == 0:
        return KEEP, tweet_id
    return _judge_original(world, viewer, tweet, hidden, lenient), tweet.retweet_of


def _judge_original(world: World, viewer: int, tweet: Tweet, hidden: set[int], lenient: bool) -> int:
    author = tweet.retweet_author
    original = world.columns.tweets.get(tweet.retweet_of)
    if author is None:
        return UNKNOWN
    is_foreign = author not in (viewer, tweet.author)
    if is_foreign and not lenient and author in hidden:
        return DROP
    if original is None:
        return UNKNOWN
    if original.is_deleted:
        return DROP
    if original.visibility == Visibility.DIRECT and author != viewer:
        return UNKNOWN
    is_private = original.visibility == Visibility.FOLLOWERS or (not lenient and author in world.protected)
    return DROP if is_foreign and is_private and world.follows.flags(viewer, author) < 0 else KEEP


def gather(
    world: World, viewer: int, high: int, need: int, hidden: set[int], is_building: bool = False
) -> tuple[list[tuple[int, int, int]], int]:
    """The answers (id, shown id, verdict), newest first, and the id from which others have to go on."""
    ring = None if is_building else world.rings.of.get(viewer)
    sources = list(world.sources(viewer, high, ring))

    def judged(tweet_id: int) -> Verdict:
        return judge(world, viewer, tweet_id, hidden, is_building)

    return _merged(sources, high, need, judged)


def gather_list(
    world: World, viewer: int, members: set[int], replies: int, high: int, need: int, hidden: set[int]
) -> tuple[list[tuple[int, int, int]], int]:
    """`gather` for a list of the viewer's."""
    sources = [(world.authors[member].recent(), world.authors[member].floor()) for member in members]

    def judged(tweet_id: int) -> Verdict:
        verdict = judge(world, viewer, tweet_id, hidden)
        shows = shows_reply(world, viewer, members, replies, tweet_id)
        return verdict if shows else (DROP, tweet_id)

    return _merged(sources, high, need, judged)


def shows_reply(world: World, viewer: int, members: set[int], replies: int, tweet_id: int) -> bool:
    tweet = world.columns.tweets.get(tweet_id)
    if tweet is None or not tweet.is_reply or tweet.reply_author in (viewer, tweet.author):
        return True
    answered = tweet.reply_author
    if replies == TO_MEMBERS:
        return answered in members
    return replies == TO_FOLLOWED and answered is not None and world.follows.flags(viewer, answered) >= 0


def _merged(
    sources: list[tuple[list[int], int]], high: int, need: int, judged: Callable[[int], Verdict]
) -> tuple[list[tuple[int, int, int]], int]:
    marker = min(max((floor for _, floor in sources), default=0), high - 1)
    left = sorted({tweet_id for ids, _ in sources for tweet_id in ids if marker < tweet_id < high})
    answers: list[tuple[int, int, int]] = []
    while left and len(answers) < need:
        tweet_id = left.pop()
        verdict, shown = judged(tweet_id)
        if verdict != DROP:
            answers.append((tweet_id, shown, verdict))
    return answers, left[-1] if left else marker
