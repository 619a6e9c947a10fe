"""Signing in and out, your account, and the way to an account."""

from django.urls import include, path, re_path

from accounts import views
from accounts.joining import invitation_link, join
from accounts.own import email, pages, second_steps, sessions
from accounts.sign_in import reset
from accounts.sign_in import views as sign_in
from accounts.sso import oidc, saml, starting
from accounts.sso import views as sso

_sso = [
    path("", sso.edit, name="edit"),
    path("test/", sso.test, name="test"),
    path("delete/", sso.delete, name="delete"),
]
# Names of allauth where it asks for them; of its own URLs there is none that isn't here.
urlpatterns = [
    path("", views.home, name="home"),
    path("accounts/login/", sign_in.sign_in, name="account_login"),
    path("accounts/login/passkey/", sign_in.passkey_sign_in, name="mfa_login_webauthn"),
    path("accounts/login/second-step/", sign_in.second_step, name="mfa_authenticate"),
    path("accounts/logout/", sign_in.sign_out, name="account_logout"),
    path("accounts/password/reset/", reset.ask_for_link, name="account_reset_password"),
    path("accounts/password/reset/sent/", reset.link_sent, name="account_reset_password_done"),
    re_path(
        r"^accounts/password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[-\w]+)/$",
        reset.set_password,
        name="account_reset_password_from_key",
    ),
    path("accounts/password/reset/done/", reset.password_set, name="account_reset_password_from_key_done"),
    path("accounts/unsent/", views.unsent_form, name="unsent"),
    path("invitations/accept/", join, name="join"),
    path("invitations/<str:token>/", invitation_link, name="invitation"),
    path("accounts/own/", pages.profile, name="profile"),
    path("accounts/own/password/", pages.password, name="password"),
    path("accounts/own/email/", email.email, name="email"),
    path("accounts/own/email/<str:token>/", email.confirm_email, name="confirm_email"),
    path("accounts/own/security/", second_steps.security, name="mfa_index"),
    path("accounts/own/security/app/", second_steps.add_app, name="mfa_activate_totp"),
    path("accounts/own/security/app/remove/", second_steps.remove_app, name="mfa_deactivate_totp"),
    path("accounts/own/security/codes/", second_steps.recovery_codes, name="mfa_view_recovery_codes"),
    path("accounts/own/security/codes/new/", second_steps.new_recovery_codes, name="mfa_generate_recovery_codes"),
    path(
        "accounts/own/security/codes/download/",
        second_steps.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("accounts/own/security/passkeys/new/", second_steps.add_passkey, name="mfa_add_webauthn"),
    path("accounts/own/security/passkeys/<int:pk>/", second_steps.rename_passkey, name="mfa_edit_webauthn"),
    path("accounts/own/security/passkeys/<int:pk>/remove/", second_steps.remove_passkey, name="mfa_remove_webauthn"),
    path("accounts/own/sessions/", sessions.sessions, name="sessions"),
    path("accounts/own/confirm/", second_steps.by_password, name="account_reauthenticate"),
    path("accounts/own/confirm/code/", second_steps.by_code, name="mfa_reauthenticate"),
    path("accounts/own/confirm/passkey/", second_steps.by_passkey, name="mfa_reauthenticate_webauthn"),
    path("accounts/sso/", starting.start, name="sso_start"),
    path("accounts/sso/<slug:slug>/", starting.go, name="sso_go"),
    path("accounts/sso/<slug:provider_id>/callback/", oidc.callback, name="openid_connect_callback"),
    path("accounts/sso/<slug:organization_slug>/acs/", saml.acs, name="saml_acs"),
    path("accounts/sso/<slug:organization_slug>/acs/finish/", saml.finish, name="saml_finish_acs"),
    path("accounts/sso/<slug:organization_slug>/metadata/", saml.metadata, name="saml_metadata"),
    path("a/<slug:account>/sso/", include((_sso, "sso"))),
    path("a/<slug:account>/", views.account_home, name="account_home"),
]
