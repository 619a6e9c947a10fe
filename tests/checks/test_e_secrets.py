"""E. No secret is anywhere but where it belongs, and the log is no way round permissions."""

import logging
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, connection
from django.test import Client

from accounts.models import Account, SsoConfig, User
from accounts.tracking import history_model
from activity.models import Entry
from activity.recording import recording
from sei_audit.logs import OneLine
from tests.accounts.second_factors import add_app, code
from tests.accounts.test_invitations import LINK, invite
from tests.accounts.test_password_reset import link_in, set_password
from tests.browsing import fill
from tests.conftest import TESTS
from tests.programs import ENTRIES, Program
from tests.sei_audit.test_logs import Lines
from tests.tracked_objects.test_api_keys import text_of
from tracked_objects.models import Integration
from tracked_objects.tracked import TRACKED

# Words in names of fields that hold secrets, or what is as good.
_SECRET = re.compile(r"secret|token|password|credential|grants", re.IGNORECASE)
# Where a secret may be: of sessions, their own keys.
_SESSIONS = {"django_session", "usersessions_usersession"}


def canary(name: str) -> str:
    return f"canary-{name}-Zx93kq"


@pytest.fixture
def app_log() -> Iterator[list[str]]:
    """Every line of the application's log, in both formats and with all that is ever written."""
    as_json, as_text = Lines(), Lines()
    as_text.setFormatter(OneLine())
    root = logging.getLogger()
    before = root.level
    root.setLevel(logging.DEBUG)
    logging.getLogger("django.db.backends").setLevel(logging.INFO)
    for handler in (as_json, as_text):
        root.addHandler(handler)
    lines: list[str] = []
    as_json.lines = as_text.lines = lines
    yield lines
    for handler in (as_json, as_text):
        root.removeHandler(handler)
    root.setLevel(before)


@pytest.fixture
def secrets(
    account: Account,
    account_admin: User,
    client_of: Callable[[User], Client],
    password: str,
    mailoutbox: list[EmailMessage],
    django_capture_on_commit_callbacks: Any,
) -> dict[str, str]:
    """Secrets of all kinds, given to the app by its own pages; what they are called → what they are."""
    admin, visitor = client_of(account_admin), Client()
    found = {name: canary(name) for name in ("credentials", "new credentials", "client secret", "wrong password")}
    new = {"name": "Git", "category": "source_code", "application_type": "github"}
    fill(admin, "/a/acme/integrations/new/", **new, new_credentials=found["credentials"])
    edit = f"{Integration.objects.get().get_absolute_url()}edit/"
    fill(admin, edit, new_credentials=found["new credentials"])
    assert Integration.objects.get().credentials == found["new credentials"]
    sso = {"protocol": "oidc", "domains": "acme.example", "server_url": "https://idp.acme.example", "client_id": "sei"}
    fill(admin, "/a/acme/sso/", **sso, new_client_secret=found["client secret"])
    assert SsoConfig.objects.get().client_secret == found["client secret"]
    visitor.post("/accounts/login/", {"login": account_admin.email, "password": found["wrong password"]})
    key = found["API key"] = text_of(fill(admin, "/a/acme/api-keys/new/", name="Jenkins", role="SEI Admin"))
    program = Program()
    program.get(ENTRIES, headers={"X-Api-Key": key})
    program.get(ENTRIES, headers={"Authorization": f"ApiKey {key}x"})
    invite(admin, account.roles.get(name="Account Viewer"))
    found["invitation"] = LINK.search(str(mailoutbox[-1].body))[2]  # type: ignore[index]
    visitor.get(f"/invitations/{found['invitation']}/")
    with django_capture_on_commit_callbacks(execute=True):
        visitor.post("/accounts/password/reset/", {"email": account_admin.email})
    link = link_in(mailoutbox[-1])
    found["reset link"] = link.rstrip("/").rpartition("-")[2]
    found["new password"] = canary("new-password")
    set_password(visitor, link, found["new password"])
    signed_in = Client()
    signed_in.post("/accounts/login/", {"login": account_admin.email, "password": found["new password"]})
    found["app"] = add_app(signed_in, found["new password"])
    found["session"] = signed_in.cookies[settings.SESSION_COOKIE_NAME].value
    assert signed_in.get(f"/a/acme/activity/?q={code(found['app'])}").status_code == 200
    return found


def everything_stored() -> dict[str, str]:
    """The text of each table, but for those of sessions."""
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor)) - _SESSIONS
        found = {}
        for table in tables:
            cursor.execute(f"SELECT coalesce(string_agg(t::text, E'\\n'), '') FROM \"{table}\" AS t")
            found[table] = cursor.fetchone()[0]
    return found


def test_e1_no_secret_is_in_any_table(secrets: dict[str, str]) -> None:
    """A dump of the database has them sealed or hashed."""
    hits = {(name, table) for table, text in everything_stored().items() for name, it in secrets.items() if it in text}
    assert hits == set()


def test_e1_no_secret_is_in_the_applications_log(app_log: list[str], secrets: dict[str, str]) -> None:
    assert len(app_log) > 20
    assert {name for line in app_log for name, secret in secrets.items() if secret in line} == set()


def test_e1_no_secret_is_in_a_download_or_on_a_page(
    secrets: dict[str, str], account: Account, sei_admin: User, client_of: Any
) -> None:
    admin = client_of(sei_admin)
    texts = [admin.get(f"/a/acme/activity/export.{kind}").getvalue().decode() for kind in ("csv", "jsonl")]
    for path in ("activity/?page_size=100", "integrations/", "sso/", "api-keys/", "members/", "invitations/"):
        texts.append(admin.get(f"/a/acme/{path}").content.decode())
    for entry in Entry.objects.filter(account=account):
        texts.append(admin.get(entry.get_absolute_url()).content.decode())
    texts.append(admin.get(f"{ENTRIES}?account=acme&page_size=100").content.decode())
    assert {name for text in texts for name, secret in secrets.items() if secret in text} == set()


def test_e1_of_mails_only_the_link_that_is_meant_has_one(
    secrets: dict[str, str], mailoutbox: list[EmailMessage]
) -> None:
    meant = {"invitation", "reset link"}
    hits = [name for mail in mailoutbox for name, secret in secrets.items() if secret in f"{mail.subject}{mail.body}"]
    assert set(hits) == meant and len(hits) == len(meant)


def test_e1_an_error_of_ours_shows_and_logs_none(
    app_log: list[str], account_admin: User, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A traceback names what failed, never what a form had."""
    from activity import writer

    monkeypatch.setattr(writer, "entry_halves", lambda row: 1 / 0)
    admin = client_of(account_admin)
    admin.raise_request_exception = False
    sent = {"name": "Git", "category": "ci", "application_type": "jenkins", "new_credentials": canary("posted")}
    response = fill(admin, "/a/acme/integrations/new/", **sent)
    assert response.status_code == 500
    assert not [line for line in (*app_log, response.content.decode()) if canary("posted") in line]


def test_e1_nor_does_a_row_that_the_database_refused(app_log: list[str], account: Account) -> None:
    """PostgreSQL tells all that was in it."""
    config = SsoConfig(account=account, domains=[], client_id=canary("row\n\nover lines"), enforced=True)
    try:
        with recording(TESTS):
            config.save()
    except IntegrityError as error:
        assert "canary-row" in str(error)
        logging.getLogger("app").exception("Refused")
    assert any("enforced_only_if_enabled" in line for line in app_log)
    assert not [line for line in app_log if "canary-row" in line or "over lines" in line]


@pytest.mark.parametrize("model", TRACKED, ids=lambda model: model.__name__)
def test_e1_a_field_that_sounds_secret_is_out_of_history_or_a_fingerprint(model: Any) -> None:
    kept = {field.name for field in history_model(model).tracked_fields}
    sounding = {field.name for field in model._meta.concrete_fields if _SECRET.search(field.name)}
    assert kept & sounding <= model.secret_fields
    assert all(name.endswith("_fingerprint") for name in model.secret_fields)


def test_e3_an_entry_has_of_a_key_what_everybody_may_see(secrets: dict[str, str], account: Account) -> None:
    made = Entry.objects.get(account=account, type="API_ACCESS_KEY")
    key = secrets["API key"]
    assert key.rpartition("_")[2] not in str(vars(made))
