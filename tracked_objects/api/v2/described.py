"""What each request of SEI's developer API is for, what it takes and what it answers, for the API's description."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from drf_spectacular.utils import OpenApiParameter

from accounts.api.bodies import JSON
from accounts.api.schema import Described, Schema, text
from accounts.api.schema import documented as documented_in
from tracked_objects.api.v2 import shapes
from tracked_objects.api.v2.listing import LARGEST_PAGE
from tracked_objects.api.v2.received import CSV, MULTIPART
from tracked_objects.api.v2.words import NAME_OF, TARGET_OF

documented = partial(documented_in, group="Developers, as SEI's API has them")
_PEOPLE = """Name,Work email,Manager,Office
Ada Park,ada@acme.example,,Berlin
Ben Ito,ben@acme.example,ada@acme.example,
"""
_COLUMNS = [
    {"csvColumn": "Name", "fieldType": "NAME"},
    {"csvColumn": "Work email", "fieldType": "EMAIL"},
    {"csvColumn": "Manager", "fieldType": "MANAGER_EMAIL"},
    {"csvColumn": "Office", "fieldType": "SITE"},
]
_ERROR: dict[str, Any] = {
    "errorType": "DUPLICATE_EMAIL",
    "fieldName": "email",
    "errorDeveloperCount": 1,
    "sampleErrorDevelopers": [{"Name": "Ada", "Work email": "ada@acme.example", "_row": 7, "_note": "also in row 2"}],
}
_UNKNOWN = {
    "errorType": "UNKNOWN_EMAIL",
    "fieldName": "email",
    "errorDeveloperCount": 1,
    "sampleErrorDevelopers": [{"email": "zoe@acme.example", "_row": 2}],
}
_DEVELOPER: dict[str, Any] = {
    "developerRefId": 17,
    **dict.fromkeys(NAME_OF.values(), ""),
    "name": "Ben Ito",
    "email": "ben@acme.example",
    "manager_email": "ada@acme.example",
    "department": "Engineering",
    "customAttributes": {"Shoe size": "43"},
    "identities": [{"applicationType": "github", "cloudId": "ben-ito"}],
}
_SAVED = {
    "status": "SUCCESS",
    "versionId": 12,
    "active": True,
    "created": 1,
    "edited": 1,
    "removed": 0,
    "unchanged": 3,
}
_REFUSED = (
    "What is wrong, all of it at once. Nothing was saved.",
    shapes.FAILURE,
    {"status": "FAILURE", "errors": [_ERROR]},
)
_FILES: Mapping[str, tuple[Schema, Mapping[str, Any]]] = {
    MULTIPART: (shapes.FILE, {"A form with the file": {"file": _PEOPLE}}),
    CSV: (text(), {"The file itself": _PEOPLE}),
}
_ALL = "It takes the capabilities to create, edit and delete developers."


def _file(name: str, summary: str, words: str, answer: tuple[str, Schema, Any], *problems: int) -> Described:
    more = """The file is the part `file` of a form, or, with `Content-Type: text/csv`, the body. It has everybody: who
isn't in it is removed. Commas, semicolons or tabs; up to 32 MB."""
    answers = {200: answer, 400: _REFUSED}
    return documented(
        name, summary, f"{words}\n\n{more} {_ALL}", answers, request=_FILES, problems=(413, 415, *problems)
    )


list_ = documented(
    "listSeiDevelopers",
    "List or download developers",
    """A page of developers as JSON; with `Accept: text/csv` and no other parameter, all of them as the CSV file that
an upload reads. Such a download is an entry of the log.""",
    {
        200: (
            "A page; or the file.",
            shapes.PAGE,
            {
                "pageIndex": 0,
                "pageSize": 50,
                "pageItemCount": 1,
                "totalItems": 1,
                "totalPages": 1,
                "empty": False,
                "content": [_DEVELOPER],
            },
        ),
        (200, CSV): ("The file.", text(), "Display name,Email,…\r\nBen Ito,ben@acme.example,…\r\n"),
    },
    parameters=[
        OpenApiParameter("emails", {"type": "array", "items": text()}, description="Only these; commas work too."),
        OpenApiParameter("developerRefIds", {"type": "array", "items": shapes.WHOLE}, description="Only these."),
        OpenApiParameter(
            "searchKey",
            description="A field, or a custom attribute, that has `searchValue`: as a part of `name` and `email`, as "
            "all of any other. Case doesn't matter.",
        ),
        OpenApiParameter("searchValue", description="What it has."),
        OpenApiParameter("sortKey", description="A field, or a custom attribute; by `name` if left out."),
        OpenApiParameter("sortOrder", enum=["asc", "desc"], description="Ascending if left out."),
        OpenApiParameter("pageIndex", {"type": "integer", "minimum": 0, "default": 0}, description="From 0."),
        OpenApiParameter(
            "pageSize",
            {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": 50},
            description="How many at once.",
        ),
    ],
)
upload = _file(
    "uploadDevelopers",
    "Upload developers",
    """Takes a CSV file and says what its columns seem to be. Nothing is saved: the version that it makes waits a day
for its field mappings.""",
    (
        "The version, and how it looks so far.",
        shapes.UPLOAD,
        {
            "status": "SUCCESS",
            "versionId": 12,
            "active": False,
            "fieldMappings": _COLUMNS,
            "preview": {"developerCount": 2, "developers": [{"Name": "Ada Park", "Work email": "ada@acme.example"}]},
            "errors": [],
        },
    ),
)
_A_REVIEW = {
    "status": "SUCCESS",
    "versionId": 13,
    "active": False,
    "fieldMappings": _COLUMNS,
    "review": {
        "created": 0,
        "edited": 1,
        "removed": 0,
        "unchanged": 1,
        "developers": {
            "created": [],
            "edited": [
                {
                    "name": "Ben Ito",
                    "email": "ben@acme.example",
                    "changes": [{"label": "Site", "before": "", "after": "Rome"}],
                }
            ],
            "removed": [],
        },
    },
}
upload_again = _file(
    "uploadDevelopersAgain",
    "Upload developers again",
    """Takes a newer CSV file, mapped as the last one that was saved, and says what approving it would do. Nothing is
saved before. 412 as long as no file was saved.""",
    ("The version, and what it would do.", shapes.REVIEW, _A_REVIEW),
    412,
)
_VERSION = OpenApiParameter("version", int, OpenApiParameter.PATH, description="The `versionId` of an upload.")
_EACH_COLUMN = f"Each with `csvColumn` and `fieldType`, which is one of {', '.join(TARGET_OF)}."
field_mappings = documented(
    "saveFieldMappings",
    "Save a version with its field mappings",
    f"""Says what each column of an uploaded file is, and saves the developers as one batch. With `active` false it
only says what approving would do. Columns that are left out are ignored. {_ALL}""",
    {
        200: ("Saved; or, with `active` false, what it would do.", {"anyOf": [shapes.SAVED, shapes.REVIEW]}, _SAVED),
        400: _REFUSED,
    },
    request={
        JSON: (
            {
                "anyOf": [
                    {
                        "type": "object",
                        "properties": {
                            "fieldMappings": shapes.many(shapes.COLUMN, _EACH_COLUMN),
                            "active": {"type": "boolean", "default": True, "description": "false to look first."},
                        },
                        "required": ["fieldMappings"],
                        "additionalProperties": False,
                    },
                    shapes.many(shapes.COLUMN),
                ]
            },
            {"Save": {"fieldMappings": _COLUMNS}, "Look first": {"fieldMappings": _COLUMNS, "active": False}},
        )
    },
    parameters=[_VERSION],
    problems=(409, 413, 415),
)
approve = documented(
    "approveVersion",
    "Approve a version",
    f"""Does what the review of the version said, as one batch. 409 if it would do something else by now, or if a later
version has taken its place; 412 if its field mappings aren't saved. Approving it again changes nothing. {_ALL}""",
    {200: ("It is what the account has.", shapes.SAVED, _SAVED)},
    request={JSON: ({"type": "object", "properties": {"active": {"const": True}}}, {"Approve": {"active": True}})},
    parameters=[_VERSION],
    problems=(409, 412, 413, 415),
)
_RECORD = {"email": "ben@acme.example", "department": "Platform", "customAttributes": {"Shoe size": "43"}}
upsert = documented(
    "upsertDevelopers",
    "Add or edit some developers",
    """Adds who is new and edits the others, as one batch, at once. Nobody is removed. Fields that a record leaves out
stay; an empty value or null takes one away. Beside the names of `schema`, the columns of the last saved file are
understood. 412 as long as no file was saved.""",
    {
        200: ("Done.", shapes.UPSERTED, {"status": "SUCCESS", "created": 0, "edited": 1, "unchanged": 0}),
        400: _REFUSED,
    },
    request={JSON: (shapes.many(shapes.RECORD), {"One edit": [_RECORD]})},
    problems=(409, 412, 413, 415),
)
delete = documented(
    "deleteDevelopers",
    "Delete some developers",
    """As one batch. E-mails that nobody has are told and left out. A manager is deleted only together with those who
report to them, or after these have another.""",
    {
        200: ("Done.", shapes.DELETED, {"status": "SUCCESS", "deleted": 1, "warnings": [_UNKNOWN]}),
        400: _REFUSED,
    },
    request={
        JSON: (
            {
                "type": "object",
                "properties": {"emails": shapes.many(text(), "Whom to delete.")},
                "required": ["emails"],
                "additionalProperties": False,
            },
            {"Two": {"emails": ["ben@acme.example", "zoe@acme.example"]}},
        )
    },
    problems=(409, 413, 415),
)
schema = documented(
    "readDeveloperSchema",
    "Fields of developers",
    "The field mappings of the last file that was saved, and the fields that records can have.",
    {
        200: (
            "The fields.",
            shapes.SCHEMA,
            {
                "fieldMappings": _COLUMNS,
                "fields": [{"fieldName": "manager_email", "fieldType": "MANAGER_EMAIL", "required": True}],
            },
        )
    },
)


def _sync(name: str, summary: str, words: str, *, done: str, refused: str, sent: Mapping[str, Any]) -> Described:
    more = "A cloud ID replaces what the developer has in the same application. E-mails that nobody has are left out."
    return documented(
        name,
        summary,
        f"{words} {more} {_ALL}",
        {
            200: ("Done.", shapes.SYNCED, {"status": "success", "message": done, "warnings": [_UNKNOWN]}),
            400: (
                "What is wrong. Nothing was saved.",
                shapes.NOT_SYNCED,
                {"status": "error", "message": refused, "errors": [_UNKNOWN]},
            ),
        },
        request=sent,
        problems=(409, 413, 415),
    )


_EACH_ID = "Each with `email`, `applicationType` (such as GITHUB, BITBUCKET_CLOUD or CUSTOM) and `cloudId`."
_USER = {"email": "ben@acme.example", "applicationType": "BITBUCKET_CLOUD", "cloudId": "ben-ito"}
_IDS = "Email,Application type,Cloud ID\nben@acme.example,BITBUCKET_CLOUD,ben-ito\n"
cloud_ids = _sync(
    "syncCloudIds",
    "Sync cloud IDs",
    "Says who developers are in their tools, as one batch.",
    done="Developer identities updated successfully.",
    refused="Invalid payload.",
    sent={
        JSON: (
            {
                "type": "object",
                "properties": {"integrationUsers": shapes.many(shapes.IDENTITY, _EACH_ID)},
                "required": ["integrationUsers"],
                "additionalProperties": False,
            },
            {"One": {"integrationUsers": [_USER]}},
        )
    },
)
cloud_ids_upload = _sync(
    "uploadCloudIds",
    "Sync cloud IDs from a file",
    "The same from a CSV file with the columns Email, Application type and Cloud ID, sent as one of developers is.",
    done="CSV processed and developer identities updated successfully.",
    refused="Invalid file format.",
    sent={MULTIPART: (shapes.FILE, {"A form with the file": {"file": _IDS}}), CSV: (text(), {"The file itself": _IDS})},
)
