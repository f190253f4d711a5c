"""Roost's own API."""

from roost.api.native import (
    drafts,
    ingest,
    media_files,
    openapi,
    operations,
    own_account,
    processors,
    staff,
    trends,
)
from roost.api.native.ingest import NDJSON, POSITION_HEADER
from roost.api.router import Route


def native_routes() -> list[Route]:
    parts = (ingest, operations, processors, media_files, own_account, staff, drafts, trends)
    return [route for part in parts for route in part.routes()]


__all__ = ["NDJSON", "POSITION_HEADER", "native_routes", "openapi"]
