"""How often one key, or one member, may ask."""

import math
import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from rest_framework.throttling import BaseThrottle

from accounts.api.authentication import key_of

_MINUTE = 60


class PerKey(BaseThrottle):
    """At most so many requests in each minute of the clock (SEI_API_RATE; 0 is no limit).

    Counted by one atomic step of the cache, so that none of many requests at once is overlooked.
    """

    def allow_request(self, request: Any, view: Any) -> bool:
        if not settings.API_RATE or not request.user.is_authenticated:
            return True
        key = key_of(request._request)
        who = f"key {key.pk}" if key else f"member {request.user.pk}"
        now = time.time()
        self.left = math.ceil(_MINUTE - now % _MINUTE)
        name = f"api-rate {who} {now // _MINUTE:.0f}".replace(" ", ":")
        cache.add(name, 0, 2 * _MINUTE)
        return bool(cache.incr(name) <= settings.API_RATE)

    def wait(self) -> float:
        return float(self.left)
