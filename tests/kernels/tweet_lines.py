"""A tweet's line in the columns as a record."""

from roost.kernels import DELETED, IS_REPLY, NO_AUTHOR, Columns, find_line
from roost.kernels.columns import VISIBILITY_MASK, author_of, still_there
from roost.model import Visibility

from . import naive

ROW_MASK = 0xFFFFFFFF


def known(row: int) -> int | None:
    return None if row == NO_AUTHOR else row


def read_line(columns: Columns, tweet_id: int) -> naive.Tweet | None:
    """As a reader beside the writer reads it: None where it is not there, or no longer at the end."""
    word = find_line(columns, tweet_id)
    if word < 0:
        return None
    author = author_of(columns, word)
    authors, retweet_of, rest = (int(columns.lines[word + offset]) for offset in (1, 2, 3))
    if not still_there(columns, word, tweet_id):
        return None
    flags = rest >> 32
    return naive.Tweet(
        tweet_id,
        author=int(author),
        reply_author=known(authors >> 32 & ROW_MASK),
        is_reply=bool(flags & IS_REPLY),
        retweet_of=retweet_of,
        retweet_author=known(rest & ROW_MASK),
        visibility=Visibility(flags & VISIBILITY_MASK),
        is_deleted=bool(flags & DELETED),
    )
