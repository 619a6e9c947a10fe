"""The form of an org tree: saving it lets its teams grow."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from tracked_objects.forms.base import ObjectForm
from tracked_objects.forms.fields import PersonField
from tracked_objects.forms.organisation import IntegrationsField
from tracked_objects.models import OrgTree, Team
from tracked_objects.models.growing import Shape, grow, shape_of
from tracked_objects.models.organisation import lock_developers

_NAMED = 10


class OrgTreeForm(ObjectForm):
    grown = forms.BooleanField(
        label=_("Grow from managers"),
        required=False,
        help_text=_(
            "Each manager is a node with their reports below, and teams follow every upload of developers. Otherwise "
            "teams are made by hand."
        ),
    )
    root = PersonField(
        label=_("Top manager"),
        required=False,
        help_text=_("E-mail of whoever the tree grows from. Leave it empty for everybody."),
    )
    integrations = IntegrationsField(
        label=_("Default integrations"), help_text=_("Teams of the tree use them unless they have their own.")
    )
    confirmed = forms.CharField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = OrgTree
        fields = (
            "name",
            "description",
            "grown",
            "root",
            "efficiency_profile",
            "productivity_profile",
            "business_alignment_profile",
            "integrations",
        )
        widgets = {"description": forms.Textarea({"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        item = self.instance
        self.before = shape_of(item.account_id, item.root_id) if self.is_bound and item.pk and item.grown else Shape()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("grown"):
            cleaned["root"] = None
        elif self._grows() and "root" not in self.errors:
            lock_developers(self.access.account.pk)
            self._confirm(cleaned["root"])
        return cleaned

    def _grows(self) -> bool:
        """Whether teams come or go by saving."""
        return self.instance.pk is None or bool({"grown", "root"}.intersection(self.changed_data))

    def _confirm(self, root: Any) -> None:
        """Refuse once to take teams away with their settings; whoever has read which may save again."""
        wanted = shape_of(self.access.account.pk, root and root.pk).teams
        teams = Team.objects.filter(org_tree=self.instance.pk).exclude(manager__in=list(wanted)).order_by("name", "pk")
        going = [team.name for team in teams]
        token = salted_hmac("tracked_objects.going", "\n".join(going)).hexdigest()[:16]
        if going and self.cleaned_data.get("confirmed") != token:
            self.data["confirmed"] = token  # type: ignore[index]
            words = ngettext_lazy(
                "This takes %(n)d team away, with its settings: %(names)s. Save again to do it.",
                "This takes %(n)d teams away, with their settings: %(names)s. Save again to do it.",
                len(going),
            )
            names = ", ".join([*going[:_NAMED], *["…"] * (len(going) > _NAMED)])
            self.add_error(None, ValidationError(words, params={"n": len(going), "names": names}))

    def try_save(self) -> bool:
        grows = self._grows()
        if not super().try_save():
            return False
        if grows and self.instance.grown:
            grow(self.instance, self.before)
        return True
