"""The pages of an upload: file → mapping → review → approve. Only approving writes developers."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tracked_objects.forms import ReasonForm
from tracked_objects.models import DeveloperUpload
from tracked_objects.upload.applying import apply, remember
from tracked_objects.upload.checking import Checked, check
from tracked_objects.upload.comparing import Review, compare, stored_in
from tracked_objects.upload.forms import MappingForm
from tracked_objects.upload.leaving import teams_left
from tracked_objects.upload.mapping import guessed
from tracked_objects.upload.pages import ReviewView, StartView, UploadView
from tracked_objects.upload.problems import Problems
from tracked_objects.upload.reading import Sheet, read
from tracked_objects.views import PER_PAGE

CRUMB = _("Upload CSV")
SHOWN: dict[str, Promise] = {
    "created": _("Created"),
    "edited": _("Edited"),
    "removed": _("Removed"),
    "unchanged": _("Unchanged"),
}


class UploadStart(StartView):
    """Takes the file. One without columns or rows is refused at once."""

    crumb = CRUMB
    title = _("Upload developers")
    notes = (
        _("The file has everybody: who isn't in it is removed. You see every difference before anything is saved."),
    )
    then = "upload-map"

    def kept(self, sheet: Sheet) -> dict[str, Any] | None:
        return {"preview": sheet.preview} if sheet.columns and sheet.rows else None


class UploadMap(UploadView):
    """The first rows, and which column is which field. With problems the file goes no further."""

    crumb = CRUMB

    def get(self, request: HttpRequest, account: str, upload: int) -> HttpResponse:
        found = self.upload(upload)
        if found.approved_at:
            return self.gone(found)
        columns = found.preview["columns"]
        targets = [target for _column, target in found.mapping] or guessed(self.access.account, columns)
        return self.form(found, MappingForm(columns, targets))

    def post(self, request: HttpRequest, account: str, upload: int) -> HttpResponse:
        found = self.upload(upload, lock=True)
        if found.approved_at:
            return self.gone(found)
        columns = found.preview["columns"]
        form = MappingForm(columns, [""] * len(columns), request.POST)
        if not form.is_valid():
            return self.form(found, form)
        checked = check(read(found.file), form.targets)
        found.mapping = list(zip(columns, form.targets, strict=True))
        found.records = None if checked.problems else checked.packed
        found.save(update_fields=["mapping", "checked"])
        if checked.problems:
            return self.form(found, form, checked.problems)
        return redirect(self.url("upload-review", found.pk))

    def form(self, upload: DeveloperUpload, form: MappingForm, problems: Problems | None = None) -> HttpResponse:
        first = upload.preview["rows"]
        rows = [
            (field, [cells[place] if place < len(cells) else "" for cells in first]) for place, field in enumerate(form)
        ]
        context = {"upload": upload, "form": form, "rows": rows, "problems": problems}
        return self.show("upload/map", context)


class UploadReview(ReviewView):
    """Every difference; approving writes just those that were shown."""

    crumb = CRUMB
    before = "upload-map"
    done = _("The upload is approved: %(file)s.")

    def review(self, upload: DeveloperUpload) -> Review:
        checked = Checked.unpacked(upload.records)
        return compare(stored_in(self.access.account, checked.fields), checked)

    def token(self, upload: DeveloperUpload, review: Review) -> str:
        return review.token(upload.digest) if review.changes else ""

    def apply(self, upload: DeveloperUpload, review: Review, details: dict[str, Any]) -> None:
        apply(self.access.account, review, {**details, "rows": review.rows})
        remember(self.access.account, dict(upload.mapping))

    def page(
        self, upload: DeveloperUpload, review: Review, reason: ReasonForm | None = None, status: int = 200
    ) -> HttpResponse:
        counts = {name: len(getattr(review, name)) for name in SHOWN}
        shown = self.request.GET.get("show") or next((name for name in SHOWN if counts[name]), "created")
        if shown not in SHOWN:
            raise Http404
        page = Paginator(getattr(review, shown), PER_PAGE).get_page(self.request.GET.get("page"))
        rows = review.differences(page.object_list)
        left = teams_left(self.access, [row.pk for row in rows if row.pk]) if shown == "removed" else {}
        context = {
            "review": review,
            "tabs": [(name, label, counts[name]) for name, label in SHOWN.items()],
            "shown": shown,
            "label": SHOWN[shown],
            "page": page,
            "rows": [(row, left.get(row.pk or 0, [])) for row in rows],
            "removed": counts["removed"],
        }
        return self.show("upload/review", {**self.shared(upload, review, reason, status), **context}, status)
