"""Pages of API keys that differ from those of other objects: shown once, revoked, deleted when they are over."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.api_keys import roles_for
from accounts.models import ApiKey
from tracked_objects.forms import ObjectForm, ReasonForm
from tracked_objects.views import ObjectCreate, ObjectDelete, ObjectView


class KeyCreate(ObjectCreate):
    """The answer to the form is the only page that ever shows the key."""

    def new(self) -> ApiKey:
        if not roles_for(self.access):
            raise PermissionDenied("Holds all of no role that a key can have.")
        return ApiKey.issue(self.access.account, self.request.user)  # type: ignore[arg-type]

    def saved(self, form: ObjectForm) -> HttpResponse:
        return self.show("api_keys/created", {"object": form.instance})


class KeyEnd(ObjectView):
    """What can only be done to a key that works, or that doesn't: else its page says why not."""

    why_not: Promise
    key: ApiKey

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method not in {"GET", "HEAD", "POST"}:
            return self.http_method_not_allowed(request)
        found: QuerySet[Any] = self.queryset()
        if request.method == "POST":
            found = found.select_for_update(of=("self",), no_key=True)
        self.key = get_object_or_404(found, pk=kwargs["pk"])
        if self.key.allows(self.verb):
            return super().dispatch(request, *args, **kwargs)
        messages.warning(request, str(self.why_not))
        return redirect(self.url("detail", self.key.pk))


class KeyRevoke(KeyEnd):
    """Asks first; from then on the key is refused."""

    verb = "edit"
    why_not = gettext_lazy("This key doesn't work any more, so there is nothing to revoke.")

    def get(self, request: HttpRequest, account: str, pk: int) -> HttpResponse:
        return self.ask(ReasonForm())

    def post(self, request: HttpRequest, account: str, pk: int) -> HttpResponse:
        reason = ReasonForm(request.POST)
        if not reason.is_valid():
            return self.ask(reason)
        self.key.revoked_at = timezone.now()
        self.key.save()
        request.reason = reason.cleaned_data["reason"]  # type: ignore[attr-defined]
        messages.success(request, _("Revoked: %(object)s.") % {"object": self.key})
        return redirect(self.url("detail", pk))

    def ask(self, reason: ReasonForm) -> HttpResponse:
        return self.show("api_keys/revoke", {"object": self.key, "reason": reason})


class KeyDelete(KeyEnd, ObjectDelete):
    why_not = gettext_lazy("This key still works. Revoke it first; then it can be deleted.")
