"""Work in a process of its own: what it takes of memory is then its own, too."""

import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from importlib import import_module
from typing import Any

from django.db import connection


def in_child(work: Callable[..., Any], *args: Any) -> Any:
    """What `work`, a function of a module, returns in a new process with the database that is open here."""
    name = connection.settings_dict["NAME"]
    # A fork would begin with all that this process has in memory.
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as executor:
        return executor.submit(_call, name, work.__module__, work.__name__, args).result()


def _call(database: str, module: str, function: str, args: tuple[Any, ...]) -> Any:
    """Named, not handed over: modules that have models can be imported after the set-up only."""
    import django

    django.setup()
    connection.settings_dict["NAME"] = database
    try:
        return getattr(import_module(module), function)(*args)
    finally:
        connection.close()
