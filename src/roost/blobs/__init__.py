"""Files that are too large for the tables, by name: pictures, films, sounds."""

from roost.blobs.folder import FolderBlobs
from roost.blobs.memory import MemoryBlobs
from roost.blobs.names import is_blob_name, new_blob_name
from roost.blobs.opening import open_blobs
from roost.blobs.s3 import Bucket, S3Blobs
from roost.blobs.seam import BlobReader, Blobs

__all__ = [
    "BlobReader",
    "Blobs",
    "Bucket",
    "FolderBlobs",
    "MemoryBlobs",
    "S3Blobs",
    "is_blob_name",
    "new_blob_name",
    "open_blobs",
]
