"""Every kind of page, by axe-core, in both colour schemes; and no page scrolls sideways."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page

from accounts.models import Account, User
from activity.actors import Actor
from activity.integrity import START
from activity.models import Entry, SavedView
from activity.proof.checkpoints import make
from activity.proof.runs import keep
from activity.proof.verification import verify
from activity.recording import recording
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
    "org-trees/",
    "org-trees/{tree}/",
    "org-trees/{tree}/edit/",
    "org-trees/{tree}/delete/",
    "org-trees/new/",
    "org-trees/{grown}/",
    "org-trees/{grown}/tree/",
    "org-trees/{grown}/tree/?node={developer}",
    "org-trees/{grown}/table/",
    "org-trees/{grown}/table/?show=unmatched",
    "org-trees/{grown}/delete/",
    "teams/",
    "teams/?q=nothing-like-it",
    "teams/?nope=1",
    "teams/{team}/",
    "teams/{team}/edit/",
    "teams/{team}/delete/",
    "efficiency-profiles/{efficiency}/",
    "efficiency-profiles/{efficiency}/edit/",
    "productivity-profiles/{productivity}/edit/",
    "business-alignment-profiles/{alignment}/",
    "business-alignment-profiles/{alignment}/edit/",
    "integrations/{integration}/",
    "integrations/{integration}/edit/",
    "activity/",
    "activity/?panel=open",
    "activity/?email=nobody@acme.example",
    "activity/?type=NOPE",
    "activity/{entry}/",
    "activity/verify/",
    "activity/keys/",
    "activity/object/TEAM/{team}/",
    "activity/views/",
    "activity/views/new/?type=TEAM",
    "activity/views/{view}/edit/",
    "activity/views/{view}/delete/",
    "teams/0/",
]


@pytest.fixture
def ids(account: Account, org_tree: OrgTree, account_admin: User) -> dict[str, Any]:
    """One object of each kind, a view, two uploads, and a team that was edited: the newest entry."""
    with recording(Actor.system("tests")):
        developer = Developer.objects.create(account=account, full_name=LONG, email=f"{'x' * 60}@acme.example")
        categories = [{"name": LONG, "ticket_scope": "matching", "conditions": []}]
        ids = {
            "developer": developer.pk,
            "tree": org_tree.pk,
            "team": Team.objects.create(account=account, org_tree=org_tree, name=LONG).pk,
            "efficiency": EfficiencyProfile.objects.create(account=account, name=LONG).pk,
            "productivity": ProductivityProfile.objects.create(account=account, name="Output").pk,
            "alignment": BusinessAlignmentProfile.objects.create(account=account, name="A", categories=categories).pk,
            "integration": Integration.objects.create(account=account, name="GitHub", category="source_code").pk,
        }
        grown = OrgTree.objects.create(account=account, name=f"{LONG} too", grown=True)
        for number in range(2):
            Developer.objects.create(
                account=account, full_name=LONG, email=f"r{number}@acme.example", manager=developer if number else None
            )
        grow(grown, Shape())
        ids["grown"] = grown.pk
    with recording(Actor.system("tests")):
        team = Team.objects.get(pk=ids["team"])
        team.manager = developer
        team.save()
        team.members.add(developer)
    view = SavedView.objects.create(
        account=account, owner=account_admin, name=LONG[:80], query="type=TEAM", shared=True
    )
    mapping = [["Name", "Display name"], ["Email", "Email"], [LONG, "Manager email"]]
    content = f'Name,Email,"{LONG}"\n"{LONG}",ann@acme.example,\n'.encode()
    for name, fields in (("upload", {"mapping": mapping}), ("approved", {"approved_at": timezone.now()})):
        ids[name] = DeveloperUpload.keep(
            content, account=account, owner=account_admin, file_name=f"{LONG}.csv", **fields
        ).pk
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


def test_signing_in_shuts_nobody_out(database_beside_browser: None, page: Page, live_server: Any) -> None:
    page.goto(f"{live_server.url}/accounts/login/")
    check(page)


def test_no_permission_says_whom_to_ask(
    browse_as: Callable[[User], Page], sei_viewer: User, complaints: list[str]
) -> None:
    page = browse_as(sei_viewer)
    page.goto(f"{page.url}activity/")
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
