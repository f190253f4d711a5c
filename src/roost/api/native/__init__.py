"""Roost's own API."""

from roost.api.native import drafts, ingest, media_files, openapi, operations
from roost.api.native.ingest import NDJSON, POSITION_HEADER
from roost.api.router import Route


def native_routes() -> list[Route]:
    return [*ingest.routes(), *operations.routes(), *media_files.routes(), *drafts.routes()]


__all__ = ["NDJSON", "POSITION_HEADER", "native_routes", "openapi"]
