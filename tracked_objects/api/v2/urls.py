"""What is below /v2/developers; the list itself stands in the root, as its download is the log's."""

from django.urls import path

from tracked_objects.api.v2.cloud_ids import CloudIds, CloudIdsUpload
from tracked_objects.api.v2.developers import Schema
from tracked_objects.api.v2.versions import FieldMappings, Version

app_name = "v2"
urlpatterns = [
    path("schema", Schema.as_view(), name="schema"),
    path("versions/<int:version>", Version.as_view(), name="version"),
    path("versions/<int:version>/fieldMappings", FieldMappings.as_view(), name="field-mappings"),
    path("cloud-ids", CloudIds.as_view(), name="cloud-ids"),
    path("cloud-ids/upload", CloudIdsUpload.as_view(), name="cloud-ids-upload"),
]
