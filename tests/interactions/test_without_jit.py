"""The folder once more with every kernel as plain Python."""

from pathlib import Path

import pytest

from roost.kernels import JIT_DISABLED
from tests.kernels.test_without_jit import run_without_jit


@pytest.mark.skipif(JIT_DISABLED, reason="this is the run without the JIT")
def test_the_graph_also_runs_on_plain_python() -> None:
    run_without_jit(Path(__file__).parent)
