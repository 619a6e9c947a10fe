"""Reads one download to its end and prints its figures; a process of its own, so that only the server is measured.

Runs by itself: python download.py PORT PATH COOKIE ENCODING [forever]
"""

import json
import socket
import sys
import time
from dataclasses import asdict, dataclass

_BLOCK = 1 << 20


@dataclass
class Download:
    # From the request to the first byte of the body, and to the last.
    first: float
    seconds: float
    size: int
    encoding: str


def download(port: int, path: str, cookie: str, encoding: str) -> Download:
    """Of the body no more than its end is looked at: anything else would measure the client."""
    started = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port)) as stream:
        lines = (f"GET {path} HTTP/1.1", f"Host: localhost:{port}", f"Cookie: {cookie}", f"Accept-Encoding: {encoding}")
        stream.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode())
        head, rest = _head(stream)
        first = time.perf_counter() - started
        size, tail = len(rest), rest[-8:]
        block = bytearray(_BLOCK)
        while read := stream.recv_into(block):
            size += read
            tail = (tail + block[max(0, read - 8) : read])[-8:]
    if not head.startswith("HTTP/1.1 200") or not tail.endswith(b"0\r\n\r\n"):
        raise SystemExit(f"{path} is not whole: {head.splitlines()[0]}, {tail!r}")
    return Download(first, time.perf_counter() - started, size, _header(head, "content-encoding"))


def _head(stream: socket.socket) -> tuple[str, bytes]:
    """The lines of the head, and what has come of the body: at least its first byte."""
    received = b""
    while not received.partition(b"\r\n\r\n")[2]:
        if not (part := stream.recv(_BLOCK)):
            raise SystemExit(f"The server hung up: {received[:200]!r}")
        received += part
    head, _blank, rest = received.partition(b"\r\n\r\n")
    return head.decode("latin-1"), rest


def _header(head: str, name: str) -> str:
    fields = dict(line.lower().split(":", 1) for line in head.splitlines()[1:])
    return fields.get(name, "none").strip()


if __name__ == "__main__":
    port, path, cookie, encoding, *forever = sys.argv[1:]
    while True:
        print(json.dumps(asdict(download(int(port), path, cookie, encoding))), flush=True)
        if not forever:
            break
