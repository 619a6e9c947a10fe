"""Downloads sent gzip-encoded to those who ask for it, block by block."""

import re
from collections.abc import Generator
from contextlib import closing

from django.http import HttpRequest
from isal import isal_zlib

# ISA-L takes a quarter of zlib's time for it; more effort than this would only hold up the database.
_LEVEL = 1
_GZIP_FORMAT = 16 + isal_zlib.MAX_WBITS
_CODING = re.compile(r"\s*(?P<name>[\w*-]+)\s*(?:;\s*q\s*=\s*(?P<share>[\d.]+)\s*)?", re.IGNORECASE)


def accepts_gzip(request: HttpRequest) -> bool:
    """Whether the client asks for gzip by name, with a share (`q`) above 0 (RFC 9110, 12.5.3)."""
    for coding in request.headers.get("Accept-Encoding", "").split(","):
        found = _CODING.fullmatch(coding)
        if found and found["name"].lower() in {"gzip", "x-gzip"}:
            return any(digit in "123456789" for digit in found["share"] or "1")
    return False


def gzipped(blocks: Generator[bytes]) -> Generator[bytes]:
    """The blocks, compressed; the first at once. Blocks that fail leave a file without an end, which no reader takes.

    Closing the iterator closes `blocks`.
    """
    packer = isal_zlib.compressobj(_LEVEL, isal_zlib.DEFLATED, _GZIP_FORMAT)
    with closing(blocks):
        for number, block in enumerate(blocks):
            packed = packer.compress(block)
            if not number:
                packed += packer.flush(isal_zlib.Z_SYNC_FLUSH)
            if packed:
                yield packed
    yield packer.flush()
