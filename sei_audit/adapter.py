"""The sign-in adapter, which counts attempts by the same client address that entries name."""

from django.http import HttpRequest

from accounts.adapter import AccountAdapter
from activity.requests import client_address


class Adapter(AccountAdapter):
    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request) or "0.0.0.0"  # noqa: S104  # of a socket that has no address
