"""What members change about their own sign-in, in words, in the log of each account that they belong to.

Second factors are the library's own tables. Whatever writes them is seen here, and never what they hold.
"""

from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models.signals import post_delete, post_save, pre_save
from django.utils import translation
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.signals import own_security_changed, password_reset_started
from accounts.tracking import NotRecorded
from activity.recording import current
from activity.sign_ins import accounts_of
from activity.writer import Draft

_ADDED = {
    Authenticator.Type.TOTP: _("Added an authenticator app"),
    Authenticator.Type.WEBAUTHN: _("Added the passkey “{name}”"),
    Authenticator.Type.RECOVERY_CODES: _("Made recovery codes"),
}
# Recovery codes go when new ones are made, or with the last factor that they stand in for.
_REMOVED = {
    Authenticator.Type.TOTP: _("Removed an authenticator app"),
    Authenticator.Type.WEBAUTHN: _("Removed the passkey “{name}”"),
}
_RENAMED = _("Renamed the passkey “{before}” to “{after}”")


def connect() -> None:
    """Connect the receivers; called once, when the app is ready."""
    own_security_changed.connect(_changed)
    password_reset_started.connect(_reset_started)
    pre_save.connect(_before_save, sender=Authenticator)
    post_save.connect(_saved, sender=Authenticator)
    post_delete.connect(_deleted, sender=Authenticator)


def _before_save(instance: Authenticator, **_: Any) -> None:
    if instance.pk and instance.type == Authenticator.Type.WEBAUTHN:
        before, after = _name(Authenticator.objects.get(pk=instance.pk)), _name(instance)
        if before != after:
            _changed(instance.user, format_lazy(_RENAMED, before=before, after=after))


def _saved(instance: Authenticator, created: bool, **_: Any) -> None:
    if created:
        _changed(instance.user, format_lazy(_ADDED[Authenticator.Type(instance.type)], name=_name(instance)))


def _deleted(instance: Authenticator, origin: Any = None, **_: Any) -> None:
    said = _REMOVED.get(Authenticator.Type(instance.type))
    if said and not isinstance(origin, User):
        _changed(instance.user, format_lazy(said, name=_name(instance)))


def _name(instance: Authenticator) -> str:
    return str(instance.data.get("name", ""))


def _changed(user: User, said: str | Promise, **_: Any) -> None:
    """An edit of the user; several in one request are one entry."""
    rec = current()
    if rec is None:
        raise NotRecorded("How somebody signs in can only be changed inside recording(...), which writes the entry.")
    for account in accounts_of(user):
        known = next((draft for draft in rec.drafts if _is_edit_of(draft, account.pk, user)), None)
        if known is None:
            rec.add(account, "USER", "EDITED", object_id=str(user.pk), object_name=str(user), summary=said)
        else:
            with translation.override(settings.LANGUAGE_CODE):
                more = str(said)
            known.summary = f"{known.summary}; {more[:1].lower()}{more[1:]}"


def _is_edit_of(draft: Draft, account_id: int, user: User) -> bool:
    return (draft.account_id, draft.type, draft.action, draft.object_id) == (account_id, "USER", "EDITED", str(user.pk))


def _reset_started(user: User, **_: Any) -> None:
    if rec := current():
        for account in accounts_of(user):
            rec.add(account, "USER", "PASSWORD_RESET_STARTED", object_id=str(user.pk), object_name=str(user))
