"""The shard's hot state: rings, author rings, tweet columns, fan-out, snapshots."""

from roost.home import synthetic
from roost.home.arrayfile import read_arrays, write_arrays
from roost.home.batch import TweetBatch, make_batch
from roost.home.calibration import Calibration, calibrate, load_calibration, save_calibration
from roost.home.compiling import compile_kernels
from roost.home.fanout import Fanout, FanoutStatistics
from roost.home.found import found_flags, language_code, language_of
from roost.home.known import are_spam, worth_showing
from roost.home.load import Progress, load_from_tables
from roost.home.reader import ANSWERS_MAX, Entry, Gathered, ListRows, ShardReader
from roost.home.shard import Shard
from roost.home.snapshot import Snapshot, capture, restore
from roost.home.state import MemoryUse, ShardCapacity, ShardState
from roost.home.strategies import STRATEGIES, Strategy, StrategySettings
from roost.home.writer import ShardWriter

__all__ = [
    "ANSWERS_MAX",
    "STRATEGIES",
    "Calibration",
    "Entry",
    "Fanout",
    "FanoutStatistics",
    "Gathered",
    "ListRows",
    "MemoryUse",
    "Progress",
    "Shard",
    "ShardCapacity",
    "ShardReader",
    "ShardState",
    "ShardWriter",
    "Snapshot",
    "Strategy",
    "StrategySettings",
    "TweetBatch",
    "are_spam",
    "calibrate",
    "capture",
    "compile_kernels",
    "found_flags",
    "language_code",
    "language_of",
    "load_calibration",
    "load_from_tables",
    "make_batch",
    "read_arrays",
    "restore",
    "save_calibration",
    "synthetic",
    "worth_showing",
    "write_arrays",
]
