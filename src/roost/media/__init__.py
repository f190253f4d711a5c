"""What is in a file that a stranger sent, and how it is made fit to be shown.

Nothing of such a file is decoded in the server's own process: `Workshop` gives each file to a process of its
own, with bounds on memory, time and output, which answers with new files that it has encoded itself.
"""

from roost.media.formats import CONTENT_TYPES, FORMATS, Format, format_of
from roost.media.job import Job, Made, Page, Purpose
from roost.media.workshop import Refused, SentFile, Workshop

__all__ = [
    "CONTENT_TYPES",
    "FORMATS",
    "Format",
    "Job",
    "Made",
    "Page",
    "Purpose",
    "Refused",
    "SentFile",
    "Workshop",
    "format_of",
]
