"""Rows of files: what they are, what holds them, and which of them nothing holds any more."""

from collections.abc import Iterable

from roost.ids import unix_ms_of
from roost.model import MediaKept, MediaRemoved, Tweet, Upload
from roost.store import tables
from roost.store.batch import Batch
from roost.store.derivation.rule import Rules
from roost.store.rows import BlobToRemoveRow, Holder, IdleMediaRow, MediaHolderRow

_AT_ONCE_MS = 0


def hold(batch: Batch, media_ids: Iterable[int], holder_id: int, kind: Holder) -> None:
    """Files are held from now on."""
    for media_id in media_ids:
        batch.put(tables.MEDIA_HOLDERS, MediaHolderRow(media_id, holder_id, kind))
        batch.delete(tables.IDLE_MEDIA, (0, media_id))


def let_go(batch: Batch, media_ids: Iterable[int], holder_id: int, owner_id: int) -> None:
    """Files are held no more by this holder; perhaps by another."""
    for media_id in media_ids:
        batch.delete(tables.MEDIA_HOLDERS, (media_id, holder_id))
        batch.put(tables.IDLE_MEDIA, IdleMediaRow(0, media_id, owner_id, 0))


def hold_media_of(tweet: Tweet, batch: Batch) -> None:
    """A tweet has its files from now on. What an edit took away: `let_go_media`, before."""
    hold(batch, [media.media_id for media in tweet.media], tweet.tweet_id, Holder.TWEET)


def let_go_media_of(tweet: Tweet, batch: Batch) -> None:
    """A tweet, or an earlier edition of one, has its files no more."""
    let_go(batch, [media.media_id for media in tweet.media], tweet.tweet_id, tweet.author_id)


def _blobs(upload: Upload) -> list[str]:
    media = upload.media
    return [name for name in (media.file, media.preview, upload.source) if name]


def _keep(event: MediaKept, batch: Batch) -> None:
    upload = event.upload
    batch.put(tables.UPLOADS, upload)
    for name in _blobs(upload):
        batch.delete(tables.BLOBS_TO_REMOVE, (name,))


def _remove(event: MediaRemoved, batch: Batch) -> None:
    upload = event.upload
    batch.delete(tables.UPLOADS, (upload.media_id,))
    batch.delete(tables.IDLE_MEDIA, (0, upload.media_id))
    for name in _blobs(upload):
        batch.put(tables.BLOBS_TO_REMOVE, BlobToRemoveRow(name, _AT_ONCE_MS))


def idle_since_upload(upload: Upload, batch: Batch) -> None:
    """A new file is held by nothing yet."""
    media = upload.media
    row = IdleMediaRow(0, media.media_id, media.owner_id, unix_ms_of(media.media_id))
    batch.put(tables.IDLE_MEDIA, row)


RULES: Rules = {MediaKept: _keep, MediaRemoved: _remove}
