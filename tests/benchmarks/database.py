"""The databases that benchmarks run in."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection


def _name(entries: int) -> str:
    return f"sei_bench_{entries}"


@contextmanager
def opened(entries: int, fresh: bool = False) -> Iterator[None]:
    """Work in the seeded database of that size; with 0, in an empty one that is dropped at the end."""
    home = connection.settings_dict["NAME"]
    name = _name(entries)
    if fresh or not entries:
        drop(entries)
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE DATABASE "{name}"')
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        if fresh or not entries:
            call_command("migrate", verbosity=0)
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = home
        if not entries:
            drop(entries)


def drop(entries: int) -> None:
    """Remove the database, if it is there."""
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{_name(entries)}" WITH (FORCE)')
