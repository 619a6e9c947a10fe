"""The shapes of what SEI's developer API takes and gives."""

from accounts.api.schema import Schema, record, shape, text
from tracked_objects.api.v2.listing import LARGEST_PAGE
from tracked_objects.api.v2.words import MOST_SHOWN, NAME_OF, TARGET_OF
from tracked_objects.upload.mapping import Target
from tracked_objects.upload.problems import MAX_SAMPLES, ProblemType

WHOLE: Schema = {"type": "integer"}
TEXTS: Schema = {"type": "object", "additionalProperties": text()}
YES: Schema = {"type": "boolean"}
FILE: Schema = record({"file": text("The CSV file.", format="binary")})


def many(items: Schema, description: str = "") -> Schema:
    return {"type": "array", "items": items} | ({"description": description} if description else {})


ERROR = shape(
    "DeveloperError",
    record(
        {
            "errorType": text(enum=ProblemType.values),
            "fieldName": {"type": ["string", "null"], "description": "null for the whole."},
            "errorDeveloperCount": {"type": "integer", "description": "How many records have it."},
            "sampleErrorDevelopers": many(
                {"type": "object"},
                f"Up to {MAX_SAMPLES} of them; `_row` is where each was, `_note` says more to a person.",
            ),
        }
    ),
)
FAILURE = shape("DeveloperFailure", record({"status": text(enum=["FAILURE"]), "errors": many(ERROR)}))
COLUMN = shape(
    "FieldMapping",
    record(
        {
            "csvColumn": text("A column of the file, by its name."),
            "fieldType": text("What it is. Only CUSTOM and IGNORED can be there twice.", enum=list(TARGET_OF)),
        }
    ),
)
UPLOAD = shape(
    "DeveloperUpload",
    record(
        {
            "status": text("FAILURE as long as there are `errors`.", enum=["SUCCESS", "FAILURE"]),
            "versionId": WHOLE,
            "active": YES,
            "fieldMappings": many(COLUMN, "What the columns seem to be; send it back as it is to be."),
            "preview": record(
                {"developerCount": WHOLE, "developers": many(TEXTS, "The first rows, their values cut short.")}
            ),
            "errors": many(ERROR, "What is wrong with the file, if it is mapped like this."),
        }
    ),
)
_COUNTS = dict.fromkeys(("created", "edited", "removed", "unchanged"), WHOLE)
_DIFFERENCES = many(
    record(
        {
            "name": text(),
            "email": text(),
            "changes": many(record({"label": text(), "before": text(), "after": text()})),
        }
    )
)
REVIEW = shape(
    "DeveloperReview",
    record(
        {
            "status": text(enum=["SUCCESS"]),
            "versionId": WHOLE,
            "active": YES,
            "fieldMappings": many(COLUMN),
            "review": record(
                {
                    **_COUNTS,
                    "developers": {
                        **record(dict.fromkeys(("created", "edited", "removed"), _DIFFERENCES)),
                        "description": f"The first {MOST_SHOWN} of each.",
                    },
                }
            ),
        }
    ),
)
SAVED = shape(
    "DeveloperVersion",
    record(
        {"status": text(enum=["SUCCESS"]), "versionId": WHOLE, "active": YES, **_COUNTS},
        ["status", "versionId", "active"],
    ),
)
UPSERTED = shape(
    "DevelopersUpserted",
    record({"status": text(enum=["SUCCESS"]), **dict.fromkeys(("created", "edited", "unchanged"), WHOLE)}),
)
DELETED = shape(
    "DevelopersDeleted",
    record(
        {
            "status": text(enum=["SUCCESS"]),
            "deleted": WHOLE,
            "warnings": many(ERROR, "E-mails that no developer has."),
        }
    ),
)
_OWN = {name: text() for name in NAME_OF.values()}
_SENT = {"type": ["string", "null"]}
RECORD = shape(
    "DeveloperRecord",
    {
        "type": "object",
        "properties": {
            **dict.fromkeys(NAME_OF.values(), _SENT),
            "email": text("Who it is; whom nobody has is added."),
            "customAttributes": {"type": "object", "description": "Name → value.", "additionalProperties": _SENT},
        },
        "required": [NAME_OF[Target.EMAIL]],
    },
)
DEVELOPER = shape(
    "SeiDeveloper",
    record(
        {
            "developerRefId": WHOLE,
            **_OWN,
            "customAttributes": TEXTS,
            "identities": many(record({"applicationType": text(), "cloudId": text()})),
        }
    ),
)
PAGE = shape(
    "SeiDeveloperPage",
    record(
        {
            "pageIndex": {"type": "integer", "description": "From 0."},
            "pageSize": {"type": "integer", "maximum": LARGEST_PAGE},
            "pageItemCount": WHOLE,
            "totalItems": WHOLE,
            "totalPages": WHOLE,
            "empty": YES,
            "content": many(DEVELOPER),
        }
    ),
)
SCHEMA = shape(
    "DeveloperSchema",
    record(
        {
            "fieldMappings": many(COLUMN, "Those of the last file that was saved; none before the first."),
            "fields": many(
                record(
                    {
                        "fieldName": text("What records call it."),
                        "fieldType": text(enum=list(TARGET_OF)),
                        "required": {"type": "boolean", "description": "Whether a file must have it."},
                    }
                )
            ),
        }
    ),
)
IDENTITY = shape(
    "IntegrationUser",
    record(
        {
            "email": text("The developer."),
            "applicationType": text("The tool, such as GITHUB, BITBUCKET_CLOUD or CUSTOM; its case doesn't matter."),
            "cloudId": text("Who they are there."),
        }
    ),
)
SYNCED = shape(
    "CloudIdsSynced",
    record({"status": text(enum=["success"]), "message": text(), "warnings": many(ERROR, "E-mails nobody has.")}),
)
NOT_SYNCED = shape(
    "CloudIdsError",
    record(
        {
            "status": text(enum=["error"]),
            "message": text(),
            "errors": many({"type": "object"}, "What is wrong: as with developers, or by index and field."),
        }
    ),
)
