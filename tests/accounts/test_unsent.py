"""A session that ends while somebody types costs them a sign-in, and nothing that they typed."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Account, User
from tests.browsing import form_of
from tests.entries import entries_of
from tracked_objects.models import OrgTree

EDIT = "/a/acme/org-trees/{}/edit/"
TYPED = {"name": "Platform\r\n& <b>co</b>", "reason": "Merged"}


def signed_out_while_sending(client: Client, path: str, **typed: Any) -> str:
    """What the sign-in form has sealed inside."""
    answer = client.post(path, typed)
    assert answer.status_code == 401
    assert "Your session is over" in answer.content.decode()
    return form_of(answer)["unsent"][0]


def sign_in(client: Client, user: User, password: str, **more: str) -> Any:
    return client.post("/accounts/login/", {"login": user.email, "password": password, **more}, follow=True)


def test_what_was_typed_is_sent_after_signing_in(account_admin: User, password: str, org_tree: OrgTree) -> None:
    client, path = Client(), EDIT.format(org_tree.pk)
    typed = form_of_edit(client, account_admin, password, path) | {"name": "Platform", "reason": "Merged"}
    client.logout()
    page = sign_in(client, account_admin, password, unsent=signed_out_while_sending(client, path, **typed))
    assert page.request["PATH_INFO"] == "/accounts/unsent/"
    kept = dict(page.context["unsent"].pairs)
    assert kept == typed
    assert client.post(path, kept).status_code == 302
    assert (entries_of(org_tree)[-1].object_name, entries_of(org_tree)[-1].reason) == ("Platform", "Merged")
    assert client.get("/accounts/unsent/").status_code == 302


def form_of_edit(client: Client, user: User, password: str, path: str) -> dict[str, Any]:
    sign_in(client, user, password)
    sent = form_of(client.get(path))
    return {name: values[0] for name, values in sent.items() if name != "csrfmiddlewaretoken"}


def test_a_wrong_password_loses_nothing(account_admin: User, org_tree: OrgTree) -> None:
    client = Client()
    token = signed_out_while_sending(client, EDIT.format(org_tree.pk), **TYPED)
    again = client.post("/accounts/login/", {"login": account_admin.email, "password": "wrong", "unsent": token})
    assert form_of(again)["unsent"] == [token]


def test_markup_in_it_stays_text(account_admin: User, password: str, org_tree: OrgTree) -> None:
    client = Client()
    token = signed_out_while_sending(client, EDIT.format(org_tree.pk), **TYPED)
    assert "Platform" not in token
    assert "<b>" not in sign_in(client, account_admin, password, unsent=token).content.decode()


def test_files_are_named_because_they_are_not_kept(account_admin: User, password: str, org_tree: OrgTree) -> None:
    client, file = Client(), SimpleUploadedFile("hr.csv", b"x")
    token = signed_out_while_sending(client, EDIT.format(org_tree.pk), name="P", file=file)
    assert "hr.csv" in sign_in(client, account_admin, password, unsent=token).content.decode()


@pytest.mark.parametrize("token", ["", "forged", "gAAAAABnope"])
def test_what_was_not_sealed_here_is_ignored(account_admin: User, password: str, token: str) -> None:
    page = sign_in(Client(), account_admin, password, unsent=token)
    assert page.request["PATH_INFO"] != "/accounts/unsent/"


def test_it_can_be_discarded(account_admin: User, password: str, org_tree: OrgTree) -> None:
    client = Client()
    token = signed_out_while_sending(client, EDIT.format(org_tree.pk), **TYPED)
    sign_in(client, account_admin, password, unsent=token)
    client.post("/accounts/unsent/")
    assert client.get("/accounts/unsent/").status_code == 302


def test_another_member_may_send_no_more_than_they_may(
    sei_viewer: User, password: str, org_tree: OrgTree, account: Account
) -> None:
    client, path = Client(), EDIT.format(org_tree.pk)
    sign_in(client, sei_viewer, password, unsent=signed_out_while_sending(client, path, **TYPED))
    assert client.post(path, TYPED).status_code == 403
