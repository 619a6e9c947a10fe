"""Sends each checkpoint to where it is safe from whoever can write to the database (SEI_CHECKPOINT_HOOK)."""

import logging
import sys
from pathlib import Path

from django.conf import settings
from django.core.mail import send_mail

logger = logging.getLogger(__name__)


def send(slug: str, note: str) -> bool:
    """Hand a checkpoint over; whether that went well. A failure is a line of the server's log."""
    kind, _colon, where = settings.CHECKPOINT_HOOK.partition(":")
    try:
        if kind == "file":
            with Path(where).open("a", encoding="utf-8") as file:
                file.write(note + "\n")
        elif kind == "stdout":
            sys.stdout.write(note + "\n")
            sys.stdout.flush()
        elif kind == "mail":
            size = note.splitlines()[1]
            send_mail(f"Checkpoint of the activity log {slug} at #{size}", note, None, [where])
    except OSError as error:
        # What mail servers say is of this kind too.
        logger.error("A checkpoint of %s was not sent to %s: %s", slug, kind, error)
        return False
    return True
