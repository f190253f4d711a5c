"""The full-text index of tweets and of users' names, over tantivy.

It stands in a folder, or in memory. One thread at a time changes it, in commits that are durable and whole: a
commit holds the log position that it is of, so that whatever ends the process, the index and its position
belong together. Any thread may search beside that, and sees the last commit.

A tweet is a document of terms and of a few columns; its text is not kept. Whom a tweet is for (`readers`) is
a term too, so that what somebody cannot find costs nothing to leave out.
"""

import contextlib
import logging
from collections.abc import Sequence
from pathlib import Path

import msgspec
import tantivy
from tantivy import Document, Index, IndexWriter, Query, Schema, SchemaBuilder, Searcher

from roost.errors import Corrupt
from roost.limits import SEARCH_WRITER_BYTES
from roost.search.facts import TweetFacts, UserFacts, steps
from roost.search.panics import panics_contained

_log = logging.getLogger("roost.search")

SCHEMA_VERSION = 1
"""Goes up when documents are made in another way; an index of another version is made anew."""
_NOTE = "note"


class IndexNote(msgspec.Struct, frozen=True):
    """What an index says of itself."""

    position: int = 0
    """Everything from here on in the log is in it, or comes by the log."""
    is_whole: bool = False
    """Whether everything before that is in it, too; else the next three say how much is."""
    has_users: bool = False
    users_after: bytes = b""
    """Where to go on reading the users."""
    tweets_above: int = 0
    """The tweets with higher ids are in it; 0 for none."""
    version: int = SCHEMA_VERSION


class IndexChanges(msgspec.Struct):
    """What one commit changes. What is in `tweets` and `users` replaces what was there under their ids."""

    tweets: Sequence[TweetFacts] = ()
    gone_tweets: Sequence[int] = ()
    users: Sequence[UserFacts] = ()
    gone_users: Sequence[int] = ()


class TextIndex:
    """Raises Corrupt where what is in `folder` cannot be read."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder
        self.schema = _schema()
        try:
            if folder is not None:
                folder.mkdir(parents=True, exist_ok=True)
            with panics_contained():
                self._index = Index(self.schema, None if folder is None else str(folder))
                self._index.config_reader("manual")
                self._writer: IndexWriter | None = self._index.writer(SEARCH_WRITER_BYTES, 1)
                self.note = self._read_note()
                self.oldest_id = _end(self.searcher(), tantivy.Order.Asc)
                self.newest_id = _end(self.searcher(), tantivy.Order.Desc)
        except (ValueError, OSError, RuntimeError, msgspec.MsgspecError) as cause:
            raise Corrupt(f"The search index in {folder} cannot be used") from cause

    def searcher(self) -> Searcher:
        """What the last commit left, for good."""
        return self._index.searcher()

    @property
    def documents(self) -> int:
        return max(0, self.searcher().num_docs - 1)

    def commit(self, changes: IndexChanges, note: IndexNote) -> None:
        """Make some changes, all or nothing; durable when it returns. 15 us a tweet, and 30 ms.

        Raises OSError where it cannot be written.
        """
        try:
            with panics_contained():
                if self._writer is None:
                    self._writer = self._index.writer(SEARCH_WRITER_BYTES, 1)
                self._change(self._writer, changes)
                self._writer.delete_documents_by_term("key", _NOTE)
                self._writer.add_document(_note_document(note))
                self._writer.commit()
                self._index.reload()
        except (ValueError, OSError, RuntimeError) as cause:
            self._drop_writer()  # one that has failed once fails for good; what it had goes with it
            raise OSError(f"The search index cannot be written: {cause}") from cause
        self.note = note
        if changes.tweets:
            ids = [facts.tweet_id for facts in changes.tweets]
            self.oldest_id = min(self.oldest_id or ids[0], *ids)
            self.newest_id = max(self.newest_id, *ids)

    def like_steps(self, tweet_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
        """How much some tweets are liked and noticed, as the index has it; without those that it has not."""
        if not tweet_ids:
            return {}
        with panics_contained():
            searcher = self.searcher()
            query = Query.term_set_query(self.schema, "id", list(tweet_ids))
            hits = searcher.search(query, len(tweet_ids), False, "id").hits
            places = [place for _, place in hits]
            likes, attention = (searcher.fast_field_values(name, places) for name in ("likes", "attention"))
        return {
            tweet_id: (int(liked or 0), int(noticed or 0))
            for (tweet_id, _), liked, noticed in zip(hits, likes, attention, strict=True)
        }

    def close(self) -> None:
        """What was not committed is dropped; merges come to their end."""
        if self._writer is not None:
            with contextlib.suppress(ValueError, OSError, RuntimeError), panics_contained():
                self._writer.rollback()
                self._writer.wait_merging_threads()

    def _drop_writer(self) -> None:
        """Frees the lock of the folder, which a traceback might hold for longer."""
        writer, self._writer = self._writer, None
        if writer is not None:
            with contextlib.suppress(ValueError, OSError, RuntimeError), panics_contained():
                writer.wait_merging_threads()

    def _change(self, writer: IndexWriter, changes: IndexChanges) -> None:
        self._delete(writer, "id", [*changes.gone_tweets, *(tweet.tweet_id for tweet in changes.tweets)])
        self._delete(writer, "user", [*changes.gone_users, *(user.user_id for user in changes.users)])
        for tweet in changes.tweets:
            writer.add_document(_tweet_document(tweet))
        for user in changes.users:
            writer.add_document(_user_document(user))

    def _delete(self, writer: IndexWriter, field: str, ids: list[int]) -> None:
        """Of what was added before this. (`delete_documents_by_term` takes a number for a signed one, and
        deletes nothing from a field of unsigned ones.)"""
        if ids:
            writer.delete_documents_by_query(Query.term_set_query(self.schema, field, ids))

    def _read_note(self) -> IndexNote:
        """An index without one is new, or of another schema."""
        self._index.reload()
        searcher = self._index.searcher()
        hits = searcher.search(Query.term_query(self.schema, "key", _NOTE), 1, False).hits
        if not hits:
            if searcher.num_docs:
                raise ValueError("no note")
            return IndexNote()
        note = msgspec.json.decode(str(searcher.doc(hits[0][1]).get_first("note")), type=IndexNote)
        if note.version != SCHEMA_VERSION:
            raise ValueError(f"version {note.version}")
        return note


def _schema() -> Schema:
    build = SchemaBuilder()
    build.add_unsigned_field("id", indexed=True, fast=True)
    build.add_text_field("text", tokenizer_name="whitespace", index_option="position")
    build.add_text_field("tags", tokenizer_name="raw", index_option="basic")
    build.add_text_field("language", tokenizer_name="raw", index_option="basic")
    build.add_text_field("kinds", tokenizer_name="raw", index_option="basic")
    build.add_unsigned_field("author", indexed=True)
    build.add_unsigned_field("reply_to", indexed=True)
    build.add_unsigned_field("mentions", indexed=True)
    build.add_unsigned_field("readers", indexed=True)
    build.add_unsigned_field("likes", indexed=True, fast=True)
    build.add_unsigned_field("attention", indexed=True, fast=True)
    build.add_unsigned_field("user", indexed=True, fast=True)
    build.add_text_field("name", tokenizer_name="whitespace", index_option="basic")
    build.add_text_field("key", tokenizer_name="raw", index_option="basic")
    build.add_text_field("note", stored=True, tokenizer_name="raw", index_option="basic")
    return build.build()


def _tweet_document(facts: TweetFacts) -> Document:
    document = Document()
    document.add_unsigned("id", facts.tweet_id)
    document.add_text("text", facts.tokens)
    document.add_unsigned("author", facts.author_id)
    document.add_unsigned("likes", steps(facts.likes))
    document.add_unsigned("attention", steps(facts.attention))
    if facts.language:
        document.add_text("language", facts.language)
    if facts.reply_to_author_id:
        document.add_unsigned("reply_to", facts.reply_to_author_id)
    for reader_id in facts.readers:
        document.add_unsigned("readers", reader_id)
    for user_id in facts.mentioned_ids:
        document.add_unsigned("mentions", user_id)
    for tag in facts.tags:
        document.add_text("tags", tag)
    for kind in facts.kinds:
        document.add_text("kinds", kind)
    return document


def _user_document(facts: UserFacts) -> Document:
    document = Document()
    document.add_unsigned("user", facts.user_id)
    document.add_text("name", facts.grams)
    return document


def _note_document(note: IndexNote) -> Document:
    document = Document()
    document.add_text("key", _NOTE)
    document.add_text("note", msgspec.json.encode(note).decode())
    return document


def _end(searcher: Searcher, order: tantivy.Order) -> int:
    """The lowest or highest id of a tweet; 0 where there is none. 5 ms for a million."""
    hits = searcher.search(Query.all_query(), 1, False, "id", 0, order).hits
    return int(hits[0][0] or 0) if hits else 0
