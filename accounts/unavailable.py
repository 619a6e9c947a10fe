"""What is said when the database can't do what was asked of it just now, rather than that something is broken."""

from dataclasses import dataclass

from django.db import Error, InterfaceError, OperationalError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LATER = 30  # seconds after which somebody may try again


@dataclass(frozen=True)
class Unavailable:
    """A reason to answer 503: its name for those who watch the app, and what people and programs are told."""

    name: str
    title: Promise
    words: Promise
    # Programs have one language.
    detail: str


BUSY = Unavailable(
    "busy",
    _("That took too long"),
    _(
        "The database was busy, and nothing was changed. Try again in a moment, or ask for less at once: a shorter "
        "period, fewer words."
    ),
    "That took too long. Ask for less at once, or try again.",
)
# Whether a commit came through can't be known when its answer did not.
AWAY = Unavailable(
    "away",
    _("The database can't be reached"),
    _(
        "Try again in a moment. If you sent something, it was saved whole, together with its entry in the activity "
        "log, or not at all: look before you send it again."
    ),
    "The database can't be reached. What was sent is saved whole or not at all: look, or send it again with the same "
    "idempotency keys.",
)
UNWRITABLE = Unavailable(
    "unwritable",
    _("Nothing can be recorded right now"),
    _(
        "What can't be recorded in the activity log isn't done: nothing was changed, and nobody can sign in until it "
        "can be. Please tell those who run this app. What you typed is still there when you go back."
    ),
    "Nothing can be recorded right now, so nothing was changed.",
)

# By the SQLSTATE that PostgreSQL gives, or the class that it begins with.
_STATES = {
    "57014": BUSY,  # the statement took too long
    "55P03": BUSY,  # it waited too long for a lock
    "40": BUSY,  # deadlock, or serialization
    "53200": BUSY,  # out of memory
    "57P": AWAY,  # shut down, or not up yet
    "08": AWAY,
    "53300": AWAY,  # too many connections
    "42501": UNWRITABLE,  # no privilege
    "25006": UNWRITABLE,  # read-only
    "53100": UNWRITABLE,  # disk full
    "58030": UNWRITABLE,  # the disk failed
}


def unavailable(error: BaseException | None) -> Unavailable | None:
    """Why the database couldn't; None for any other error, which is one of ours."""
    if not isinstance(error, Error):
        return None
    if state := getattr(error.__cause__, "sqlstate", None):
        return next((_STATES[state[:length]] for length in (5, 3, 2) if state[:length] in _STATES), None)
    # What the connection itself has to say comes without a state.
    return AWAY if isinstance(error, OperationalError | InterfaceError) else None
