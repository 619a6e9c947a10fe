"""The list of how audit logs fail has no line that nobody holds."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from sei_audit.matrix import matrix
from tests.checks.covered import LINES
from tests.checks.posts import POSTS

ROOT = Path(__file__).parents[2]


@cache
def names_in(path: str) -> frozenset[str]:
    """The names of the tests in a file; none if there is no such file."""
    file = ROOT / path
    tree = ast.parse(file.read_text()) if file.exists() else ast.Module([], [])
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


@cache
def own_tests() -> frozenset[str]:
    files = Path(__file__).parent.glob("test_?_*")
    return frozenset().union(*(names_in(f"tests/checks/{path.name}") for path in files))


def is_there(node: str) -> bool:
    path, _, name = node.partition("::")
    return name.startswith("test_") and name in names_in(path)


@pytest.mark.parametrize("letter", "ABCDEFGHI")
def test_every_letter_has_its_file(letter: str) -> None:
    (file,) = Path(__file__).parent.glob(f"test_{letter.lower()}_*.py")
    strange = {name for name in names_in(f"tests/checks/{file.name}") if name.startswith("test_")}
    assert {name for name in strange if not re.match(rf"test_{letter.lower()}\d_", name)} == set()


@pytest.mark.parametrize("line", LINES)
def test_every_line_is_held_or_says_why_not(line: str) -> None:
    found = LINES[line]
    own = [name for name in own_tests() if name.startswith(f"test_{line.lower()}_")]
    assert own or found.tests or found.exempt
    assert [node for node in found.tests if not is_there(node)] == []
    assert found.says and (not found.exempt or found.exempt.endswith("."))


def test_no_test_is_named_for_a_line_that_there_is_not() -> None:
    named = {match[1].upper() for name in own_tests() if (match := re.match(r"test_([a-i]\d)_", name))}
    assert named <= set(LINES)


def test_every_url_that_changes_something_has_a_test_that_reads_its_entry() -> None:
    sending = {row.name for row in matrix() if set(row.methods) - {"GET"}}
    assert sending == set(POSTS)
    assert [name for name, said in POSTS.items() if "::" in said and not is_there(said)] == []
    assert [name for name, said in POSTS.items() if "::" not in said and not said.endswith(".")] == []
