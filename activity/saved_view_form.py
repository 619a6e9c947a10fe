"""The form of a saved view, and what the log says about those that are shared."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.guard import Access
from activity.diff import diff
from activity.models import SavedView
from activity.recording import recording
from activity.requests import context_of
from activity.scope import MANAGE
from activity.visible import visible

MOST, LONGEST = 100, 16_000
_SENTENCES = {
    "CREATED": gettext_lazy("Shared view “%(name)s”"),
    "EDITED": gettext_lazy("Edited shared view “%(name)s”"),
    "DELETED": gettext_lazy("Removed shared view “%(name)s”"),
}


class SavedViewForm(forms.ModelForm):
    """Name of a view and, for those who manage the log, whether it is shared."""

    class Meta:
        model = SavedView
        fields = ["name", "shared"]
        labels = {"shared": gettext_lazy("Share with everybody who may see this log")}
        help_texts = {"shared": gettext_lazy("They open the same filter and find what they themselves may see.")}

    def __init__(self, viewer: Access, data: Any = None, *, instance: SavedView) -> None:
        super().__init__(data, instance=instance)
        if not viewer.can(MANAGE):
            del self.fields["shared"]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if visible(name) != name:
            raise ValidationError(_("There are characters in this that can't be seen. Please type it anew."))
        return name

    def clean(self) -> dict[str, Any]:
        view = self.instance
        if view.pk is None and len(view.query) > LONGEST:
            self.add_error(None, _("This filter is too long to be saved. Remove some of its values."))
        if view.pk is None and SavedView.objects.filter(account=view.account, owner=view.owner).count() >= MOST:
            message = _("You have %(most)d saved views, and more can't be kept. Delete one first.")
            self.add_error(None, message % {"most": MOST})
        return self.cleaned_data

    def try_save(self) -> bool:
        """Save the view; False when its owner has another one of this name, with the error in the form."""
        try:
            with transaction.atomic():
                self.save()
        except IntegrityError:
            self.add_error("name", _("There is already a view of this name."))
            return False
        return True


def facts(view: SavedView) -> dict[str, Any]:
    """What the account sees of a view: nothing, unless it is shared."""
    return {"Name": view.name, "Filter": view.query} if view.pk and view.shared else {}


def record(request: HttpRequest, view: SavedView, pk: int, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Record what changed for the account. Private views are nobody's business, so they make no entry."""
    if before == after:
        return
    action = "EDITED" if before and after else "CREATED" if after else "DELETED"
    with recording(**context_of(request)) as rec, translation.override(settings.LANGUAGE_CODE):
        rec.add(
            view.account,
            "ACTIVITY_LOG",
            action,
            object_id=f"view-{pk}",
            object_name=view.name,
            summary=str(_SENTENCES[action]) % {"name": view.name},
            changes=diff(before, after),
        )
