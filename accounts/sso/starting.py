"""Where single sign-on begins: an e-mail, whose domain says which identity provider to ask."""

import logging
from typing import Any

from allauth.core.internal import ratelimit
from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts import unsent
from accounts.guard import PUBLIC, access
from accounts.models import SsoConfig
from accounts.models.sso import Protocol
from accounts.sso import oidc, saml
from accounts.sso.letting_in import NOT_UNDERSTOOD, refuse
from accounts.sso.rules import config_for

logger = logging.getLogger(__name__)
# What was typed before the session ended goes along, but nobody who isn't signed in makes us keep much.
LONGEST_UNSENT = 100_000
_RATES = {"sso": "30/m/ip"}


class StartForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput({"autocomplete": "username"}))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.config = config_for(cleaned["email"]) if "email" in cleaned else None
        if "email" in cleaned and self.config is None:
            self.add_error("email", _("No account here has single sign-on for this address. Use your password."))
        return cleaned


@access(PUBLIC)
@never_cache
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponseBase:
    """Ask for the e-mail; then a page leads on, because a form's own answer may not leave this site."""
    limited: HttpResponse | None = ratelimit.consume_or_429(request, app="accounts", action="sso", config=_RATES)
    if limited:
        return limited
    sealed, following = request.POST.get(unsent.NAME, ""), request.POST.get("next") or request.GET.get("next", "")
    form = StartForm(request.POST if "email" in request.POST else None)
    if form.is_valid() and form.config:
        if len(sealed) <= LONGEST_UNSENT:
            unsent.keep(request)
        query = f"?{urlencode({'next': following})}" if following else ""
        url = reverse("sso_go", args=[form.config.account.slug]) + query
        return render(request, "accounts/sso/leaving.html", {"account": form.config.account, "url": url})
    return render(request, "accounts/sso/start.html", {"form": form, unsent.NAME: sealed, "following": following})


@access(PUBLIC)
@never_cache
@require_safe
def go(request: HttpRequest, slug: str) -> HttpResponseBase:
    """On to an account's identity provider."""
    config = get_object_or_404(SsoConfig.objects.select_related("account"), account__slug=slug, enabled=True)
    protocol = oidc if config.protocol == Protocol.OIDC else saml
    try:
        answer: HttpResponse = protocol.start(request, config)
        return answer
    except Http404:
        raise
    except (*oidc.TROUBLE, *saml.TROUBLE):
        logger.warning("The identity provider of %s can't be asked", slug, exc_info=True)
        return refuse(request, config, NOT_UNDERSTOOD)
