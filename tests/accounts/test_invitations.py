"""Inviting somebody, and the way in for them."""

import logging
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import Account, Invitation, Membership, Role, User
from activity.models import Entry
from activity.recording import recording
from sei_audit.logs import OneLine
from tests.accounts.conftest import TESTS, also, role
from tests.accounts.test_members import press, url
from tests.browsing import fill
from tests.entries import entry_of
from tracked_objects.models import OrgTree

INVITATIONS = "/a/acme/invitations/"
NEW = {"email": "Cleo@New.example", "name": "Cleo"}
LINK = re.compile(r"http://testserver(/invitations/([\w-]+)/)")
ClientOf = Callable[[User], Client]


def invite(client: Client, *roles: Role, trees: tuple[OrgTree, ...] = (), **fields: str) -> Any:
    sent = {"roles": [str(item.pk) for item in roles], "org_trees": [str(tree.pk) for tree in trees] or None}
    return fill(client, f"{INVITATIONS}new/", **{**NEW, **sent, **fields})


def link() -> str:
    """The address in the newest mail."""
    found = LINK.search(mail.outbox[-1].body)  # type: ignore[arg-type]
    assert found, mail.outbox[-1].body
    return found[1]


@pytest.fixture
def invited(boss: Client, account: Account) -> Invitation:
    """Cleo, who hasn't answered yet."""
    assert invite(boss, role(account, "Account Viewer")).status_code == 302
    return Invitation.objects.get(account=account)


def accept(client: Client, path: str, **fields: str) -> Any:
    """Open the link, and send what a new person sends."""
    client.get(path)
    return client.post("/invitations/accept/", {"name": "Cleo", "password": "a fine long password", **fields})


def is_gone(client: Client, path: str) -> bool:
    answer = client.get(path)
    return answer.status_code == 410 and "This link can't be used" in answer.content.decode()


def test_an_invitation_is_mailed_and_is_an_entry(boss: Client, account: Account, org_tree: OrgTree) -> None:
    invite(boss, role(account, "SEI Collection Admin"), trees=(org_tree,))
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["cleo@new.example"], "You are invited to Acme")
    assert "Acme Admin (admin@acme.example) invites you to Acme" in message.body
    made = entry_of(Invitation.objects.get(), type="USER", action="SENT", actor_email="admin@acme.example")
    assert made.summary == "Sent an invitation to Cleo (cleo@new.example)"
    assert made.changes["Roles"] == {"after": ["SEI Collection Admin on Engineering tree"]}


def test_the_token_is_in_the_mail_alone(invited: Invitation) -> None:
    token = LINK.search(mail.outbox[0].body)[2]  # type: ignore[arg-type, index]
    assert token not in str(vars(invited))
    stored = [str(row) for row in Invitation.history.values()] + [str(row) for row in Entry.objects.values()]
    assert not [row for row in stored if token in row or invited.token_hash in row]


def test_a_token_in_an_address_is_left_out_of_the_applications_log() -> None:
    line = "Forbidden (CSRF cookie not set.): /invitations/abcdefghijklmnopqrstuvwxyz-_0123456789/"
    record = logging.LogRecord("django", logging.WARNING, "", 0, line, (), None)
    assert "abcdefgh" not in OneLine().format(record)


def test_a_new_person_accepts_and_is_signed_in(invited: Invitation, account: Account) -> None:
    client = Client()
    opened = client.get(link(), follow=True)
    assert "Acme Admin (admin@acme.example) invites cleo@new.example." in opened.content.decode()
    assert accept(client, link())["Location"] == "/a/acme/"
    cleo = User.objects.get(email="cleo@new.example")
    made = Entry.objects.filter(account=account, actor_email=cleo.email).order_by("seq")
    assert [(entry.type, entry.action, entry.summary) for entry in made] == [
        ("USER", "CREATED", f"Created member “{cleo}”"),
        ("ROLE", "CREATED", f"Granted Account Viewer to {cleo}"),
        ("USER_LOGIN", "SUCCESS", "Signed in"),
    ]
    assert client.get("/a/acme/activity/").status_code == 200
    assert client.get("/a/acme/activity/export.csv").status_code == 403


def test_the_password_can_be_signed_in_with(invited: Invitation) -> None:
    accept(Client(), link())
    answer = Client().post("/accounts/login/", {"login": "cleo@new.example", "password": "a fine long password"})
    assert answer.status_code == 302


@pytest.mark.parametrize("password", ["short", "12345678901", "password123", "cleo@new.example", ""])
def test_a_weak_password_is_refused_beside_the_field_and_uses_nothing_up(invited: Invitation, password: str) -> None:
    client = Client()
    answer = accept(client, link(), password=password)
    assert "password" in answer.context["form"].errors
    assert not User.objects.filter(email="cleo@new.example").exists()
    assert accept(client, link()).status_code == 302


def test_the_link_leaves_no_trace_in_other_addresses(invited: Invitation) -> None:
    answer = Client().get(link())
    assert (answer["Location"], answer["Referrer-Policy"]) == ("/invitations/accept/", "no-referrer")
    assert "no-store" in answer["Cache-Control"]


def test_scanners_use_nothing_up(invited: Invitation) -> None:
    for _ in range(3):
        assert Client().head(link()).status_code == 302
        Client().get(link(), follow=True)
        assert Client().post(link()).status_code == 405
    assert accept(Client(), link())["Location"] == "/a/acme/"


def test_a_link_works_once(invited: Invitation) -> None:
    other = Client()
    other.get(link())
    accept(Client(), link())
    assert is_gone(Client(), link())
    answer = other.post("/invitations/accept/", {"name": "Eve", "password": "another long password"})
    assert answer.status_code == 410
    assert Membership.objects.filter(user__email="cleo@new.example").count() == 1


def test_a_link_works_for_seven_days(invited: Invitation) -> None:
    with recording(TESTS):
        invited.expires_at = timezone.now() - timedelta(seconds=1)
        invited.save()
    assert is_gone(Client(), link())


def test_a_revoked_invitation_is_gone_and_is_an_entry(boss: Client, invited: Invitation) -> None:
    boss.post(f"{INVITATIONS}{invited.pk}/delete/", {"reason": "Changed our mind"})
    entry_of(invited, action="DELETED", summary="Revoked the invitation to Cleo (cleo@new.example)")
    assert is_gone(Client(), link())


@pytest.mark.parametrize("token", ["x", "garbage" * 40, "%00", "a%2Fb", "..%2f"])
def test_garbage_looks_like_any_link_that_is_over(db: None, token: str) -> None:
    assert Client().get(f"/invitations/{token}/").status_code in {404, 410}


def test_sending_again_kills_the_link_before(boss: Client, invited: Invitation) -> None:
    first = link()
    stale = Client()
    stale.get(first)
    assert press(boss, f"{INVITATIONS}{invited.pk}/resend/") == "Sent again: cleo@new.example."
    entry_of(invited, action="SENT", summary="Sent the invitation to Cleo (cleo@new.example) again")
    assert is_gone(Client(), first)
    assert stale.get("/invitations/accept/").status_code == 410
    assert accept(Client(), link()).status_code == 302


def test_an_expired_invitation_can_be_sent_again(boss: Client, invited: Invitation) -> None:
    with recording(TESTS):
        invited.expires_at = timezone.now() - timedelta(days=1)
        invited.save()
    assert "Expired" in boss.get(INVITATIONS).content.decode()
    press(boss, f"{INVITATIONS}{invited.pk}/resend/")
    assert accept(Client(), link()).status_code == 302


def test_somebody_known_signs_in_first_and_is_a_member_of_both(
    boss: Client, account: Account, stranger: User, password: str
) -> None:
    invite(boss, role(account, "Account Viewer"), email=stranger.email)
    client = Client()
    page = client.get(link(), follow=True)
    assert "/accounts/login/?next=/invitations/accept/" in page.content.decode()
    assert client.post("/invitations/accept/", {"name": "x", "password": "a fine long password"}).status_code == 200
    signed_in = client.post(
        "/accounts/login/", {"login": stranger.email, "password": password, "next": "/invitations/accept/"}
    )
    assert signed_in["Location"] == "/invitations/accept/"
    assert client.post("/invitations/accept/")["Location"] == "/a/acme/"
    made = Entry.objects.filter(account=account, actor_email=stranger.email).order_by("seq")
    assert [(entry.type, entry.action) for entry in made] == [("USER", "CREATED"), ("ROLE", "CREATED")]
    assert client.get("/a/acme/activity/").status_code == client.get("/a/globex/activity/").status_code == 200


def test_an_invitation_is_for_nobody_else(invited: Invitation, sei_viewer: User, client_of: ClientOf) -> None:
    other = client_of(sei_viewer)
    assert "You are signed in as sei-viewer@acme.example" in other.get(link(), follow=True).content.decode()
    other.post("/invitations/accept/", {"name": "x", "password": "a fine long password"})
    assert sei_viewer.bindings.count() == 1
    assert not User.objects.filter(email="cleo@new.example").exists()


def test_when_the_mail_cannot_be_sent_nothing_is_half_done(boss: Client, account: Account, settings: Any) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST, settings.EMAIL_PORT = (
        "django.core.mail.backends.smtp.EmailBackend",
        "127.0.0.1",
        1,
    )
    before = Entry.objects.count()
    answer = invite(boss, role(account, "SEI Viewer"))
    assert "The mail could not be sent, so nothing was changed" in answer.content.decode()
    assert NEW["email"] in answer.content.decode()
    assert (Invitation.objects.count(), Entry.objects.count()) == (0, before)


def test_when_it_cannot_be_sent_again_the_old_link_still_works(
    boss: Client, invited: Invitation, settings: Any
) -> None:
    backend, settings.EMAIL_BACKEND = settings.EMAIL_BACKEND, "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert "could not be sent" in press(boss, f"{INVITATIONS}{invited.pk}/resend/")
    settings.EMAIL_BACKEND = backend
    assert accept(Client(), link()).status_code == 302


def test_nobody_is_invited_twice(boss: Client, account: Account, invited: Invitation) -> None:
    answer = invite(boss, role(account, "SEI Viewer"), email="CLEO@new.example")
    assert answer.context["form"].errors == {
        "email": ["They are invited already. Send that invitation again, or revoke it."]
    }
    assert len(mail.outbox) == 1


def test_a_member_is_not_invited(boss: Client, account: Account, sei_viewer: User) -> None:
    answer = invite(boss, role(account, "SEI Viewer"), email=sei_viewer.email.upper())
    assert "They are a member already" in str(answer.context["form"].errors["email"])


@pytest.mark.parametrize("email", ["", "nobody", "a@b@c.example", "a\n@b.example", f"{'x' * 250}@b.example"])
def test_a_bad_address_is_refused_beside_the_field(boss: Client, account: Account, email: str) -> None:
    assert "email" in invite(boss, role(account, "SEI Viewer"), email=email).context["form"].errors


def test_nobody_invites_with_what_they_do_not_hold(deputy: Client, account: Account) -> None:
    answer = invite(deputy, role(account, "Account Admin"))
    assert "You can't give or take Account Admin there" in str(answer.context["form"].errors.as_data())
    assert not mail.outbox


def test_an_invitation_is_worth_what_its_sender_may_still_give(
    boss: Client, deputy: Client, account: Account, sei_admin: User
) -> None:
    invite(deputy, role(account, "SEI Admin"))
    press(boss, url(account, sei_admin, "active/"))
    client = Client()
    assert accept(client, link()).status_code == 410
    assert not User.objects.filter(email="cleo@new.example").exists()
    press(boss, f"{INVITATIONS}{Invitation.objects.get().pk}/resend/")
    assert accept(Client(), link()).status_code == 302


def test_a_role_that_was_deleted_meanwhile_is_not_given(boss: Client, account: Account) -> None:
    auditor = role(account, "Auditor", "activity.view")
    invite(boss, auditor)
    boss.post(f"/a/acme/roles/{auditor.pk}/delete/")
    assert is_gone(Client(), link())
    answer = press(boss, f"{INVITATIONS}{Invitation.objects.get().pk}/resend/")
    assert answer == "The roles or org trees that it promised are gone. Revoke it, and invite them anew."


def test_an_accepted_invitation_stays_with_the_member(boss: Client, account: Account, invited: Invitation) -> None:
    accept(Client(), link())
    cleo = User.objects.get(email="cleo@new.example")
    assert f"{INVITATIONS}{invited.pk}/" in boss.get(url(account, cleo)).content.decode()
    assert boss.post(f"{INVITATIONS}{invited.pk}/delete/").status_code == 403
    assert boss.post(f"{INVITATIONS}{invited.pk}/resend/").status_code == 404


def test_a_second_invitation_after_leaving_is_a_new_one(boss: Client, account: Account, invited: Invitation) -> None:
    accept(Client(), link())
    cleo = User.objects.get(email="cleo@new.example")
    boss.post(url(account, cleo, "delete/"))
    invite(boss, role(account, "SEI Viewer"))
    client = Client()
    assert "You can sign in here already" in client.get(link(), follow=True).content.decode()


def test_the_list_says_how_each_stands(boss: Client, account: Account, invited: Invitation) -> None:
    assert [row.record for row in boss.get(INVITATIONS, {"status": "sent"}).context["page"]] == [invited]
    assert not boss.get(INVITATIONS, {"status": "accepted"}).context["page"].object_list
    accept(Client(), link())
    assert [row.record for row in boss.get(INVITATIONS, {"status": "accepted"}).context["page"]] == [invited]


def test_who_may_not_see_an_org_tree_does_not_read_its_name(
    boss: Client, account: Account, sei_viewer: User, org_tree: OrgTree, client_of: ClientOf
) -> None:
    invite(boss, role(account, "SEI Collection Admin"), trees=(org_tree,))
    for page in (INVITATIONS, f"{INVITATIONS}{Invitation.objects.get().pk}/"):
        assert "Engineering" in boss.get(page).content.decode()
        assert "Engineering" not in client_of(sei_viewer).get(page).content.decode()


def test_who_may_not_invite_does_not(account: Account, account_viewer: User, client_of: ClientOf) -> None:
    assert client_of(account_viewer).post(f"{INVITATIONS}new/", NEW).status_code == 403


def test_who_may_give_no_role_invites_nobody(account: Account, sei_viewer: User, client_of: ClientOf) -> None:
    role(account, "Inviter", "members.view", "members.create", "roles.view")
    assert client_of(also(account, sei_viewer, "Inviter")).get(f"{INVITATIONS}new/").status_code == 403


def test_invitations_of_another_account_are_not_found(invited: Invitation, stranger: User, client_of: ClientOf) -> None:
    path = f"/a/globex/invitations/{invited.pk}/"
    assert client_of(stranger).get(path).status_code == 404
    assert client_of(stranger).post(f"{path}resend/").status_code == 404
    assert client_of(stranger).post(f"{path}delete/").status_code == 404
