"""The server is shared by processes: the first one starts it, the last one stops it.

Each process that uses it holds a shared lock on a file. Who ends tries for the exclusive lock: to get it is to be the
last. The system drops the locks of a killed process, so nobody has to keep, check or repair a list of users.
"""

import os
import threading
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any

import fasteners

from sei_audit.embedded.cluster import Address, Cluster


class Use:
    """This process's use of the server of one data folder."""

    def __init__(self, data_dir: Path) -> None:
        data_dir.mkdir(parents=True, exist_ok=True)
        self._data_dir = data_dir
        self._cluster = Cluster(data_dir / "postgres")
        # Held while the server is being started or stopped.
        self._change = fasteners.InterProcessLock(data_dir / "postgres.change.lock")
        self._users: Any = fasteners.InterProcessReaderWriterLock(data_dir / "postgres.users.lock")
        with self._change:
            self._users.acquire_read_lock()
            try:
                self.address: Address = self._cluster.ensure_running()
            except BaseException:
                self._users.release_read_lock()
                raise
        # Unlike atexit it also runs at the end of multiprocessing's children, and never in a forked copy of us.
        Finalize(None, self.end, exitpriority=-1)

    def end(self) -> None:
        """Stop using the server, and stop it when nobody else uses it."""
        _uses.pop(self._data_dir, None)
        with self._change:
            self._users.release_read_lock()
            if self._users.acquire_write_lock(blocking=False):
                try:
                    self._cluster.stop()
                finally:
                    self._users.release_write_lock()

    def forget(self) -> None:
        """In a forked child: close the inherited file, which would take the child's own lock along if closed later."""
        self._users.lockfile.close()


_uses: dict[Path, Use] = {}
_guard = threading.Lock()


def address(data_dir: Path) -> Address:
    """Where the server of `data_dir` listens; started or adopted at the first call in this process."""
    with _guard:
        if data_dir not in _uses:
            _uses[data_dir] = Use(data_dir)
        return _uses[data_dir].address


def _after_fork() -> None:
    global _guard  # noqa: PLW0603
    _guard = threading.Lock()
    for use in _uses.values():
        use.forget()
    _uses.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
