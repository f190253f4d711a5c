"""Ports of files and polls; part of `ports`."""

from collections.abc import Sequence
from typing import Protocol

from roost.blobs import BlobReader
from roost.media import SentFile
from roost.model import Upload
from roost.service.views import MediaChange, PollView


class MediaFiles(Protocol):
    """Users' files."""

    async def upload(
        self,
        owner_id: int,
        sent: SentFile,
        facts: MediaChange,
        thumbnail: SentFile | None = None,
        waits: bool = False,
    ) -> Upload: ...

    async def get(self, owner_id: int, media_id: int) -> Upload: ...

    async def edit(
        self, owner_id: int, media_id: int, facts: MediaChange, thumbnail: SentFile | None = None
    ) -> Upload: ...

    async def delete(self, owner_id: int, media_id: int) -> None: ...

    async def blob(self, name: str) -> BlobReader: ...


class Polls(Protocol):
    async def get(self, viewer_id: int, tweet_id: int) -> PollView: ...

    async def vote(self, user_id: int, tweet_id: int, choices: Sequence[int]) -> PollView: ...
