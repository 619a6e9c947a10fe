"""The pages of an upload: file → mapping → review → approve. Only approving writes developers."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from accounts.bulk import no_collector
from tracked_objects.forms import ReasonForm
from tracked_objects.kinds import KINDS
from tracked_objects.models import Developer, DeveloperUpload, FieldMapping
from tracked_objects.models.organisation import lock_developers
from tracked_objects.scope import may_upload
from tracked_objects.upload.applying import apply
from tracked_objects.upload.checking import Checked, check
from tracked_objects.upload.comparing import Review, compare
from tracked_objects.upload.forms import FileForm, MappingForm
from tracked_objects.upload.leaving import teams_left
from tracked_objects.upload.mapping import guess
from tracked_objects.upload.problems import Problems
from tracked_objects.upload.reading import read
from tracked_objects.views import PER_PAGE, ObjectView

SHOWN: dict[str, Promise] = {
    "created": _lazy("Created"),
    "edited": _lazy("Edited"),
    "removed": _lazy("Removed"),
    "unchanged": _lazy("Unchanged"),
}


class UploadView(ObjectView):
    """What the pages of an upload share."""

    kind = KINDS["developers"]
    verb = "create"
    purposes: Sequence[str] = (DeveloperUpload.Purpose.RECORDS,)

    @no_collector()
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not may_upload(self.access):
            raise PermissionDenied("Uploading creates, edits and deletes developers.")
        return super().dispatch(request, *args, **kwargs)

    def upload(self, pk: int, lock: bool = False) -> DeveloperUpload:
        """The member's own upload, for what this page is about."""
        found = DeveloperUpload.objects.select_for_update() if lock else DeveloperUpload.objects
        owned = found.filter(account=self.access.account, owner=self.request.user, purpose__in=self.purposes)
        return get_object_or_404(owned, pk=pk)

    def gone(self, upload: DeveloperUpload) -> HttpResponse:
        """The answer about an upload that has been approved."""
        return self.show("upload/gone", {"upload": upload}, status=409)


class UploadStart(UploadView):
    """Takes the file. One without columns or rows is refused at once."""

    def get(self, request: HttpRequest, account: str) -> HttpResponse:
        return self.show("upload/start", {"form": FileForm()})

    def post(self, request: HttpRequest, account: str) -> HttpResponse:
        form = FileForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.show("upload/start", {"form": form})
        file = form.cleaned_data["file"]
        content = file.read()
        sheet = read(content)
        if not sheet.columns or not sheet.rows:
            return self.show("upload/start", {"form": FileForm(), "problems": sheet.problems, "file_name": file.name})
        upload = DeveloperUpload.keep(
            content,
            account=self.access.account,
            owner=request.user,
            file_name=file.name,
            preview=sheet.preview,
        )
        return redirect(self.url("upload-map", upload.pk))


class UploadMap(UploadView):
    """The first rows, and which column is which field. With problems the file goes no further."""

    def get(self, request: HttpRequest, account: str, upload: int) -> HttpResponse:
        found = self.upload(upload)
        if found.approved_at:
            return self.gone(found)
        columns = found.preview["columns"]
        targets = [target for _column, target in found.mapping] or self._guess(columns)
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

    def _guess(self, columns: Sequence[str]) -> list[str]:
        saved = FieldMapping.objects.filter(account=self.access.account).first()
        known = Developer.attribute_names(self.access.account)
        return guess(columns, saved.columns if saved else {}, {name.lower() for name in known})

    def form(self, upload: DeveloperUpload, form: MappingForm, problems: Problems | None = None) -> HttpResponse:
        first = upload.preview["rows"]
        rows = [
            (field, [cells[place] if place < len(cells) else "" for cells in first]) for place, field in enumerate(form)
        ]
        context = {"upload": upload, "form": form, "rows": rows, "problems": problems}
        return self.show("upload/map", context)


class UploadReview(UploadView):
    """Every difference; approving writes just those that were shown."""

    def get(self, request: HttpRequest, account: str, upload: int) -> HttpResponse:
        found = self.upload(upload)
        if found.approved_at:
            return self.gone(found)
        review = self._review(found)
        return self.page(found, review) if review else redirect(self.url("upload-map", found.pk))

    def post(self, request: HttpRequest, account: str, upload: int) -> HttpResponse:
        # Whoever approves at the same moment waits here, and then sees what has become of it.
        lock_developers(self.access.account.pk)
        found = self.upload(upload, lock=True)
        if found.approved_at:
            return self.gone(found)
        review = self._review(found)
        if review is None:
            return redirect(self.url("upload-map", found.pk))
        reason = ReasonForm(request.POST)
        if request.POST.get("token") != review.token(found.checked):
            return self.page(found, review, reason, status=409)
        if not reason.is_valid():
            return self.page(found, review, reason)
        return self._approve(found, review, reason)

    def _approve(self, upload: DeveloperUpload, review: Review, reason: ReasonForm) -> HttpResponse:
        details = {"file_name": upload.file_name, "sha256": upload.sha256, "rows": review.rows}
        try:
            apply(self.access.account, review, dict(upload.mapping), details)
        except (IntegrityError, Developer.DoesNotExist):
            return self.page(upload, self._review(upload) or review, reason, status=409)
        upload.close()
        self.request.reason = reason.cleaned_data["reason"]  # type: ignore[attr-defined]
        messages.success(self.request, _("The upload is approved: %(file)s.") % {"file": upload.file_name})
        return redirect(self.url("list"))

    def _review(self, upload: DeveloperUpload) -> Review | None:
        """What approving would do; None while the mapping isn't chosen or anything is wrong."""
        return compare(self.access.account, Checked.unpacked(upload.records)) if upload.checked else None

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
            "upload": upload,
            "review": review,
            "token": review.token(upload.checked),
            "tabs": [(name, label, counts[name]) for name, label in SHOWN.items()],
            "shown": shown,
            "label": SHOWN[shown],
            "page": page,
            "rows": [(row, left.get(row.pk or 0, [])) for row in rows],
            "removed": counts["removed"],
            "reason": reason or ReasonForm(),
            "changed": status == 409,
        }
        return self.show("upload/review", context, status)


class UploadCancel(UploadView):
    """Forgets an upload that isn't approved."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, account: str, upload: int) -> HttpResponse:
        found = self.upload(upload, lock=True)
        if found.approved_at:
            return self.gone(found)
        found.delete()
        messages.success(request, _("The upload is cancelled. Nothing has changed."))
        return redirect(self.url("list"))
