"""Signing in and out, and the way to an account."""

from django.urls import path

from accounts import views

urlpatterns = [
    path("", views.home, name="home"),
    path("accounts/login/", views.sign_in, name="account_login"),
    path("accounts/logout/", views.sign_out, name="account_logout"),
    path("accounts/unsent/", views.unsent_form, name="unsent"),
    path("a/<slug:account>/", views.account_home, name="account_home"),
]
