"""Two at once, and strange input: nothing is lost silently, nothing is an error page."""

import pytest
from django.db import connection
from django.test import Client

from activity.models import Entry
from tests.browsing import fill, form_of
from tests.tracked_objects.conftest import developer
from tracked_objects.forms import ObjectForm
from tracked_objects.kinds import KINDS
from tracked_objects.models import Developer, EfficiencyProfile, Integration, OrgTree, Team
from tracked_objects.models.base import AccountObject


def edit(item: AccountObject) -> str:
    return f"/a/acme/{item.slug}/{item.pk}/edit/"


def test_the_second_of_two_editors_is_told_and_loses_nothing(admin: Client, team: Team) -> None:
    mine = form_of(admin.get(edit(team)))
    fill(admin, edit(team), name="Theirs")
    answer = admin.post(edit(team), {**mine, "name": "Mine"})
    page = answer.content.decode()
    assert "Somebody else has changed this since you opened the form." in page and 'value="Mine"' in page
    team.refresh_from_db()
    assert team.name == "Theirs"
    assert admin.post(edit(team), {**form_of(answer)}).status_code == 302
    team.refresh_from_db()
    assert team.name == "Mine"


def test_a_change_of_members_alone_is_noticed_too(admin: Client, team: Team, cleo: Developer) -> None:
    mine = form_of(admin.get(edit(team)))
    fill(admin, edit(team), members=[cleo.email])
    assert "Somebody else" in admin.post(edit(team), mine).content.decode()


def test_saving_twice_without_a_change_between_is_no_conflict(admin: Client, team: Team) -> None:
    mine = form_of(admin.get(edit(team)))
    assert admin.post(edit(team), mine).status_code == admin.post(edit(team), mine).status_code == 302


def test_new_credentials_are_a_change_too(admin: Client, github: Integration) -> None:
    before = form_of(admin.get(edit(github)))["version"]
    fill(admin, edit(github), new_credentials="another")
    assert form_of(admin.get(edit(github)))["version"] != before


def test_a_name_taken_in_the_same_moment_is_a_form_error(
    admin: Client, efficiency: EfficiencyProfile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ObjectForm, "validate_unique", lambda self: None)
    count = Entry.objects.count()
    answer = fill(admin, "/a/acme/efficiency-profiles/new/", name="delivery")
    assert answer.context["form"].errors == {"name": ["There is already an efficiency profile with this name."]}
    assert Entry.objects.count() == count
    assert "New efficiency profile" in answer.content.decode()


def test_a_profile_deleted_in_the_same_moment_is_a_form_error(
    admin: Client, org_tree: OrgTree, efficiency: EfficiencyProfile, monkeypatch: pytest.MonkeyPatch
) -> None:
    save = ObjectForm.save

    def too_late(self: ObjectForm, commit: bool = True) -> object:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM tracked_objects_efficiencyprofile")
        return save(self, commit)

    monkeypatch.setattr(ObjectForm, "save", too_late)
    answer = fill(admin, edit(org_tree), efficiency_profile=efficiency.pk, name="Renamed")
    assert "Somebody else has just changed or deleted something chosen here." in answer.content.decode()
    org_tree.refresh_from_db()
    assert org_tree.name == "Engineering"


STRANGE = [
    "<script>alert(1)</script>",
    "=HYPERLINK(1)",
    "مرحبا بالعالم",
    "👩🏽‍🚀 crew",
    "a\u202eb",
    "x" * 200,
    "' OR 1=1 --",
    "{{ 7|add:7 }}",
]


@pytest.mark.parametrize("name", STRANGE)
def test_strange_names_are_kept_and_shown_as_they_are(admin: Client, org_tree: OrgTree, name: str) -> None:
    answer = fill(admin, "/a/acme/teams/new/", name=name, org_tree=org_tree.pk)
    team = Team.objects.get()
    assert team.name == name
    for url in (answer.url, "/a/acme/teams/", edit(team), f"/a/acme/teams/{team.pk}/delete/"):
        page = admin.get(url).content.decode()
        assert "<script>alert" not in page
        assert form_of(admin.get(edit(team)))["name"] == [name]


@pytest.mark.parametrize("slug", KINDS)
@pytest.mark.parametrize("name", ["a\0b", "x" * 201, "", "   "])
def test_names_that_cant_be_are_form_errors(admin: Client, slug: str, name: str) -> None:
    field = "full_name" if slug == "developers" else "name"
    assert field in fill(admin, f"/a/acme/{slug}/new/", **{field: name}).context["form"].errors


@pytest.mark.parametrize("field", ["alignment_filters__0__category", "reason"])
def test_nul_is_refused_in_rows_and_reasons_too(admin: Client, team: Team, field: str) -> None:
    assert fill(admin, edit(team), **{field: "a\0b"}).status_code == 200


def test_an_empty_post_is_only_errors(admin: Client, team: Team) -> None:
    for kind in KINDS.values():
        assert admin.post(f"/a/acme/{kind.slug}/new/", {}).status_code == 200


def test_parts_that_arent_sent_stay(admin: Client, account: object, ada: Developer) -> None:
    dee = developer(ada.account, "Dee Roe", custom_attributes={"a": "1"})
    admin.post(edit(dee), {"full_name": "Dee", "email": dee.email})
    dee.refresh_from_db()
    assert (dee.full_name, dee.custom_attributes) == ("Dee", {"a": "1"})
