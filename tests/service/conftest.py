from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.ground import Ground


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    """A running Roost on a folder of its own."""
    made = Ground(tmp_path)
    yield made
    made.stop()
    made.close()
