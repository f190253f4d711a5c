"""The same tweet once in a stretch of a timeline.

A retweet is hidden where the tweet it shows stands among the next 40 older entries, by itself or retweeted
by somebody else. The rule looks at what a viewer may see, not at what was hidden before; so whether an entry
is shown depends on 40 older entries and nothing else, pages need not know of each other, and a page read
again is the same. (Mastodon's rule differs in looking at what it kept, and only when a post is delivered.)
"""

from collections.abc import Sequence

from roost.home import Entry
from roost.limits import REPOST_WINDOW_ENTRIES


def without_reposts(entries: Sequence[Entry], whole: bool) -> list[Entry]:
    """The entries, newest first, that are shown; `whole` says that nothing older follows.

    Without it the last 40 cannot be decided yet and are left out.
    """
    count = len(entries) if whole else max(0, len(entries) - REPOST_WINDOW_ENTRIES)
    shown_ids = [entry.shown_id for entry in entries]
    return [
        entry
        for index, entry in enumerate(entries[:count])
        if entry.tweet_id == entry.shown_id
        or entry.shown_id not in shown_ids[index + 1 : index + 1 + REPOST_WINDOW_ENTRIES]
    ]
