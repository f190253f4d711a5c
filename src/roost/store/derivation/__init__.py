"""Which rows an event makes. Tables are derived from the log; this is the whole derivation.

Pure: it reads nothing and needs nothing but the event, so that it can run at commit time (one atomic write
with the event) and again from the log (healing after a crash between the two, in a cluster). Applying an
event twice leaves what applying it once left. Each subject has a file, with the rules of its events.
"""

from roost.store.derivation.derive import derive
from roost.store.derivation.edges import SIDES
from roost.store.derivation.media import hold_media_of, idle_since_upload, let_go_media_of
from roost.store.derivation.polls import ask_poll_of, drop_poll_of
from roost.store.derivation.tweets import without_text
from roost.store.derivation.users import claim_names, forget_partitions

__all__ = [
    "SIDES",
    "ask_poll_of",
    "claim_names",
    "derive",
    "drop_poll_of",
    "forget_partitions",
    "hold_media_of",
    "idle_since_upload",
    "let_go_media_of",
    "without_text",
]
