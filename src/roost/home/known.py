"""What the columns know of some tweets, for whoever chooses among them."""

import numpy as np
from numpy.typing import NDArray

from roost.home.state import ShardState
from roost.kernels import (
    DELETED,
    IS_DUPLICATE,
    IS_REPLY,
    IS_SPAM,
    LANGUAGE_MASK,
    LANGUAGE_SHIFT,
    VISIBILITY_MASK,
    gather_facts,
)
from roost.model import Visibility

Ids = NDArray[np.int64]
_UNWANTED = DELETED | IS_REPLY | IS_SPAM | IS_DUPLICATE


def are_spam(state: ShardState, tweet_ids: Ids) -> NDArray[np.bool_]:
    """For each tweet whether it is marked as spam; False for one that the columns do not know. Any thread."""
    rows, flags = np.empty(len(tweet_ids), np.int64), np.empty(len(tweet_ids), np.int64)
    gather_facts(state.columns, np.ascontiguousarray(tweet_ids), rows, flags)
    marked: NDArray[np.bool_] = flags & IS_SPAM != 0
    return marked


def worth_showing(state: ShardState, tweet_ids: Ids) -> tuple[Ids, Ids, NDArray[np.uint8]]:
    """For each tweet its author, its language's code, and 1 where it may be shown to those who did not ask
    for it: public, no answer, no spam or near-duplicate, not deleted. Each as long as `tweet_ids`.

    A tweet that the columns do not know has author 0 and a 1: the tables have to say. Any thread; 0.1 us a
    tweet.
    """
    rows, flags = np.empty(len(tweet_ids), np.int64), np.empty(len(tweet_ids), np.int64)
    gather_facts(state.columns, tweet_ids, rows, flags)
    known = (rows >= 0) & (rows < len(state.graph.user_ids))
    authors = np.where(known, state.graph.user_ids[np.where(known, rows, 0)], 0)
    wanted = (flags & _UNWANTED == 0) & (flags & VISIBILITY_MASK == int(Visibility.PUBLIC))
    languages = flags >> LANGUAGE_SHIFT & LANGUAGE_MASK
    return authors, languages, (wanted | ~known).astype(np.uint8)
