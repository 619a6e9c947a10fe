"""One example of each kind, for the description of the API; a test creates each of them."""

from typing import Any

from tracked_objects.models.lead_time import default_lead_time

_BUGS = {"property": "labels", "operator": "is", "values": ["bug", "incident"]}

EXAMPLES: dict[str, dict[str, Any]] = {
    "developers": {
        "full_name": "Dana Keller",
        "email": "dana@acme.example",
        "manager": None,
        "role": "Engineer",
        "sub_role": "",
        "team": "Payments",
        "department": "Product",
        "site": "Berlin",
        "identities": [{"application_type": "github", "cloud_id": "dkeller"}],
        "custom_attributes": {"Cost center": "4711"},
    },
    "org-trees": {
        "name": "Engineering",
        "description": "Everybody who builds",
        "grown": False,
        "root": None,
        "efficiency_profile": None,
        "productivity_profile": None,
        "business_alignment_profile": None,
        "integrations": [],
    },
    "teams": {
        "name": "Payments",
        "org_tree": 1,
        "manager": None,
        "members": [],
        "shared_members": [],
        "integrations": [],
        "settings": {"bug_conditions": [_BUGS]},
        "alignment_filters": {"Keep the lights on": [{"match": "all", "conditions": [_BUGS]}]},
    },
    "efficiency-profiles": {
        "name": "Standard",
        "description": "",
        "deployment_frequency_source": "cd",
        "change_failure_rate_source": "cd",
        "time_to_restore_source": "issue_management",
        "lead_time": default_lead_time(),
    },
    "productivity-profiles": {
        "name": "Standard",
        "description": "",
        "coding_days": True,
        "pr_velocity": True,
        "pr_cycle_time": True,
        "lines_of_code": False,
        "work_completed": True,
        "comments_per_pr": True,
        "time_to_first_comment": True,
        "pr_size_small": 10,
        "pr_size_medium": 100,
        "feature_issue_types": ["Story", "Epic"],
        "bug_issue_types": ["Bug"],
        "active_statuses": ["In progress"],
    },
    "business-alignment-profiles": {
        "name": "Investments",
        "description": "",
        "categories": [{"name": "Keep the lights on", "ticket_scope": "matching", "conditions": [_BUGS]}],
    },
    "integrations": {
        "name": "GitHub",
        "description": "",
        "category": "source_code",
        "application_type": "github",
        "url": "https://github.example.com",
        "status": "active",
        "credentials": "a token",
        "tags": ["main"],
    },
}
