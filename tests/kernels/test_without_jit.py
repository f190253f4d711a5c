"""The folder once more with every kernel as plain Python."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from roost.kernels import JIT_DISABLED

FOLDER = Path(__file__).parent


@pytest.mark.skipif(JIT_DISABLED, reason="this is the run without the JIT")
def test_every_kernel_also_runs_as_plain_python() -> None:
    """With bounds checked by numpy, overflows as errors, and reads and writes interleaved at every access."""
    run_without_jit(FOLDER)


def run_without_jit(folder: Path) -> None:
    """Every test of a folder, in a process of its own."""
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(folder)],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        cwd=FOLDER.parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert " passed" in run.stdout.splitlines()[-1]
