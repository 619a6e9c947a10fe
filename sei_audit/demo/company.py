"""An invented company for the demo: its members, its people and where they work."""

import random
from collections.abc import Iterator
from typing import Any

PASSWORD = "sei-demo-tour"  # noqa: S105

# One member for each built-in role: e-mail, name, role.
COLLECTION_ADMIN = ("collection-admin@acme.example", "Cleo Adeyemi", "SEI Collection Admin")
MEMBERS = (
    ("sei-admin@acme.example", "Sana Iyer", "SEI Admin"),
    ("account-admin@acme.example", "Aino Castell", "Account Admin"),
    COLLECTION_ADMIN,
    ("account-viewer@acme.example", "Viktor Lund", "Account Viewer"),
    ("sei-viewer@acme.example", "Yara Benali", "SEI Viewer"),
)
# So that the log has more busy actors than the five.
_MORE = (
    ("dana.reyes@acme.example", "Dana Reyes", "SEI Admin"),
    ("omar.haddad@acme.example", "Omar Haddad", "SEI Admin"),
    ("li.wen@acme.example", "Li Wen", "Account Viewer"),
)
# A role that isn't built in, and somebody who is invited with it.
CUSTOM_ROLE = ("Tree auditor", {"activity.view", "activity.export", "org_trees.view", "teams.view"})
INVITED = ("priya.rahman@acme.example", "Priya Rahman")

FIRST = [
    "Ada",
    "Alan",
    "Amira",
    "Anton",
    "Asha",
    "Bela",
    "Bruno",
    "Carla",
    "Chen",
    "Dario",
    "Dina",
    "Elif",
    "Emil",
    "Esra",
    "Farid",
    "Freya",
    "Goran",
    "Hana",
    "Hugo",
    "Ines",
    "Ivan",
    "Jana",
    "Jonas",
    "Kaya",
    "Kofi",
    "Lara",
    "Leo",
    "Lin",
    "Luca",
    "Mai",
    "Malik",
    "Mara",
    "Milo",
    "Nadia",
    "Nils",
    "Noor",
    "Olga",
    "Omid",
    "Paula",
    "Pavel",
    "Priya",
    "Quinn",
    "Rana",
    "Remy",
    "Rosa",
    "Sami",
    "Sara",
    "Sven",
    "Tariq",
    "Tess",
    "Timo",
    "Uma",
    "Vera",
    "Wanda",
    "Xenia",
    "Yuki",
    "Zara",
    "Zeno",
]
LAST = [
    "Abara",
    "Almeida",
    "Bauer",
    "Berg",
    "Bianchi",
    "Castro",
    "Cohen",
    "Dahl",
    "Diaz",
    "Egan",
    "Eriksen",
    "Farah",
    "Fischer",
    "Garcia",
    "Grant",
    "Haas",
    "Hoang",
    "Ibarra",
    "Ito",
    "Jansen",
    "Juric",
    "Kamau",
    "Keller",
    "Kovac",
    "Laine",
    "Lopez",
    "Marek",
    "Mbeki",
    "Mensah",
    "Moreau",
    "Nagy",
    "Novak",
    "Okafor",
    "Olsen",
    "Park",
    "Petrov",
    "Quist",
    "Rahman",
    "Rossi",
    "Sato",
    "Silva",
    "Soto",
    "Tanaka",
    "Toth",
    "Ueda",
    "Usman",
    "Varga",
    "Vidal",
    "Weber",
    "Wong",
    "Yilmaz",
    "Zhang",
    "Zuma",
]
TREES = ("Platform", "Commerce", "Data and AI", "Mobile")
EVERYBODY = "Everybody"
SITES = ("Berlin", "Bengaluru", "Lisbon", "Toronto", "Remote")
ROLES = ("Engineer", "Senior Engineer", "Staff Engineer", "QA Engineer", "Designer", "Data Scientist")
TEAM_WORDS = [
    "Payments",
    "Checkout",
    "Catalog",
    "Search",
    "Identity",
    "Billing",
    "Ledger",
    "Shipping",
    "Pricing",
    "Loyalty",
    "Ingest",
    "Warehouse",
    "Features",
    "Models",
    "Notebooks",
    "Streaming",
    "Gateway",
    "Runtime",
    "Builds",
    "Observability",
    "Secrets",
    "Storage",
    "Networking",
    "Edge",
    "Android",
    "iOS",
    "Widgets",
    "Offline",
    "Push",
    "Design-System",
]
TOOLS = (
    ("Jira Cloud", "issue_management", "jira", "https://acme.atlassian.example"),
    ("Linear", "issue_management", "linear", "https://linear.example/acme"),
    ("GitHub", "source_code", "github", "https://github.example/acme"),
    ("GitLab", "source_code", "gitlab", "https://gitlab.acme.example"),
    ("Jenkins", "ci", "jenkins", "https://jenkins.acme.example"),
    ("GitHub Actions", "ci", "github_actions", "https://github.example/acme/actions"),
    ("Argo CD", "cd", "argocd", "https://argo.acme.example"),
    ("Spinnaker", "cd", "spinnaker", "https://spinnaker.acme.example"),
)
AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/19.0 Safari/605.1.15",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36",
)


def everybody() -> list[tuple[str, str, str]]:
    """The members with a role for the whole account; the Collection Admin needs an org tree first."""
    return [person for person in (*MEMBERS, *_MORE) if person != COLLECTION_ADMIN]


def people(chance: random.Random, count: int) -> Iterator[dict[str, Any]]:
    """`count` developer records, each with an e-mail of its own; the same ones for the same seed."""
    for number in range(count):
        first, last = chance.choice(FIRST), chance.choice(LAST)
        yield {
            "full_name": f"{first} {last}",
            "email": f"{first}.{last}.{number}@acme.example".lower(),
            "role": chance.choice(ROLES),
            "sub_role": chance.choice(("Backend", "Frontend", "Full stack", "")),
            "department": chance.choice(TREES),
            "site": chance.choice(SITES),
        }
