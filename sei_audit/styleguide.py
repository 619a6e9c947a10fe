"""/styleguide/: every component on one page, for those who build pages. Only with DEBUG."""

import re

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.guard import PUBLIC, Access, access
from accounts.models import Account
from activity.catalog import ACTIONS
from sei_audit.navigation import SECTIONS
from tracked_objects.forms.conditions import ConditionsField


def _found(name: str, pattern: str) -> list[str]:
    """What `pattern` captures in one of our static files, so that nothing is missing from the page."""
    return re.findall(pattern, (settings.BASE_DIR / "static" / name).read_text())


class SampleForm(forms.Form):
    """One field of each kind, some with errors."""

    name = forms.CharField(label=_("Name"), max_length=60)
    email = forms.EmailField(label=_("E-mail"), help_text=_("Where the weekly report goes."))
    kind = forms.ChoiceField(label=_("Category"), choices=[("ci", "CI"), ("cd", "CD")], required=False)
    notes = forms.CharField(label=_("Description"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    metrics = forms.MultipleChoiceField(
        label=_("Metrics"),
        choices=[(name, name) for name in ("Coding days", "PR velocity", "PR cycle time", "Work completed")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    conditions = ConditionsField(label=_("Conditions"), required=False)
    active = forms.BooleanField(label=_("Active"), help_text=_("Paused ones keep their data."), required=False)


class IdentityForm(forms.Form):
    """A row of a formset."""

    application = forms.ChoiceField(label=_("Application type"), choices=[("github", "github"), ("jira", "jira")])
    cloud_id = forms.CharField(label=_("Cloud ID"), required=False)


@access(PUBLIC)
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """The components, with sample data and no query."""
    account = Account(slug="acme", name="Acme Robotics and Sons")
    identities = forms.formset_factory(IdentityForm, extra=1, can_delete=True)
    conditions = [{"property": "labels", "operator": "is", "values": ["bug", "incident"]}]
    context = {
        "access": Access(account, accounts=(account, Account(slug="beta", name="Beta"))),
        "navigation": [
            {
                "title": section.title,
                "nested": section.nested,
                "pages": [
                    {"label": page.label, "icon": page.icon, "url": "#nav", "current": page.icon == "log"}
                    for page in section.pages
                ],
            }
            for section in SECTIONS
        ],
        "icons": _found("icons.svg", r'id="([\w-]+)"'),
        "colours": _found("css/tokens.css", r"--([\w-]+): light-dark\(#"),
        "actions": [(code.lower(), label) for code, label in ACTIONS.items()],
        "form": SampleForm(initial={"conditions": conditions}),
        "wrong_form": SampleForm({"email": "dana@", "metrics": ["PR velocity"]}, auto_id="wrong_%s"),
        "formset": identities(prefix="identities", initial=[{"application": "github", "cloud_id": "dana"}]),
        "trail": [(_("Teams"), "#teams"), ("Payments", "#payments"), (_("Edit"), "")],
    }
    return render(request, "styleguide.html", context)
