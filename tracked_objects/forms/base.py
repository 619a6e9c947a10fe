"""The form of a tracked object: fields, parts, a guard for lost updates, and the database's errors in words."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.forms.models import ModelChoiceField
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.guard import Access
from accounts.keys import check_keys
from tracked_objects.forms.fields import PeopleField, PersonField
from tracked_objects.forms.parts import Part
from tracked_objects.models.base import AccountObject, field_of
from tracked_objects.scope import people, visible

# The code of an error that only says in which part the errors are.
IN_PART = "in_part"


class ReasonForm(forms.Form):
    """Why somebody does it, in their own words; kept with the entry."""

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=500,
        help_text=_("Why? It is kept in the activity log, next to what changed."),
    )


class WhyForm(ReasonForm):
    """The same, where nobody may do without a reason."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = True


class Group(NamedTuple):
    """Fields of a form that belong together, and the class of the box around them."""

    title: Promise
    names: tuple[str, ...]
    help: Promise
    box: str = "formset-row"


class ObjectForm(forms.ModelForm):
    """A form for an object of `access.account`, offering only what the member may see."""

    part_types: Sequence[type[Part]] = ()
    # Fields that stand together below a title, after the others.
    groups: Sequence[Group] = ()

    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, access: Access, data: Any = None, *, instance: AccountObject) -> None:
        super().__init__(None if data is None else data.copy(), instance=instance)
        self.access = access
        self.parts = [part(self.instance, data) for part in self.part_types]
        for name, field in list(self.fields.items()):
            self._offer(name, field)
        self.initial["version"] = state_token(instance)

    def _offer(self, name: str, field: forms.Field) -> None:
        """Limit a field's choices to what the member sees; an optional field without any goes away."""
        if isinstance(field, PersonField | PeopleField):
            field.choose_from(people(self.access), self.access.account.slug)
        elif isinstance(field, ModelChoiceField):
            model: type[AccountObject] = field.queryset.model  # type: ignore[union-attr]
            field.queryset = visible(model, self.access).order_by("name")
            if not field.required and not self.access.can(f"{model.resource}.view"):
                del self.fields[name]

    def grouped(self) -> list[tuple[Group, list[forms.BoundField]]]:
        """The groups with their fields."""
        return [(group, [self[name] for name in group.names if name in self.fields]) for group in self.groups]

    def alone(self) -> list[forms.BoundField]:
        """The fields that are in no group."""
        together = {name for group in self.groups for name in group.names}
        return [field for field in self.visible_fields() if field.name not in together]

    def clean(self) -> dict[str, Any]:
        """Refuse to overwrite silently what somebody else has saved since the form was opened."""
        super().clean()
        sent, stored = self.cleaned_data.get("version"), self.initial["version"]
        if sent and sent != stored:
            self.add_error(None, self._stale())
            # Whoever has read that may save again.
            self.data["version"] = stored  # type: ignore[index]
        return self.cleaned_data

    def _stale(self) -> SafeString:
        now = format_html(
            '<a href="{}" target="_blank">{}</a>', self.instance.get_absolute_url(), _("the page as it is")
        )
        words = _(
            "Somebody else has changed this since you opened the form. What you typed is kept: compare it with {now}, "
            "then save again to replace that."
        )
        return format_html(str(words), now=now)

    def _post_clean(self) -> None:
        for part in self.parts:
            if not part.is_bound:
                continue
            if not part.is_valid():
                where = format_html('<a href="#{}">{}</a>', part.prefix, part.title)
                self.add_error(None, ValidationError(where, code=IN_PART))
            elif part.has_changed():
                setattr(self.instance, part.field, part.cleaned_value)
        super()._post_clean()  # type: ignore[misc]

    def validate_unique(self) -> None:
        """Also check what is unique in the account, although the account is no field of the form."""
        super().validate_unique()
        if self.errors:
            return
        try:
            exclude = self._get_validation_exclusions() - {"account"}  # type: ignore[attr-defined]
            self.instance.validate_constraints(exclude=exclude)
        except ValidationError as error:
            self._update_errors(error)  # type: ignore[attr-defined]

    def try_save(self) -> bool:
        """Save the object with all that belongs to it; False when the database refuses, with the error in the form."""
        adding = self.instance._state.adding
        try:
            with transaction.atomic():
                self.save()
                # Keys to what others are deleting just now fail here, not at the commit.
                check_keys()
        except (IntegrityError, ValidationError) as error:
            if adding:
                self.instance.pk, self.instance._state.adding = None, True
            self.add_error(*(self._explain(error) if isinstance(error, IntegrityError) else (None, error)))
            return False
        return True

    def _explain(self, error: IntegrityError) -> tuple[str | None, Any]:
        """The field and the words for a constraint that another request was quicker to meet."""
        diagnosis = getattr(error.__cause__, "diag", None)
        for constraint in self.instance._meta.constraints:
            if diagnosis and constraint.name == diagnosis.constraint_name:
                field = field_of(constraint)
                return (field if field in self.fields else None), constraint.get_violation_error_message()
        return None, _("Somebody else has just changed or deleted something chosen here. Check and save again.")


def state_token(instance: AccountObject) -> str:
    """A token of an object's stored state, without its secrets; '' for a new one."""
    if instance.pk is None:
        return ""
    tracked = type(instance).history.model.tracked_fields  # type: ignore[attr-defined]
    state = {field.attname: getattr(instance, field.attname) for field in tracked}
    for field in instance._meta.many_to_many:
        state[field.name] = sorted(getattr(instance, field.name).values_list("pk", flat=True))
    text = json.dumps(state, cls=DjangoJSONEncoder, sort_keys=True)
    return salted_hmac("tracked_objects.state", text).hexdigest()[:16]
