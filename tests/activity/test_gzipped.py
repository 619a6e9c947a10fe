"""Downloads are compressed for those who ask, and a broken one never looks whole."""

import gzip
import zlib
from collections.abc import Generator
from itertools import count

import pytest
from django.test import Client, RequestFactory

from accounts.models import Account
from activity.gzipped import accepts_gzip, gzipped
from tests.log import entry

LIST = "/a/acme/activity/"


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_an_export_is_the_same_with_and_without_gzip(admin: Client, account: Account, kind: str) -> None:
    for number in range(60):
        entry(account, object_name=f"Päyments {number}")
    plain = admin.get(f"{LIST}export.{kind}", {"type": "TEAM"})
    packed = admin.get(f"{LIST}export.{kind}", {"type": "TEAM"}, headers={"Accept-Encoding": "br, gzip"})
    assert (plain.get("Content-Encoding"), packed["Content-Encoding"]) == (None, "gzip")
    assert plain["Vary"] == packed["Vary"] and "Accept-Encoding" in plain["Vary"]
    assert packed["Content-Disposition"].endswith(f'.{kind}"')
    assert gzip.decompress(packed.getvalue()) == plain.getvalue()


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        ("gzip", True),
        ("br, GZIP;q=0.5", True),
        ("deflate, x-gzip", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000, br", False),
        ("*", False),
        ("gzipped", False),
        ("", False),
    ],
)
def test_gzip_is_sent_to_those_who_name_it(header: str, asked: bool) -> None:
    request = RequestFactory().get("/", headers={"Accept-Encoding": header})
    assert accepts_gzip(request) is asked


def test_the_first_block_comes_at_once() -> None:
    blocks = gzipped(b"%d\n" % number for number in count())
    start = next(blocks)
    assert zlib.decompressobj(16 + zlib.MAX_WBITS).decompress(start) == b"0\n"


def test_what_broke_has_no_end() -> None:
    def broken() -> Generator[bytes]:
        yield b"seq\r\n"
        raise ConnectionError("gone")

    got = b""
    with pytest.raises(ConnectionError):
        for block in gzipped(broken()):
            got += block
    with pytest.raises(EOFError):
        gzip.decompress(got)


def test_a_reader_who_leaves_closes_the_source() -> None:
    closed = []

    def source() -> Generator[bytes]:
        try:
            yield from (b"x" * 1000 for _ in count())
        finally:
            closed.append(True)

    blocks = gzipped(source())
    next(blocks)
    blocks.close()
    assert closed == [True]
