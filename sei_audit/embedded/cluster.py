"""One PostgreSQL cluster on disk: made, found running, started, stopped. Its callers hold the lock on it."""

import os
import re
import shlex
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
from django.core.exceptions import ImproperlyConfigured

from sei_audit.embedded.binaries import MAJOR, run
from sei_audit.embedded.root import hand_over, server_user

PATIENCE = 600  # seconds: recovery after a crash replays what was not yet written
SOCKET_FOLDER_BYTES = 85  # the name of a Unix socket may have 104 bytes in all on macOS, 108 on Linux


def _cache() -> str:
    """The server's own cache: a sixteenth of the memory, where the counts of ten million entries have room."""
    megabytes = psutil.virtual_memory().total // 2**20
    return f"-c shared_buffers={min(max(megabytes // 16, 128), 1024)}MB"


@dataclass(frozen=True)
class Address:
    """Where the server listens: a folder that has its socket, or a host."""

    host: str
    port: int


@dataclass(frozen=True)
class PidFile:
    """What the server writes about itself into postmaster.pid."""

    pid: int
    port: int
    host: str
    status: str

    @classmethod
    def read(cls, path: Path) -> "PidFile | None":
        """None without a file. A file still being written lacks its last lines: then the server is starting."""
        try:
            lines = [line.strip() for line in path.read_text().splitlines()]
        except FileNotFoundError:
            return None
        lines += [""] * (8 - len(lines))
        return cls(int(lines[0] or 0), int(lines[3] or 0), lines[4] or lines[5], lines[7] or "starting")

    def is_alive(self) -> bool:
        """Whether the process is there and is PostgreSQL: after a crash its number may be somebody else's."""
        try:
            process = psutil.Process(self.pid)
            return bool(process.name().startswith("postgres") and process.status() != psutil.STATUS_ZOMBIE)
        except (psutil.Error, ValueError):
            return False


class Cluster:
    """The server whose data is in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pid_file = folder / "postmaster.pid"
        self.log = folder / "log"
        self.user: str | None = None

    def ensure_running(self) -> Address:
        """Make the cluster if there is none, start the server unless it runs, and say where it listens."""
        self._ensure_made()
        running = self._running()
        if running is None:
            self._start()
            running = self._running()
        if running is None:
            raise ImproperlyConfigured(f"The embedded PostgreSQL ended at once. Its log says:\n{self._log_tail()}")
        return Address(running.host, running.port)

    def stop(self) -> None:
        """Stop the server, ending the connections that are left."""
        running = self._running()
        if running is None:
            return
        try:
            run("pg_ctl", "-D", str(self.folder), "-m", "fast", "-w", "-t", str(PATIENCE), "stop", user=self.user)
        except subprocess.CalledProcessError as error:
            raise ImproperlyConfigured(f"The embedded PostgreSQL could not be stopped:\n{error.stdout}") from error
        if Path(running.host).is_absolute() and Path(running.host) != self.folder:
            shutil.rmtree(running.host, ignore_errors=True)

    def _ensure_made(self) -> None:
        if re.search(r'["$`\\]', str(self.folder)) and os.name == "posix":
            raise ImproperlyConfigured(f'SEI_DATA_DIR must not have any of " $ ` \\ in it: {self.folder}')
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.user = server_user(self.folder)
        if self.user:
            hand_over(self.folder, self.user)
        version = self.folder / "PG_VERSION"
        if not version.exists():
            self._initdb()
        elif (found := version.read_text().strip()) != MAJOR:
            raise ImproperlyConfigured(
                f"{self.folder} was made by PostgreSQL {found} and this is {MAJOR}. "
                "Dump it with the old version, move the folder away, and restore."
            )

    def _initdb(self) -> None:
        """Make the cluster. The built-in C.UTF-8 sorts and folds case alike on every machine."""
        locale = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        args = ("-U", "postgres", "--auth=trust", "--encoding=UTF8", *locale, "-D", str(self.folder))
        try:
            run("initdb", *args, user=self.user)
        except subprocess.CalledProcessError as error:
            raise ImproperlyConfigured(f"The embedded PostgreSQL could not be set up:\n{error.stdout}") from error

    def _running(self) -> PidFile | None:
        """The server once it is ready; None when it is not there. What a dead one left behind is removed."""
        deadline = time.monotonic() + PATIENCE
        while (found := PidFile.read(self.pid_file)) is not None:
            if not found.is_alive():
                self.pid_file.unlink(missing_ok=True)
                return None
            if found.status == "ready":
                return found
            if time.monotonic() > deadline:
                raise ImproperlyConfigured(f"The embedded PostgreSQL is still {found.status}. See {self.log}")
            time.sleep(0.1)
        return None

    def _start(self) -> None:
        common = ("-D", str(self.folder), "-l", str(self.log), "-w", "-t", str(PATIENCE))
        try:
            run("pg_ctl", *common, "-o", f"{self._listen()} {_cache()}", "start", user=self.user)
        except subprocess.CalledProcessError as error:
            message = f"The embedded PostgreSQL did not start. Its log says:\n{self._log_tail()}"
            raise ImproperlyConfigured(message) from error

    def _listen(self) -> str:
        """Where the server is to listen: a socket that only its user can reach, or a local port where there is none."""
        if os.name != "posix":
            with socket.create_server(("127.0.0.1", 0)) as free:
                return f"-h 127.0.0.1 -p {free.getsockname()[1]}"
        folder = self.folder
        if len(os.fsencode(folder)) > SOCKET_FOLDER_BYTES or not re.fullmatch(r"[\w./ +@=-]+", str(folder)):
            folder = Path(tempfile.mkdtemp(prefix="sei-"))
            if self.user:
                hand_over(folder, self.user)
        return f"-h '' -k {shlex.quote(str(folder))}"

    def _log_tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-20:]) if self.log.exists() else "nothing"
