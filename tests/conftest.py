"""One hypothesis profile for all tests: the same examples in every run, none of them judged by the clock."""

import os

from hypothesis import settings

EXAMPLES = 15 if os.environ.get("NUMBA_DISABLE_JIT") == "1" else 50
"""Kernels that run as plain Python are a hundred times slower and get fewer examples."""

settings.register_profile("roost", derandomize=True, deadline=None, database=None, max_examples=EXAMPLES)
settings.load_profile("roost")
