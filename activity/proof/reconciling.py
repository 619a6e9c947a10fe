"""Is what is stored what the log says? Every tracked object against its history and its entries."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.utils import translation

from accounts.models import Account
from accounts.tracking import TrackedModel
from activity.canonical import canonical_json
from activity.changes import Labels, changes_of
from activity.diff import Changes
from activity.proof.stored import Comparing, Finding
from activity.touched import Touched
from tracked_objects.tracked import TRACKED

# Of each model, so many objects are told of one by one; all are counted.
MOST = 100


@dataclass(frozen=True)
class Unlogged:
    """An object that was created, edited or deleted without an entry; of its changes, `before` is what was recorded."""

    type: str
    object_id: str
    name: str
    action: str
    changes: Changes


@dataclass
class Comparison:
    """How many objects of each type there are, how many are not as recorded, and the first of those."""

    checked: Counter[str] = field(default_factory=Counter)
    differing: Counter[str] = field(default_factory=Counter)
    unlogged: list[Unlogged] = field(default_factory=list)

    @property
    def kept(self) -> dict[str, Any]:
        return {
            "checked": dict(self.checked),
            "differing": dict(self.differing),
            "unlogged": [asdict(one) for one in self.unlogged],
        }

    @property
    def digest(self) -> str:
        """The same for the same differences."""
        if not self.differing:
            return ""
        return hashlib.sha256(canonical_json(self.kept | {"checked": None}).encode()).hexdigest()


def compare(account: Account) -> Comparison:
    """Hold all tracked objects of the account against what was recorded of them, each model as it is at one moment."""
    found = Comparison()
    # As entries have them: fields and choices are in the log's own language.
    with translation.override(settings.LANGUAGE_CODE):
        for model in TRACKED:
            comparing = Comparing(model, account.pk, MOST)
            findings, total = comparing.differing()
            found.checked[model.entry_type] += comparing.count()
            secrets = list(_wrong_secrets(comparing))
            if total or secrets:
                found.differing[model.entry_type] += total + len(secrets)
                found.unlogged += [*secrets, *_unlogged(model, findings)][:MOST]
    return found


def _unlogged(model: type[TrackedModel], findings: Iterable[Finding]) -> Iterator[Unlogged]:
    items = [_touched(model, finding) for finding in findings]
    labels = Labels({})
    labels.load(items)
    for item in items:
        yield Unlogged(
            model.entry_type,
            model.entry_id % vars(item.record),
            item.name_before,
            item.action or "CREATED",
            changes_of(item, labels),
        )


def _touched(model: type[TrackedModel], finding: Finding) -> Touched:
    """What an entry would be made of, had there been one."""
    instance = model(**finding.values)
    history = model.history.model  # type: ignore[attr-defined]
    record = history(**finding.values, history_type=finding.kind)
    many = finding.many.items()
    return Touched(
        instance,
        finding.told,
        _name(instance),
        records=[record],
        many_before={name: frozenset(gone) for name, (_added, gone) in many},
        many_after={name: frozenset(added) for name, (added, _gone) in many},
    )


def _name(instance: TrackedModel) -> str:
    try:
        return str(instance)
    except ObjectDoesNotExist:
        # What it is called after is gone.
        return f"#{instance.pk}"


def _wrong_secrets(comparing: Comparing) -> Iterator[Unlogged]:
    """Secrets that are not those whose fingerprints were recorded, told of by their fingerprints."""
    model, wrong = comparing.model, list(comparing.wrong_secrets())
    rows = comparing.values_of({pk for pk, *_rest in wrong}) if wrong else {}
    for pk, name, kept, now in wrong:
        label = Labels({}).of(model._meta.get_field(name))
        sides = {side: f"fingerprint {text}" for side, text in (("before", kept), ("after", now)) if text}
        yield Unlogged(model.entry_type, model.entry_id % rows[pk], _name(model(**rows[pk])), "EDITED", {label: sides})
