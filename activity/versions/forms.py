"""What a reader asks of versions: two of them to compare, a date, or a reason to go back."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from activity.filter_fields import Moment

_MOST = 2**31 - 1


class AtForm(forms.Form):
    """A date, which means its end, or a time; both in UTC unless they say otherwise."""

    use_required_attribute = False

    at = Moment(
        end=True,
        label=_("Date or time"),
        required=False,
        widget=forms.TextInput({"placeholder": "2026-01-31", "autocomplete": "off"}),
    )


class CompareForm(forms.Form):
    """Two of `known`, the versions that the viewer may see: by default, the newest one and the one before it."""

    use_required_attribute = False

    before = forms.IntegerField(label=_("Version"), min_value=1, max_value=_MOST)
    after = forms.IntegerField(label=_("and version"), min_value=1, max_value=_MOST)

    def __init__(self, data: Mapping[str, str] | None, known: QuerySet[Any]) -> None:
        newest = known.only("seq").order_by("-occurred_at", "-seq").first()
        last = newest.number if newest else 1
        usual = {"before": max(last - 1, 1), "after": last}
        given = {name: value for name, value in (data or {}).items() if value.strip()}
        super().__init__(None if data is None else {**usual, **given}, initial=usual)
        self.known = known

    def clean(self) -> dict[str, Any]:
        """Keep what the numbers mean in `versions`."""
        numbers = [self.cleaned_data.get(name) for name in self.fields]
        found = {version.number: version for version in self.known.filter(number__in=filter(None, numbers))}
        for name, number in zip(self.fields, numbers, strict=True):
            if number and number not in found:
                self.add_error(name, ValidationError(_("There is no version %(n)s."), params={"n": number}))
        self.versions: list[Any] = [found.get(number) for number in numbers]
        return self.cleaned_data
