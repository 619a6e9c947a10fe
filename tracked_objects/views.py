"""The pages of tracked objects: list, detail, create, edit and delete, the same for every kind."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from django.views.generic import View

from accounts.guard import Access, access
from tracked_objects.details import details, used_by
from tracked_objects.forms import ObjectForm, ReasonForm
from tracked_objects.kinds import KINDS, Kind
from tracked_objects.links import facts
from tracked_objects.models import Developer
from tracked_objects.models.base import AccountObject
from tracked_objects.removing import why_not
from tracked_objects.scope import people, visible

PER_PAGE = 50
SUGGESTIONS = 20


class ObjectView(View):
    """What the pages of one kind share."""

    kind: Kind = None  # type: ignore[assignment]  # given by as_view
    verb = "view"

    @property
    def access(self) -> Access:
        return self.request.access  # type: ignore[attr-defined, no-any-return]

    def queryset(self) -> QuerySet[AccountObject]:
        """What the member may do this page's verb on."""
        return visible(self.kind.model, self.access, self.verb)

    def found(self, pk: int, queryset: QuerySet[AccountObject] | None = None) -> AccountObject:
        """The object, if this page's verb can be done with it."""
        item: AccountObject = get_object_or_404(self.queryset() if queryset is None else queryset, pk=pk)
        if not item.allows(self.verb):
            raise PermissionDenied(self.kind.needs(self.verb))
        return item

    def url(self, name: str, *args: Any) -> str:
        return reverse(f"{self.kind.slug}:{name}", args=[self.access.account.slug, *args])

    def show(self, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        """Render a page of the kind."""
        context = {"kind": self.kind, "list_url": self.url("list"), "tab": "overview", **context}
        return render(self.request, f"tracked_objects/{template}.html", context, status=status)


class ObjectList(ObjectView):
    """All objects of the kind that the member may see, filtered, sorted and paged."""

    template = "list"

    def get(self, request: HttpRequest, account: str) -> HttpResponse:
        found = self.kind.filters(self.access, request.GET, self.queryset(), self.kind.table)
        valid = found.is_valid()
        rows = found.qs if valid else self.queryset().none()
        table = self.kind.table(self.access, rows, found.form.cleaned_data.get("sort") or "" if valid else "")
        # The table counts its rows in the database only when it knows its paginator, else it fetches them all.
        table.paginator = Paginator(table.rows, PER_PAGE)
        page = table.paginator.get_page(request.GET.get("page"))
        context = {"filters": found, "table": table, "page": page, "first": self._first(), **self.more()}
        return self.show(self.template, context, status=200 if valid else 400)

    def more(self) -> dict[str, Any]:
        """What a kind's own template shows besides."""
        return {}

    def _first(self) -> Kind | None:
        """The kind that has to come first, when there is nothing of it yet."""
        first = KINDS.get(self.kind.first)
        return first if first and not visible(first.model, self.access).exists() else None


class ObjectDetail(ObjectView):
    """One object: its facts, and what is related to it."""

    def get(self, request: HttpRequest, account: str, pk: int) -> HttpResponse:
        item = self.found(pk)
        context = {"object": item, "facts": facts(self.access, item, self.kind.facts)}
        return self.show(f"details/{self.kind.slug}", {**context, **self.more(item)})

    def more(self, item: AccountObject) -> dict[str, Any]:
        """What the kind's own template shows besides the facts."""
        return details(self.access, item)


class ObjectForms(ObjectView):
    """The form of an object, new or not."""

    done = gettext_lazy("Saved: %(object)s.")

    def item(self, pk: int | None) -> AccountObject:
        """The object of the form; locked when it is about to be written."""
        raise NotImplementedError

    def get(self, request: HttpRequest, account: str, pk: int | None = None) -> HttpResponse:
        return self.form(self.kind.form(self.access, instance=self.item(pk)), ReasonForm())

    def post(self, request: HttpRequest, account: str, pk: int | None = None) -> HttpResponse:
        form = self.kind.form(self.access, request.POST, instance=self.item(pk))
        reason = ReasonForm(request.POST)
        if not all([form.is_valid(), reason.is_valid()]) or not self.save(form):
            return self.form(form, reason)
        request.reason = reason.cleaned_data["reason"]  # type: ignore[attr-defined]
        return self.saved(form)

    def saved(self, form: ObjectForm) -> HttpResponse:
        """The answer once the object is saved."""
        messages.success(self.request, str(self.done) % {"object": form.instance})
        return redirect(self.url("detail", form.instance.pk))

    def save(self, form: ObjectForm) -> bool:
        return form.try_save()

    def form(self, form: ObjectForm, reason: ReasonForm) -> HttpResponse:
        item = form.instance if form.instance.pk else None
        # The name as it is stored: the form has already put what was typed into the instance.
        stored = self.queryset().get(pk=item.pk) if item and form.is_bound else item
        back = self.url("detail", item.pk) if item else self.url("list")
        return self.ask("form", {"object": stored, "form": form, "reason": reason, "back": back})

    def ask(self, template: str, context: dict[str, Any]) -> HttpResponse:
        """A page with a form that somebody may come back to."""
        response = self.show(template, context)
        # Not no-store, as other pages: some browsers would not give back what was typed to who comes back.
        response["Cache-Control"] = "private, no-cache"
        return response


class ObjectCreate(ObjectForms):
    verb = "create"

    def item(self, pk: int | None) -> AccountObject:
        if not self.kind.allows(self.access, "create"):
            raise PermissionDenied(self.kind.needs("create"))
        return self.new()

    def new(self) -> AccountObject:
        return self.kind.model(account=self.access.account)


class ObjectEdit(ObjectForms):
    verb = "edit"

    def item(self, pk: int | None) -> AccountObject:
        found = self.queryset()
        if self.request.method == "POST":
            found = found.select_for_update(of=("self",), no_key=True)
        return self.found(pk or 0, found)


class ObjectDelete(ObjectView):
    """Asks first; what is in use stays, and the page says what uses it."""

    verb = "delete"

    def get(self, request: HttpRequest, account: str, pk: int) -> HttpResponse:
        return self.ask(self.found(pk), ReasonForm())

    def post(self, request: HttpRequest, account: str, pk: int) -> HttpResponse:
        item = self.found(pk)
        reason = ReasonForm(request.POST)
        if not reason.is_valid():
            return self.ask(item, reason)
        name = str(item)
        if refusals := why_not(lambda: self.remove(item)):
            return self.ask(self.found(pk), reason, 409, refusals)
        request.reason = reason.cleaned_data["reason"]  # type: ignore[attr-defined]
        messages.success(request, str(self.kind.deleting.done) % {"object": name})
        return redirect(self.url("list"))

    def remove(self, item: AccountObject) -> None:
        """Delete it; a ValidationError says why it stays."""
        item.delete()

    def ask(
        self, item: AccountObject, reason: ReasonForm, status: int = 200, refusals: Iterable[str] = ()
    ) -> HttpResponse:
        """The page that asks, or that says why not."""
        users = used_by(self.access, item)
        blocked = bool(users["users"] or users["more_users"]) and not item.frees_users
        question = str(self.kind.deleting.question) % {"name": item}
        context = {"object": item, "reason": reason, "blocked": blocked, "refusals": refusals, "question": question}
        context |= users
        return self.show("delete", context, status)


@access("teams.view")
@require_safe
def suggest(request: HttpRequest, account: str) -> HttpResponse:
    """Developers whose name or e-mail has what somebody has typed so far, as options of a datalist."""
    # The input sends itself, whatever its name.
    typed = str(next(iter(request.GET.values()), "")).replace("\0", "")[:300]
    text = typed.rpartition("<")[2].strip(" >")
    found = people(request.access) if text else Developer.objects.none()  # type: ignore[attr-defined]
    named = found.filter(Q(full_name__icontains=text) | Q(email__icontains=text)).order_by("full_name", "pk")
    return render(request, "tracked_objects/widgets/suggestions.html", {"developers": named[:SUGGESTIONS]})
