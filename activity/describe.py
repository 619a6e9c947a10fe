"""Turns what a recording collected into drafts of entries."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from accounts.batch import Batch
from accounts.models import Membership, User
from accounts.tracking import TrackedModel
from activity.changes import Labels, changes_of
from activity.summary import batch_name, batch_summary, summary
from activity.touched import Key, Touched, survivors
from activity.writer import Draft


def drafts_of(shared: Mapping[str, Any], touched: Mapping[Key, Touched], batches: Iterable[Batch]) -> list[Draft]:
    """One draft for each object whose net change is something; those of a batch as children of its parent.

    `shared` are the fields that all have in common: actor, source, request_id …
    """
    objects = {key: item for key, item in survivors(touched).items() if item.action}
    labels = Labels(touched)
    labels.load(objects.values())
    accounts = _accounts_of_users(touched)
    children: dict[Batch, list[Draft]] = {batch: [] for batch in batches if not batch.undone}
    own: dict[Key, list[Draft]] = {}
    for (model, pk), item in objects.items():
        if _said_of_user(item, objects):
            continue
        ids = accounts.get(pk, ()) if isinstance(item.instance, User) else (_account_id(item),)
        made = list(_object_drafts(shared, item, labels, ids))
        if item.batch in children:
            children[item.batch] += made
        else:
            own[(model, pk)] = made
    parents = [_parent(shared, batch, made, own) for batch, made in children.items() if made or batch.about]
    return [*parents, *(draft for made in own.values() for draft in made)]


def _object_drafts(
    shared: Mapping[str, Any], item: Touched, labels: Labels, account_ids: Iterable[int]
) -> Iterator[Draft]:
    changes = changes_of(item, labels)
    action = item.action or ""
    if action == "EDITED" and not changes:
        return
    kind, name = item.instance.entry_type, item.name
    action = item.instance.entry_action or action if action == "EDITED" else action
    sentence = item.sentence or item.instance.entry_sentences.get(action)
    for account_id in account_ids:
        yield Draft(
            **shared,
            account_id=account_id,
            type=kind,
            action=item.instance.entry_actions.get(action, action),
            object_id=item.instance.entry_id % vars(item.record),
            object_name=name,
            summary=str(sentence) % {**item.details, "name": name}
            if sentence
            else summary(kind, action, name, changes),
            changes=changes,
            details=dict(item.details),
            org_tree_id=_tree(item),
            history_model=item.record._meta.label,
            history_id=item.record.pk,
        )


def _tree(item: Touched) -> int | None:
    """The org tree that the entry is of. None when the object went from one to another: the entry names both."""
    path = getattr(item.instance, "scope_path", "")
    if not path:
        return None
    name = "id" if path == "pk" else path
    after: int | None = getattr(item.record, name)
    return after if item.before is None or item.before[name] == after else None


def _account_id(item: Touched) -> int:
    return int(item.record.account_id)


def _said_of_user(item: Touched, objects: Mapping[Key, Touched]) -> bool:
    """Whether a membership only repeats what an entry says of its user: a new person is created once."""
    user = objects.get((User, item.record.user_id)) if isinstance(item.instance, Membership) else None
    return user is not None and user.action == item.action


def _accounts_of_users(touched: Mapping[Key, Touched]) -> dict[Any, list[int]]:
    """User → the accounts they are a member of, or were until this recording."""
    users = [pk for model, pk in touched if model is User]
    if not users:
        return {}
    pairs = set(Membership.objects.filter(user__in=users).values_list("user_id", "account_id"))
    pairs |= {
        (item.record.user_id, item.record.account_id)
        for (model, _pk), item in touched.items()
        if model is Membership and item.records
    }
    return {user: sorted(account for owner, account in pairs if owner == user) for user in users}


def _parent(shared: Mapping[str, Any], batch: Batch, children: list[Draft], own: dict[Key, list[Draft]]) -> Draft:
    if batch.about is not None:
        return _about(shared, batch, batch.about, children, own)
    actions = Counter(child.action for child in children)
    counts = {word: actions[word.upper()] for word in ("created", "edited", "deleted")}
    counts["unchanged"] = batch.unchanged
    trees = {*batch.trees, *(child.org_tree_id for child in children)}
    kind = batch.model.entry_type
    return Draft(
        **shared,
        account_id=batch.account.pk,
        type=kind,
        action=next(iter(actions)) if len(actions) == 1 else "EDITED",
        object_name=batch_name(kind, len(children)),
        summary=_sentence(batch) or batch_summary(kind, counts),
        details={**batch.details, **counts},
        org_tree_id=trees.pop() if len(trees) == 1 else None,
        children=children,
    )


def _about(
    shared: Mapping[str, Any], batch: Batch, item: TrackedModel, children: list[Draft], own: dict[Key, list[Draft]]
) -> Draft:
    """The entry of the object that a batch is about: what else has changed of it is said there too."""
    name, kind = str(item), item.entry_type
    draft = next(iter(own.pop((type(item), item.pk), ())), None) or Draft(
        **shared,
        account_id=batch.account.pk,
        type=kind,
        action="EDITED",
        object_id=str(item.pk),
        object_name=name,
        summary=summary(kind, "EDITED", name, {}),
        org_tree_id=getattr(item, "scope_id", None),
    )
    draft.summary = f"{draft.summary}. {_sentence(batch)}"
    draft.details |= batch.details
    draft.children = children
    return draft


def _sentence(batch: Batch) -> str:
    return batch.summary if isinstance(batch.summary, str) else batch.summary()
