"""Where does a link lead in the end, and what does the page there say of itself?

Knows nothing of tweets. Everything that comes from a page's server is a stranger's: it is fetched over the
guarded sessions of `outgoing`, within bounds on hops, time and size, and read in a process of its own.
"""

from roost.links.fetching import Fetcher, Patience, Wanted, next_hop
from roost.links.inflating import read_within
from roost.links.opening import open_links
from roost.links.outcome import LinkStatistics, Reason, Resolved, Unreadable
from roost.links.rates import HostRates
from roost.links.reader import LinkReader

__all__ = [
    "Fetcher",
    "HostRates",
    "LinkReader",
    "LinkStatistics",
    "Patience",
    "Reason",
    "Resolved",
    "Unreadable",
    "Wanted",
    "next_hop",
    "open_links",
    "read_within",
]
