"""What the pages of any upload about developers share: take a file, show what it would do, approve just that."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.bulk import no_collector
from tracked_objects.forms import ReasonForm
from tracked_objects.kinds import KINDS
from tracked_objects.models import Developer, DeveloperUpload
from tracked_objects.models.organisation import lock_developers
from tracked_objects.scope import may_upload
from tracked_objects.upload.forms import FileForm
from tracked_objects.upload.reading import Sheet, read
from tracked_objects.views import ObjectView


class UploadView(ObjectView):
    """A page of an upload; `purposes` are those of the files that it is about."""

    kind = KINDS["developers"]
    verb = "create"
    purposes: Sequence[str] = (DeveloperUpload.Purpose.RECORDS,)
    crumb: Promise | str = ""

    @no_collector()
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not may_upload(self.access):
            raise PermissionDenied("Uploading creates, edits and deletes developers.")
        return super().dispatch(request, *args, **kwargs)

    def show(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        return super().show(template, {"crumb": self.crumb, **context}, status)

    def upload(self, pk: int, lock: bool = False) -> DeveloperUpload:
        """The member's own upload, if this page is for it."""
        found = DeveloperUpload.objects.select_for_update() if lock else DeveloperUpload.objects
        owned = found.filter(account=self.access.account, owner=self.request.user.pk, purpose__in=self.purposes)
        return get_object_or_404(owned, pk=pk)

    def gone(self, upload: DeveloperUpload) -> HttpResponse:
        """The answer about an upload that has been approved."""
        return self.show("upload/gone", {"upload": upload}, status=409)


class StartView(UploadView):
    """Takes the file; one that is refused is not kept."""

    title: Promise
    notes: Sequence[Promise]
    then: str

    def get(self, request: HttpRequest, account: str) -> HttpResponse:
        return self.page(FileForm())

    def post(self, request: HttpRequest, account: str) -> HttpResponse:
        form = FileForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.page(form)
        file = form.cleaned_data["file"]
        content = file.read()
        sheet = read(content)
        kept = self.kept(sheet)
        if kept is None:
            return self.page(FileForm(), problems=sheet.problems, file_name=file.name)
        upload = DeveloperUpload.keep(
            content, account=self.access.account, owner=request.user, file_name=file.name, **kept
        )
        return redirect(self.url(self.then, upload.pk))

    def kept(self, sheet: Sheet) -> dict[str, Any] | None:
        """What is kept beside the file; None refuses it, because of the problems of the sheet."""
        raise NotImplementedError

    def page(self, form: FileForm, **context: Any) -> HttpResponse:
        return self.show("upload/start", {"form": form, "title": self.title, "notes": self.notes, **context})


class ReviewView(UploadView):
    """Shows what approving would do; approving does just what was shown."""

    before: str
    done: Promise

    def get(self, request: HttpRequest, account: str, upload: int) -> HttpResponse:
        found = self.upload(upload)
        if found.approved_at:
            return self.gone(found)
        if not found.checked:
            return redirect(self.url(self.before, found.pk))
        return self.page(found, self.review(found))

    def post(self, request: HttpRequest, account: str, upload: int) -> HttpResponse:
        # Whoever approves at the same moment waits here, and then sees what has become of it.
        lock_developers(self.access.account.pk)
        found = self.upload(upload, lock=True)
        if found.approved_at:
            return self.gone(found)
        if not found.checked:
            return redirect(self.url(self.before, found.pk))
        review, reason = self.review(found), ReasonForm(request.POST)
        if not self.token(found, review) or request.POST.get("token") != self.token(found, review):
            return self.page(found, review, reason, status=409)
        if not reason.is_valid():
            return self.page(found, review, reason)
        return self._approve(found, review, reason)

    def _approve(self, upload: DeveloperUpload, review: Any, reason: ReasonForm) -> HttpResponse:
        try:
            self.apply(upload, review, {"file_name": upload.file_name, "sha256": upload.sha256})
        except (IntegrityError, Developer.DoesNotExist):
            return self.page(upload, self.review(upload), reason, status=409)
        upload.close()
        self.request.reason = reason.cleaned_data["reason"]  # type: ignore[attr-defined]
        messages.success(self.request, str(self.done) % {"file": upload.file_name})
        return redirect(self.url("list"))

    def review(self, upload: DeveloperUpload) -> Any:
        """What approving would do now."""
        raise NotImplementedError

    def token(self, upload: DeveloperUpload, review: Any) -> str:
        """What stands for all of that; empty when it can't be approved."""
        raise NotImplementedError

    def apply(self, upload: DeveloperUpload, review: Any, details: dict[str, Any]) -> None:
        """Do it. Raises IntegrityError or DoesNotExist when others have been quicker."""
        raise NotImplementedError

    def page(
        self, upload: DeveloperUpload, review: Any, reason: ReasonForm | None = None, status: int = 200
    ) -> HttpResponse:
        raise NotImplementedError

    def shared(self, upload: DeveloperUpload, review: Any, reason: ReasonForm | None, status: int) -> dict[str, Any]:
        """What every review's template is given."""
        return {
            "upload": upload,
            "token": self.token(upload, review),
            "reason": reason or ReasonForm(),
            "changed": status == 409,
        }


class UploadCancel(UploadView):
    """Forgets an upload that isn't approved."""

    purposes = DeveloperUpload.Purpose.values
    http_method_names = ["post"]

    def post(self, request: HttpRequest, account: str, upload: int) -> HttpResponse:
        found = self.upload(upload, lock=True)
        if found.approved_at:
            return self.gone(found)
        found.delete()
        messages.success(request, _("The upload is cancelled. Nothing has changed."))
        return redirect(self.url("list"))
