"""Every URL of the app. Each view says whom it is for (accounts.guard); tests hold the table."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("accounts.urls")),
    path("", include("tracked_objects.urls")),
    path("", include("activity.urls", namespace="activity")),
]
if settings.DEBUG:
    from sei_audit.styleguide import styleguide

    urlpatterns.append(path("styleguide/", styleguide))

handler429 = "sei_audit.errors.too_many_requests"
