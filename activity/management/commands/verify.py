"""`manage.py verify`: every entry as it was recorded, or the first that isn't. Exit code 1 when there is trouble."""

import json
import time
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from accounts.models import Account
from activity.actors import Actor
from activity.integrity import START, Link
from activity.management.accounts import add_account, chosen
from activity.models import Chain, Source
from activity.proof import notes
from activity.proof.runs import keep
from activity.proof.verification import Result, next_to_verify, place_before, verify
from activity.verify_export import Note, Unreadable, read_notes

_CONTEXT = {"actor": Actor.system("verify"), "source": Source.COMMAND.value}


class Command(BaseCommand):
    help = "Verify the log: chain, head, counts and checkpoints. Without options, all accounts from their first entry."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_account(parser)
        where = parser.add_mutually_exclusive_group()
        where.add_argument("--from", type=int, metavar="SEQ", dest="first", help="from this entry on")
        where.add_argument("--new", action="store_true", help="from where the last good verification has ended")
        parser.add_argument(
            "--checkpoint",
            action="append",
            default=[],
            metavar="FILE",
            help="signed checkpoints that were kept elsewhere",
        )
        parser.add_argument("--json", action="store_true", help="the results as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        kept = [note for path in options["checkpoint"] for note in _notes(path)]
        _refuse_unknown(kept)
        said = [self._verify(account, kept, options) for account in chosen(options["account"])]
        if options["json"]:
            self.stdout.write(json.dumps(said, indent=2))
        if bad := [f"{one['account']}: {one['problem']['sentence']}" for one in said if one["problem"]]:
            raise CommandError("\n".join(bad))

    def _verify(self, account: Account, kept: Iterable[Note], options: dict[str, Any]) -> dict[str, Any]:
        start = _start(account, options)
        total = Chain.objects.filter(account=account).values_list("seq", flat=True).first() or 0
        mine = [note for note in kept if note.origin == notes.origin(account.slug)]
        began = time.monotonic()
        with tqdm(None, f"Verifying {account.slug}", max(total - start.seq, 0), unit=" entries", disable=None) as bar:
            result = verify(account, start, kept=mine, passed=lambda _row: bar.update())
        keep(account, result, _CONTEXT)
        said = _said(account, result, time.monotonic() - began)
        if not options["json"] and not result.problem:
            self.stdout.write(
                f"{account.slug}: {said['entries']:,} entries hold, #{said['from']} to #{said['to']};"
                f" {said['checkpoints']:,} checkpoints agree. {said['seconds']:.1f} s, {said['per_second']:,}/s."
            )
        return said


def _refuse_unknown(kept: Iterable[Note]) -> None:
    known = {notes.origin(account.slug) for account in Account.objects.all()}
    for note in kept:
        if note.origin not in known:
            raise CommandError(f"There is a checkpoint of {note.origin!r}, but no such account: its log is gone.")


def _start(account: Account, options: dict[str, Any]) -> Link:
    if options["first"]:
        return place_before(account, options["first"])
    return next_to_verify(account) if options["new"] else START


def _said(account: Account, result: Result, seconds: float) -> dict[str, Any]:
    entries, problem = result.end.seq - result.start.seq, result.problem
    return {
        "account": account.slug,
        "from": result.start.seq + 1,
        "to": result.end.seq,
        "head": result.end.hash,
        "entries": entries,
        "checkpoints": result.checkpoints,
        "seconds": round(seconds, 3),
        "per_second": round(entries / seconds) if seconds else 0,
        "problem": problem and problem.kept | {"sentence": problem.sentence},
    }


def _notes(path: str) -> list[Note]:
    try:
        return read_notes(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        reason = error if isinstance(error, Unreadable) else getattr(error, "strerror", None) or "not text"
        raise CommandError(f"Can't read {path}: {reason}") from None
