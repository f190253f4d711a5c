"""What trends: users of topics in windows of time, how surprising they are, and the lives of trends."""

from roost.trends.compiling import compile_trends
from roost.trends.engine import EngineStatistics, Judged, Sizes, Topic, TrendEngine, Uses, hash_of, uses_of
from roost.trends.keeping import capture_engine, restore_engine
from roost.trends.scoring import (
    ACCELERATION,
    EXPECTED,
    SCORE,
    SPANS_MIN,
    VELOCITY,
    VOLUME,
    WINDOW_NAMES,
    WINDOWS_MIN,
    Floats,
    fades,
    growth,
    judging,
    score,
    surprise,
    threshold,
)
from roost.trends.states import TRANSITIONS, Lives, TrendState, live_on

__all__ = [
    "ACCELERATION",
    "EXPECTED",
    "SCORE",
    "SPANS_MIN",
    "TRANSITIONS",
    "VELOCITY",
    "VOLUME",
    "WINDOWS_MIN",
    "WINDOW_NAMES",
    "EngineStatistics",
    "Floats",
    "Judged",
    "Lives",
    "Sizes",
    "Topic",
    "TrendEngine",
    "TrendState",
    "Uses",
    "capture_engine",
    "compile_trends",
    "fades",
    "growth",
    "hash_of",
    "judging",
    "live_on",
    "restore_engine",
    "score",
    "surprise",
    "threshold",
    "uses_of",
]
