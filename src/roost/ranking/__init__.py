"""The order of timelines that are not in the order of time: from candidates to an order."""

from roost.ranking.candidate import Candidate, Ranker
from roost.ranking.plain import plain_score, rank_plainly

__all__ = ["Candidate", "Ranker", "plain_score", "rank_plainly"]
