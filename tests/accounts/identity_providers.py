"""Identity providers for the tests: a real OpenID provider on this machine, and one that signs SAML answers."""

import base64
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from django.test import Client
from oidc_provider_mock import run_server_in_thread
from onelogin.saml2.utils import OneLogin_Saml2_Utils

from accounts.models import Account, SsoConfig
from activity.actors import Actor
from activity.recording import recording


def configure(account: Account, **fields: Any) -> SsoConfig:
    """Single sign-on for an account, in use by its own domain."""
    with recording(Actor.system("tests")):
        fields = {"domains": [f"{account.slug}.example"], "enabled": True} | fields
        return SsoConfig.objects.create(account=account, **fields)


@dataclass
class OpenIdProvider:
    """A running provider, at which people sign in as whom they like."""

    url: str

    def knows(self, **claims: Any) -> str:
        """Somebody who is known there; returns their subject."""
        subject = str(claims.get("email", "nobody")).partition("@")[0]
        requests.put(f"{self.url}/users/{subject}", json=claims, timeout=5).raise_for_status()
        return subject

    def config(self, account: Account, **fields: Any) -> SsoConfig:
        fields = {"client_id": "sei", "client_secret": "secret-canary", "server_url": self.url} | fields
        return configure(account, protocol="oidc", **fields)

    def sign_in(self, client: Client, account: str, subject: str, **start: str) -> Any:
        """All of it: off to the provider, signing in there, and back."""
        return client.get(self.way_back(client, account, subject, **start))

    def way_back(self, client: Client, account: str, subject: str, **start: str) -> str:
        """Where the provider sends somebody who has signed in there."""
        there = client.get(f"/accounts/sso/{account}/", start)
        assert there.status_code == 302, there.content.decode()
        answer = requests.post(there["Location"], data={"sub": subject}, allow_redirects=False, timeout=5)
        back = urlsplit(answer.headers["Location"])
        return f"{back.path}?{back.query}"


@contextmanager
def open_id_provider() -> Iterator[OpenIdProvider]:
    with run_server_in_thread() as server:
        yield OpenIdProvider(f"http://localhost:{server.server_port}")


_METADATA = """<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{entity}">
<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
<md:KeyDescriptor use="signing"><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data>
<ds:X509Certificate>{certificate}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>
<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="{entity}/sign-in"/>
</md:IDPSSODescriptor></md:EntityDescriptor>"""

_RESPONSE = """<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"
 xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_response" Version="2.0" IssueInstant="{now}"
 Destination="{acs}" InResponseTo="{asked}"><saml:Issuer>{issuer}</saml:Issuer>
<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>
<saml:Assertion ID="_assertion" Version="2.0" IssueInstant="{now}"><saml:Issuer>{issuer}</saml:Issuer>
<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress">{email}</saml:NameID>
<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">
<saml:SubjectConfirmationData NotOnOrAfter="{until}" Recipient="{acs}" InResponseTo="{asked}"/>
</saml:SubjectConfirmation></saml:Subject>
<saml:Conditions NotBefore="{since}" NotOnOrAfter="{until}"><saml:AudienceRestriction>
<saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>
<saml:AuthnStatement AuthnInstant="{now}"><saml:AuthnContext>
<saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef>
</saml:AuthnContext></saml:AuthnStatement></saml:Assertion></samlp:Response>"""


def _instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass
class SamlProvider:
    """An identity provider with a key of its own."""

    entity: str = "https://idp.acme.example"
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    @property
    def certificate(self) -> str:
        name, now = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp")]), datetime.now(UTC)
        made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(self.key.public_key())
        made = made.serial_number(1).not_valid_before(now).not_valid_after(now + timedelta(days=1))
        return made.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()

    @property
    def metadata(self) -> str:
        body = "".join(self.certificate.splitlines()[1:-1])
        return _METADATA.format(entity=self.entity, certificate=body)

    def config(self, account: Account, **fields: Any) -> SsoConfig:
        return configure(account, protocol="saml", **{"metadata": self.metadata, **fields})

    def asked(self, client: Client, account: str) -> str:
        """Off to the provider; returns the id of what it is asked."""
        there = client.get(f"/accounts/sso/{account}/")
        assert there["Location"].startswith(f"{self.entity}/sign-in?"), there["Location"]
        sent = parse_qs(urlsplit(there["Location"]).query)["SAMLRequest"][0]
        request = zlib.decompress(base64.b64decode(sent), -15).decode()
        return request.partition('ID="')[2].partition('"')[0]

    def answer(self, **facts: str) -> str:
        """A signed answer, as a browser would carry it."""
        now, base = datetime.now(UTC), "http://testserver/accounts/sso/acme"
        facts = {
            "email": "",
            "asked": "",
            "acs": f"{base}/acs/",
            "audience": f"{base}/metadata/",
            "issuer": self.entity,
            "now": _instant(now),
            "since": _instant(now - timedelta(minutes=1)),
            "until": _instant(now + timedelta(minutes=5)),
        } | {name: escape(value) for name, value in facts.items()}
        private = self.key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
        signed = OneLogin_Saml2_Utils.add_sign(_RESPONSE.format(**facts), private, self.certificate)
        return base64.b64encode(signed).decode()

    def deliver(self, client: Client, answer: str, account: str = "acme") -> Any:
        """The browser posts the answer, and follows on."""
        put_by = client.post(f"/accounts/sso/{account}/acs/", {"SAMLResponse": answer})
        return client.get(put_by["Location"]) if put_by.status_code == 302 else put_by
