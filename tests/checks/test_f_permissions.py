"""F. Nobody gets of the log what is not for them, by whichever door."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from accounts.guard import PUBLIC
from accounts.models import Account, User
from accounts.permissions import CAPABILITIES
from activity.models import Entry
from activity.recording import recording
from sei_audit.matrix import patterns
from tests.conftest import TESTS
from tests.entries import last_entry
from tests.log import downloaded
from tests.programs import ENTRIES

# What a visitor may open: the ways in, what describes the API, and what those who watch the app ask.
PUBLIC_ONES = {
    *("account_login", "account_logout", "mfa_login_webauthn", "mfa_authenticate", "join", "invitation"),
    *("account_reset_password", "account_reset_password_done", "account_reset_password_from_key"),
    *("account_reset_password_from_key_done", "sso_start", "sso_go", "openid_connect_callback"),
    *("saml_acs", "saml_finish_acs", "saml_metadata", "api-schema", "api-docs", "healthz", "readyz", "metrics"),
}


def test_f2_what_a_visitor_may_open_is_a_list_that_somebody_has_read() -> None:
    needs = {name: getattr(pattern.callback, "needs", None) for name, _route, pattern in patterns(get_resolver())}
    assert {name for name, need in needs.items() if need == PUBLIC} == PUBLIC_ONES
    assert None not in needs.values()


def test_f2_each_method_of_the_api_needs_what_there_is() -> None:
    """There is no composing of permissions that could come out as "anybody": a method has one need, and it is known."""
    for name, _route, pattern in patterns(get_resolver()):
        needs = getattr(pattern.callback, "needs", None)
        if isinstance(needs, dict):
            assert needs and set(needs.values()) <= CAPABILITIES | {"member"}, name
            assert {need for method, need in needs.items() if method != "GET"}.isdisjoint({PUBLIC, "member"}), name


def test_f3_a_role_that_is_taken_away_ends_downloads_at_once(
    account: Account, sei_admin: User, client_of: Callable[[User], Client]
) -> None:
    client = client_of(sei_admin)
    assert downloaded(client.get("/a/acme/activity/export.csv"))
    role = account.roles.get(name="SEI Admin")
    with recording(TESTS):
        role.capabilities = [name for name in role.capabilities if name != "activity.export"]
        role.save()
    assert client.get("/a/acme/activity/export.csv").status_code == 403
    last_entry(account, type="ACTIVITY_LOG", action="FAIL", actor_email=sei_admin.email)


def test_f3_a_download_is_kept_nowhere(account: Account, sei_admin: User, client_of: Callable[[User], Client]) -> None:
    """There is no file: it is written for the one who asks, once, and no link gets it later."""
    response = client_of(sei_admin).get("/a/acme/activity/export.csv")
    assert response.streaming and response["Cache-Control"] == "no-store"
    assert Client().get("/a/acme/activity/export.csv").status_code == 302


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", ["/a/acme/activity/1/", f"{ENTRIES}/1?account=acme"])
def test_f4_no_request_changes_an_entry(
    method: str, path: str, account: Account, account_admin: User, client_of: Callable[[User], Any]
) -> None:
    before = Entry.objects.filter(account=account, seq=1).values().get()
    assert getattr(client_of(account_admin), method)(path, {}).status_code in {403, 405}
    assert Entry.objects.filter(account=account, seq=1).values().get() == before
