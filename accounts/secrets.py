"""Encryption at rest and keyed fingerprints for fields that hold secrets."""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.query_utils import DeferredAttribute


def _fernet() -> MultiFernet:
    keys: Sequence[bytes | str] = settings.ENCRYPTION_KEYS or [
        base64.urlsafe_b64encode(hashlib.sha256(b"sei-encryption:" + settings.SECRET_KEY.encode()).digest())
    ]
    return MultiFernet([Fernet(key) for key in keys])


def fingerprint(secret: str) -> str:
    """Twelve hex digits that tell whether two secrets are the same, and nothing else; '' for no secret."""
    return keyed_hash("fingerprint", secret)[:12] if secret else ""


def keyed_hash(purpose: str, secret: str) -> str:
    """What to keep of a secret that has to be recognised: useless elsewhere, and for any other purpose."""
    key = f"sei-{purpose}:{settings.FINGERPRINT_KEY}".encode()
    return hmac.new(key, secret.encode(), hashlib.sha256).hexdigest()


def token_hash(token: str) -> str:
    """What is stored of a random token that somebody was given: enough to know it again, not to use it."""
    return keyed_hash("token", token)


def seal(content: bytes) -> str:
    """Text that only this installation can read, and that can't be changed unnoticed."""
    return _fernet().encrypt(content).decode()


def unseal(token: str) -> bytes | None:
    """What was sealed; None for what was not, or not by this installation."""
    try:
        return _fernet().decrypt(token)
    except InvalidToken:
        return None


def decrypted(token: str) -> str:
    """What an EncryptedTextField has stored; ValueError when no configured key opens it."""
    try:
        return _fernet().decrypt(token).decode()
    except InvalidToken:
        raise ValueError(
            "A stored secret can't be decrypted: put the key it was saved with in SEI_ENCRYPTION_KEYS."
        ) from None


class _Stored(str):
    """A secret as it was loaded, still encrypted."""


class _OnDemand(DeferredAttribute):
    """Decrypts a secret when somebody asks for it: an object whose secret can't be is in nobody's way until then."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        value = super().__get__(instance, cls)
        return decrypted(value) if isinstance(value, _Stored) else value

    def __set__(self, instance: Any, value: Any) -> None:
        vars(instance)[self.field.attname] = value


class EncryptedTextField(models.TextField):
    """Text that is stored encrypted (Fernet, newest key first) and is plain only where it is read."""

    descriptor_class = _OnDemand

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        return vars(model_instance)[self.attname]

    def get_prep_value(self, value: Any) -> Any:
        if not isinstance(value, _Stored):
            return _fernet().encrypt(value.encode()).decode() if value else value
        try:
            # Anew, by the newest key.
            return _fernet().rotate(value).decode()
        except InvalidToken:
            return str(value)

    def from_db_value(self, value: str | None, expression: object, connection: BaseDatabaseWrapper) -> str | None:
        return _Stored(value) if value else value


def note_fingerprint(item: models.Model, name: str, saving: dict[str, Any]) -> None:
    """Before a save with the arguments `saving`: the fingerprint of a secret that was set goes with it."""
    value = vars(item).get(name)
    if value is None or isinstance(value, _Stored):
        return
    setattr(item, f"{name}_fingerprint", fingerprint(value))
    if fields := saving.get("update_fields"):
        saving["update_fields"] = {*fields, f"{name}_fingerprint"}
