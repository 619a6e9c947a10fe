"""The client's address can't be chosen by the client."""

from typing import Any

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from activity.requests import client_address


def request_from(peer: str, forwarded: str | None = None) -> HttpRequest:
    headers = {} if forwarded is None else {"x-forwarded-for": forwarded}
    return RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers)


def test_a_forwarded_address_is_ignored_without_proxies() -> None:
    assert client_address(request_from("192.0.2.1", "6.6.6.6")) == "192.0.2.1"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (1, "6.6.6.6, 198.51.100.7", "198.51.100.7"),
        (2, "6.6.6.6, 198.51.100.7, 10.0.0.1", "198.51.100.7"),
        (1, "2001:db8::7", "2001:db8::7"),
        (1, "fe80::1%eth0", "fe80::1"),
        (2, "198.51.100.7", "192.0.2.1"),
        (1, "garbage", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "1.1.1.1," * 5000 + "198.51.100.7", "198.51.100.7"),
    ],
)
def test_behind_proxies_the_right_hop_counts(settings: Any, proxies: int, forwarded: str, address: str) -> None:
    settings.TRUSTED_PROXIES = proxies
    assert client_address(request_from("192.0.2.1", forwarded)) == address


def test_a_peer_without_an_address_is_none() -> None:
    assert client_address(request_from("")) is None
