"""What the browser has to load: little enough for a slow line."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

STATIC = Path(settings.BASE_DIR) / "static"


def _kilobytes(files: Iterable[Path]) -> float:
    return sum(file.stat().st_size for file in files) / 1024


def test_the_stylesheets_are_under_40_kb() -> None:
    assert 0 < _kilobytes(STATIC.rglob("*.css")) < 40


def test_our_scripts_are_under_15_kb() -> None:
    assert 0 < _kilobytes(STATIC.rglob("*.js")) < 15


@pytest.mark.parametrize("path", ["/accounts/login/", "/static/css/components.css"])
def test_pages_and_static_files_are_compressed(db: None, path: str) -> None:
    plain, packed = (Client().get(path, headers={"Accept-Encoding": coding}) for coding in ("identity", "gzip"))
    assert (plain.status_code, packed.status_code) == (200, 200)
    assert (plain.get("Content-Encoding"), packed["Content-Encoding"]) == (None, "gzip")
    assert len(packed.getvalue()) < 0.6 * len(plain.getvalue())
