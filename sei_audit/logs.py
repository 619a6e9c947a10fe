"""The application's own log (not the activity log): one record, one line."""

import logging
import re

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
# Who has the link of an invitation may use it.
_TOKEN = re.compile(r"(?<=/invitations/)[\w-]{20,}")


class OneLine(logging.Formatter):
    """Writes control and direction characters as escapes, so that nothing in a message can fake or hide a line.

    Tokens in addresses are left out. A record about a request names its id, which its entries have too. A traceback
    still takes lines of its own.
    """

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname} {name} {request_id} {message}", style="{")

    def formatMessage(self, record: logging.LogRecord) -> str:
        message = _TOKEN.sub("…", record.message)
        record.message = _CONTROL.sub(lambda found: ascii(found[0])[1:-1], message)
        record.request_id = getattr(getattr(record, "request", None), "request_id", "-")
        return super().formatMessage(record)
