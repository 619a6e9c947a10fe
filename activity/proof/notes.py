"""Checkpoints as text that is signed (C2SP signed notes), and the keys that sign it. Reading them: verify_export.py."""

from base64 import b64decode, b64encode, urlsafe_b64decode
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.utils.translation import gettext as _

from activity.canonical import utc_text
from activity.verify_export import Key

# The name of the keys; an account's log is called <name>/<slug>.
NAME = "sei-activity-log"


def origin(slug: str) -> str:
    """What an account's log is called in notes."""
    return f"{NAME}/{slug}"


def text(slug: str, seq: int, head: str, made_at: datetime, *more: str) -> str:
    """What is signed: the log, how many entries it has, its last hash, the time, and other lines."""
    head_line = b64encode(bytes.fromhex(head)).decode()
    return "\n".join([origin(slug), str(seq), head_line, f"time {utc_text(made_at)}", *more, ""])


def sign(signed: str) -> tuple[str, str]:
    """The newest public key, and its signature of the text. LookupError without a key."""
    if not settings.CHECKPOINT_KEYS:
        raise LookupError(_("There is no key to sign with: set SEI_CHECKPOINT_KEYS."))
    private = _private(settings.CHECKPOINT_KEYS[0])
    return str(_public(private)), b64encode(private.sign(signed.encode())).decode()


def note(signed: str, key: str, signature: str) -> str:
    """The text with its signature line."""
    known = Key.read(key)
    return f"{signed}\n— {known.name} {b64encode(known.id + b64decode(signature)).decode()}\n"


def signed_note(signed: str) -> str:
    """The text with a signature by the newest key."""
    return note(signed, *sign(signed))


def configured_keys() -> list[Key]:
    """The public keys of SEI_CHECKPOINT_KEYS, newest first. Old ones may stand there as public keys themselves."""
    return [Key.read(key) if "+" in key else _public(_private(key)) for key in settings.CHECKPOINT_KEYS]


def _private(key: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(urlsafe_b64decode(key))


def _public(private: Ed25519PrivateKey) -> Key:
    return Key(NAME, private.public_key().public_bytes_raw())
