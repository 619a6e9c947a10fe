"""The form of an account's single sign-on: the secret goes in and never comes out."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import DomainNameValidator
from django.db import connection
from django.utils.translation import gettext_lazy as _

from accounts.guard import Access
from accounts.models import SsoConfig
from accounts.models.sso import Protocol
from accounts.sso import saml

_is_domain = DomainNameValidator(accept_idna=False)
_NEEDED: dict[str, tuple[str, ...]] = {Protocol.OIDC: ("server_url", "client_id"), Protocol.SAML: ("metadata",)}


class DomainsField(forms.CharField):
    """Domains, with commas or spaces between them."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        words = super().clean(value).lower().replace(",", " ").split()
        domains = list(dict.fromkeys(word.removeprefix("@") for word in words))
        for domain in domains:
            try:
                _is_domain(domain)
            except ValidationError:
                raise ValidationError(_("“%(text)s” is not a domain."), params={"text": domain[:80]}) from None
        return domains


class SsoForm(forms.ModelForm):
    domains = DomainsField(
        label=_("E-mail domains"),
        max_length=2000,
        help_text=_("Whose e-mail is of one of them is sent to your identity provider: acme.example, acme.com."),
    )
    server_url = forms.URLField(
        label=_("Issuer"),
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text=_("For OpenID Connect: the address below which /.well-known/openid-configuration is found."),
    )
    new_client_secret = forms.CharField(
        label=_("Client secret"),
        required=False,
        max_length=2000,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    class Meta:
        model = SsoConfig
        fields = (
            "protocol",
            "domains",
            "server_url",
            "client_id",
            "new_client_secret",
            "metadata",
            "new_member_role",
            "enabled",
            "enforced",
        )
        widgets = {"metadata": forms.Textarea({"rows": 5, "class": "mono", "spellcheck": "false"})}

    def __init__(self, access: Access, data: Any = None, *, instance: SsoConfig) -> None:
        super().__init__(data, instance=instance)
        helps = {
            "client_id": _("For OpenID Connect, as the identity provider calls this app."),
            "new_client_secret": _("Stored. Leave this empty to keep it.")
            if instance.client_secret_fingerprint
            else _("It is encrypted and never shown again."),
            "metadata": _("For SAML: the XML that the identity provider gives out."),
            "new_member_role": _(
                "Given to whoever signs in this way for the first time. Without one, only members get in."
            ),
            "enforced": _(
                "A password no longer lets members of these domains in, except those who may edit this page."
            ),
        }
        for name, text in helps.items():
            self.fields[name].help_text = text
        role: Any = self.fields["new_member_role"]
        role.queryset, role.empty_label = access.account.roles.order_by("name"), _("None")

    def clean_domains(self) -> list[str]:
        """No domain of another account. Others wait meanwhile, so that two at once don't both get it."""
        domains: list[str] = self.cleaned_data["domains"]
        if not domains:
            raise ValidationError(_("At least one domain, please."))
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE accounts_ssoconfig IN SHARE ROW EXCLUSIVE MODE")
        others = SsoConfig.objects.exclude(account=self.instance.account).filter(domains__overlap=domains)
        taken = {domain for other in others for domain in other.domains} & set(domains)
        if taken:
            raise ValidationError(_("Another account has %(domains)s."), params={"domains": ", ".join(sorted(taken))})
        return domains

    def clean_metadata(self) -> str:
        text: str = self.cleaned_data["metadata"].strip()
        if text:
            try:
                saml.idp_of(text)
            except saml.TROUBLE:
                words = _("These are no metadata of an identity provider with an address and a certificate.")
                raise ValidationError(words) from None
        return text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in _NEEDED.get(cleaned.get("protocol", ""), ()):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, _("Needed for this protocol."))
        if secret := cleaned.get("new_client_secret"):
            self.instance.client_secret = secret
        elif cleaned.get("protocol") == Protocol.OIDC and not self.instance.client_secret_fingerprint:
            self.add_error("new_client_secret", _("Needed for this protocol."))
        if cleaned.get("enforced") and not cleaned.get("enabled"):
            self.add_error("enforced", _("What nobody can use, nobody can have to use."))
        return cleaned
