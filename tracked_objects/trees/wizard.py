"""A new org tree, step by step. Nothing is kept between the steps but what the page itself sends along."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tracked_objects.forms import ObjectForm, ReasonForm
from tracked_objects.kinds import KINDS
from tracked_objects.models import Developer
from tracked_objects.scope import may_upload, visible
from tracked_objects.trees.nodes import Whole, nodes
from tracked_objects.trees.views import TOTALS, some
from tracked_objects.views import ObjectCreate

PREVIEW = 5


@dataclass(frozen=True)
class Step:
    """One page of the wizard: the fields that it asks for. Trees made by hand have no steps that are `grown`."""

    name: str
    title: Promise
    fields: tuple[str, ...] = ()
    grown: bool = False


STEPS = (
    Step("name", _("Name"), ("name", "description", "grown")),
    Step("records", _("Developer records"), grown=True),
    Step("hierarchy", _("Hierarchy"), ("root",), grown=True),
    Step("profiles", _("Profiles"), ("efficiency_profile", "productivity_profile", "business_alignment_profile")),
    Step("integrations", _("Default integrations"), ("integrations",)),
)


class TreeWizard(ObjectCreate):
    """Name → developer records → hierarchy → profiles → default integrations → saved."""

    kind = KINDS["org-trees"]

    def get(self, request: HttpRequest, account: str, pk: int | None = None) -> HttpResponse:
        form = self.kind.form(self.access, instance=self.item(None))
        form.initial["grown"] = True
        return self.page(form, STEPS[0])

    def post(self, request: HttpRequest, account: str, pk: int | None = None) -> HttpResponse:
        form = self.kind.form(self.access, request.POST, instance=self.item(None))
        form.is_valid()
        steps = [step for step in STEPS if not step.grown or form.cleaned_data.get("grown")]
        names = [step.name for step in steps]
        sent = request.POST.get("step", "")
        at = names.index(sent) if sent in names else 0
        if "back" in request.POST:
            return self.page(form, steps[max(at - 1, 0)])
        if "stay" in request.POST or _first_wrong(form, steps, at) <= at:
            return self.page(form, steps[min(_first_wrong(form, steps, at), at)])
        if at + 1 < len(steps):
            return self.page(form, steps[at + 1])
        return self._save(form) or self.page(form, steps[min(_first_wrong(form, steps, at), at)])

    def _save(self, form: ObjectForm) -> HttpResponse | None:
        reason = ReasonForm(self.request.POST)
        if form.errors or not reason.is_valid() or not form.try_save():
            return None
        tree: Any = form.instance
        self.request.reason = reason.cleaned_data["reason"]  # type: ignore[attr-defined]
        count = tree.teams.count()
        said = ngettext("Org tree created: %(name)s (%(n)d team).", "Org tree created: %(name)s (%(n)d teams).", count)
        messages.success(self.request, said % {"name": tree, "n": count})
        return redirect(self.url("tree" if tree.grown else "detail", tree.pk))

    def page(self, form: ObjectForm, step: Step) -> HttpResponse:
        grown = form.cleaned_data.get("grown") if form.is_bound else True
        steps = [(other, other is step) for other in STEPS if not other.grown or grown]
        last = steps[-1][1]
        shown: dict[str, Any] = getattr(self, f"_{step.name}", lambda form: {})(form)
        _hide(form, step)
        context = {"form": form, "step": step, "steps": steps, "first": step is STEPS[0], "last": last}
        return self.ask("trees/wizard", {**context, **shown, "reason": ReasonForm() if last else None})

    def _records(self, form: ObjectForm) -> dict[str, Any]:
        """The first developers, and how many there are with a manager and without."""
        people = visible(Developer, self.access)
        count = people.count()
        managed = people.exclude(manager=None).count()
        first = people.select_related("manager").order_by("full_name", "pk")[:PREVIEW]
        counts = {"count": count, "managed": managed, "unmanaged": count - managed}
        return {"people": first, "can_upload": may_upload(self.access), **counts}

    def _hierarchy(self, form: ObjectForm) -> dict[str, Any]:
        """What the tree would be below the top that is chosen."""
        root = form.cleaned_data.get("root")
        account, root_id = self.access.account, root and root.pk
        whole = Whole(account, root_id)
        totals = [(label, whole.totals[name]) for name, label in TOTALS.items()]
        return {"totals": totals, **some(nodes(account, None, root_id, None), None)}


def _first_wrong(form: ObjectForm, steps: list[Step], at: int) -> int:
    """The place of the first step with an error; beyond the step `at` when there is none so far."""
    return next((place for place, step in enumerate(steps) if form.errors.keys() & set(step.fields)), at + 1)


def _hide(form: ObjectForm, step: Step) -> None:
    """Let the fields of other steps go along unseen."""
    for name, field in form.fields.items():
        if name not in step.fields:
            field.widget = field.hidden_widget()
