"""Imports go one way: accounts < tracked_objects < activity < sei_audit."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("accounts", "tracked_objects", "activity", "sei_audit")
MODULES = sorted(path.relative_to(ROOT) for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def imported(source: str, package: str) -> set[str]:
    """The first names of all modules that are imported anywhere in the source, inside functions too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(package if node.level else node.module or "")
        elif isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "import_module":
            names |= {argument.value for argument in node.args if isinstance(argument, ast.Constant)}
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_a_room_imports_none_that_comes_after_it(path: Path) -> None:
    room = path.parts[0]
    later = set(ROOMS[ROOMS.index(room) + 1 :])
    assert not imported((ROOT / path).read_text(), room) & later


@pytest.mark.parametrize(
    "source",
    [
        "import activity.models",
        "from activity.models import Entry",
        "def late():\n    from activity import models",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import activity",
        "from importlib import import_module\nimport_module('activity.models')",
    ],
)
def test_no_way_of_importing_is_overlooked(source: str) -> None:
    assert "activity" in imported(source, "accounts")
