"""The durable tables, as data, over interchangeable engines."""

from roost.store import rows, tables
from roost.store.batch import Batch
from roost.store.cache import CachedTable, CacheStatistics
from roost.store.cached import TweetCache, UserCache
from roost.store.choices import (
    NO_CHOICES,
    Choices,
    ChoicesCache,
    ListContents,
    chooser_of,
    load_choices,
    load_list,
)
from roost.store.chronology import tweets_above, tweets_below
from roost.store.derivation import (
    SIDES,
    ask_poll_of,
    claim_names,
    derive,
    drop_poll_of,
    forget_partitions,
    hold_media_of,
    idle_since_upload,
    let_go_media_of,
    without_text,
)
from roost.store.engines import KEYSPACES, Keyspace, KeyValueStore, open_memory, open_rocksdb
from roost.store.keys import KeyKind, KeyValue
from roost.store.marks import MarksCache, has_muted
from roost.store.patience import in_the_end
from roost.store.seam import Consistency, Store, StoreStatistics
from roost.store.table import Column, Row, Table

__all__ = [
    "KEYSPACES",
    "NO_CHOICES",
    "SIDES",
    "Batch",
    "CacheStatistics",
    "CachedTable",
    "Choices",
    "ChoicesCache",
    "Column",
    "Consistency",
    "KeyKind",
    "KeyValue",
    "KeyValueStore",
    "Keyspace",
    "ListContents",
    "MarksCache",
    "Row",
    "Store",
    "StoreStatistics",
    "Table",
    "TweetCache",
    "UserCache",
    "ask_poll_of",
    "chooser_of",
    "claim_names",
    "derive",
    "drop_poll_of",
    "forget_partitions",
    "has_muted",
    "hold_media_of",
    "idle_since_upload",
    "in_the_end",
    "let_go_media_of",
    "load_choices",
    "load_list",
    "open_memory",
    "open_rocksdb",
    "rows",
    "tables",
    "tweets_above",
    "tweets_below",
    "without_text",
]
