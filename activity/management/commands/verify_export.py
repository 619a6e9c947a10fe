"""`manage.py verify_export FILE MANIFEST [KEYS]`: is a download what this server sent? The program for elsewhere is
activity/verify_export.py."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from activity.proof import notes
from activity.verify_export import Unreadable, check, read_keys, read_manifest, said


class Command(BaseCommand):
    help = "Check a download of the log against its manifest."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the CSV or JSON Lines file")
        parser.add_argument("manifest", type=Path, help="the manifest of its entry")
        parser.add_argument("keys", nargs="?", help="public keys, as a file or one line; else those of this server")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = read_manifest(options["manifest"])
            keys = read_keys(options["keys"]) if options["keys"] else notes.configured_keys()
            report = check(options["file"], manifest, keys)
        except (Unreadable, OSError, EOFError) as error:
            raise CommandError(str(error), returncode=2) from None
        lines = "\n".join(said(manifest, report))
        if report.problems:
            raise CommandError(lines)
        self.stdout.write(lines)
