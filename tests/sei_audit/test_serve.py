"""The server under the app, asked over real sockets by clients that behave badly."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from sei_audit.serve import listen, make_server, url, with_patience

ROOT = Path(__file__).parents[2]
CHUNK = b"x" * 50_000


class Application:
    """Streams chunks for ever, or until it fails; remembers when a stream was closed."""

    def __init__(self) -> None:
        self.closed = threading.Event()
        self.chunks = 0

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
        start_response("200 OK", [("Content-Type", "text/csv")])
        return self.stream(fails=environ["PATH_INFO"] == "/fails")

    def stream(self, fails: bool) -> Iterator[bytes]:
        try:
            while not (fails and self.chunks == 20):
                self.chunks += 1
                yield CHUNK
            raise RuntimeError("the database went away")
        finally:
            self.closed.set()


@pytest.fixture
def application() -> Application:
    return Application()


@pytest.fixture
def port(application: Application) -> Iterator[int]:
    listener = with_patience(socket.create_server(("127.0.0.1", 0)), 2)
    server = make_server(application, listener)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    server.close()


def ask(port: int, path: str) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port))
    client.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    client.recv(1000)
    return client


def test_a_stream_that_fails_is_an_error_for_the_client(port: int, application: Application) -> None:
    client = http.client.HTTPConnection("127.0.0.1", port)
    client.request("GET", "/fails")
    with pytest.raises(http.client.IncompleteRead):
        client.getresponse().read()


def test_a_client_that_leaves_ends_the_stream(port: int, application: Application) -> None:
    ask(port, "/").close()
    assert application.closed.wait(5)


def test_a_client_that_stops_reading_ends_the_stream_and_uses_little_memory(
    port: int, application: Application
) -> None:
    client = ask(port, "/")
    # Other systems than Linux only notice when the connection breaks; memory is bounded anyway.
    assert application.closed.wait(30) or not hasattr(socket, "TCP_USER_TIMEOUT")
    assert application.chunks * len(CHUNK) < 16_000_000
    client.close()


def test_it_listens_on_loopback_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOST", raising=False)
    monkeypatch.setenv("PORT", "8123")
    assert url() == "http://localhost:8123/"


def test_a_port_in_use_is_said(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    monkeypatch.setenv("PORT", str(port))
    with pytest.raises(ImproperlyConfigured, match=f"port {port}.*HOST and PORT"):
        listen()


def test_the_command_serves_and_ends_cleanly(data_dir: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    env = {"PATH": os.environ["PATH"], "SEI_DATA_DIR": str(data_dir), "PORT": port}
    command = [sys.executable, "manage.py", "serve"]
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert any(f"http://localhost:{port}/" in line for line in process.stdout)
        page = _get(int(port), "/accounts/sso/")
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert re.search(rb'<form.*name="email"', page, re.DOTALL)


def _get(port: int, path: str) -> bytes:
    for _ in range(100):
        try:
            client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            client.request("GET", path, headers={"Host": "localhost"})
            return client.getresponse().read()
        except ConnectionRefusedError:
            time.sleep(0.1)
    raise AssertionError("The server does not answer")
