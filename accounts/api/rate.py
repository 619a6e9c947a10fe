"""How often one key, or one member, may ask."""

import math
import time
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from accounts.api.authentication import is_api, key_of
from accounts.api.problems import problem

_MINUTE = 60
# One step, so that of many requests at once none is overlooked, in whichever process they are.
_COUNT = """
INSERT INTO accounts_requests (who, minute, requests) VALUES (%s, %s, 1)
ON CONFLICT (who) DO UPDATE SET minute = excluded.minute, requests =
    CASE WHEN accounts_requests.minute = excluded.minute THEN accounts_requests.requests ELSE 0 END + 1
RETURNING requests
"""


class RateMiddleware:
    """At most so many requests in each minute of the clock (SEI_API_RATE; 0 is no limit), refused ones included.

    It counts outside of the request's transaction, where nobody waits for it, and what fails counts as well.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not settings.API_RATE or not is_api(request) or not (who := _who(request)):
            return self.get_response(request)
        now = time.time()
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [who, now // _MINUTE])
            (requests,) = cursor.fetchone()
        if requests <= settings.API_RATE:
            return self.get_response(request)
        wait = math.ceil(_MINUTE - now % _MINUTE)
        words = f"At most {settings.API_RATE:,} requests in a minute. Go on in {wait} seconds."
        return problem(429, words, headers={"Retry-After": str(wait)})


def _who(request: HttpRequest) -> str:
    """The key, or the member; nothing for a visitor, who is let in nowhere."""
    if key := key_of(request):
        return f"key {key.pk}"
    return f"member {request.user.pk}" if request.user.is_authenticated else ""
