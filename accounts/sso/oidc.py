"""OpenID Connect by allauth: each account's config is one of its apps, and the last step is ours."""

from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base import AuthError
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from allauth.socialaccount.providers.openid_connect.views import callback as finish
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from requests import RequestException, Session

from accounts.guard import PUBLIC, access
from accounts.models import SsoConfig
from accounts.models.sso import Protocol
from accounts.sso.fetching import session
from accounts.sso.letting_in import CANCELLED, NOT_UNDERSTOOD, Identity, let_in, refuse
from accounts.tracking import writes_on_get

# What comes of answers that aren't what the protocol says.
_CLUMSY = (AttributeError, ImproperlyConfigured, KeyError, OAuth2Error, PermissionDenied, TypeError, ValueError)
TROUBLE = (RequestException, *_CLUMSY)


class SsoAdapter(DefaultSocialAccountAdapter):
    """allauth's questions, answered from the accounts' configs. It keeps no accounts of its own, and makes no users."""

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        found = SsoConfig.objects.filter(account__slug=provider, protocol=Protocol.OIDC, enabled=True)
        return [app_of(config) for config in found.select_related("account")]

    def get_requests_session(self) -> Session:
        return session()

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        config = config_at(sociallogin.provider.app.provider_id)
        claims = sociallogin.account.extra_data
        answer = let_in(request, config, _identity(claims), sociallogin.state.get("next"))
        raise ImmediateHttpResponse(answer)

    def on_authentication_error(self, request: HttpRequest, provider: Any, error: Any = None, **kwargs: Any) -> None:
        config = config_at(provider.app.provider_id)
        raise ImmediateHttpResponse(
            refuse(request, config, CANCELLED if error == AuthError.CANCELLED else NOT_UNDERSTOOD)
        )


def app_of(config: SsoConfig) -> SocialApp:
    return SocialApp(
        provider="openid_connect",
        provider_id=config.account.slug,
        name=config.account.name,
        client_id=config.client_id,
        secret=config.client_secret,
        settings={"server_url": config.server_url, "oauth_pkce_enabled": True},
    )


def config_at(slug: str) -> SsoConfig:
    """The config of the account in a URL, also when it is switched off: the last step says so."""
    return get_object_or_404(SsoConfig.objects.select_related("account", "new_member_role"), account__slug=slug)


def _identity(claims: dict[str, Any]) -> Identity:
    """What the ID token says; the rest may come from the endpoint for user info, about the same subject."""
    token, info = claims["id_token"], claims["userinfo"]
    if not token["sub"] or token["sub"] != info.get("sub"):
        raise OAuth2Error("The ID token and the user info are about different subjects.")
    both = {**token, **info}
    verified = both.get("email_verified")
    return Identity(
        str(both.get("email") or ""),
        str(both.get("name") or ""),
        None if verified is None else str(verified).lower() == "true",
    )


def start(request: HttpRequest, config: SsoConfig) -> HttpResponse:
    """On to the identity provider."""
    provider = OpenIDConnectOAuth2Adapter(request, config.account.slug).get_provider()
    answer: HttpResponse = provider.redirect(request, process="login", next_url=get_next_redirect_url(request))
    return answer


@access(PUBLIC)
@writes_on_get
def callback(request: HttpRequest, provider_id: str) -> HttpResponseBase:
    """Back from the identity provider."""
    config = config_at(provider_id)
    try:
        answer: HttpResponseBase = finish(request, provider_id)
        return answer
    except TROUBLE:
        return refuse(request, config, NOT_UNDERSTOOD)
