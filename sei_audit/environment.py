"""Reads the configuration from the environment and refuses values that are unsafe in production."""

import os
import secrets
from pathlib import Path

LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]


def flag(name: str, default: bool = False) -> bool:
    """True for 1, true, yes and on, in any case; `default` when unset or empty."""
    value = os.environ.get(name, "")
    return value.strip().lower() in {"1", "true", "yes", "on"} if value else default


def words(name: str) -> list[str]:
    """The comma-separated values of a variable, without blanks."""
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]


def number(name: str, default: int) -> int:
    """A whole number from the environment; ValueError names the variable when it is not one."""
    value = os.environ.get(name, "").strip()
    try:
        return int(value) if value else default
    except ValueError:
        raise ValueError(f"{name} must be a whole number, not {value!r}") from None


def local_secret_key(data_dir: Path) -> str:
    """A key made once and kept beside the embedded database, so that a trial needs no set-up."""
    path = data_dir / "secret_key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(64))
    return path.read_text().strip()


def unsafe_values(secret_key: str, allowed_hosts: list[str]) -> list[str]:
    """What a production start must refuse, one sentence each; empty when all is well."""
    found = []
    if not secret_key:
        found.append("SECRET_KEY is not set.")
    elif len(secret_key) < 50 or len(set(secret_key)) < 5 or secret_key.startswith("django-insecure"):
        found.append("SECRET_KEY is too weak: use at least 50 random characters.")
    if not allowed_hosts:
        found.append("ALLOWED_HOSTS is not set: name the hosts that people use, separated by commas.")
    elif "*" in allowed_hosts:
        found.append("ALLOWED_HOSTS must name hosts, not '*'.")
    return found
