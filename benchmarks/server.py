"""A real server process to measure, and clients for it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_START_S = 180.0


class ServerProcess:
    """`roost serve` on a data folder."""

    def __init__(self, folder: Path, settings: Mapping[str, object]) -> None:
        self.folder = folder
        self._log = (folder / "server.log").open("ab")
        environment = {f"ROOST_{name.upper()}": str(value) for name, value in settings.items()}
        command = [sys.executable, "-m", "roost", "serve", "--data", str(folder), "--port", "0", "--quiet"]
        (folder / "operator.json").unlink(missing_ok=True)
        self.process = subprocess.Popen(
            command, env={**os.environ, "ROOST_RATE_LIMITS": "false", **environment}, stderr=self._log
        )
        self.url = ""
        self.token = ""

    def wait_until_ready(self) -> None:
        """Until it answers. Raises RuntimeError where it ends, or takes longer than three minutes."""
        deadline_s = time.monotonic() + _START_S
        while time.monotonic() < deadline_s:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended: {(self.folder / 'server.log').read_text()[-2000:]}")
            try:
                found = json.loads((self.folder / "operator.json").read_text())
                self.url, self.token = found["url"], found["token"]
                self.ask("GET", "/roost/v1/health")
                return
            except (OSError, ValueError, KeyError, urllib.error.URLError):
                time.sleep(0.005)
        raise RuntimeError("the server did not answer within three minutes")

    def ask(self, method: str, path: str, body: Any = None, token: str | None = None) -> Any:
        """One request of JSON; bytes for an answer without JSON."""
        raw, kind = self.fetch(method, path, body, token)
        return json.loads(raw) if "application/json" in kind else raw

    def fetch(self, method: str, path: str, body: Any = None, token: str | None = None) -> tuple[bytes, str]:
        """One request; the answer's body and type."""
        headers = {"Authorization": f"Bearer {token or self.token}", "Content-Type": "application/json"}
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.read(), answer.headers["Content-Type"]

    def ingest(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Bulk ingest. Raises RuntimeError where a line is refused."""
        raw = self.ask("POST", "/roost/v1/ingest", "\n".join(map(json.dumps, lines)).encode())
        results = [json.loads(line) for line in raw.splitlines()]
        refused = [result for result in results if not result["ok"]]
        if refused:
            raise RuntimeError(f"{len(refused)} lines were refused: {refused[0]}")
        return results

    def statistics(self) -> Any:
        return self.ask("GET", "/roost/v1/stats")

    def processor_seconds(self) -> float:
        """Processor time that the server has used so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=120)
        self._log.close()

    def kill(self) -> None:
        """As a power cut would."""
        self.process.kill()
        self.process.wait()
        self._log.close()


@contextmanager
def data_folder() -> Iterator[Path]:
    """A folder on the disk that the working directory is on; gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="roost-bench-", dir=Path.cwd()))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
