"""Encryption at rest and keyed fingerprints for fields that hold secrets."""

import base64
import hashlib
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper


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


class EncryptedTextField(models.TextField):
    """Text that is stored encrypted (Fernet, newest key first) and is plain only in memory.

    Raises ValueError when a stored value can't be decrypted with any configured key.
    """

    def get_prep_value(self, value: str | None) -> str | None:
        return _fernet().encrypt(value.encode()).decode() if value else value

    def from_db_value(self, value: str | None, expression: object, connection: BaseDatabaseWrapper) -> str | None:
        try:
            return _fernet().decrypt(value).decode() if value else value
        except InvalidToken:
            raise ValueError(
                "A stored secret can't be decrypted: put the key it was saved with in SEI_ENCRYPTION_KEYS."
            ) from None
