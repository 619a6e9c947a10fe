"""Requests to identity providers, whose addresses members have typed: by https, and to nothing inside our network."""

import ipaddress
import socket
from typing import Any

import requests
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool

TIMEOUT = 5  # seconds
LARGEST = 1 << 20


class Refused(requests.RequestException):
    """An address that is not asked, or an answer that is not read."""


class _Inside(Exception):
    """Where a name leads is inside a private network. No OSError: the libraries below would take it for their own."""


def _check(address: str) -> None:
    ip = ipaddress.ip_address(address.partition("%")[0])
    ip = getattr(ip, "ipv4_mapped", None) or ip
    if not (settings.SSO_PRIVATE_ADDRESSES or ip.is_global) or ip.is_multicast:
        raise _Inside


class _Connection(HTTPSConnection):
    """Looks at where a name leads before it connects, and once more at where it has come."""

    def _new_conn(self) -> socket.socket:
        for *_rest, address in socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM):
            _check(str(address[0]))
        connected = super()._new_conn()
        try:
            _check(str(connected.getpeername()[0]))
        except _Inside:
            connected.close()
            raise
        return connected


class _Pool(HTTPSConnectionPool):
    ConnectionCls = _Connection


class _Careful(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"https": _Pool}

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        try:
            response = super().send(request, **{**kwargs, "stream": True, "timeout": TIMEOUT})
        except _Inside:
            raise Refused(_("The address is inside a private network.")) from None
        return _read(response)


class _NoTls(HTTPAdapter):
    """Plain http is for a provider on a private network, where that is allowed at all."""

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # type: ignore[override]
        if not settings.SSO_PRIVATE_ADDRESSES:
            raise Refused(_("Only https is allowed."))
        return _read(super().send(request, **{**kwargs, "stream": True, "timeout": TIMEOUT}))


def _read(response: requests.Response) -> requests.Response:
    """The whole answer, unless it is too large."""
    content = response.raw.read(LARGEST + 1, decode_content=True)
    if len(content) > LARGEST:
        raise Refused(_("The answer is too large."))
    response._content = content
    return response


def session() -> requests.Session:
    """A session that keeps to these rules, also where it is redirected; proxies of the environment are not used."""
    made = requests.Session()
    made.trust_env = False
    made.max_redirects = 3
    made.mount("https://", _Careful())
    made.mount("http://", _NoTls())
    return made
