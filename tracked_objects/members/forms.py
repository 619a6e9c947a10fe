"""The forms of roles, of giving them, and of inviting somebody with them."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.granting import check, give, in_charge, lacking, words
from accounts.labels import RESOURCE_LABELS, VERB_LABELS
from accounts.models import Invitation, Membership, Role
from accounts.permissions import RESOURCES
from tracked_objects.forms.base import ObjectForm
from tracked_objects.models import OrgTree

# All that may be switched of a role that is built in.
SWITCHED = ("activity.view", "activity.export")


class GivingForm(ObjectForm):
    """Roles to give, for the whole account or some org trees."""

    roles = forms.ModelMultipleChoiceField(
        Role.objects.none(),
        label=_("Roles"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one role.")},
    )
    org_trees = forms.ModelMultipleChoiceField(
        OrgTree.objects.none(),
        label=_("Only on these org trees"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("With none chosen, the roles cover the whole account."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "org_trees" in self.fields and not self.fields["org_trees"].queryset.exists():  # type: ignore[attr-defined]
            del self.fields["org_trees"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for role, tree in self.grants:
            try:
                check(self.access, role, tree.pk if tree else None)
            except ValidationError as error:
                self.add_error("roles", error)
                break
        return cleaned

    @property
    def grants(self) -> list[tuple[Role, OrgTree | None]]:
        """Each role with each org tree, or with none."""
        trees = self.cleaned_data.get("org_trees") or [None]
        return [(role, tree) for role in self.cleaned_data.get("roles") or () for tree in trees]

    @property
    def pairs(self) -> list[tuple[Role, int | None]]:
        return [(role, tree.pk if tree else None) for role, tree in self.grants]


class GiveForm(GivingForm):
    """More roles for a member."""

    class Meta:
        model = Membership
        fields = ()

    def save(self, commit: bool = True) -> Membership:
        with in_charge(self.access.account):
            if not self.access.account.memberships.filter(pk=self.instance.pk).exists():
                raise ValidationError(_("They have just been removed. Invite them again instead."))
            give(self.access, self.instance.user, self.pairs)
        return self.instance  # type: ignore[no-any-return]


class InvitationForm(GivingForm):
    """An invitation; `mail`, given by the view, saves and sends it."""

    mail: Callable[[Invitation], None]

    class Meta:
        model = Invitation
        fields = ("email", "name")

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).lower()
        if self.access.account.memberships.filter(user__email__iexact=email).exists():
            raise ValidationError(_("They are a member already. What they may do is changed on their own page."))
        return email

    def save(self, commit: bool = True) -> Invitation:
        self.mail(self.instance)
        return self.instance  # type: ignore[no-any-return]

    def _post_clean(self) -> None:
        super()._post_clean()
        self.instance.promise(self.grants)


class OneLine(forms.CheckboxSelectMultiple):
    """Boxes beside each other."""

    option_inherits_attrs = False

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__({"class": "cluster", **(attrs or {})}, choices)


class RoleForm(ObjectForm):
    """A role's name, and its capabilities in one field for each resource."""

    class Meta:
        model = Role
        fields = ("name",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.built_in:
            del self.fields["name"]
        for resource, verbs in RESOURCES.items():
            offered = [verb for verb in verbs if not self.instance.built_in or f"{resource}.{verb}" in SWITCHED]
            if offered:
                self.fields[resource] = forms.MultipleChoiceField(
                    label=str(RESOURCE_LABELS[resource]),
                    choices=[(f"{resource}.{verb}", capfirst(str(VERB_LABELS[verb]))) for verb in offered],
                    required=False,
                    widget=OneLine,
                    help_text=_("All that can be switched of a built-in role.") if self.instance.built_in else "",
                )
                self.initial[resource] = self.instance.capabilities

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        kept = set(self.instance.capabilities)
        for resource in RESOURCES:
            if resource in self.fields:
                offered = {value for value, _label in self.fields[resource].choices}  # type: ignore[attr-defined]
                chosen = set(cleaned.get(resource) or ())
                self._check(resource, offered & kept, chosen)
                kept = (kept - offered) | chosen
        self.instance.capabilities = sorted(kept)
        return cleaned

    def _check(self, resource: str, before: set[str], after: set[str]) -> None:
        if after and f"{resource}.view" not in after:
            self.add_error(resource, _("The rest is of no use without “View”."))
        if missing := lacking(self.access, sorted(before ^ after)):
            message = _("You can't give or take what you may not do yourself: %(what)s.")
            self.add_error(resource, ValidationError(message, params={"what": words(missing)}))
