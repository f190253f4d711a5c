"""From settings to a reader of links."""

import time
from pathlib import Path

from roost import __version__
from roost.config import Settings
from roost.limits import PAGE_WORKERS
from roost.links.fetching import Fetcher
from roost.links.reader import LinkReader
from roost.media import Workshop
from roost.outgoing import Guard, Lookup


def open_links(settings: Settings, public_url: str, lookup: Lookup) -> LinkReader:
    """It asks nobody until it is asked. `public_url` is told to whom it asks."""
    guard = Guard(settings.networks_allowed(), http=True)
    fetcher = Fetcher(guard, lookup, f"Roost/{__version__} (+{public_url})", time.monotonic)
    workshop = Workshop(Path(settings.data_folder) / "reading", PAGE_WORKERS)
    return LinkReader(fetcher, workshop, time.monotonic)
