"""The log catches up with what was changed past the app: entries that say so, of all that the reconciler finds."""

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.batch import adopt_rows, batch, lock_rows
from accounts.many import Held, held
from accounts.models import Account, User
from accounts.tracking import TrackedModel
from activity.proof.reconciling import compare
from activity.proof.stored import Comparing, Finding
from activity.recording import Recording
from activity.summary import batch_name
from tracked_objects.models.organisation import lock_developers
from tracked_objects.tracked import TRACKED

_SENTENCES = {
    "+": gettext_lazy("Recorded afterwards: “%(name)s” was created past this app"),
    "~": gettext_lazy("Recorded afterwards: “%(name)s” was edited past this app"),
    "-": gettext_lazy("Recorded afterwards: “%(name)s” was deleted past this app"),
}


def catch_up(account: Account, seen: str, rec: Recording) -> bool:
    """Make history and entries of all objects of the account that are not as recorded, as part of the open recording.

    `seen` is the digest of the comparison that somebody has looked at. When there is another by now, nothing is done,
    and False comes back. Secrets that can't be decrypted are left as they are: their forms ask for new ones.
    """
    # One at a time: what is gone has no row to wait for.
    lock_developers(account.pk)
    if compare(account).digest != seen:
        return False
    for model in TRACKED:
        if findings := _locked(Comparing(model, account.pk, None)):
            _record(account, model, findings, rec)
    return True


def _locked(comparing: Comparing) -> list[Finding]:
    """What differs once those have ended who are writing it now: they record it themselves."""
    pks = {finding.live["id"] for finding in comparing.differing()[0] if finding.live}
    there = lock_rows(comparing.model, pks | {pk for pk, *_rest in comparing.wrong_secrets()})
    comparing.keep_fingerprints(there)
    return [each for each in comparing.differing()[0] if each.live is None or each.live["id"] in there]


def _record(account: Account, model: type[TrackedModel], findings: Sequence[Finding], rec: Recording) -> None:
    kinds: dict[str, list[TrackedModel]] = {kind: [] for kind in _SENTENCES}
    for finding in findings:
        kinds[finding.kind].append(model(**finding.values))
    befores = {each.values["id"]: each.told for each in findings if each.told is not None}
    with _gathered(account, model, len(findings)):
        adopt_rows(model, befores, kinds, _many(model, findings))
    for kind, items in kinds.items():
        for item in items:
            rec.say(item, _SENTENCES[kind], {})


def _gathered(account: Account, model: type[TrackedModel], count: int) -> AbstractContextManager[Any]:
    """One entry for many; of users each has its own, for they are told of in other accounts too."""
    if count == 1 or model is User:
        return nullcontext()
    kind = model.entry_type
    return batch(account, model, lambda: _("Recorded afterwards, changed past this app: %s") % batch_name(kind, count))


def _many(model: type[TrackedModel], findings: Sequence[Finding]) -> tuple[Held, Held]:
    """Of what many-to-many fields hold, that which differs; of new objects, all."""
    after = held(model, [each.values["id"] for each in findings if each.kind == "+"])
    before: Held = {name: {} for name in after}
    for finding in findings:
        for name, (added, gone) in finding.many.items():
            before[name][finding.values["id"]] = frozenset(gone)
            after[name][finding.values["id"]] = frozenset(added)
    return before, after
