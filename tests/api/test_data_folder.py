"""The data folder holds direct messages and password hashes: it is for its owner alone."""

from pathlib import Path

from roost import node
from roost.config import Settings
from tests.api.process import ServerProcess


def _mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_the_folder_that_a_server_makes(server: ServerProcess) -> None:
    assert _mode(server.data_folder) == 0o700


def test_a_folder_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    assert node.data_folder(Settings(data_folder=str(tmp_path))) == tmp_path
    assert _mode(tmp_path) == 0o750
