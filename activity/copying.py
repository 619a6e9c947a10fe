"""What a COPY gives, in blocks, for as long as somebody takes it."""

import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from threading import Event, Thread
from typing import Any

from django.db import connection, transaction
from psycopg.errors import QueryCanceled

from activity.signals import downloaded

_BLOCK = 64 * 1024
# Seconds between looks at whether the client is still there.
_LOOK = 1


def never() -> bool:
    """Of a client that can't go away."""
    return False


def unseen(rows: list[Any], block: bytes) -> None:
    """Of blocks that nobody else looks at."""


def copy_blocks(
    sql: str,
    params: tuple[Any, ...],
    end: bytes,
    gone: Callable[[], bool] = never,
    passed: Callable[[list[Any], bytes], None] = unseen,
) -> Generator[bytes]:
    """Blocks of whole rows, each with `end` at its end. Closing the iterator cancels the COPY; it ends with `gone`.

    The server sends each row as a message of its own, with a line feed at its end. `passed` sees the rows of each
    block, without their ends, and the block.
    """
    rows: list[Any] = []
    size = 0
    try:
        with closing(_rows(sql, params, gone)) as found:
            for row in found:
                rows.append(row[:-1])
                size += len(row)
                if size >= _BLOCK:
                    yield _block(rows, end, passed)
                    rows, size = [], 0
    except QueryCanceled:
        if not gone():
            raise
    if rows:
        yield _block(rows, end, passed)


def _block(rows: list[Any], end: bytes, passed: Callable[[list[Any], bytes], None]) -> bytes:
    block = end.join([*rows, b""])
    passed(rows, block)
    return block


def _rows(sql: str, params: tuple[Any, ...], gone: Callable[[], bool]) -> Generator[Any]:
    """Pages have a statement timeout; a download takes as long as its client does."""
    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        # Rows in the order of an index come at once; sorting millions first would hold back the first one. They lie
        # in the log nearly as they are numbered, which PostgreSQL doesn't know: it expects to jump about.
        cursor.execute("SET LOCAL statement_timeout = 0; SET LOCAL random_page_cost = 1.1")
        with _watched(gone), cursor.copy(cursor.mogrify(sql, params)) as copy:
            yield from copy
        downloaded.send(None, rows=cursor.rowcount, seconds=time.perf_counter() - began)


@contextmanager
def _watched(gone: Callable[[], bool]) -> Iterator[None]:
    """Cancels what the connection does once the client is gone: before the first row, nothing else would notice."""
    database, over = connection.connection, Event()

    def watch() -> None:
        while not over.wait(_LOOK):
            if gone():
                database.cancel_safe()
                return

    watcher = Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
