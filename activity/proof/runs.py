"""Verifications are kept, and one that finds something becomes an entry of the log and a line of the server's log."""

import logging
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Account
from activity.integrity import START
from activity.proof.models import Verification
from activity.proof.problem import Problem
from activity.proof.verification import Result, next_to_verify
from activity.writer import Draft, write

logger = logging.getLogger(__name__)


def keep(account: Account, result: Result, context: dict[str, Any]) -> Verification:
    """Keep what a verification has found; `context` says who asked for it, as a recording's does."""
    actor = context["actor"]
    covered = result.start in {START, next_to_verify(account)}
    if result.problem:
        _tell(account, result.problem, context)
    return Verification.objects.create(
        account=account,
        by=actor.email or actor.name,
        from_seq=result.start.seq + 1,
        to_seq=result.end.seq,
        head=result.end.hash,
        newest=result.newest,
        whole=covered,
        problem=result.problem and result.problem.kept,
    )


def _tell(account: Account, problem: Problem, context: dict[str, Any]) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        logger.error("The log of %s does not verify: %s", account.slug, problem.sentence)
        summary = _("The log does not verify: %(problem)s") % {"problem": problem.sentence}
    draft = Draft(
        account_id=account.pk, type="ACTIVITY_LOG", action="FAIL", summary=summary, details=problem.kept, **context
    )
    try:
        # In a log that is broken, this can be refused too; what was found is kept all the same.
        with transaction.atomic():
            write([draft])
    except DatabaseError as error:
        logger.error("That could not be recorded as an entry: %s", str(error).partition("\n")[0])
