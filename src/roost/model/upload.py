"""A file that a user has sent, on its way to a tweet or in one."""

import enum

import msgspec

from roost.model.media import Media


class UploadState(enum.IntEnum):
    """Stored as its number."""

    READY = 1
    PROCESSING = 2
    """Its preview, and what is shown, are still being made from `Upload.source`."""
    FAILED = 3


class Upload(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A user's file as it is now; `media` is what a tweet copies when it takes it."""

    media: Media
    state: UploadState = UploadState.READY
    source: str = ""
    """The blob with the file as it was sent, while it is being processed."""
    problem: str = ""
    """What was wrong with it, for its owner, where it failed."""

    @property
    def media_id(self) -> int:
        return self.media.media_id
