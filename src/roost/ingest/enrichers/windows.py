"""The newest tweets as fingerprints: of everybody together, and of each author."""

import threading
from collections import OrderedDict

import msgspec
import numpy as np
from numpy.typing import NDArray

from roost.ids import TIME_SHIFT
from roost.kernels import WINDOW_WORDS, count_since, enter, find_near, simhash
from roost.limits import (
    SPAM_AUTHOR_TWEETS,
    SPAM_AUTHORS_MAX,
    SPAM_FINGERPRINT_BITS_MAX,
    SPAM_HASTE_S,
    SPAM_LETTERS_MIN,
    SPAM_WINDOW_S,
    SPAM_WINDOW_TWEETS,
)

_PIECE = 3
_NO_LETTERS = 0


class Sighting(msgspec.Struct, frozen=True):
    """What a window knew of a tweet's like when it came."""

    own: int
    """Nearly equal tweets of the same author within `SPAM_WINDOW_S`."""
    others: int
    """Of other authors. 0 for a text of fewer than `SPAM_LETTERS_MIN` letters: many may say it by chance."""
    hasty: int
    """Tweets of the author within `SPAM_HASTE_S`, as far as there is room for them."""


class Windows:
    """In memory only: after a restart they fill anew. 9 us a tweet."""

    def __init__(self) -> None:
        self._all = np.zeros((SPAM_WINDOW_TWEETS, WINDOW_WORDS), np.int64)
        self._by_author = np.zeros((SPAM_AUTHORS_MAX, SPAM_AUTHOR_TWEETS, WINDOW_WORDS), np.int64)
        self._places: OrderedDict[int, int] = OrderedDict()
        """Author -> place in `_by_author`; the longest unseen gives up its own."""
        self._tally = np.zeros(64, np.int64)
        self._lock = threading.Lock()

    def see(self, tweet_id: int, author_id: int, said: str) -> Sighting:
        """Look for the like of a tweet, and remember it. `said` is what `fingerprinted` makes of its text.
        The same tweet seen again, as after an edit, is looked at as if it had not been there."""
        codes = np.frombuffer(said.encode("utf-32-le", errors="replace"), np.uint32)
        with self._lock:
            fingerprint = simhash(codes, _PIECE, self._tally) if said else _NO_LETTERS
            own = self._window_of(author_id)
            since = _since(tweet_id, SPAM_WINDOW_S)
            bits = SPAM_FINGERPRINT_BITS_MAX
            near_own = find_near(own, fingerprint, tweet_id, since, bits, 0) if said else 0
            near_others = 0
            if len(said) >= SPAM_LETTERS_MIN:
                near_others = find_near(self._all, fingerprint, tweet_id, since, bits, author_id)
                enter(self._all, fingerprint, tweet_id, author_id)
            hasty = count_since(own, _since(tweet_id, SPAM_HASTE_S))
            enter(own, fingerprint, tweet_id, author_id)
        return Sighting(int(near_own), int(near_others), int(hasty))

    def _window_of(self, author_id: int) -> NDArray[np.int64]:
        place = self._places.get(author_id)
        if place is None:
            if len(self._places) == SPAM_AUTHORS_MAX:
                _, place = self._places.popitem(last=False)
                self._by_author[place] = 0
            else:
                place = len(self._places)
            self._places[author_id] = place
        self._places.move_to_end(author_id)
        window: NDArray[np.int64] = self._by_author[place]
        return window


def _since(tweet_id: int, seconds: int) -> int:
    """The lowest id of so long before a tweet."""
    return max(1, tweet_id - (seconds * 1000 << TIME_SHIFT))
