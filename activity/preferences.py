"""How a reader wants the pages: theme, density, columns, time zone, language.

Kept in cookies, and used only if of our lists.
"""

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts.guard import SIGNED_IN, access

# The first of each is what a reader gets who has not chosen.
CHOICES: dict[str, dict[str, Any]] = {
    "theme": {"system": _("As the device"), "light": _("Light"), "dark": _("Dark")},
    "density": {"comfortable": _("Comfortable"), "compact": _("Compact")},
    "zone": {"mine": _("Mine"), "utc": _("UTC")},
    "language": {"browser": _("As the browser"), **dict(settings.LANGUAGES)},
}
# What a row of the log can show beside when it was and what happened.
COLUMNS = {
    "action": _("Action"),
    "type": _("Type"),
    "object": _("Object"),
    "email": _("E-mail"),
    "source": _("Source"),
    "ip": _("IP address"),
}
_USUAL = "action.type.email"
_YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Preferences:
    """What the reader has chosen; `shows` names the columns."""

    theme: str
    density: str
    zone: str
    language: str
    shows: dict[str, bool]

    choices: ClassVar = CHOICES
    columns: ClassVar = COLUMNS

    @classmethod
    def of(cls, request: HttpRequest) -> Self:
        """From the request's cookies; a value that is not of our lists counts for nothing."""
        chosen = {name: request.COOKIES.get(name, "") for name in CHOICES}
        valid = {name: value if value in CHOICES[name] else next(iter(CHOICES[name])) for name, value in chosen.items()}
        columns = request.COOKIES.get("columns", _USUAL)[:100].split(".")
        return cls(**valid, shows={column: True for column in COLUMNS if column in columns})

    @property
    def color_scheme(self) -> str:
        """For the page's own meta element, so that a browser paints the right ground before it has the CSS."""
        return "light dark" if self.theme == "system" else self.theme


def preferences(request: HttpRequest) -> dict[str, Any]:
    """For every template: the reader's preferences."""
    return {"preferences": Preferences.of(request)}


@access(SIGNED_IN)
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Remember what the form has, and go back to where it was sent from."""
    back = request.POST.get("next", "")
    own = url_has_allowed_host_and_scheme(back, allowed_hosts=None) and back.startswith("/")
    response = HttpResponseRedirect(back if own else "/", status=303)
    for name, values in CHOICES.items():
        if (value := request.POST.get(name)) in values:
            _remember(response, name, value)
    if "columns" in request.POST:
        wanted = request.POST.getlist("columns")
        _remember(response, "columns", ".".join(column for column in COLUMNS if column in wanted))
    return response


def _remember(response: HttpResponse, name: str, value: str) -> None:
    response.set_cookie(name, value, max_age=_YEAR, secure=settings.HTTPS, httponly=True, samesite="Lax")
