"""Listing developers: by e-mail, by id, by the value of one field; sorted and paged."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Expression, F, Func, QuerySet, TextField, Value
from django.db.models.functions import Coalesce, Lower
from django.http import QueryDict

from accounts.models import Account
from tracked_objects.api.v2.words import NAME_OF, PATHS, TARGET_NAMED
from tracked_objects.models import Developer
from tracked_objects.upload.mapping import Target

PAGE_SIZE, LARGEST_PAGE, LAST_PAGE = 50, 1000, 1_000_000
# Of these a part is enough, of the others all is asked for.
_IN_PART = (Target.NAME, Target.EMAIL)


class Many(forms.Field):
    """Values that are given again and again, or with commas between them."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: list[str]) -> list[str]:
        if any("\0" in text for text in value or ()):
            raise ValidationError("These have a NUL.")
        return [word.strip() for text in value or () for word in text.split(",") if word.strip()]


class Numbers(Many):
    def clean(self, value: list[str]) -> list[Any]:
        found = super().clean(value)
        if not all(word.isascii() and word.isdecimal() and len(word) < 19 for word in found):
            raise ValidationError("These must be whole numbers.")
        return [int(word) for word in found]


class ListForm(forms.Form):
    """The parameters of the list, under SEI's names."""

    data: QueryDict
    emails = Many(required=False)
    developerRefIds = Numbers(required=False)
    searchKey = forms.CharField(required=False, max_length=200)
    searchValue = forms.CharField(required=False, max_length=1000)
    sortKey = forms.CharField(required=False, max_length=200)
    sortOrder = forms.ChoiceField(required=False, choices=[("asc", "asc"), ("desc", "desc")])
    pageIndex = forms.IntegerField(required=False, min_value=0, max_value=LAST_PAGE)
    pageSize = forms.IntegerField(required=False, min_value=1, max_value=LARGEST_PAGE)

    def __init__(self, data: QueryDict, account: Account) -> None:
        super().__init__(data)
        self.account = account
        self.names = {*TARGET_NAMED, *(name.lower() for name in Developer.attribute_names(account))}

    def clean(self) -> dict[str, Any]:
        for name in [name for name in self.data if name not in self.fields][:5]:
            self.add_error(None, ValidationError("There is no such parameter here.", "unknown", {"name": name[:100]}))
        for name, field in self.fields.items():
            given = self.data.getlist(name)
            if not isinstance(field, Many) and len(given) > 1:
                self.add_error(name, "This can be given once only.")
            elif not all(value.strip(" ,") for value in given):
                self.add_error(name, "This is empty.")
        for name in ("searchKey", "sortKey"):
            if (key := self.cleaned_data.get(name)) and key.lower() not in self.names:
                self.add_error(name, "No developer has a field of this name.")
        if ("searchKey" in self.data) != ("searchValue" in self.data):
            self.add_error(None, "searchKey and searchValue go together.")
        return self.cleaned_data

    def found(self) -> QuerySet[Developer]:
        """Whom the parameters ask for, in order."""
        said = self.cleaned_data
        found: QuerySet[Any] = Developer.objects.filter(account=self.account)
        if said["emails"]:
            emails = [email.lower() for email in said["emails"]]
            found = found.alias(small=Lower("email")).filter(small__in=emails)
        if said["developerRefIds"]:
            found = found.filter(pk__in=said["developerRefIds"])
        if key := said["searchKey"].lower():
            part = key in {NAME_OF[target] for target in _IN_PART}
            match = "asked__icontains" if part else "asked__iexact"
            found = found.alias(asked=self._value(key)).filter(**{match: said["searchValue"]})
        order = Lower(self._value((said["sortKey"] or NAME_OF[Target.NAME]).lower()))
        ordered = order.desc() if said["sortOrder"] == "desc" else order.asc()
        return found.order_by(ordered, "pk").select_related("manager")

    def _value(self, key: str) -> Expression | F:
        """A field of every developer, or a custom attribute, whose name may be written in another case."""
        if key == NAME_OF[Target.MANAGER]:
            return Coalesce(F(PATHS[Target.MANAGER]), Value(""), output_field=TextField())
        if key in TARGET_NAMED:
            return F(PATHS[TARGET_NAMED[key]])
        attribute = Func(
            F("custom_attributes"),
            Value(key),
            arg_joiner=") WHERE lower(key) = lower(",
            template="(SELECT value FROM jsonb_each_text(%(expressions)s) ORDER BY key LIMIT 1)",
        )
        return Coalesce(attribute, Value(""), output_field=TextField())


def page_of(form: ListForm) -> dict[str, Any]:
    """The page that a valid form asks for."""
    size, index = form.cleaned_data["pageSize"] or PAGE_SIZE, form.cleaned_data["pageIndex"] or 0
    found = form.found()
    total = found.count()
    content = [record_of(one) for one in found[index * size : (index + 1) * size]]
    return {
        "pageIndex": index,
        "pageSize": size,
        "pageItemCount": len(content),
        "totalItems": total,
        "totalPages": -(-total // size),
        "empty": not content,
        "content": content,
    }


def record_of(developer: Developer) -> dict[str, Any]:
    """A developer as SEI names things."""
    values = {NAME_OF[target]: getattr(developer, path) for target, path in PATHS.items() if target != Target.MANAGER}
    return {
        "developerRefId": developer.pk,
        **values,
        NAME_OF[Target.MANAGER]: developer.manager.email if developer.manager else "",
        "customAttributes": developer.custom_attributes,
        "identities": [
            {"applicationType": one["application_type"], "cloudId": one["cloud_id"]} for one in developer.identities
        ],
    }
