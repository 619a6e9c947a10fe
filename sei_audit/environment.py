"""Reads the configuration from the environment. A value that can't be right is refused by name, never guessed at."""

import os
import re
import secrets
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
_FLAGS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}


def text(name: str) -> str:
    return os.environ.get(name, "").strip()


def flag(name: str, default: bool = False) -> bool:
    """A switch: 1, true, yes, on or 0, false, no, off, in any case; `default` when unset or empty."""
    value = text(name).lower()
    if value and value not in _FLAGS:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}.")
    return _FLAGS.get(value, default)


def words(name: str) -> list[str]:
    """Values separated by commas, without blanks."""
    return [word.strip() for word in text(name).split(",") if word.strip()]


def number(name: str, default: int) -> int:
    """A whole number, zero or more."""
    value = text(name)
    if not value:
        return default
    if not (value.isascii() and value.isdigit()):
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def choice(name: str, default: str, choices: Iterable[str]) -> str:
    """One of a few words, in upper case."""
    value = text(name).upper() or default
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
    return value


def token(name: str) -> str:
    """What somebody has to tell to be let in; empty when unset."""
    value = text(name)
    if value and len(value) < 32:
        raise ImproperlyConfigured(f"{name} must have at least 32 characters.")
    return value


def encryption_keys(name: str, beside: Callable[[str], object] = lambda _key: False) -> list[str]:
    """Fernet keys, newest first. Those behind the first may also be what `beside` takes."""
    keys = words(name)
    for position, key in enumerate(keys, start=1):
        try:
            if position == 1 or not beside(key):
                Fernet(key)
        except ValueError:
            raise ImproperlyConfigured(
                f"{name}: key {position} is not 32 bytes in URL-safe Base64. Make one with: python -c "
                '"from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
            ) from None
    return keys


def signing_keys(name: str) -> list[str]:
    """Keys for checkpoints, newest first: as encryption keys, but that old ones can also stand there as public keys."""
    return encryption_keys(name, re.compile(r"[^\s+]+\+[0-9a-f]{8}\+A[\w+/]{43}").fullmatch)


def hook(name: str) -> str:
    """Where something is sent: stdout, file:/a/path or mail:an@address."""
    value = text(name)
    if value and not re.fullmatch(r"stdout|file:/.+|mail:[^\s@]+@[^\s@]+", value):
        raise ImproperlyConfigured(f"{name} must be stdout, file:/a/path or mail:an@address, not {value!r}.")
    return value


def database(url: str) -> dict[str, Any]:
    """Django's settings for a PostgreSQL URL. The URL has a password in it, so no message repeats it."""
    if urlsplit(url).scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must begin with postgres:// (there is no other engine).")
    try:
        return dict(dj_database_url.parse(url))
    except ValueError:
        raise ImproperlyConfigured(
            "DATABASE_URL can't be read: expected postgres://user:password@host:port/name, special characters as %XX."
        ) from None


def local_key(data_dir: Path, name: str, make: Callable[[], str] = lambda: secrets.token_urlsafe(64)) -> str:
    """A key made once and kept beside the embedded database, so that a trial needs no set-up."""
    path = data_dir / name
    try:
        if not path.exists():
            _create_once(path, make())
        return path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(f"SEI_DATA_DIR {data_dir} can't be used: {error.strerror}.") from error


def _create_once(path: Path, content: str) -> None:
    """Write a file that only we may read; of several processes at once, one wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "w") as file:
        file.write(content)
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()


def unsafe_values(secret_key: str, allowed_hosts: list[str], debug: bool, demo: bool) -> list[str]:
    """What a production start must refuse, one sentence each; empty when all is well."""
    found = []
    if not secret_key:
        found.append("SECRET_KEY is not set.")
    elif len(secret_key) < 50 or len(set(secret_key)) < 5 or secret_key.startswith("django-insecure"):
        found.append("SECRET_KEY is too weak: use at least 50 random characters.")
    if not allowed_hosts:
        found.append("ALLOWED_HOSTS is not set: name the hosts that people use, separated by commas.")
    elif any(host in {"*", "."} for host in allowed_hosts):
        found.append("ALLOWED_HOSTS must name hosts, not '*'.")
    if debug:
        found.append("DEBUG is on, which shows the inside of the app to everybody.")
    if demo:
        found.append("The demo's passwords are known to everybody: it is for this machine only.")
    return found
