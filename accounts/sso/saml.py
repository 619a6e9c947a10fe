"""SAML 2.0 by python3-saml: requests by redirect, answers by POST, signed by the identity provider."""

import binascii
from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.core.internal.httpkit import deserialize_request
from allauth.socialaccount.providers.saml.views import ACSView
from allauth.socialaccount.sessions import LoginSession
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from lxml.etree import LxmlError
from onelogin.saml2.auth import OneLogin_Saml2_Auth
from onelogin.saml2.constants import OneLogin_Saml2_Constants as Constants
from onelogin.saml2.errors import OneLogin_Saml2_Error, OneLogin_Saml2_ValidationError
from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser as MetadataParser
from onelogin.saml2.settings import OneLogin_Saml2_Settings

from accounts.guard import PUBLIC, access
from accounts.models import SsoConfig
from accounts.models.sso import Protocol
from accounts.sso.letting_in import NOT_UNDERSTOOD, Identity, let_in, refuse
from accounts.sso.oidc import config_at
from accounts.tracking import writes_on_get

# What was asked of which account, and where to go then; in the session, so that only this browser's answer counts.
ASKED = "saml_asked"
LARGEST = 200_000
_EMAIL = (
    "urn:oid:0.9.2342.19200300.100.1.3",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    "email",
    "mail",
)
_NAME = ("urn:oid:2.16.840.1.113730.3.1.241", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name", "name")
TROUBLE = (
    OneLogin_Saml2_Error,
    OneLogin_Saml2_ValidationError,
    LxmlError,
    binascii.Error,
    AttributeError,
    KeyError,
    TypeError,
    ValueError,
)
_SECURITY = {
    "requestedAuthnContext": False,
    # This app may be known by one word inside a network.
    "allowSingleLabelDomains": True,
    "rejectDeprecatedAlgorithm": True,
    "signatureAlgorithm": Constants.RSA_SHA256,
    "digestAlgorithm": Constants.SHA256,
    "allowRepeatAttributeName": True,
    "wantAttributeStatement": False,
}


def idp_of(metadata: str) -> dict[str, Any]:
    """The identity provider that metadata describe; raises one of TROUBLE when they don't."""
    found: dict[str, Any] = MetadataParser.parse(metadata)["idp"]
    url = found["singleSignOnService"]["url"]
    if not url.startswith(("https://", "http://")) or not (found.get("x509cert") or found.get("x509certMulti")):
        raise ValueError("No address to sign in at, or no certificate.")
    return found


def start(request: HttpRequest, config: SsoConfig) -> HttpResponse:
    """On to the identity provider."""
    auth = _auth(request, config, request)
    url = auth.login(return_to="")
    request.session[ASKED] = [auth.get_last_request_id(), config.account.slug, get_next_redirect_url(request)]
    return HttpResponseRedirect(url)


@csrf_exempt
@require_POST
def take(request: HttpRequest, organization_slug: str) -> HttpResponseBase:
    """The identity provider's answer, which comes without our cookies: it is put by for the next request."""
    if len(request.POST.get("SAMLResponse", "")) > LARGEST:
        raise Http404
    answer: HttpResponseBase = ACSView.as_view()(request, organization_slug=organization_slug)
    return answer


acs = access(PUBLIC)(take)


@access(PUBLIC)
@writes_on_get
@require_safe
def finish(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """That answer, together with our cookies: it must be to a question of this session, which is asked once."""
    config = config_at(organization_slug)
    came = LoginSession(request, "saml_acs_session", "saml-acs-session")
    stored = came.store.get("request")
    came.delete()
    asked, slug, next_url = request.session.pop(ASKED, None) or (None, None, None)
    if not stored or slug != organization_slug or config.protocol != Protocol.SAML:
        return refuse(request, config, NOT_UNDERSTOOD)
    try:
        auth = _auth(deserialize_request(stored, HttpRequest()), config, request)
        auth.process_response(request_id=asked)
        if auth.get_errors() or not auth.is_authenticated() or auth.get_last_response_in_response_to() != asked:
            return refuse(request, config, NOT_UNDERSTOOD)
        return let_in(request, config, _identity(auth), next_url)
    except TROUBLE:
        return refuse(request, config, NOT_UNDERSTOOD)


@access(PUBLIC)
@require_safe
def metadata(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """What an identity provider has to know of us."""
    config = config_at(organization_slug)
    settings = OneLogin_Saml2_Settings(_settings(request, config, {}), sp_validation_only=True)
    return HttpResponse(settings.get_sp_metadata(), content_type="application/samlmetadata+xml")


def _identity(auth: Any) -> Identity:
    attributes = auth.get_attributes()
    email = _first(attributes, _EMAIL) or (auth.get_nameid() or "")
    return Identity(email.strip(), _first(attributes, _NAME))


def _first(attributes: dict[str, list[str]], names: tuple[str, ...]) -> str:
    return next((str(attributes[name][0]) for name in names if attributes.get(name)), "")


def _auth(request: HttpRequest, config: SsoConfig, here: HttpRequest) -> Any:
    """python3-saml, for an answer in `request`; `here` is a request that has come to this host."""
    facts = {
        "https": "on" if here.is_secure() else "off",
        "http_host": here.get_host(),
        "script_name": "",
        "path_info": request.path,
        "get_data": {},
        "post_data": request.POST.dict(),
    }
    return OneLogin_Saml2_Auth(facts, _settings(here, config, idp_of(config.metadata)))


def _settings(request: HttpRequest, config: SsoConfig, idp: dict[str, Any]) -> dict[str, Any]:
    def url(name: str) -> str:
        return request.build_absolute_uri(reverse(name, args=[config.account.slug]))

    service = {"entityId": url("saml_metadata")}
    acs = {"url": url("saml_acs"), "binding": Constants.BINDING_HTTP_POST}
    sp = {**service, "assertionConsumerService": acs, "NameIDFormat": Constants.NAMEID_EMAIL_ADDRESS}
    return {"strict": True, "security": _SECURITY, "sp": sp, "idp": idp}
