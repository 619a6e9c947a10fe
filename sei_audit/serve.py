"""The app behind waitress, a threaded server that streams with constant memory; used by `serve` and `demo`.

What exports count on, each held by a test: an exception midway ends the connection without the last chunk, so that the
client sees an error; a client that goes away, or stops reading, ends the generator (and its transaction) in seconds.
"""

import os
import select
import signal
import socket
from collections.abc import Callable
from types import FrameType
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from waitress.server import create_server

from sei_audit import environment

STALLED_AFTER = 120  # seconds in which a client takes nothing of what it asked for
MEBIBYTE = 1 << 20


def serve(listener: socket.socket) -> None:
    """Serve the app until Ctrl-C or SIGTERM."""
    from sei_audit.wsgi import application

    signal.signal(signal.SIGTERM, _exit)
    make_server(application, listener).run()


def address() -> tuple[str, int]:
    """Where to listen: loopback unless HOST says otherwise."""
    return os.environ.get("HOST") or "127.0.0.1", environment.number("PORT", 8000)


def url() -> str:
    """What to open in a browser on this machine."""
    host, port = address()
    name = "localhost" if host in {"127.0.0.1", "0.0.0.0", "::", "::1"} else host  # noqa: S104
    return f"http://[{name}]:{port}/" if ":" in name else f"http://{name}:{port}/"


def listen() -> socket.socket:
    """A listening socket; ImproperlyConfigured says why there is none."""
    host, port = address()
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        reason = f"Can't listen on {host} port {port}: {error.strerror}. Set HOST and PORT to something else."
        raise ImproperlyConfigured(reason) from error
    return with_patience(listener, STALLED_AFTER)


def with_patience(listener: socket.socket, seconds: int) -> socket.socket:
    """Let the system end connections whose client stalls, where it can (Linux); accepted ones inherit it."""
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, seconds * 1000)
    return listener


def make_server(application: Callable[..., Any], listener: socket.socket) -> Any:
    """A server that is ready to run."""
    return create_server(
        application,
        sockets=[listener],
        threads=environment.number("SEI_THREADS", 16),
        ident="",
        connection_limit=500,
        asyncore_use_poll=hasattr(select, "poll"),
        # The generator waits when this much is unsent; nothing of it goes to a temporary file.
        outbuf_high_watermark=MEBIBYTE,
        outbuf_overflow=2 * MEBIBYTE,
        # Keeps reading while a request runs: that is how it learns that a client has gone.
        channel_request_lookahead=1,
        max_request_body_size=100 * MEBIBYTE,
        # The app itself decides whether to believe X-Forwarded-For and X-Forwarded-Proto.
        clear_untrusted_proxy_headers=False,
    )


def _exit(signum: int, frame: FrameType | None) -> None:
    """Leave by the way of Ctrl-C, so that what must happen at the end does."""
    raise SystemExit(0)
