"""Deleting what was chosen in a list: it asks first, and then all of it goes as one batch, or nothing."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.keys import check_keys
from accounts.tracking import history_model
from tracked_objects.details import used_by
from tracked_objects.forms import ReasonForm
from tracked_objects.models.base import AccountObject, InUse
from tracked_objects.views import ObjectView

MAX_CHOSEN = 200
# So many users of each object are named.
FEW = 5


class ObjectsDelete(ObjectView):
    """Asks about all that was chosen; what is in use stays, and with it the rest."""

    verb = "delete"

    def get(self, request: HttpRequest, account: str) -> HttpResponse:
        return self._ask_or_leave(self._ids(request.GET), ReasonForm())

    def post(self, request: HttpRequest, account: str) -> HttpResponse:
        ids = self._ids(request.POST)
        items = self._items(ids)
        reason = ReasonForm(request.POST)
        if not 0 < len(items) == len(ids) <= MAX_CHOSEN or not reason.is_valid():
            return self._ask_or_leave(ids, reason)
        names = [str(item) for item in items]
        try:
            with transaction.atomic():
                self.kind.model.delete_together(self.access.account, items)
                # Keys that others are writing just now fail here, not at the commit.
                check_keys()
        except (InUse, IntegrityError, ObjectDoesNotExist):
            return self._ask_or_leave(ids, reason, refused=True)
        request.reason = reason.cleaned_data["reason"]  # type: ignore[attr-defined]
        said = names[0] if len(names) == 1 else f"{len(names)} {self.kind.plural}"
        messages.success(request, _("Deleted: %(object)s.") % {"object": said})
        return redirect(self.url("list"))

    def _ids(self, sent: QueryDict) -> set[int]:
        """The primary keys that were chosen."""
        words = sent.getlist("id")
        if not all(word.isdecimal() and len(word) < 19 for word in words):
            raise Http404
        return {int(word) for word in words}

    def _items(self, ids: set[int]) -> list[AccountObject]:
        """Those of them that are there. What the member may not delete, or never was theirs, is not found."""
        items = list(self.queryset().filter(pk__in=ids).order_by("pk"))
        missing = ids - {item.pk for item in items}
        if missing and self._deleted(missing) < len(missing):
            raise Http404
        return items

    def _deleted(self, ids: set[int]) -> int:
        """How many of the keys were those of objects that the member could have deleted, as history says."""
        gone = history_model(self.kind.model).objects.filter(account=self.access.account, id__in=ids, history_type="-")
        scope = self.access.scope(self.kind.needs("delete"))
        if scope is not None:
            path = self.kind.model.scope_path.replace("pk", "id")
            gone = gone.filter(**{f"{path}__in": scope}) if path else gone.none()
        return int(gone.values("id").distinct().count())

    def _ask_or_leave(self, ids: set[int], reason: ReasonForm, refused: bool = False) -> HttpResponse:
        """The page that asks, or that says why not; back to the list when there is nothing to ask about."""
        items = self._items(ids)
        if not items or len(ids) > MAX_CHOSEN:
            messages.warning(self.request, self._why_not(ids))
            return redirect(self.url("list"))
        rows = [(item, used_by(self.access, item, FEW)) for item in items]
        blocked = [item for item, used in rows if _blocks(item, used)]
        rows.sort(key=lambda row: (row[0] not in blocked, str(row[0]).casefold()))
        others = [("id", item.pk) for item in items if item not in blocked]
        gone = len(ids) - len(items)
        context = {
            "rows": rows,
            "blocked": blocked,
            "others": urlencode(others),
            "gone": gone,
            "refused": refused,
            "reason": reason,
        }
        return self.show("delete_selected", context, 409 if refused or gone else 200)

    def _why_not(self, ids: set[int]) -> str:
        if len(ids) > MAX_CHOSEN:
            return _("At most %(max)d can be deleted at once. Nothing is deleted.") % {"max": MAX_CHOSEN}
        return _("They have been deleted already.") if ids else _("Nothing is selected.")


def _blocks(item: AccountObject, used: dict[str, Any]) -> bool:
    return bool(used["users"] or used["more_users"]) and not item.frees_users
