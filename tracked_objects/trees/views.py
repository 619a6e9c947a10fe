"""The tree view, which opens node by node, and the table view of a tree that grows from managers."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tracked_objects.kinds import KINDS
from tracked_objects.models import Developer, OrgTree
from tracked_objects.trees.nodes import MOST, Whole, named, nodes, with_developer
from tracked_objects.views import PER_PAGE, ObjectView

TOTALS: dict[str, Promise] = {
    "teams": _("Total teams"),
    "roots": _("Root teams"),
    "developers": _("Developers"),
    "unmatched": _("Unmatched"),
}


class TreePage(ObjectView):
    """What the pages of a tree share."""

    kind = KINDS["org-trees"]

    def trees(self) -> QuerySet[Any]:
        """Those that have grown: others have no nodes."""
        found: QuerySet[Any] = self.queryset()
        return found.filter(grown=True)


def some(found: Any, start: str | None) -> dict[str, Any]:
    """Some nodes, and where the next ones begin, if there are more."""
    first = int(start) if start and start.isdecimal() and len(start) < 9 else 0
    shown = list(found[first : first + MOST + 1])
    return {"nodes": shown[:MOST], "more": first + MOST if len(shown) > MOST else None}


class TreeView(TreePage):
    """The tree from its tops down, or, without JavaScript, from a node down."""

    def get(self, request: HttpRequest, account: str, pk: int) -> HttpResponse:
        start, node = request.GET.get("start"), request.GET.get("node", "")
        if not node:
            tree = get_object_or_404(self.trees(), pk=pk)
            return self.page(tree, None, some(nodes(self.access.account, tree, tree.root_id, None), start))
        if not node.isdecimal():
            raise Http404
        tree = get_object_or_404(with_developer(self.trees(), int(node)), pk=pk)
        top = Developer.objects.select_related("manager").get(pk=int(node))
        return self.page(tree, top, some(nodes(self.access.account, tree, None, top.pk), start))

    def page(self, tree: OrgTree, top: Developer | None, shown: dict[str, Any]) -> HttpResponse:
        context = {"object": tree, "tab": "tree", "top": top, "is_root": top is not None and top.pk == tree.root_id}
        return self.show("trees/tree", {**context, **shown})


class TreeNodes(TreePage):
    """The reports of one node, for whoever opens it. Without a tree, of the hierarchy that the wizard shows."""

    def get(self, request: HttpRequest, account: str, developer: int, pk: int | None = None) -> HttpResponse:
        tree = pk and get_object_or_404(with_developer(self.trees(), developer), pk=pk)
        found = nodes(self.access.account, tree or None, None, developer)
        context = {"object": tree, "top": developer, "below": True, **some(found, request.GET.get("start"))}
        return render(request, "tracked_objects/trees/nodes.html", context)


class PreviewNodes(TreeNodes):
    verb = "create"


class TreeTable(TreePage):
    """Totals, and the managers or whoever isn't in the tree as a table."""

    def get(self, request: HttpRequest, account: str, pk: int) -> HttpResponse:
        tree = get_object_or_404(self.trees(), pk=pk)
        whole = Whole(self.access.account, tree.root_id, tree)
        unmatched = request.GET.get("show") == "unmatched"
        page = Paginator(whole.unmatched if unmatched else whole.managers, PER_PAGE).get_page(request.GET.get("page"))
        context: dict[str, Any] = {
            "object": tree,
            "tab": "table",
            "totals": [(label, whole.totals[name]) for name, label in TOTALS.items()],
            "unmatched": unmatched,
            "page": page,
            "rows": named(list(page)) if unmatched else whole.rows(list(page)),
        }
        return self.show("trees/table", context)
