"""The engine's panics, which end a thread's work without being an `Exception`."""

import contextlib
from collections.abc import Iterator


@contextlib.contextmanager
def panics_contained() -> Iterator[None]:
    """A panic becomes a RuntimeError. As it is, it would pass every `except Exception` on its way: a request
    would have no answer, and a task would end unnoticed."""
    try:
        yield
    except (Exception, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException as cause:
        raise RuntimeError(f"The search engine failed: {cause}") from cause
