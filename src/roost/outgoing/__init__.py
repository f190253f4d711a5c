"""Where may the server send requests to on a user's behalf, and over which connections?

A user names the URL, so it must not lead into the operator's own network. Everything that is fetched from, or
sent to, a place that a user named goes over a session that is opened here.
"""

from roost.outgoing.addresses import Network, is_public
from roost.outgoing.guard import Guard, NotAllowed
from roost.outgoing.session import Lookup, NotPermitted, SystemLookup, open_session

__all__ = [
    "Guard",
    "Lookup",
    "Network",
    "NotAllowed",
    "NotPermitted",
    "SystemLookup",
    "is_public",
    "open_session",
]
