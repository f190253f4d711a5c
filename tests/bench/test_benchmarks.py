"""Benchmarks run, at their small size, so that they cannot rot. What they measure is not judged here."""

import json
import shutil
import subprocess
import sys

import pytest

from roost.cli.bench import NAMES

NEEDS = {"home": "wrk"}
PEERS = {"fanout": "redis-server"}


@pytest.mark.server
@pytest.mark.parametrize("name", NAMES)
def test_a_small_run_answers_a_whole_report(name: str) -> None:
    needed = NEEDS.get(name)
    if needed and shutil.which(needed) is None:
        pytest.skip(f"{needed} is not installed")
    command = [sys.executable, "-m", "roost", "bench", name, "--small", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-3_000:]
    report = json.loads(done.stdout)
    assert set(report) >= {"bench", "size", "machine", "goals", "peers", "hash"}
    assert report["bench"] == name
    assert report["goals"]
    for goal in report["goals"]:
        assert set(goal) >= {"name", "value", "unit", "goal", "met"}
        assert goal["value"] >= 0
    for peer in report["peers"]:
        assert set(peer) >= {"name", "value", "unit"}
    if name in PEERS and shutil.which(PEERS[name]) is not None:
        assert any("Redis" in peer["name"] for peer in report["peers"])


def test_an_unknown_benchmark_is_an_error() -> None:
    command = [sys.executable, "-m", "roost", "bench", "nothing"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "There is no benchmark nothing" in done.stderr
