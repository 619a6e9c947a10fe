"""`manage.py import_entries FILE --account SLUG`: entries from a JSON Lines file, all of a good file or nothing."""

import gzip
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from tqdm import tqdm

from accounts.models import Account
from activity.ingest import BadEntry, Sender, content_key, draft_of, parse
from activity.models import Source
from activity.receipts import write_once

_CHUNK = 2000
_MAX_LINE = 4 * 1024 * 1024


class Command(BaseCommand):
    help = "Import entries from a JSON Lines file (plain or .gz, '-' for standard input), each one once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="path of the file, or - for standard input")
        parser.add_argument("--account", required=True, metavar="SLUG", help="the account that the entries go into")
        parser.add_argument("--skip-bad", action="store_true", help="import the good lines of a file with bad ones")

    def handle(self, *args: Any, **options: Any) -> None:
        account = Account.objects.filter(slug=options["account"]).first()
        if account is None:
            raise CommandError(f"There is no account {options['account']!r}. Make it with create_account.")
        # Nothing is written to the log before the whole file has been read and found good.
        with connection.cursor() as cursor, _open(options["file"]) as file:
            cursor.execute("DROP TABLE IF EXISTS import_stage, import_lines")
            cursor.execute("CREATE TEMP TABLE import_stage (line bigint, key text, content boolean, payload text)")
            with transaction.atomic():
                good, bad = self._stage(file, account)
        if bad and not options["skip_bad"]:
            raise CommandError(f"{bad:,} bad lines, so nothing was imported. Correct them, or use --skip-bad.")
        added = self._write(account, good)
        self.stdout.write(f"{added:,} entries added, {good - added:,} already there, {bad:,} bad lines left out.")

    def _stage(self, file: IO[bytes], account: Account) -> tuple[int, int]:
        """Check every line and put the good ones aside; how many are good and bad."""
        good = bad = 0
        with connection.cursor() as cursor, cursor.copy("COPY import_stage FROM STDIN") as copy:
            for number, line in enumerate(tqdm(file, "Checking", unit=" lines", disable=None), 1):
                if not line.strip():
                    continue
                try:
                    copy.write_row([number, *_checked(line, account)])
                    good += 1
                except BadEntry as error:
                    bad += 1
                    self.stderr.write(f"line {number}: {error}")
        return good, bad

    def _write(self, account: Account, total: int) -> int:
        added = 0
        with tqdm(None, "Importing", total, unit=" entries", disable=None) as progress:
            for lines in _staged():
                drafts = [(key, draft_of(parse(text), _sender(account))) for key, text in lines]
                added += sum(written.new for written in write_once(account.pk, drafts))
                progress.update(len(lines))
        with connection.cursor() as cursor:
            # A log that grew at once needs new statistics, or the first searches take the wrong way.
            cursor.execute("ANALYZE activity_entry, activity_count")
        return added


def _sender(account: Account) -> Sender:
    return Sender(account.pk, Source.IMPORT)


@contextmanager
def _open(name: str) -> Iterator[IO[bytes]]:
    """The lines of a file or of standard input ("-"), unpacked if need be."""
    try:
        raw = sys.stdin.fileno() if name == "-" else name
        with open(raw, "rb") as file:  # noqa: PTH123
            if file.peek(2).startswith(b"\x1f\x8b"):
                with gzip.open(file) as unpacked:
                    yield unpacked  # type: ignore[misc]
            else:
                yield file
    except (OSError, EOFError) as error:
        raise CommandError(f"Can't read {name}: {getattr(error, 'strerror', None) or error}.") from None


def _checked(line: bytes, account: Account) -> tuple[str, bool, str]:
    """The key, whether it was made from the content, and the text of a line; BadEntry when it can't be imported."""
    if len(line) > _MAX_LINE:
        raise BadEntry({"line": f"is longer than {_MAX_LINE:,} bytes"})
    value = parse(line.removeprefix(b"\xef\xbb\xbf"))
    draft_of(value, _sender(account))
    key = value.get("idempotency_key")
    return key or content_key(value), not key, line.decode("utf-8-sig").strip()


def _staged() -> Iterator[list[tuple[str, str]]]:
    """The lines put aside, in order, some at a time. The n-th of equal lines has a key of its own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE import_lines AS SELECT line, payload, CASE WHEN content"
            " THEN key || ':' || row_number() OVER (PARTITION BY key ORDER BY line) ELSE key END AS key"
            " FROM import_stage"
        )
        cursor.execute("CREATE INDEX ON import_lines (line)")
        last = 0
        while rows := _next(cursor, last):
            yield [(key, text) for _line, key, text in rows]
            last = rows[-1][0]
        cursor.execute("DROP TABLE import_stage, import_lines")


def _next(cursor: Any, last: int) -> list[tuple[int, str, str]]:
    cursor.execute("SELECT line, key, payload FROM import_lines WHERE line > %s ORDER BY line LIMIT %s", [last, _CHUNK])
    return list(cursor.fetchall())
