"""What the app needs from its database."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

MINIMUM = 15


@register(Tags.database)
def postgresql_is_recent(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Run by `migrate`: unique constraints that count NULLs as equal came with PostgreSQL 15."""
    return [
        Error(f"PostgreSQL {MINIMUM} or newer is needed; this is {version // 10000}.", id="sei_audit.E001")
        for alias in databases or ()
        if (version := connections[alias].pg_version) < MINIMUM * 10000  # type: ignore[attr-defined]
    ]
