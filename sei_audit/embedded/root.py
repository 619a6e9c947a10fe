"""PostgreSQL refuses to run as root, so root runs it as somebody else, who must get at its files."""

import os
import subprocess
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from sei_audit.embedded.binaries import binaries

USER = "pgserver"
TRAVERSE = 0o001


def server_user(folder: Path) -> str | None:
    """Who must run the server whose data is in `folder`: None for whoever we are, else a user's name."""
    if os.name != "posix" or os.geteuid() != 0:
        return None
    import pwd

    owner = folder.stat().st_uid
    if owner:
        return pwd.getpwuid(owner).pw_name
    try:
        pwd.getpwnam(USER)
    except KeyError:
        _create_user()
    return USER


def hand_over(folder: Path, user: str) -> None:
    """Let `user` own `folder`, reach it, and run the programs. Folders above get "may pass through", no more."""
    import pwd

    entry = pwd.getpwnam(user)
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    for parent in {*folder.parents, *binaries().parents}:
        _allow(parent, TRAVERSE)
    if binaries().joinpath("postgres").stat().st_mode & 0o005 != 0o005:
        for path in (binaries().parent, *binaries().parent.rglob("*")):
            _allow(path, (path.stat().st_mode & 0o500) >> 6)


def _allow(path: Path, others: int) -> None:
    mode = path.stat().st_mode
    if mode & others != others:
        path.chmod(mode | others)


def _create_user() -> None:
    try:
        subprocess.run(
            ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", USER],
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise ImproperlyConfigured(
            f"PostgreSQL can't run as root, and a user {USER} to run it could not be created ({error}). "
            "Run as another user, create that one, or set DATABASE_URL."
        ) from error
