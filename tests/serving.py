"""The app as it is served, in a process of its own, with the database that is open here."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

from django.db import connection

ROOT = Path(__file__).parents[1]
_PATIENCE = 30


@contextmanager
def serving(port: int, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """`manage.py serve` on a port of loopback, ready to answer."""
    environment |= {
        "DJANGO_SETTINGS_MODULE": "sei_audit.settings",
        "DATABASE_URL": database_url(),
        "LOG_LEVEL": "ERROR",
        "HOST": "127.0.0.1",
        "PORT": str(port),
    }
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve"], cwd=ROOT, env=os.environ | environment, stdout=subprocess.DEVNULL
    )
    try:
        wait_for(lambda: process.poll() is not None or _answers(port))
        yield process
    finally:
        process.terminate()
        process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def wait_for(condition: Callable[[], bool]) -> float:
    """The seconds until something is so."""
    started = time.perf_counter()
    while not condition():
        if time.perf_counter() - started > _PATIENCE:
            raise TimeoutError
        time.sleep(0.005)
    return time.perf_counter() - started


def _answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def database_url() -> str:
    """The URL of the open database: that of the environment with its name, or of the embedded server."""
    connection.ensure_connection()
    if given := os.environ.get("DATABASE_URL"):
        return urlsplit(given)._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    info = connection.connection.info
    return f"postgres://{info.user}@{quote(info.host, safe='')}:{info.port}/{info.dbname}"
