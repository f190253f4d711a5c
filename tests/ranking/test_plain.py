"""The plain order: engagement and newness, each tweet's content once."""

from hypothesis import given
from hypothesis import strategies as st

from roost.model import TweetCounts
from roost.ranking import Candidate, plain_score, rank_plainly
from tests.strategies import SEEDED

counts = st.builds(TweetCounts, *[st.integers(0, 1 << 20)] * 4)
candidates = st.lists(
    st.builds(Candidate, st.integers(1, 10_000), st.integers(1, 12), st.floats(0, 1e7), counts),
    unique_by=lambda candidate: candidate.tweet_id,
    max_size=30,
)


@SEEDED
@given(candidates)
def test_best_first_and_what_is_shown_once(given_candidates: list[Candidate]) -> None:
    by_id = {candidate.tweet_id: candidate for candidate in given_candidates}
    ordered = rank_plainly(given_candidates)
    scores = [(plain_score(by_id[tweet_id]), tweet_id) for tweet_id in ordered]
    assert scores == sorted(scores, reverse=True)
    shown = [by_id[tweet_id].shown_id for tweet_id in ordered]
    assert sorted(shown) == sorted({candidate.shown_id for candidate in given_candidates})
    for tweet_id in ordered:
        rivals = [one for one in given_candidates if one.shown_id == by_id[tweet_id].shown_id]
        assert plain_score(by_id[tweet_id]) == max(map(plain_score, rivals))


@SEEDED
@given(st.floats(0, 1e7), counts, st.integers(0, 3))
def test_engagement_raises_and_age_lowers(age_s: float, held: TweetCounts, field: int) -> None:
    one = Candidate(1, 1, age_s, held)
    values = [held.likes, held.retweets, held.replies, held.quotes]
    values[field] += 1_000
    assert plain_score(Candidate(1, 1, age_s, TweetCounts(*values))) > plain_score(one)
    assert plain_score(Candidate(1, 1, age_s + 3_600, held)) < plain_score(one)


def test_a_new_tweet_without_any_scores_one() -> None:
    assert plain_score(Candidate(1, 1, 0, TweetCounts())) == 1
    assert plain_score(Candidate(1, 1, 43_200, TweetCounts(likes=6))) == 3 / 2**1.5
