"""Compiles the kernels of trends before the first use needs one."""

from roost.trends.engine import Sizes, Topic, TrendEngine, uses_of

_TINY = Sizes(topics=4, pair_slots=16, tail_counters=16, topic_users=2)
_BEGAN_MIN = 29_000_160


def compile_trends() -> None:
    """Run a tiny engine through everything that one can do. Some seconds the first time on a machine, later a
    fraction of one."""
    engine = TrendEngine(_TINY)
    topics = [Topic(f"tag{number % 6}") for number in range(24)]
    engine.note(uses_of(topics, list(range(24)), [_BEGAN_MIN] * 24))
    engine.take_back(topics[:1], 0)
    engine.take_back_user(1)
    engine.drop(topics[1])
    while engine.go_on(_BEGAN_MIN + 31):
        pass
    engine.judge(_BEGAN_MIN + 40)
