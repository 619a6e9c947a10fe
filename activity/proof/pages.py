"""What members see of the proofs: verifying, checkpoints, public keys, and the manifests of downloads."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Max, Min
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.guard import MEMBER, access
from accounts.models import Account
from activity import verify_export
from activity.clock import ago, exact, reader_zone
from activity.models import Chain, Entry
from activity.proof import notes
from activity.proof.checkpoints import Contradiction, make
from activity.proof.models import Checkpoint, Manifest, Verification
from activity.proof.problem import Problem
from activity.proof.runs import keep
from activity.proof.verification import last_good, next_to_verify, open_trouble, verify
from activity.requests import context_of
from activity.scope import EXPORT, MANAGE, VIEW

# How many entries one request verifies: about as long as a page may take.
AT_ONCE = 100_000
_RUNS, _CHECKPOINTS = 10, 5
_COMMAND = "python verify_export.py activity.csv manifest.json activity-log-keys.txt"


@dataclass(frozen=True)
class Run:
    """A verification as the page shows it."""

    stored: Verification
    problem: Problem | None
    ago: str
    exact: str

    @classmethod
    def of(cls, stored: Verification, zone: tzinfo, now: datetime) -> "Run":
        return cls(stored, Problem.of(stored.problem), ago(stored.at, now, zone), exact(stored.at, zone))


@dataclass(frozen=True)
class ListedKey:
    """A public key, and of which checkpoints it is."""

    key: str
    use: str
    first: int | None
    last: int | None


@access(MANAGE)
@require_http_methods(["GET", "POST"])
def verify_page(request: HttpRequest, account: str) -> HttpResponse:
    """What the last verification has found; POST verifies what came since, or signs a checkpoint."""
    owner = request.access.account  # type: ignore[attr-defined]
    if request.method == "POST":
        if "checkpoint" in request.POST:
            _sign(request, owner)
        else:
            keep(owner, verify(owner, next_to_verify(owner), AT_ONCE), context_of(request))
        return redirect("activity:verify", account)
    return render(request, "activity/verify.html", _state(owner, reader_zone(request)))


def _sign(request: HttpRequest, owner: Account) -> None:
    try:
        made = make(owner, due_or_not=True)
    except (Contradiction, LookupError) as error:
        messages.error(request, str(error))
        return
    if made:
        messages.success(request, _("Signed: the log up to entry #%(seq)s.") % {"seq": made.seq})
    else:
        messages.info(request, _("Nothing has happened since the last checkpoint."))


def _state(owner: Account, zone: tzinfo) -> dict[str, Any]:
    now = timezone.now()
    stored = list(Verification.objects.filter(account=owner).order_by("-id")[:_RUNS])
    runs = [Run.of(each, zone, now) for each in stored]
    checkpoints = Checkpoint.objects.filter(account=owner).select_related("account").order_by("-seq")[:_CHECKPOINTS]
    good, trouble = last_good(owner), open_trouble(owner)
    telling = trouble or good
    newest = Chain.objects.filter(account=owner).values_list("seq", flat=True).first() or 0
    return {
        "base": reverse("activity:list", args=[owner.slug]),
        "command": f"manage.py verify --account {owner.slug}",
        "last": telling and Run.of(telling, zone, now),
        "runs": runs,
        "waiting": newest - (good.to_seq if good else 0),
        "at_once": AT_ONCE,
        "checkpoints": [(each, ago(each.made_at, now, zone), exact(each.made_at, zone)) for each in checkpoints],
        "can_sign": bool(settings.CHECKPOINT_KEYS),
    }


@access(MANAGE)
@require_safe
def checkpoint_note(request: HttpRequest, account: str, seq: int) -> HttpResponse:
    """A checkpoint as a signed note, to be kept elsewhere."""
    found = Checkpoint.objects.select_related("account")
    kept = get_object_or_404(found, account=request.access.account, seq=seq)  # type: ignore[attr-defined]
    try:
        return _file(kept.note, f"checkpoint-{account}-{seq}.txt")
    except ValueError:
        # Somebody has put into its row what makes no note; verifying says so.
        raise Http404 from None


@access(MEMBER)
@require_safe
def public_keys(request: HttpRequest, account: str) -> HttpResponse:
    """The keys with which signatures of this server are checked, old ones too."""
    keys = _listed(request.access.account)  # type: ignore[attr-defined]
    context = {"keys": list(keys), "base": reverse("activity:list", args=[account]), "command": _COMMAND}
    return render(request, "activity/public_keys.html", context)


@access(MEMBER)
@require_safe
def keys_file(request: HttpRequest, account: str) -> HttpResponse:
    """The same keys, one a line."""
    lines = [listed.key for listed in _listed(request.access.account)]  # type: ignore[attr-defined]
    return _file("\n".join([*lines, ""]), "activity-log-keys.txt")


@access(MEMBER)
@require_safe
def verifier(request: HttpRequest, account: str) -> HttpResponse:
    """The program that checks a download without this server."""
    return _file(Path(verify_export.__file__).read_text(encoding="utf-8"), "verify_export.py")


@access(EXPORT)
@require_safe
def manifest(request: HttpRequest, account: str, seq: int) -> HttpResponse:
    """What a download was, signed."""
    return manifest_file(request, seq)


def manifest_file(request: HttpRequest, seq: int) -> HttpResponse:
    """The manifest of the download that has this entry, for a member or a program that may have it."""
    owner = request.access.account  # type: ignore[attr-defined]
    entry = get_object_or_404(Entry, account=owner, seq=seq)
    kept = Manifest.objects.filter(account=owner, seq=seq).first()
    if kept is None or not may_have(request, entry):
        raise Http404
    return _file(kept.body, f"manifest-{owner.slug}-{seq}.json", "application/json")


def manifest_url(request: HttpRequest, entry: Entry) -> str | None:
    """Where the manifest of a download is; '' when it has none, None when it is none of the reader's business."""
    if (entry.type, entry.action) != ("ACTIVITY_LOG", "EXPORTED") or not may_have(request, entry):
        return None
    kept = Manifest.objects.filter(account=entry.account_id, seq=entry.seq).select_related("account").first()
    return kept.get_absolute_url() if kept else ""


def may_have(request: HttpRequest, entry: Entry) -> bool:
    """The manifest of a download is for whoever did it, and for those who may download everything."""
    viewer = request.access  # type: ignore[attr-defined]
    actor = context_of(request)["actor"]
    own = (entry.actor_kind, entry.actor_id) == (actor.kind, actor.id)
    return viewer.can(EXPORT) and (own or (viewer.whole(EXPORT) and viewer.whole(VIEW)))


def _listed(owner: Account) -> Iterable[ListedKey]:
    """The keys of the configuration, newest first, and those that have signed the account's checkpoints."""
    used = Checkpoint.objects.filter(account=owner).values("key").annotate(first=Min("seq"), last=Max("seq"))
    by_key: dict[str, Any] = {row["key"]: row for row in used.order_by("-last")}
    configured = [str(key) for key in notes.configured_keys()]
    for place, key in enumerate(dict.fromkeys([*configured, *by_key])):
        use = (
            _("signs now")
            if not place and configured
            else _("older")
            if key in configured
            else _("not configured here")
        )
        yield ListedKey(key, use, by_key.get(key, {}).get("first"), by_key.get(key, {}).get("last"))


def _file(content: str, name: str, content_type: str = "text/plain") -> HttpResponse:
    response = HttpResponse(content, content_type=f"{content_type}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
