"""Every kind of page, by axe-core, in both colour schemes; and no page scrolls sideways."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import Account, ApiKey, Invitation, Membership, Role, User
from accounts.setup import add_member
from activity.actors import Actor
from activity.integrity import START
from activity.models import Entry, SavedView
from activity.proof.checkpoints import make
from activity.proof.runs import keep
from activity.proof.verification import verify
from activity.recording import recording
from tests.accounts.identity_providers import configure
from tests.tampering import tamper
from tracked_objects.models import (
    BusinessAlignmentProfile,
    Developer,
    DeveloperUpload,
    EfficiencyProfile,
    Integration,
    OrgTree,
    ProductivityProfile,
    Team,
)
from tracked_objects.models.growing import Shape, grow
from tracked_objects.models.lead_time import default_lead_time
from tracked_objects.upload import checking
from tracked_objects.upload.reading import read

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LONG = "A name that goes on for as long as anybody could think of, andthenhasawordwithoutanyspaceinit"
PAGES = [
    "developers/",
    "developers/{developer}/",
    "developers/new/",
    "developers/upload/",
    "developers/upload/{upload}/",
    "developers/upload/{upload}/review/",
    "developers/upload/{approved}/",
    "developers/cloud-ids/",
    "developers/cloud-ids/{sync}/",
    "developers/delete/?id={developer}",
    "org-trees/",
    "org-trees/{tree}/",
    "org-trees/{tree}/edit/",
    "org-trees/{tree}/delete/",
    "org-trees/delete/?id={tree}",
    "org-trees/new/",
    "org-trees/{grown}/",
    "org-trees/{grown}/tree/",
    "org-trees/{grown}/tree/?node={developer}",
    "org-trees/{grown}/table/",
    "org-trees/{grown}/table/?show=unmatched",
    "org-trees/{grown}/delete/",
    "teams/",
    "teams/?select=all",
    "teams/?q=nothing-like-it",
    "teams/?nope=1",
    "teams/{team}/",
    "teams/{team}/edit/",
    "teams/{team}/delete/",
    "teams/{team}/versions/",
    "teams/{team}/versions/1/",
    "teams/{team}/versions/1/restore/",
    "teams/{team}/versions/at/?at=2020-01-01",
    "teams/{team}/versions/at/?at=nope",
    "teams/{team}/versions/compare/",
    "efficiency-profiles/{efficiency}/",
    "efficiency-profiles/{efficiency}/edit/",
    "productivity-profiles/{productivity}/edit/",
    "business-alignment-profiles/{alignment}/",
    "business-alignment-profiles/{alignment}/edit/",
    "integrations/{integration}/",
    "integrations/{integration}/edit/",
    "api-keys/",
    "api-keys/new/",
    "api-keys/{key}/",
    "api-keys/{key}/revoke/",
    "activity/",
    "activity/?panel=open",
    "activity/?email=nobody@acme.example",
    "activity/?type=NOPE",
    "activity/{entry}/",
    "activity/verify/",
    "activity/reconcile/",
    "activity/keys/",
    "activity/object/TEAM/{team}/",
    "activity/views/",
    "activity/views/new/?type=TEAM",
    "activity/views/{view}/edit/",
    "activity/views/{view}/delete/",
    "members/",
    "members/?status=deactivated",
    "members/{member}/",
    "members/{member}/roles/",
    "members/{member}/delete/",
    "invitations/",
    "invitations/{invitation}/",
    "invitations/new/",
    "invitations/{invitation}/delete/",
    "roles/",
    "roles/{role}/",
    "roles/{role}/edit/",
    "roles/new/",
    "activity/object/USER/{user}/",
    "sso/",
    "sso/delete/",
    "teams/0/",
]


def _uploads(account: Account, account_admin: User, developer: Developer) -> dict[str, int]:
    """A file that waits, one that was approved, and one of cloud IDs."""
    ids = {}
    mapping = [["Name", "Display name"], ["Email", "Email"], [LONG, "Manager email"]]
    content = f'Name,Email,"{LONG}"\n"{LONG}",ann@acme.example,\n'.encode()
    sheet = read(content)
    for name, fields in (("upload", {"mapping": mapping}), ("approved", {"approved_at": timezone.now()})):
        upload = DeveloperUpload.keep(
            content, account=account, owner=account_admin, file_name=f"{LONG}.csv", preview=sheet.preview, **fields
        )
        upload.records = checking.check(sheet, [target for _column, target in mapping]).packed
        upload.save()
        ids[name] = upload.pk
    ids["sync"] = DeveloperUpload.keep(
        content,
        account=account,
        owner=account_admin,
        file_name=f"{LONG}.csv",
        purpose=DeveloperUpload.Purpose.CLOUD_IDS,
        records=[(2, developer.email, "github", LONG), (3, f"{LONG}@acme.example", LONG[:60], LONG)],
    ).pk
    return ids


@pytest.fixture
def ids(account: Account, org_tree: OrgTree, account_admin: User) -> dict[str, Any]:
    """One object of each kind, a view, two uploads, and a team that was edited: the newest entry."""
    with recording(Actor.system("tests")):
        developer = Developer.objects.create(account=account, full_name=LONG, email=f"{'x' * 60}@acme.example")
        conditions = [{"property": LONG, "operator": "lacks", "values": [LONG[:90]] * 2}]
        categories = [{"name": LONG, "ticket_scope": "matching", "conditions": conditions}]
        lead_time = default_lead_time()
        lead_time["phases"][1]["enabled"] = False
        ids = {
            "developer": developer.pk,
            "tree": org_tree.pk,
            "team": Team.objects.create(
                account=account,
                org_tree=org_tree,
                name=LONG,
                settings={"branches": conditions},
                alignment_filters={LONG: [{"match": "any", "conditions": conditions}]},
            ).pk,
            "efficiency": EfficiencyProfile.objects.create(account=account, name=LONG, lead_time=lead_time).pk,
            "productivity": ProductivityProfile.objects.create(account=account, name="Output").pk,
            "alignment": BusinessAlignmentProfile.objects.create(account=account, name="A", categories=categories).pk,
            "integration": Integration.objects.create(account=account, name="GitHub", category="source_code").pk,
            "role": Role.objects.create(account=account, name=LONG, capabilities=["activity.view"]).pk,
            "user": add_member(account, f"{'y' * 60}@acme.example", LONG, name=LONG, org_tree=org_tree).pk,
            "invitation": Invitation.objects.create(
                account=account, email=f"{'z' * 60}@acme.example", name=LONG, roles=[LONG], invited_by=account_admin
            ).pk,
        }
        grown = OrgTree.objects.create(account=account, name=f"{LONG} too", grown=True)
        for number in range(2):
            Developer.objects.create(
                account=account, full_name=LONG, email=f"r{number}@acme.example", manager=developer if number else None
            )
        grow(grown, Shape())
        ids["grown"] = grown.pk
        ids["member"] = Membership.objects.get(account=account, user=ids["user"]).pk
        key = ApiKey.issue(account, account_admin)
        key.name, key.role = LONG, "Read only"
        key.save()
        ids["key"] = key.pk
    with recording(Actor.system("tests")):
        team = Team.objects.get(pk=ids["team"])
        team.manager = developer
        team.save()
        team.members.add(developer)
    configure(account, server_url="http://localhost:9", client_id="x")
    view = SavedView.objects.create(
        account=account, owner=account_admin, name=LONG[:80], query="type=TEAM", shared=True
    )
    ids |= _uploads(account, account_admin, developer)
    make(account)
    keep(account, verify(account, START), {"actor": Actor.system("verify")})
    return {**ids, "view": view.pk, "entry": Entry.objects.filter(account=account).latest("seq").seq}


@pytest.mark.parametrize("path", PAGES)
def test_nobody_is_shut_out(
    browse_as: Callable[[User], Page], account_admin: User, ids: dict[str, Any], complaints: list[str], path: str
) -> None:
    page = browse_as(account_admin)
    page.goto(f"{page.url.partition('/activity/')[0]}/{path.format(**ids)}")
    check(page)
    complaints[:] = [text for text in complaints if "the server responded with a status of 40" not in text]


@pytest.mark.parametrize(
    "path", ["login/", "password/reset/", "password/reset/sent/", "password/reset/1-made-up/", "sso/"]
)
def test_signing_in_shuts_nobody_out(database_beside_browser: None, page: Page, live_server: Any, path: str) -> None:
    page.goto(f"{live_server.url}/accounts/{path}")
    check(page)


OWN_PAGES = ["", "email/", "password/", "sessions/", "confirm/", "security/"]
# With a second factor of each kind; {passkey} is its id.
FACTORS = ["", "app/remove/", "codes/", "codes/new/", "passkeys/{passkey}/", "passkeys/{passkey}/remove/"]


@pytest.mark.parametrize("path", OWN_PAGES)
def test_your_own_account_shuts_nobody_out(browse_as: Callable[[User], Page], account_admin: User, path: str) -> None:
    page = browse_as(account_admin)
    page.goto(f"{page.url.partition('/a/')[0]}/accounts/own/{path}")
    check(page)


def test_second_factors_shut_nobody_out(
    browse_as: Callable[[User], Page], account_admin: User, password: str, with_passkeys: None
) -> None:
    page = browse_as(account_admin)
    with recording(Actor.system("tests")):
        TOTP.activate(account_admin, generate_totp_secret())
        RecoveryCodes.activate(account_admin)
    security = f"{page.url.partition('/a/')[0]}/accounts/own/security/"
    page.goto(f"{security}passkeys/new/")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Name").fill(LONG[:60])
    check(page)
    page.get_by_role("button", name="Add").click()
    page.wait_for_url(security)
    passkey = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN).pk
    for path in FACTORS:
        page.goto(f"{security}{path.format(passkey=passkey)}")
        check(page)
    page.context.clear_cookies()
    page.goto(f"{security.partition('own/')[0]}login/")
    page.get_by_label("Email").fill(account_admin.email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("This code is wrong")).to_be_visible()
    check(page)


def test_the_api_shuts_nobody_out(database_beside_browser: None, page: Page, live_server: Any) -> None:
    page.goto(f"{live_server.url}/api/docs/")
    check(page)


def test_what_is_not_as_recorded_is_recorded_afterwards(
    browse_as: Callable[[User], Page], account_admin: User, ids: dict[str, Any]
) -> None:
    tamper("UPDATE tracked_objects_team SET name = %s WHERE id = %s", LONG.upper(), ids["team"])
    page = browse_as(account_admin)
    page.goto(f"{page.url.partition('/a/')[0]}/a/acme/activity/reconcile/")
    page.get_by_role("button", name="Compare now").click()
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("This field is required.")).to_be_visible()
    check(page)
    page.get_by_label("Reason").fill(LONG)
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_text("Every object is what the log says.")).to_be_visible()


def test_no_permission_says_whom_to_ask(
    browse_as: Callable[[User], Page], sei_viewer: User, complaints: list[str]
) -> None:
    page = browse_as(sei_viewer)
    page.goto(page.url.replace("members", "activity"))
    assert "Ask an Account Admin of Acme" in page.inner_text("main")
    check(page)
    complaints.clear()


def check(page: Page) -> None:
    """No violation and nothing wider than the screen, light on a desktop and dark on a phone."""
    for width, scheme in ((1280, "light"), (390, "dark")):
        page.set_viewport_size({"width": width, "height": 800})
        # Without motion: a colour on its way from one scheme to the other has no contrast.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        found = Axe().run(page, options={"runOnly": RULES})
        assert found.violations_count == 0, f"{width} px, {scheme}: {found.generate_report()}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width
