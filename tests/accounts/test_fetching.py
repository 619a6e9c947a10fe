"""What identity providers are asked, and how: no address that members type leads into our own network."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from accounts.sso.fetching import Refused, session
from tests.accounts.identity_providers import OpenIdProvider, open_id_provider


@pytest.fixture(scope="module")
def idp() -> Iterator[OpenIdProvider]:
    with open_id_provider() as provider:
        yield provider


@pytest.fixture
def outside(settings: Any) -> None:
    """As it is unless somebody says that providers may stand in a private network."""
    settings.SSO_PRIVATE_ADDRESSES = False


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "10.0.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "[fd00::1]",
        "0.0.0.0",  # noqa: S104
        "[::ffff:10.0.0.1]",
    ],
)
def test_no_private_address_is_asked(outside: None, host: str) -> None:
    with pytest.raises(Refused):
        session().get(f"https://{host}/.well-known/openid-configuration")


def test_nothing_is_asked_without_tls(outside: None) -> None:
    with pytest.raises(Refused):
        session().get("http://example.com/")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.com/", "gopher://example.com/"])
def test_no_other_scheme_is_known(url: str) -> None:
    with pytest.raises(requests.RequestException):
        session().get(url)


def test_a_private_one_is_where_that_is_allowed(idp: OpenIdProvider) -> None:
    assert session().get(f"{idp.url}/.well-known/openid-configuration").json()["issuer"] == idp.url
