"""What toot's own tests cannot do yet, and why. Whatever is not named here has to pass."""

from dataclasses import dataclass

TESTS = 114
"""How many tests the archive holds that requirements/toot-tests.txt names."""

_NOTHING_THERE = "There is nothing at this address"


@dataclass(frozen=True)
class Missing:
    """What some tests fail for want of. `endpoint` is the first one that they ask for in vain."""

    feature: str
    endpoint: str
    tests: tuple[str, ...]
    sign: str = _NOTHING_THERE
    """What the failures say, each of them."""


MISSING: tuple[Missing, ...] = ()
