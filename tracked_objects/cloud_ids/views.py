"""The pages of a sync of cloud IDs: file → review → approve. Only approving writes developers."""

import hashlib
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from tracked_objects.cloud_ids.applying import apply
from tracked_objects.cloud_ids.planning import Identity, Person, Sync, plan
from tracked_objects.cloud_ids.rows import CloudId, rows_of
from tracked_objects.forms import ReasonForm
from tracked_objects.models import DeveloperUpload
from tracked_objects.upload.comparing import Change, Difference
from tracked_objects.upload.pages import ReviewView, StartView
from tracked_objects.upload.reading import Sheet
from tracked_objects.views import PER_PAGE

CRUMB = _("Sync cloud IDs")


class CloudIdsStart(StartView):
    """Takes the file; one with problems is refused at once."""

    crumb = CRUMB
    title = CRUMB
    notes = [
        _("It has the columns Email, Application type and Cloud ID: who somebody is in one tool. Others are ignored."),
        _("A cloud ID replaces what the developer has in the same application. You see every difference first."),
    ]
    then = "cloud-ids-review"

    def kept(self, sheet: Sheet) -> dict[str, Any] | None:
        rows = rows_of(sheet)
        plan(self.access.account, rows, sheet.problems)
        return None if sheet.problems else {"purpose": DeveloperUpload.Purpose.CLOUD_IDS, "records": rows}


class CloudIdsReview(ReviewView):
    """Who would get which cloud IDs, and which e-mails nobody has."""

    purposes = (DeveloperUpload.Purpose.CLOUD_IDS,)
    crumb = CRUMB
    before = "cloud-ids"
    done = _("The cloud IDs are synced: %(file)s.")

    def review(self, upload: DeveloperUpload) -> Sync:
        return plan(self.access.account, map(CloudId._make, upload.records))

    def token(self, upload: DeveloperUpload, review: Sync) -> str:
        if review.problems or not review.changes:
            return ""
        return hashlib.sha256(f"{upload.digest} {review.changes}".encode()).hexdigest()

    def apply(self, upload: DeveloperUpload, review: Sync, details: dict[str, Any]) -> None:
        apply(self.access.account, review, {**details, "rows": len(upload.records)})

    def page(
        self, upload: DeveloperUpload, review: Sync, reason: ReasonForm | None = None, status: int = 200
    ) -> HttpResponse:
        page = Paginator(review.changes, PER_PAGE).get_page(self.request.GET.get("page"))
        context = {
            "sync": review,
            "page": page,
            "rows": [(_difference(*change), []) for change in page.object_list],
        }
        return self.show("cloud_ids/review", {**self.shared(upload, review, reason, status), **context}, status)


def _difference(person: Person, identities: list[Identity]) -> Difference:
    """What changes in each application."""
    before, after = _by_type(person.identities), _by_type(identities)
    changes = [
        Change(name, ", ".join(before.get(name, [])), ", ".join(after.get(name, [])))
        for name in dict.fromkeys([*before, *after])
    ]
    return Difference(person.pk, person.name, person.email, [change for change in changes if change[1] != change[2]])


def _by_type(identities: list[Identity]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for identity in identities:
        found.setdefault(identity["application_type"], []).append(identity["cloud_id"])
    return found
