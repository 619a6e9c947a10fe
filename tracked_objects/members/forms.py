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
                check(self.access, role, tree and tree.pk)
            except ValidationError as error:
                self.add_error("roles", error)
                break
        return cleaned

    @property
    def grants(self) -> list[tuple[Role, OrgTree | None]]:
        """Each role with each org tree, or with none."""
        trees = self.cleaned_data.get("org_trees") or [None]
        return [(role, tree) for role in self.cleaned_data.get("roles") or () for tree in trees]


class GiveForm(GivingForm):
    """More roles for a member."""

    class Meta:
        model = Membership
        fields = ()

    def save(self, commit: bool = True) -> Membership:
        with in_charge(self.access.account):
            give(self.access, self.instance.user, [(role, tree and tree.pk) for role, tree in self.grants])
        return self.instance


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
        return self.instance

    def _post_clean(self) -> None:
        super()._post_clean()
        grants = [] if self.errors else self.grants
        self.instance.grants = [[role.pk, tree and tree.pk] for role, tree in grants]
        self.instance.roles = [str(role) if tree is None else f"{role} on {tree} tree" for role, tree in grants]


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
            choices = [
                (capability, capfirst(str(VERB_LABELS[verb])))
                for verb in verbs
                if not self.instance.built_in or f"{resource}.{verb}" in SWITCHED
                for capability in [f"{resource}.{verb}"]
            ]
            if choices:
                self.fields[resource] = forms.MultipleChoiceField(
                    label=RESOURCE_LABELS[resource],
                    choices=choices,
                    required=False,
                    widget=forms.CheckboxSelectMultiple,
                )
                self.initial[resource] = self.instance.capabilities

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        stored = set(self.instance.capabilities)
        offered = {value for name in RESOURCES if name in self.fields for value, _label in self.fields[name].choices}  # type: ignore[attr-defined]
        chosen = {value for name in RESOURCES for value in cleaned.get(name) or ()}
        for name in [name for name in RESOURCES if name in self.fields]:
            theirs = {value for value in chosen if value.startswith(f"{name}.")}
            if theirs and f"{name}.view" not in theirs:
                self.add_error(name, _("The rest is of no use without “view”."))
            switched = {value for value in (stored & offered) ^ chosen if value.startswith(f"{name}.")}
            if missing := lacking(self.access, sorted(switched)):
                message = _("You can't give or take what you may not do yourself: %(what)s.")
                self.add_error(name, ValidationError(message, params={"what": words(missing)}))
        self.instance.capabilities = sorted((stored - offered) | chosen)
        return cleaned
