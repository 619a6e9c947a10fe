"""Every URL of the app. Each view says whom it is for (accounts.guard); tests hold the table."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from activity.api.developers import DeveloperList
from sei_audit.api_docs import docs, schema

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("accounts.urls")),
    path("", include("tracked_objects.urls")),
    path("", include("activity.urls", namespace="activity")),
    path("api/v1/", include("activity.api.urls")),
    path("api/v1/", include("tracked_objects.api.urls")),
    path("v2/developers", DeveloperList.as_view(), name="v2-developers"),
    path("v2/developers/", include("tracked_objects.api.v2.urls")),
    path("api/schema/", schema, name="api-schema"),
    path("api/docs/", docs, name="api-docs"),
]
if settings.DEBUG:
    from sei_audit.styleguide import styleguide

    urlpatterns.append(path("styleguide/", styleguide))

handler400 = "sei_audit.errors.bad_request"
handler403 = "sei_audit.errors.forbidden"
handler404 = "sei_audit.errors.not_found"
handler500 = "sei_audit.errors.server_error"
handler429 = "sei_audit.errors.too_many_requests"
