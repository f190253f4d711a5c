"""wrk as the load generator: little processor time for many requests."""

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import msgspec

_UNITS_MS = {"us": 1e-3, "ms": 1.0, "s": 1e3}


class WrkResult(msgspec.Struct, frozen=True):
    requests_a_second: float
    p50_ms: float
    p99_ms: float
    failures: int


def available() -> bool:
    return shutil.which("wrk") is not None


def run(
    url: str, path: str, tokens: list[str], connections: int, seconds: int, delay_ms: int = 0
) -> WrkResult:
    """GET a path with each token in turn; `delay_ms` between an answer and the next request."""
    listed = ",".join(f'"{token}"' for token in tokens)
    script = (
        f"local tokens = {{{listed}}}\nlocal number = 0\n"
        "function request()\n  number = number % #tokens + 1\n"
        f'  return wrk.format("GET", "{path}", {{["Authorization"] = "Bearer " .. tokens[number]}})\nend\n'
    )
    if delay_ms:
        script += f"function delay() return {delay_ms} end\n"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "requests.lua"
        file.write_text(script)
        command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(file), url]
        printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return _parse(printed)


def _parse(printed: str) -> WrkResult:
    rate = re.search(r"Requests/sec:\s*([\d.]+)", printed)
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", printed)
    assert rate is not None, printed
    return WrkResult(float(rate[1]), _latency(printed, 50), _latency(printed, 99), int(bad[1]) if bad else 0)


def _latency(printed: str, percent: int) -> float:
    found = re.search(rf"{percent}%\s+([\d.]+)(us|ms|s)", printed)
    assert found is not None, printed
    return float(found[1]) * _UNITS_MS[found[2]]
