"""Whether an identity provider is there and says what it must: in sentences about what is wrong."""

from collections.abc import Iterator

from django.conf import settings
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from requests import RequestException

from accounts.models import SsoConfig
from accounts.models.sso import Protocol
from accounts.sso import oidc, saml
from accounts.sso.fetching import Refused, session

_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")


def problems(config: SsoConfig) -> list[Promise]:
    """What is wrong with it; nothing when it can be used."""
    return list(_of_oidc(config) if config.protocol == Protocol.OIDC else _of_saml(config))


def _of_oidc(config: SsoConfig) -> Iterator[Promise]:
    url = oidc.app_of(config).get_provider(None).server_url
    try:
        with session() as asked:
            answer = asked.get(url)
            answer.raise_for_status()
            found = answer.json()
    except Refused as refused:
        yield format_lazy(_("{url} is not asked: {why}"), url=url, why=refused.args[0])
    except (RequestException, ValueError):
        yield format_lazy(_("{url} gives no answer that is understood."), url=url)
    else:
        yield from of_discovery(config, found if isinstance(found, dict) else {})


def of_discovery(config: SsoConfig, found: dict[str, object]) -> Iterator[Promise]:
    """What is wrong with a provider's own description."""
    if str(found.get("issuer")).rstrip("/") != config.server_url.partition("/.well-known/")[0].rstrip("/"):
        yield format_lazy(_("It calls itself {issuer}, which is not what is typed here."), issuer=found.get("issuer"))
    schemes = ("https://", "http://") if settings.SSO_PRIVATE_ADDRESSES else ("https://",)
    for name in _ENDPOINTS:
        if not str(found.get(name, "")).startswith(schemes):
            yield format_lazy(_("It names no {endpoint} that begins with https."), endpoint=name)


def _of_saml(config: SsoConfig) -> Iterator[Promise]:
    try:
        saml.idp_of(config.metadata)
    except saml.TROUBLE:
        yield _("The metadata have no address to sign in at, or no certificate.")
