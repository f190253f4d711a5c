"""From settings to the engine that they name."""

from pathlib import Path

from roost.blobs.folder import FolderBlobs
from roost.blobs.memory import MemoryBlobs
from roost.blobs.s3 import Bucket, S3Blobs
from roost.blobs.seam import Blobs
from roost.config import Settings


async def open_blobs(settings: Settings, folder: Path | None) -> Blobs:
    """Where files are kept; `folder` is None where nothing is to outlast the process. Raises Invalid where
    nothing can be kept."""
    if settings.blobs == "folder":
        return MemoryBlobs() if folder is None else FolderBlobs(folder / "media")
    bucket = Bucket(
        name=settings.s3_bucket,
        endpoint=settings.s3_endpoint,
        region=settings.s3_region,
        prefix=settings.s3_prefix,
        access_key=settings.s3_access_key,
        secret_key=settings.s3_secret_key,
        name_in_host=settings.s3_name_in_host,
    )
    return await S3Blobs.connect(bucket)
