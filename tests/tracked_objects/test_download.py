"""The download of developers, which an upload takes back unchanged."""

from collections.abc import Callable

from django.test import Client

from accounts.models import Account, User
from tests.entries import last_entry
from tests.log import downloaded
from tests.tracked_objects.conftest import developer
from tests.tracked_objects.uploading import review
from tracked_objects.models import Developer

URL = "/a/acme/developers/download.csv"


def test_everybody_with_manager_and_attributes(
    viewer: Client, account: Account, ben: Developer, outsider: Developer
) -> None:
    developer(account, "Dee", custom_attributes={"Badge": "7"}, role="QA", site="São Paulo")
    developer(account, "Eve", custom_attributes={"badge": "8", "Floor": "a,\r\n“b”"})
    answer = viewer.get(URL)
    assert answer["Content-Disposition"].startswith('attachment; filename="developers-acme-')
    rows = downloaded(answer)
    names = "Display name,Email,Manager email,Role,Sub role,Team,Department,Site,badge,Floor"
    assert [name.lower() for name in rows[0]] == names.lower().split(",")
    assert [row["Display name"] for row in rows] == ["Ada Park", "Ben Ito", "Dee", "Eve"]
    assert (rows[1]["Manager email"], rows[2]["Site"], rows[3]["Floor"]) == (
        "ada.park@acme.example",
        "São Paulo",
        "a,\r\n“b”",
    )
    assert [list(row.values())[8] for row in rows] == ["", "", "7", "8"]


def test_uploaded_again_it_changes_nothing(admin: Client, account: Account, ben: Developer) -> None:
    attributes = {"=1+1": "'=2", "+": "''@x", "Email": "other", "Floor": "", "Größe": "-1"}
    developer(account, "Dee", custom_attributes=attributes, role="=cmd|' /C calc'!A0", site="'quoted'")
    developer(account, "Eve", sub_role="@Eve", team="＋1", department="line\nbreak")  # noqa: RUF001
    content = admin.get(URL).getvalue()
    assert b"'=cmd" in content and b"'@Eve" in content
    page = review(admin, content)
    assert page.context["review"].changes == 0, page.context["rows"]
    assert len(page.context["review"].unchanged) == 4


def test_no_cell_is_a_formula(admin: Client, account: Account) -> None:
    for number, first in enumerate("=+-@"):
        developer(account, f"{first}{number}", role=f"{first}1", custom_attributes={f"{first}A": f"{first}B"})
    cells = [cell for row in downloaded(admin.get(URL)) for pair in row.items() for cell in pair]
    assert not [cell for cell in cells if cell[:1] in tuple("=+-@") and cell]


def test_a_download_is_recorded(admin: Client, account: Account, ada: Developer, sei_admin: User) -> None:
    admin.get(URL).getvalue()
    entry = last_entry(account, type="DEVELOPER", action="EXPORTED", actor_email=sei_admin.email)
    assert entry.details == {"format": "csv", "developers": 1}


def test_a_refused_download_is_recorded_too(scoped: Client, account: Account) -> None:
    assert scoped.get(URL).status_code == 403
    last_entry(account, type="ACTIVITY_LOG", action="FAIL", summary="Was refused a download of developers")


def test_nobody_elses_developers(client_of: Callable[[User], Client], stranger: User, ada: Developer) -> None:
    assert client_of(stranger).get(URL).status_code == 404
    assert downloaded(client_of(stranger).get(URL.replace("acme", "globex"))) == []


def test_its_entry_is_in_the_language_of_the_log(viewer: Client, account: Account) -> None:
    viewer.get(URL, headers={"accept-language": "de"})
    assert last_entry(account).summary == "Downloaded developers as CSV"
