"""Signing in and out, and the way to an account."""

from django.urls import path

from accounts import views
from accounts.joining import invitation_link, join

urlpatterns = [
    path("", views.home, name="home"),
    path("accounts/login/", views.sign_in, name="account_login"),
    path("accounts/logout/", views.sign_out, name="account_logout"),
    path("accounts/unsent/", views.unsent_form, name="unsent"),
    path("invitations/accept/", join, name="join"),
    path("invitations/<str:token>/", invitation_link, name="invitation"),
    path("a/<slug:account>/", views.account_home, name="account_home"),
]
