"""What users began to write, kept until they post it or throw it away."""

from roost.errors import FieldProblem, Invalid, NotFound
from roost.ingest import Draft
from roost.limits import (
    DRAFTS_MAX,
    MEDIA_PER_TWEET_MAX,
    POLL_OPTION_CHARACTERS_MAX,
    POLL_OPTIONS_MAX,
    SPOILER_CHARACTERS_MAX,
    TEXT_BYTES_MAX,
)
from roost.model import DraftKept, DraftRemoved, Event, Page, PageRequest, SavedDraft
from roost.service.local.composing import composed_of
from roost.service.local.kit import Kit
from roost.service.local.media import LocalMedia
from roost.service.local.paging import scan_page
from roost.service.views import DraftView
from roost.store import tables


class LocalDrafts:
    def __init__(self, kit: Kit, media: LocalMedia) -> None:
        self._kit = kit
        self._media = media

    async def save(self, author_id: int, draft: Draft, draft_id: int = 0) -> DraftView:
        """Keep a draft, in place of the one that has `draft_id`. Only its size and its files are looked at.

        Raises NotFound for a draft or a file that is not one's own, Invalid for one that is too large.
        """
        _check_size(draft)
        await self._media.check_own(author_id, draft.media_ids)
        async with self._kit.locks.hold("drafts", author_id):
            events: list[Event] = []
            if draft_id:
                events.append(DraftRemoved(await self._own(author_id, draft_id)))
            else:
                there = await self._kit.store.scan(tables.DRAFTS, (author_id,), limit=DRAFTS_MAX)
                if len(there) >= DRAFTS_MAX:
                    raise _invalid("drafts", f"are more than {DRAFTS_MAX}")
            made_id = draft_id or self._kit.ids.next_id()
            saved = SavedDraft(made_id, author_id, self._kit.clock.now_ms(), composed_of(draft))
            await self._kit.committer.commit([*events, DraftKept(saved)])
        return await self._view(saved)

    async def get(self, author_id: int, draft_id: int) -> DraftView:
        """Raises NotFound."""
        return await self._view(await self._own(author_id, draft_id))

    async def page(self, author_id: int, page: PageRequest) -> Page[DraftView]:
        """Newest first."""
        found = await scan_page(self._kit.store, tables.DRAFTS, (author_id,), page, lambda row: row.draft_id)
        if not found:
            return Page(())
        views = tuple([await self._view(row) for row in found])
        return Page(views, found[0].draft_id, found[-1].draft_id, len(found) == page.limit)

    async def remove(self, author_id: int, draft_id: int) -> None:
        """Raises NotFound."""
        async with self._kit.locks.hold("drafts", author_id):
            await self._kit.committer.commit([DraftRemoved(await self._own(author_id, draft_id))])

    async def _own(self, author_id: int, draft_id: int) -> SavedDraft:
        found = await self._kit.store.get(tables.DRAFTS, (author_id, draft_id))
        if found is None:
            raise NotFound
        return found

    async def _view(self, draft: SavedDraft) -> DraftView:
        return DraftView(draft, await self._media.known(draft.composed.media_ids))


def _check_size(draft: Draft) -> None:
    if len(draft.text.encode(errors="surrogatepass")) > TEXT_BYTES_MAX:
        raise _invalid("text", f"is longer than {TEXT_BYTES_MAX} bytes")
    if len(draft.spoiler) > SPOILER_CHARACTERS_MAX:
        raise _invalid("spoiler", f"is longer than {SPOILER_CHARACTERS_MAX} characters")
    if len(draft.media_ids) > MEDIA_PER_TWEET_MAX:
        raise _invalid("media_ids", f"are more than {MEDIA_PER_TWEET_MAX}")
    options = draft.poll.options if draft.poll is not None else ()
    if len(options) > POLL_OPTIONS_MAX:
        raise _invalid("poll", f"has more than {POLL_OPTIONS_MAX} options")
    if any(len(option) > POLL_OPTION_CHARACTERS_MAX for option in options):
        raise _invalid("poll", f"has an option of more than {POLL_OPTION_CHARACTERS_MAX} characters")


def _invalid(field: str, problem: str) -> Invalid:
    shown = field.replace("_", " ").capitalize()
    return Invalid(f"Validation failed: {shown} {problem}", {field: (FieldProblem("ERR_INVALID", problem),)})
