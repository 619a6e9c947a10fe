"""The one table of who may do what: capabilities of the built-in roles (SPEC §3) and of API keys (§9)."""

CRUD = ("view", "create", "edit", "delete")

# Every capability there is, by resource. A view names one as "resource.verb"; nothing else is ever granted.
RESOURCES: dict[str, tuple[str, ...]] = {
    "activity": ("view", "export", "manage", "ingest", "import"),
    "org_trees": CRUD,
    "teams": CRUD,
    "developers": CRUD,
    "profiles": CRUD,
    "integrations": CRUD,
    "insights": CRUD,
    "api_keys": CRUD,
    "members": (*CRUD, "assign"),
    "roles": CRUD,
    "sso": CRUD,
}
CAPABILITIES = frozenset(f"{resource}.{verb}" for resource, verbs in RESOURCES.items() for verb in verbs)

# Capabilities that a binding to one org tree can give: for that tree and its teams only.
SCOPED = frozenset(
    {f"activity.{verb}" for verb in ("view", "export")}
    | {f"{resource}.{verb}" for resource in ("org_trees", "teams") for verb in CRUD}
)

# What a binding to one org tree also gives, for the account: pages that name no tree.
BESIDE_SCOPE = frozenset({"insights.view", "members.view"})


def _all(*resources: str) -> set[str]:
    return {f"{resource}.{verb}" for resource in resources for verb in RESOURCES[resource]}


def _view(*resources: str) -> set[str]:
    return {f"{resource}.view" for resource in resources}


_OBJECTS = ("org_trees", "teams", "developers", "profiles", "integrations")

BUILT_IN: dict[str, frozenset[str]] = {
    # To bring in what this app records itself is to say what has happened in it.
    "SEI Admin": frozenset(
        _all("activity", *_OBJECTS, "insights", "api_keys", "members") - {"activity.import"} | _view("roles", "sso")
    ),
    "Account Admin": CAPABILITIES,
    "SEI Collection Admin": frozenset(
        {"org_trees.view", "org_trees.edit", "teams.view", "teams.edit"} | _view("insights", "members")
    ),
    "Account Viewer": frozenset(_view("activity", *_OBJECTS, "insights", "api_keys", "members", "roles", "sso")),
    "SEI Viewer": frozenset(_view("insights", "members")),
}
ACCOUNT_ADMIN = "Account Admin"

# What an admin may switch in a built-in role too.
GRANTABLE = frozenset({"activity.view", "activity.export"})

# What a key may do, if its owner may. No key makes keys, or gives anybody a role: who finds one could stay for ever.
KEY_ROLES: dict[str, frozenset[str]] = {
    "SEI Admin": BUILT_IN["SEI Admin"] - _all("api_keys", "members") | _view("api_keys", "members"),
    "SEI Ingestion": frozenset({"activity.ingest"}),
    "SEI Import": frozenset({"activity.import"}),
    "Read only": frozenset(_view(*RESOURCES) | {"activity.export"}),
}
