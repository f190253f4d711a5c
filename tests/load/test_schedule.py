"""Which tweet may be sent when: never before what it refers to, never out of its author's order, and every
one in the end."""

from hypothesis import given
from hypothesis import strategies as st

from roost.load import NOTHING, PlannedTweet, Schedule

forests = st.lists(st.integers(0, 10_000), max_size=80).map(
    lambda numbers: [
        PlannedTweet(number, pick % 5, NOTHING if number == 0 or pick % 3 == 0 else pick % number)
        for number, pick in enumerate(numbers)
    ]
)


def descendants(tweets: list[PlannedTweet], roots: set[int]) -> set[int]:
    """Those that refer to one of the roots, straight or through others; numbers ascend along references."""
    found = set(roots)
    for tweet in tweets:
        if tweet.refers_to in found:
            found.add(tweet.number)
    return found - roots


@given(forests, st.integers(1, 7), st.integers(1, 9), st.sets(st.integers(0, 79)), st.randoms())
def test_nothing_before_what_it_refers_to_and_all_in_the_end(
    tweets: list[PlannedTweet], most: int, at_once: int, refused: set[int], random: object
) -> None:
    schedule = Schedule()
    waiting, under_way, made = list(tweets), [], {}
    tried: set[int] = set()
    last: dict[int, int] = {}
    while waiting or under_way or schedule.ready:
        for tweet in waiting[:at_once]:
            schedule.add(tweet)
        del waiting[:at_once]
        for tweet in schedule.take(most):
            assert tweet.refers_to == NOTHING or tweet.refers_to in made
            assert last.get(tweet.author, -1) < tweet.number
            last[tweet.author] = tweet.number
            tried.add(tweet.number)
            under_way.append(tweet)
        if under_way:
            tweet = under_way.pop(random.randrange(len(under_way)))  # type: ignore[attr-defined]
            if tweet.number in refused:
                schedule.refused(tweet.number)
            else:
                made[tweet.number] = 1_000 + tweet.number
                schedule.made(tweet.number, made[tweet.number])
    really_refused = refused & tried
    lost = descendants(tweets, really_refused)
    assert tried == {tweet.number for tweet in tweets} - lost
    assert schedule.given_up == len(lost)
    assert schedule.unfinished == 0
    assert all(schedule.id_of(number) == tweet_id for number, tweet_id in made.items())


def test_the_longest_ready_goes_first() -> None:
    schedule = Schedule()
    for number in (0, 1, 2):
        schedule.add(PlannedTweet(number, number))
    schedule.add(PlannedTweet(3, 3, refers_to=0))
    assert [tweet.number for tweet in schedule.take(2)] == [0, 1]
    schedule.made(0, 77)
    assert [tweet.number for tweet in schedule.take(9)] == [2, 3]
    assert schedule.id_of(0) == 77
    assert schedule.unfinished == 3
