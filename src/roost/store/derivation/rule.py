"""What a rule is: an event's rows, added to a batch."""

from collections.abc import Callable
from typing import Any

from roost.store.batch import Batch

Rules = dict[type[Any], Callable[[Any, Batch], None]]
"""By the type of event; a rule takes that type."""
