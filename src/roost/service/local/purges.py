"""What deleted accounts leave behind is deleted, a little at a time; a restart goes on with it.

All is hidden from the moment of the deletion. This makes the room free, and the counts right. Every slice is
atomic, and finding what is left to do is looking at what is left: so it may end at any point, and begin anew.
First goes what is found by the user's id, then one pass over each table where nothing leads from a user to
their rows, for all accounts that wait. Only then is an account no longer noted as one to purge.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from roost.limits import PURGE_SLICE_ROWS, PURGE_SWEEP_ROWS
from roost.model import Event, MediaRemoved, UserErased
from roost.service.local.for_you import LocalForYou
from roost.service.local.kit import Kit
from roost.service.local.media import LocalMedia
from roost.service.local.purge_slices import SLICES
from roost.service.local.purge_sweeps import SWEEPS, Sweep
from roost.store import Batch, tables

_KEYED_HOURS = 3
"""Idempotency keys are younger than that."""


class Purges:
    """Run by housekeeping, one at a time."""

    def __init__(self, kit: Kit, media: LocalMedia, for_you: LocalForYou) -> None:
        self._kit = kit
        self._media = media
        self._for_you = for_you

    async def run(self) -> None:
        """Purge every deleted account that is left."""
        while found := await self._kit.store.scan(tables.PURGES, (0,), limit=PURGE_SLICE_ROWS):
            user_ids = [row.user_id for row in found]
            for user_id in user_ids:
                await self._purge(user_id)
            await self._sweep(frozenset(user_ids))
            for user_id in user_ids:  # a code may have been traded meanwhile
                await self._forget_sign_in(user_id)
            batch = Batch()
            for user_id in user_ids:
                batch.delete(tables.PURGES, (0, user_id))
            await self._kit.store.write(batch)

    async def _purge(self, user_id: int) -> None:
        """All that is found by the user's id."""
        await self._forget_sign_in(user_id)
        async with self._kit.locks.hold("scheduled", user_id):  # what is being posted may become a draft
            for slice_of in SLICES:
                while events := await slice_of(self._kit, user_id):
                    await self._commit(events)
        await self._commit([UserErased(user_id)])
        self._for_you.forget(user_id)
        self._kit.positions.forget(user_id)

    async def _forget_sign_in(self, user_id: int) -> None:
        """Tokens, push subscriptions, idempotency keys: secrets, which are no events."""
        store = self._kit.store
        while tokens := await store.scan(tables.TOKENS_OF_USER, (user_id,), limit=PURGE_SLICE_ROWS):
            batch = Batch()
            for token in tokens:
                batch.delete(tables.TOKENS, (token.token_hash,))
                batch.delete(tables.TOKENS_OF_USER, (user_id, token.token_id))
            await store.write(batch)
        await store.delete_prefix(tables.PUSH_SUBSCRIPTIONS, (user_id,))
        this_hour = tables.hour_at(self._kit.clock.now_ms())
        for hour in range(max(0, this_hour - _KEYED_HOURS + 1), this_hour + 1):
            await store.delete_prefix(tables.IDEMPOTENCY, (hour, user_id))

    async def _sweep(self, user_ids: frozenset[int]) -> None:
        """All that no key leads to."""
        for sweep in SWEEPS:
            await self._sweep_one(sweep, user_ids)
        await self._sweep_uploads(user_ids)

    async def _sweep_one(self, sweep: Sweep[Any], user_ids: frozenset[int]) -> None:
        after: bytes | None = b""
        while after is not None:
            rows, after = await self._kit.store.export(sweep.table, after, PURGE_SWEEP_ROWS)
            found = [row for row in rows if not user_ids.isdisjoint(sweep.users(row))]
            for start in range(0, len(found), PURGE_SLICE_ROWS):
                part = found[start : start + PURGE_SLICE_ROWS]
                if sweep.event is not None:
                    await self._commit([sweep.event(row) for row in part])
                else:
                    await self._delete(sweep, part)
            await asyncio.sleep(0)

    async def _delete(self, sweep: Sweep[Any], rows: Sequence[Any]) -> None:
        batch = Batch()
        for row in rows:
            batch.delete(sweep.table, sweep.key(row))
        await self._kit.store.write(batch)

    async def _sweep_uploads(self, user_ids: frozenset[int]) -> None:
        """Files, with their blobs. Whatever held them is gone by now."""
        after: bytes | None = b""
        while after is not None:
            rows, after = await self._kit.store.export(tables.UPLOADS, after, PURGE_SWEEP_ROWS)
            for row in rows:
                if row.media.owner_id in user_ids:
                    await self._remove_file(row.media_id)
            await self._media.remove_blobs()
            await asyncio.sleep(0)

    async def _remove_file(self, media_id: int) -> None:
        async with self._kit.locks.hold("media", media_id):
            upload = await self._kit.store.get(tables.UPLOADS, (media_id,))
            if upload is not None:
                await self._commit([MediaRemoved(upload)])

    async def _commit(self, events: Sequence[Event]) -> None:
        await self._kit.committer.commit(events)
        await asyncio.sleep(0)
