"""The languages of the pages, made readable for gettext when the app starts: what is kept are the texts alone."""

import atexit
import shutil
import tempfile
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compiled(source: Path) -> Path:
    """A folder with the catalogs of `source` in binary form, which goes away with this process."""
    target = Path(tempfile.mkdtemp(prefix="sei-languages-"))
    atexit.register(shutil.rmtree, target, ignore_errors=True)
    for catalog in source.glob("*/LC_MESSAGES/*.po"):
        made = (target / catalog.relative_to(source)).with_suffix(".mo")
        made.parent.mkdir(parents=True)
        with catalog.open("rb") as texts, made.open("wb") as binary:
            write_mo(binary, read_po(texts, locale=catalog.parts[-3]))
    return target
