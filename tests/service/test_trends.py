"""What trends, through the service: over restarts, and as what was counted is taken back."""

import random
from collections import Counter, defaultdict

import pytest

from roost.errors import Invalid, NotFound
from roost.model import (
    Enriched,
    Findings,
    ModerationAction,
    Signal,
    TrendKind,
    TrendTerms,
    TweetEnriched,
    Visibility,
)
from roost.processors import MS_PER_DAY
from roost.service import TrendQuery, TweetChange
from tests.service.ground import Ground

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS
_WORDS = random.Random(8)


def words() -> str:
    """What nobody said before."""
    return " ".join("".join(_WORDS.choices("bcdfghklmnprstvz", k=7)) for _ in range(6))


def say(ground: Ground, user: int, what: str, **more: object) -> int:
    return ground.post(user, f"{words()} {what}", **more)


def counted(ground: Ground) -> Ground:
    """Once everything is, however long that takes."""
    assert ground.do(ground.kit.indexing.applied(ground.kit.log.last, 60.0))
    return ground


def trending(ground: Ground, viewer_id: int = 0) -> list[str]:
    counted(ground)
    return [view.tag for view in ground.do(ground.service.trends.tags(viewer_id, 0, 20)).items]


def links(ground: Ground) -> list[str]:
    counted(ground)
    return [view.url for view in ground.do(ground.service.trends.links(0, 0, 20)).items]


def tweets(ground: Ground) -> list[int]:
    counted(ground).settle()
    return [view.tweet.tweet_id for view in ground.do(ground.service.trends.tweets(0, 0, 20)).items]


def users_of(ground: Ground, tag: str, window: str = "24h", language: str = "") -> int:
    try:
        found = ground.do(counted(ground).service.trends.explain(TrendKind.TAG, tag, language))
    except NotFound:
        return 0
    return next(each.users for each in found.windows if each.window == window)


def people(ground: Ground, count: int) -> list[int]:
    return [ground.user(f"user{number}") for number in range(count)]


def to_next_day(ground: Ground, hours: int = 1) -> None:
    now_ms = ground.clock.now_ms()
    ground.clock.advance_ms(MS_PER_DAY - now_ms % MS_PER_DAY + hours * HOUR_MS)


def test_users_count_and_not_posts(ground: Ground) -> None:
    users = people(ground, 8)
    for number, tag in enumerate(("most", "some", "few")):
        for user in users[: 8 - 2 * number]:
            say(ground, user, f"#{tag} #{tag} https://roost.org/{tag}")
    for _ in range(20):
        say(ground, users[0], "#lonely https://roost.org/lonely")
    assert trending(ground) == ["most", "some", "few"]
    assert links(ground) == [f"https://roost.org/{tag}" for tag in ("most", "some", "few")]
    held = {each.kind: each for each in ground.service.operations.statistics().trends}["tag"]
    assert (held.topics, held.users_held) == (4, 8 + 6 + 4 + 1)
    assert held.bytes_reserved < 40 << 20
    ground.clock.advance_ms(12 * HOUR_MS)
    assert trending(ground) == []


def test_what_was_used_as_much_before_is_less_of_a_trend(ground: Ground) -> None:
    users = people(ground, 9)
    for _ in range(3):
        to_next_day(ground, 9)
        for user in users[:6]:
            say(ground, user, "#usual")
    to_next_day(ground, 9)
    for user in users[:6]:
        say(ground, user, "#usual #fresh")
    assert trending(ground)[0] == "fresh"
    found = {
        tag: ground.do(ground.service.trends.explain(TrendKind.TAG, tag, "")) for tag in ("usual", "fresh")
    }
    hour = {tag: next(each for each in found[tag].windows if each.window == "1h") for tag in found}
    assert hour["usual"].users == hour["fresh"].users == 6
    assert hour["usual"].expected > 2 * hour["fresh"].expected
    assert hour["usual"].volume < hour["fresh"].volume


@pytest.mark.parametrize("crash", [False, True])
def test_the_same_after_a_restart_and_nothing_is_counted_twice(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, crash: bool
) -> None:
    users = people(ground, 5)
    kept = say(ground, users[0], "#one")
    for user in users:
        say(ground, user, "#one https://roost.org/a")
        if user != users[0]:
            ground.do(ground.service.tweets.like(user, kept))
    ground.clock.advance_ms(7 * MINUTE_MS)
    for user in users[:3]:
        say(ground, user, "#two")

    def seen() -> object:
        counted(ground)
        explained = [
            ground.do(ground.service.trends.explain(TrendKind.TAG, tag, "")) for tag in ("one", "two")
        ]
        return trending(ground), links(ground), tweets(ground), explained

    before = seen()
    assert before[0] == ["one", "two"]  # type: ignore[index]
    if crash:  # the state is not written: all of it is counted from the log again

        async def write(also: object = None) -> None: ...

        monkeypatch.setattr(ground.kit.trends, "write", write)
    for _ in range(2):
        ground.restart()
        assert seen() == before
    say(ground, users[0], "#two")
    assert users_of(ground, "two") == 3
    assert ground.do(ground.service.tags.get(0, "one")).history[0].users == 5


def test_what_is_taken_back_counts_no_more(ground: Ground) -> None:
    users = people(ground, 6)
    posts = {user: say(ground, user, "#gone https://roost.org/gone") for user in users}
    again = say(ground, users[0], "#gone")
    assert (users_of(ground, "gone"), trending(ground)) == (6, ["gone"])
    for user in users[1:]:
        ground.do(ground.service.tweets.delete(user, posts[user]))
    assert (users_of(ground, "gone"), trending(ground), links(ground)) == (1, [], [])
    ground.do(ground.service.tweets.delete(users[0], posts[users[0]]))
    assert users_of(ground, "gone") == 1, "one use of theirs stands"
    ground.do(ground.service.tweets.delete(users[0], again))
    assert users_of(ground, "gone") == 0


def test_noise_counts_for_nothing_also_if_that_is_found_late(ground: Ground) -> None:
    users = people(ground, 6)
    posts = [say(ground, user, "#sold https://roost.org/sold", language="en") for user in users]
    for user in users[1:]:
        ground.do(ground.service.tweets.like(user, posts[0]))
    assert users_of(ground, "sold") == users_of(ground, "sold", language="en") == 6
    assert tweets(ground) == [posts[0]]

    async def find(tweet_id: int, signal: Signal) -> None:
        tweet = await ground.kit.tweets.get(tweet_id)
        found = Findings(signals=signal)
        await ground.kit.committer.commit([TweetEnriched(Enriched(tweet.enriched(found), found))])

    for number, tweet_id in enumerate(posts[:5]):
        ground.do(find(tweet_id, Signal.SPAM if number % 2 else Signal.DUPLICATE))
        assert users_of(ground, "sold") == users_of(ground, "sold", language="en") == 5 - number
    assert tweets(ground) == []
    ground.do(ground.service.tweets.delete(users[0], posts[0]))
    assert users_of(ground, "sold") == 1, "a deleted tweet that did not count is not taken back"


def test_a_language_that_is_found_late_counts_from_then_on(ground: Ground) -> None:
    users = people(ground, 5)
    for user in users:
        tweet_id = say(ground, user, "#hallo")

        async def find(tweet_id: int = tweet_id) -> None:
            tweet = await ground.kit.tweets.get(tweet_id)
            found = Findings(language="de")
            if not tweet.language:
                await ground.kit.committer.commit([TweetEnriched(Enriched(tweet.enriched(found), found))])

        ground.do(find())
    for user in users[:3]:
        say(ground, user, "#hallo #servus", language="de-AT")
    languages = ground.kit.trends.engines[TrendKind.TAG].named
    assert users_of(ground, "hallo") == 5
    assert users_of(ground, "servus", language="de") == 3
    assert {topic.language for topic in languages if topic is not None} >= {"", "de"}
    counted(ground)
    query = TrendQuery(TrendKind.TAG, language="de")
    found = ground.do(ground.service.trends.page(0, query)).items
    assert "servus" in [view.key for view in found]
    assert all(view.language == "de" for view in found)


def test_edits_move_uses(ground: Ground) -> None:
    users = people(ground, 4)
    posts = [say(ground, user, "#before #both") for user in users]

    async def edit(user: int, tweet_id: int) -> None:
        await ground.service.tweet_edits.edit(user, tweet_id, TweetChange(text=f"{words()} #after #both"))

    for user, tweet_id in zip(users, posts, strict=True):
        ground.do(edit(user, tweet_id))
    assert [users_of(ground, tag) for tag in ("before", "both", "after")] == [0, 4, 4]


def test_who_is_silenced_or_suspended_does_not_count(ground: Ground) -> None:
    users = people(ground, 6)
    for user in users:
        say(ground, user, "#loud")
    actions = (ModerationAction.SILENCE, ModerationAction.SUSPEND)
    for user, action in zip(users, actions, strict=False):
        ground.do(ground.service.moderation.act(0, user, action, "enough"))
    assert users_of(ground, "loud") == 4
    say(ground, users[0], "#loud #louder")
    assert (users_of(ground, "loud"), users_of(ground, "louder")) == (4, 0)
    say(ground, users[2], "#sensitive", sensitive=True)
    say(ground, users[2], "#quiet", visibility=Visibility.UNLISTED)
    assert (users_of(ground, "sensitive"), users_of(ground, "quiet")) == (0, 0)


def test_tweets_by_who_likes_and_retweets_them(ground: Ground) -> None:
    users = people(ground, 8)
    liked, shared, lonely, answer = (say(ground, users[0], "word") for _ in range(4))
    for user in users[1:6]:
        ground.do(ground.service.tweets.like(user, liked))
    for user in users[1:4]:
        ground.do(ground.service.tweets.retweet(user, shared))
    ground.do(ground.service.tweets.like(users[0], lonely))
    ground.do(ground.service.tweets.like(users[1], lonely))
    answer = say(ground, users[0], "indeed", reply_to_id=answer)
    for user in users[1:6]:
        ground.do(ground.service.tweets.like(user, answer))
    assert tweets(ground) == [liked, shared]
    for user in users[1:5]:
        ground.do(ground.service.tweets.unlike(user, liked))
    assert tweets(ground) == [shared]
    ground.do(ground.service.tweets.delete(users[0], shared))
    assert tweets(ground) == []


def test_pages_are_of_one_ranking_whatever_happens_meanwhile(ground: Ground) -> None:
    users = people(ground, 9)
    for number in range(6):
        for user in users[: 8 - number]:
            say(ground, user, f"#tag{number}")
    trends = ground.service.trends
    counted(ground)
    first = ground.do(trends.tags(0, 0, 2))
    for user in users:
        say(ground, user, "#upstart")
    rest = [ground.do(trends.tags(0, offset, 2, first.ranking)) for offset in (2, 4)]
    shown = [view.tag for page in (first, *rest) for view in page.items]
    assert shown == [f"tag{number}" for number in range(6)]
    assert trending(ground)[0] == "upstart"
    assert ground.do(trends.tags(0, 0, 1, 99_999)).items[0].tag == "upstart", "a ranking that is gone"


def test_the_staff_tune_and_bar_and_it_lasts(ground: Ground) -> None:
    users = people(ground, 6)
    for user in users:
        say(ground, user, "#rude #fine")
    for user in users[:3]:
        say(ground, user, "#small")
    ground.do(ground.service.trend_control.bar(TrendKind.TAG, "#RUDE", True))
    ground.do(ground.service.trend_control.tune({"users_min": 4}))
    for _ in range(2):
        control = ground.service.trend_control
        assert trending(ground) == ["fine"]
        assert [bar.key for bar in ground.do(control.barred())] == ["rude"]
        assert ground.do(control.terms()) == TrendTerms(users_min=4)
        ground.restart()
    control = ground.service.trend_control
    for changes in ({"users_min": 0}, {"users_min": 2.5}, {"nothing": 1.0}, {"expected_min": 0.0}):
        with pytest.raises(Invalid):
            ground.do(control.tune(changes))
    with pytest.raises(Invalid):
        ground.do(control.tune({"volume_weight": 0, "velocity_weight": 0, "acceleration_weight": 0}))
    with pytest.raises(Invalid):
        ground.do(control.bar(TrendKind.TWEET, "no id", True))
    ground.do(control.bar(TrendKind.TAG, "rude", False))
    assert ground.do(control.tune({}, reset=True)) == TrendTerms()
    assert trending(ground) == ["fine", "rude", "small"]


def test_history_is_that_of_a_naive_count(ground: Ground) -> None:
    dice = random.Random(3)
    users = people(ground, 5)
    uses: Counter[tuple[int, str]] = Counter()
    accounts: dict[tuple[int, str], set[int]] = defaultdict(set)
    for _ in range(9):
        for _ in range(12):
            user, tag = dice.choice(users), dice.choice(["a", "b", "c"])
            visibility = dice.choice(list(Visibility))
            ground.post(user, f"#{tag} #{tag}", visibility=visibility)
            if visibility is Visibility.PUBLIC:
                key = ground.clock.now_ms() // MS_PER_DAY, tag
                uses[key] += 1
                accounts[key].add(user)
        if dice.random() < 0.3:
            ground.restart()
        to_next_day(ground, 5)
    for tag in ("a", "b", "c"):
        view = ground.do(ground.service.tags.get(0, tag))
        days = [day.day_ms // MS_PER_DAY for day in view.history]
        assert days == list(range(days[0], days[0] - 7, -1))
        assert [(day.uses, day.users) for day in view.history] == [
            (uses[day, tag], len(accounts[day, tag])) for day in days
        ]


def test_what_does_not_fit_in_memory_is_counted_on_from_the_table(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("roost.processors.usage.USAGE_ENTRIES_MAX", 8)
    monkeypatch.setattr("roost.processors.usage.USAGE_DIRTY_MAX", 1)
    users = people(ground, 3)
    for user in users:
        for number in range(20):
            ground.post(user, f"#tag{number}")
        ground.restart()
    ground.post(users[0], "#another")
    assert ground.do(ground.service.tags.get(0, "another")).history[0].uses == 1
    assert ground.kit.usage.entries < 20
    for number in range(20):
        view = ground.do(ground.service.tags.get(0, f"tag{number}"))
        assert (view.history[0].uses, view.history[0].users) == (3, 3)
