"""The durable event log: the truth that everything else is derived from."""

from roost.eventlog.coding import VERSION, decode_record, encode_record
from roost.eventlog.embedded import EmbeddedLog
from roost.eventlog.memory import MemoryLog
from roost.eventlog.seam import EventLog, LogSlice, LogStatistics

__all__ = [
    "VERSION",
    "EmbeddedLog",
    "EventLog",
    "LogSlice",
    "LogStatistics",
    "MemoryLog",
    "decode_record",
    "encode_record",
]
