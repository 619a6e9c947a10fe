"""Mail goes out when what it tells is committed and the page is answered: waiting tells nobody whom it went to."""

import logging
import threading
from smtplib import SMTPException

from allauth.core import context
from django.core.mail import EmailMessage
from django.core.signals import request_finished
from django.db import transaction
from django.dispatch import receiver

logger = logging.getLogger(__name__)


class _Outbox(threading.local):
    """What the request of this thread has yet to send."""

    def __init__(self) -> None:
        self.waiting: list[EmailMessage] = []


_outbox = _Outbox()


def post(message: EmailMessage) -> None:
    """Send a message once the transaction is committed; not at all if it isn't."""
    transaction.on_commit(lambda: _take(message))


def _take(message: EmailMessage) -> None:
    if context.request:
        _outbox.waiting.append(message)
    else:
        _send(message)


@receiver(request_finished)
def _send_waiting(**_: object) -> None:
    while _outbox.waiting:
        _send(_outbox.waiting.pop(0))


def _send(message: EmailMessage) -> None:
    try:
        message.send()
    except (OSError, SMTPException):
        # Not the message itself: it may have a link in it that opens an account.
        logger.exception("Mail “%s” could not be sent", message.subject)
