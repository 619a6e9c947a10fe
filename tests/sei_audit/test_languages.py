"""The pages in German: every text is translated, and what is stored stays in the log's own language."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from babel.messages.catalog import Message
from babel.messages.pofile import read_po
from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.test import Client
from django.utils.translation import override

from accounts.models import Account, User
from activity.actors import Actor
from activity.clock import day_words
from activity.present import counted
from activity.recording import recording
from tests.browsing import conditions, fill
from tests.entries import entry_of
from tests.log import NOON, draft, entry, write
from tracked_objects.models import Developer, OrgTree, Team

GERMAN = {"accept-language": "de-AT,de;q=0.9,en;q=0.8"}
LOG, TREES = "/a/acme/activity/", "/a/acme/org-trees/"
TRANSLATED = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
# The style guide is for developers.
TEMPLATES = [path for path in (settings.BASE_DIR / "templates").rglob("*.html") if path.name != "styleguide.html"]
PLACES = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
NAMES = {"SEI Activity Logs", "SEI", "CSV", "Enter", "Esc"}


@pytest.fixture
def team(account: Account, org_tree: OrgTree, people: list[Developer]) -> Team:
    with recording(Actor.system("tests")):
        return Team.objects.create(account=account, org_tree=org_tree, name="Payments", manager=people[0])


@pytest.fixture
def admin(client_of: Callable[[User], Client], account_admin: User) -> Client:
    """The account's admin, whose browser asks for German."""
    client = client_of(account_admin)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = GERMAN["accept-language"]
    return client


def texts(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def originals(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[-1]


def messages(language: str) -> list[Message]:
    path = settings.BASE_DIR / "locale" / language / "LC_MESSAGES" / "django.po"
    with path.open("rb") as source:
        return [message for message in read_po(source, locale=language) if message.id]


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated(language: str) -> None:
    wanting = [message.id for message in messages(language) if message.fuzzy or not all(texts(message))]
    assert wanting == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_places_of_its_text(language: str) -> None:
    for message in messages(language):
        for text in texts(message):
            assert set(PLACES.findall(text)) == set(PLACES.findall(originals(message))), text


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_blanks_of_its_text(language: str) -> None:
    for message in messages(language):
        for text in texts(message):
            assert re.findall(r"^\s+|\s+$", text) == re.findall(r"^\s+|\s+$", originals(message)), text


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_text_of_a_template_is_left_out_of_translation(path: Path) -> None:
    marked = r"\{% blocktranslate.*?endblocktranslate %\}"
    # Scripts say nothing to anybody.
    text = re.sub(
        rf"<script.*?</script>|\{{#.*?#\}}|{marked}|\{{%.*?%\}}|\{{\{{.*?\}}\}}",
        "\0",
        path.read_text(),
        flags=re.DOTALL,
    )
    said = re.findall(r'\b(?:title|alt|placeholder|aria-label)="([^"]+)"', text) + re.sub("<[^>]*>", "\0", text).split(
        "\0"
    )
    assert {words.strip(" \n·") for words in said if re.search(r"[^\W\d_]{2}", words)} <= NAMES


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (LOG, "Wer in Acme was geändert hat, und wann."),
        (f"{LOG}?from=tomorrow", "„tomorrow“ ist weder Datum noch Uhrzeit"),
        (TREES, "Noch keine Organisationsbäume"),
        (f"{TREES}new/", "Neuer Organisationsbaum"),
        ("/a/acme/no-such-page/", "Hier ist nichts"),
    ],
)
def test_pages_are_in_the_language_of_the_browser(admin: Client, path: str, words: str) -> None:
    page = admin.get(path).content.decode()
    assert '<html lang="de"' in page
    assert words in page


def test_the_sign_in_page_is_too(client: Client, db: None) -> None:
    page = client.get("/accounts/login/", headers=GERMAN).content.decode()
    assert '<html lang="de"' in page
    assert "Anmelden" in page and "Passwort" in page


@pytest.mark.parametrize("language", ["en", "fr", "zz", ""])
def test_a_language_that_is_not_there_is_english(admin: Client, language: str) -> None:
    page = admin.get(LOG, headers={"accept-language": language}).content.decode()
    assert '<html lang="en"' in page
    assert "Activity Logs" in page and "Aktivität" not in page


def test_what_a_form_refuses_is_said_in_german(admin: Client, org_tree: OrgTree) -> None:
    errors = fill(admin, f"{TREES}new/", name=org_tree.name).context["form"].errors
    assert errors == {"name": ["Einen Organisationsbaum mit diesem Namen gibt es schon."]}


def test_an_entry_is_a_german_sentence(admin: Client, account: Account) -> None:
    made = entry(account, object_id="7", object_name="Payments", actor_name="Ada")
    (row,) = admin.get(LOG, {"type": "TEAM"}).context["rows"]
    assert re.sub("<[^>]+>", "", row.sentence) == "Ada hat Team Payments bearbeitet"
    assert row.exact == "2026-03-01 12:00:00 UTC"
    assert "Der Hash stimmt" in admin.get(f"{LOG}{made.seq}/").content.decode()


def test_numbers_and_dates_are_written_as_in_german() -> None:
    with override("de"):
        assert (counted(1204), intcomma(1204), day_words(NOON)) == ("1.204 Einträge", "1.204", "1. März 2026")
    with override("en"):
        assert (counted(1204), intcomma(1204), day_words(NOON)) == ("1,204 entries", "1,204", "1 Mar 2026")


def test_the_chart_of_the_log_is_in_german(admin: Client, account: Account) -> None:
    write(*[draft(account, occurred_at=NOON - timedelta(weeks=week)) for week in range(2)])
    shown = admin.get(LOG, {"type": "TEAM"}).context["chart"]
    assert (shown.caption, shown.first) == ("Einträge pro Tag (UTC), höchstens 1", "16. Feb. 2026")


def test_entries_keep_the_language_of_the_log(admin: Client, org_tree: OrgTree) -> None:
    fill(admin, f"{TREES}{org_tree.pk}/edit/", name="Platform", description="Neu")
    made = entry_of(org_tree, summary="Edited org tree “Platform”: name, description")
    assert made.changes.keys() == {"Name", "Description"}


def test_conditions_are_written_in_the_language_of_the_page(admin: Client, team: Team) -> None:
    fill(admin, f"/a/acme/teams/{team.pk}/edit/", **conditions("settings-3-conditions", ("labels", "is_not", "bug")))
    made = entry_of(team)
    for url in (team.get_absolute_url(), f"{LOG}{made.seq}/"):
        assert "labels ist nicht bug" in admin.get(url).content.decode()
    (stored,) = made.changes["settings.bug_conditions"]["after"]
    assert stored == {"property": "labels", "operator": "is_not", "values": ["bug"]}
