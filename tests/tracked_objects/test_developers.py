"""Developers: one person's record, by e-mail."""

import pytest
from django.test import Client

from accounts.models import Account
from tests.browsing import fill
from tests.entries import entries_of, entry_of
from tests.tracked_objects.conftest import developer
from tracked_objects.models import Developer, Team

NEW = "/a/acme/developers/new/"


def edit(item: Developer) -> str:
    return f"/a/acme/developers/{item.pk}/edit/"


def test_a_new_developer_is_saved_and_shown(admin: Client, account: Account, ada: Developer) -> None:
    answer = fill(
        admin, NEW, full_name="Dee Roe", email="dee@acme.example", manager="ada.park@acme.example", site="Rio"
    )
    dee = Developer.objects.get(email="dee@acme.example")
    assert answer.url == f"/a/acme/developers/{dee.pk}/"
    assert (dee.account, dee.manager, dee.site) == (account, ada, "Rio")
    assert "Saved: Dee Roe" in admin.get(answer.url).content.decode()
    entry_of(dee, action="CREATED", object_name="Dee Roe")


@pytest.mark.parametrize(
    "manager", ["ada.park@acme.example", "ADA.PARK@acme.example", "Ada Park <ada.park@acme.example>"]
)
def test_a_manager_is_given_by_e_mail(admin: Client, ada: Developer, cleo: Developer, manager: str) -> None:
    assert fill(admin, edit(cleo), manager=manager).status_code == 302
    cleo.refresh_from_db()
    assert cleo.manager == ada


def test_a_saved_form_sent_again_changes_nothing(admin: Client, account: Account, ada: Developer) -> None:
    attributes, identities = {"cost centre": "12", "a: b": "c, d"}, [{"application_type": "jira", "cloud_id": "x 1"}]
    ben = developer(account, "Ben", manager=ada, custom_attributes=attributes, identities=identities, role="QA")
    assert fill(admin, edit(ben)).status_code == 302
    ben.refresh_from_db()
    assert (ben.manager, ben.custom_attributes, ben.identities, ben.role) == (ada, attributes, identities, "QA")
    assert [entry.action for entry in entries_of(ben)] == ["CREATED"]


def test_the_reason_goes_to_the_entry(admin: Client, cleo: Developer) -> None:
    fill(admin, edit(cleo), role="Lead", reason="Promotion")
    assert entry_of(cleo, reason="Promotion").changes == {"Role": {"before": "", "after": "Lead"}}


def test_an_e_mail_is_unique_whatever_its_case(admin: Client, ada: Developer) -> None:
    answer = fill(admin, NEW, full_name="Ada again", email="ADA.Park@acme.example")
    assert answer.context["form"].errors == {"email": ["There is already a developer with this e-mail."]}


def test_the_same_e_mail_in_another_account_is_fine(admin: Client, outsider: Developer) -> None:
    assert fill(admin, NEW, full_name="Otto", email=outsider.email).status_code == 302


@pytest.mark.parametrize("text", ["nobody@acme.example", "otto.out@globex.example", "Ada", "<>", "9" * 30, "a\0b"])
def test_a_manager_who_is_nobody_here_is_refused(
    admin: Client, cleo: Developer, outsider: Developer, text: str
) -> None:
    answer = fill(admin, edit(cleo), manager=text)
    assert "manager" in answer.context["form"].errors


def test_another_accounts_developer_is_no_manager_even_by_number(
    admin: Client, cleo: Developer, outsider: Developer
) -> None:
    assert "manager" in fill(admin, edit(cleo), manager=str(outsider.pk)).context["form"].errors


def test_nobody_manages_themselves(admin: Client, cleo: Developer) -> None:
    answer = fill(admin, edit(cleo), manager=cleo.email)
    assert answer.context["form"].errors == {"manager": ["A developer can't be their own manager."]}


def test_managers_never_form_a_circle(admin: Client, account: Account, ada: Developer, ben: Developer) -> None:
    below = developer(account, "Dee Roe", manager=ben)
    answer = fill(admin, edit(ada), manager=below.email)
    expected = "Dee Roe reports to Ada Park, directly or through others."
    assert answer.context["form"].errors == {"manager": [expected]}


def test_attributes_and_identities_are_rows(admin: Client, cleo: Developer) -> None:
    rows = {"identities__0__application_type": "GitHub", "identities__0__cloud_id": "cleo"}
    fill(admin, edit(cleo), custom_attributes__1__name="badge", custom_attributes__1__value="7", **rows)
    cleo.refresh_from_db()
    assert cleo.identities == [{"application_type": "github", "cloud_id": "cleo"}]
    assert cleo.custom_attributes == {"badge": "7"}


def test_a_removed_or_emptied_row_is_gone(admin: Client, account: Account) -> None:
    dee = developer(account, "Dee Roe", custom_attributes={"a": "1", "bb": "2", "ccc": "3"})
    removed = {
        "custom_attributes__0__DELETE": "on",
        "custom_attributes__1__name": "",
        "custom_attributes__1__value": "",
    }
    fill(admin, edit(dee), **removed)
    dee.refresh_from_db()
    assert dee.custom_attributes == {"ccc": "3"}


def test_half_an_identity_is_refused_beside_its_field(admin: Client, cleo: Developer) -> None:
    answer = fill(admin, edit(cleo), identities__0__cloud_id="cleo")
    part = answer.context["form"].parts[0]
    assert part.errors[0] == {"application_type": ["This field is required."]}
    assert '<a href="#identities">Identities</a>' in answer.content.decode()


def test_an_attribute_named_twice_is_refused(admin: Client, cleo: Developer) -> None:
    answer = fill(admin, edit(cleo), custom_attributes__0__name="Badge", custom_attributes__1__name="badge")
    assert "The attribute “badge” is there twice." in answer.content.decode()


def test_an_identity_belongs_to_one_developer(admin: Client, account: Account, cleo: Developer) -> None:
    developer(account, "Dee Roe", identities=[{"application_type": "github", "cloud_id": "octo"}])
    rows = {"identities__0__application_type": "github", "identities__0__cloud_id": "octo"}
    answer = fill(admin, edit(cleo), **rows)
    expected = "github “octo” already belongs to Dee Roe (dee.roe@acme.example)."
    assert answer.context["form"].non_field_errors() == [expected]


def test_the_page_shows_what_belongs_to_a_developer(admin: Client, team: Team, ada: Developer, ben: Developer) -> None:
    page = admin.get(f"/a/acme/developers/{ada.pk}/").content.decode()
    assert all(f'href="{item.get_absolute_url()}"' in page for item in (team, ben))


def test_deleting_a_developer_leaves_team_and_reports_without_them(
    admin: Client, team: Team, ada: Developer, ben: Developer
) -> None:
    page = admin.get(f"/a/acme/developers/{ada.pk}/delete/").content.decode()
    assert "It is also taken out of" in page and "Payments" in page and "Ben Ito" in page
    assert fill(admin, f"/a/acme/developers/{ada.pk}/delete/", reason="Left").url == "/a/acme/developers/"
    team.refresh_from_db(), ben.refresh_from_db()
    assert (team.manager, ben.manager) == (None, None)
    entry_of(ben, action="EDITED", reason="Left")
    entry_of(team, action="EDITED", reason="Left")


def test_suggestions_are_people_of_the_account(admin: Client, ada: Developer, outsider: Developer) -> None:
    found = admin.get("/a/acme/developers/suggest/", {"manager": "par"}).content.decode()
    assert "Ada Park &lt;ada.park@acme.example&gt;" in found
    assert "Otto" not in admin.get("/a/acme/developers/suggest/", {"manager": "o"}).content.decode()
    assert "option" not in admin.get("/a/acme/developers/suggest/").content.decode()
