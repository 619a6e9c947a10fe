"""Those who use the app as it is served."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from django.conf import settings
from django.db import connection

from tests.benchmarks.download import Download
from tests.benchmarks.measure import seconds
from tests.benchmarks.reader import auditor
from tests.serving import free_port, serving, wait_for

_ROOT = Path(__file__).parents[2]
_PATIENCE = 30


@dataclass(frozen=True)
class Server:
    pid: int
    port: int
    cookie: str

    def download(self, path: str, encoding: str = "identity") -> Download:
        """One download in a process of its own."""
        done = subprocess.run(self._command(path, encoding), check=True, stdout=subprocess.PIPE, text=True)
        return Download(**json.loads(done.stdout))

    @contextmanager
    def downloading(self, path: str, clients: int) -> Iterator[None]:
        """Meanwhile that many clients download it, again and again; at the end they go away midway."""
        with ExitStack() as stack:
            processes = []
            for _ in range(clients):
                command = [*self._command(path, "identity"), "forever"]
                processes.append(stack.enter_context(subprocess.Popen(command, stdout=subprocess.DEVNULL)))
                stack.callback(processes[-1].terminate)
            wait_for(lambda: copies() >= clients)
            yield
            if any(process.poll() is not None for process in processes):
                raise RuntimeError("a download has ended before its time")

    def pages(self, path: str, requests: int) -> list[float]:
        """The seconds of requests one after the other, on one connection."""
        client = HTTPConnection("127.0.0.1", self.port, timeout=_PATIENCE)

        def page() -> None:
            client.request("GET", path, headers={"Host": f"localhost:{self.port}", "Cookie": self.cookie})
            response = client.getresponse()
            response.read()
            if response.status != 200:
                raise RuntimeError(f"{path}: {response.status}")

        return [seconds(page) for _ in range(requests)]

    def _command(self, path: str, encoding: str) -> list[str]:
        return [
            sys.executable,
            str(_ROOT / "tests/benchmarks/download.py"),
            str(self.port),
            path,
            self.cookie,
            encoding,
        ]


@contextmanager
def served() -> Iterator[Server]:
    """The app with the database that is open, and somebody signed in."""
    cookie = auditor().cookies[settings.SESSION_COOKIE_NAME].value
    port = free_port()
    with serving(port) as process:
        yield Server(process.pid, port, f"{settings.SESSION_COOKIE_NAME}={cookie}")


def copies() -> int:
    """How many exports the database is in the middle of."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND state <> 'idle' AND query LIKE 'COPY (%'"
        )
        return int(cursor.fetchone()[0])
