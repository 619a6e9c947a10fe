"""Tries of an account's single sign-on are in its log, with what was wrong."""

from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import SsoConfig
from accounts.signals import sso_tested
from activity.recording import current

_TESTED = _("Tested single sign-on")
_FAILED = _("Tested single sign-on, which failed")


def connect() -> None:
    """Connect the receiver; called once, when the app is ready."""
    sso_tested.connect(_tested)


def _tested(config: SsoConfig, problems: list[Promise], **kwargs: Any) -> None:
    if rec := current():
        with translation.override(settings.LANGUAGE_CODE):
            details = {"problems": [str(problem) for problem in problems]} if problems else {}
        rec.add(
            config.account,
            "SSO_CONFIG",
            "FAIL" if problems else "SUCCESS",
            object_id=str(config.pk),
            object_name=str(config),
            summary=_FAILED if problems else _TESTED,
            details=details,
        )
