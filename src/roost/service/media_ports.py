"""Ports of files, polls, scheduled tweets and drafts; part of `ports`."""

from collections.abc import Sequence
from typing import Protocol

from roost.blobs import BlobReader
from roost.ingest import Draft
from roost.media import SentFile
from roost.model import Page, PageRequest, Upload
from roost.service.views import DraftView, MediaChange, PollView, ScheduledView


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


class Scheduled(Protocol):
    """Tweets that are to be posted at a time."""

    async def add(self, author_id: int, at_ms: int, draft: Draft, key: str = "") -> ScheduledView: ...

    async def get(self, author_id: int, scheduled_id: int) -> ScheduledView: ...

    async def page(self, author_id: int, page: PageRequest) -> Page[ScheduledView]: ...

    async def move(self, author_id: int, scheduled_id: int, at_ms: int) -> ScheduledView: ...

    async def cancel(self, author_id: int, scheduled_id: int) -> None: ...


class Drafts(Protocol):
    """What users began to write."""

    async def save(self, author_id: int, draft: Draft, draft_id: int = 0) -> DraftView: ...

    async def get(self, author_id: int, draft_id: int) -> DraftView: ...

    async def page(self, author_id: int, page: PageRequest) -> Page[DraftView]: ...

    async def remove(self, author_id: int, draft_id: int) -> None: ...
