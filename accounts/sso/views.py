"""The page of an account's single sign-on: its config for those who may see it, and trying it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.guard import Access, access
from accounts.models import SsoConfig
from accounts.signals import sso_tested
from accounts.sso.forms import SsoForm
from accounts.sso.trying import problems


@access("sso.view")
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, account: str) -> HttpResponse:
    """The config; a form for those who may change it."""
    granted: Access = request.access  # type: ignore[attr-defined]
    config = _config(request)
    verb = "sso.edit" if config.pk else "sso.create"
    if request.method == "POST" and not granted.can(verb):
        raise PermissionDenied(verb)
    form = SsoForm(granted, request.POST or None, instance=config)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved: %(object)s.") % {"object": config})
        return redirect("sso:edit", account)
    stored = SsoConfig.objects.filter(account=granted.account).first()
    context = {"form": form if granted.can(verb) else None, "config": stored, "ours": _ours(request)}
    return render(request, "accounts/sso/config.html", context)


@access("sso.edit")
@require_POST
def test(request: HttpRequest, account: str) -> HttpResponse:
    """Ask the identity provider what it is; the log says how that went."""
    config = get_object_or_404(SsoConfig, account=request.access.account)  # type: ignore[attr-defined]
    found = problems(config)
    sso_tested.send(SsoConfig, request=request, config=config, problems=found)
    for problem in found:
        messages.error(request, str(problem))
    if not found:
        messages.success(request, _("The identity provider is there, and says all that is needed."))
    return redirect("sso:edit", account)


@access("sso.delete")
@require_http_methods(["GET", "POST"])
def delete(request: HttpRequest, account: str) -> HttpResponse:
    """Asks first."""
    config = get_object_or_404(SsoConfig, account=request.access.account)  # type: ignore[attr-defined]
    if request.method == "GET":
        return render(request, "accounts/sso/delete.html", {"config": config})
    name = str(config)
    config.delete()
    messages.success(request, _("Deleted: %(object)s.") % {"object": name})
    return redirect("sso:edit", account)


def _config(request: HttpRequest) -> SsoConfig:
    """The account's config, locked for a POST; a new one when there is none."""
    account = request.access.account  # type: ignore[attr-defined]
    found: Any = SsoConfig.objects.filter(account=account)
    if request.method == "POST":
        found = found.select_for_update()
    return found.first() or SsoConfig(account=account)


def _ours(request: HttpRequest) -> list[tuple[Any, str]]:
    """What the identity provider has to be told of us."""
    slug = request.access.account.slug  # type: ignore[attr-defined]
    names = (
        (_("Redirect URI (OpenID Connect)"), "openid_connect_callback"),
        (_("Entity ID and metadata (SAML)"), "saml_metadata"),
        (_("Assertion consumer service (SAML)"), "saml_acs"),
    )
    return [(label, request.build_absolute_uri(reverse(name, args=[slug]))) for label, name in names]
