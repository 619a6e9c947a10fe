"""The filter mixes of the list, the hostile ones included, as query strings of a seeded log."""

from tests.benchmarks.seed import ACTORS, FREQUENT, RARE


def _email(number: int) -> str:
    return f"email=member{number:04}@acme.example"


_THOUSAND = "&".join(_email(number) for number in range(0, ACTORS, 2))

MIXES: dict[str, str] = {
    "no filter": "",
    "e-mail, frequent": _email(0),
    "e-mail, rare": _email(ACTORS - 1),
    "e-mail, absent": "email=nobody@acme.example",
    "three e-mails": "&".join(map(_email, (0, 50, ACTORS - 2))),
    "a thousand e-mails": _THOUSAND,
    "type, frequent": "type=USER_LOGIN",
    "type, rare": "type=ACTIVITY_LOG",
    "three types": "type=TEAM&type=USER_LOGIN&type=KB",
    "action, frequent": "action=EDITED",
    "action, rare": "action=ANSWERED",
    "type × action, frequent": "type=USER_LOGIN&action=SUCCESS",
    "type × action, rare": "type=ASSESSMENT&action=ANSWERED",
    "type × action, never": "type=USER_LOGIN&action=SUBMITTED",
    "e-mail × type, frequent × rare": f"{_email(0)}&type=ACTIVITY_LOG",
    "e-mail × type × action, rare": f"{_email(ACTORS - 1)}&type=USER_LOGIN&action=SUCCESS",
    "e-mail × action, frequent × rare": f"{_email(0)}&action=ANSWERED",
    "three e-mails × three types": "&".join(map(_email, (0, 50, 60))) + "&type=TEAM&type=USER_LOGIN&type=KB",
    "a thousand e-mails × rare type": f"{_THOUSAND}&type=ACTIVITY_LOG",
    "one day": "from=2025-06-15&to=2025-06-15",
    "one hour": "from=2025-06-15T10:00:00Z&to=2025-06-15T11:00:00Z",
    "two years": "from=2024-07-01&to=2026-06-30",
    "one day × e-mail": f"from=2025-06-15&to=2025-06-15&{_email(0)}",
    "object": "object=TEAM:17",
    "IP address": "ip=203.0.113.7",
    "source": "source=UI",
    "source, absent": "source=API",
    "words, frequent": f"q={FREQUENT}",
    "words, rare": f"q={RARE}",
    "words, absent": "q=nowhere-to-be-found",
    "words, frequent × rare": f"q={FREQUENT}+{RARE}",
    "words, frequent × e-mail": f"q={FREQUENT}&{_email(ACTORS - 1)}",
    "words, frequent × e-mail, frequent": f"q={FREQUENT}&{_email(0)}",
    "words, frequent × type, frequent": f"q={FREQUENT}&type=USER_LOGIN",
    "words, frequent × type, rare": f"q={FREQUENT}&type=ACTIVITY_LOG",
    "words, frequent × one day": f"q={FREQUENT}&from=2025-06-15&to=2025-06-15",
    "words, rare × type": f"q={RARE}&type=TEAM",
}

# Pages as deep as DEPTH, and the pages of somebody who sees one org tree.
DEPTH = 500_000
DEEP: dict[str, str] = {
    "deep page": "",
    "deep page, e-mail, frequent": _email(0),
    "deep page, type × action": "type=USER_LOGIN&action=SUCCESS",
}
SCOPED: dict[str, str] = {
    "scoped viewer": "",
    "scoped viewer, e-mail, frequent": _email(0),
    "scoped viewer, type": "type=TEAM",
    "scoped viewer, type never seen": "type=USER_LOGIN",
    "scoped viewer, words, frequent": f"q={FREQUENT}",
}
