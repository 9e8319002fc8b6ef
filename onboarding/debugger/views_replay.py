"""Sending rejected messages again from their pages."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from onboarding.debugger.entries import Ref
from onboarding.debugger.replaying import send_again
from onboarding.debugger.views import entry_or_404, message_context
from onboarding.intake.models import Rejection
from onboarding.intake.reasons import Drop, Reason
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

MOST_AT_ONCE = 200


@workspace_view("events.replay")
@require_POST
def replay(request: WorkspaceRequest, ref: str) -> HttpResponse:
    """Send the text in place of the rejected one; what is wrong with it now is said beside it."""
    read = Ref.read(ref)
    if read is None or read.outcome != "rejected":
        raise Http404("Only what was rejected can be sent again")
    text = request.POST.get("text", "")
    try:
        with transaction.atomic():
            done = send_again(read.pk, text, by=request.member)
    except Rejection.DoesNotExist:
        raise Http404("There is no such message, or it was forgotten") from None
    except Drop as drop:
        context = {**message_context(entry_or_404(ref)), "text": text, "problem": drop}
        return render(request, "debugger/message.html", context, status=422)
    said = (
        gettext("Sent again. It was in the log already.")
        if done.duplicate
        else gettext("Sent again. It is in the log now.")
    )
    messages.success(request, said)
    return redirect(_found(request, done.message_id))


@workspace_view("events.replay")
@require_POST
def all_again(request: WorkspaceRequest) -> HttpResponse:
    """Send everything of one reason again as it was, for when what was wrong was on this side.

    So many at a time: the next time goes on `after` the last that was tried, so that what is rejected again is in
    nobody's way.
    """
    reason = request.POST.get("reason", "")
    if reason not in list(Reason):
        raise Http404("There is no such reason")
    after = request.POST.get("after", "")
    tried = int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else 0
    waiting = Rejection.objects.filter(reason=reason, replayed_at=None, pk__gt=tried).order_by("pk")
    taken = refused = 0
    for rejection in waiting[:MOST_AT_ONCE]:
        try:
            with transaction.atomic():
                send_again(rejection.pk, rejection.message, by=request.member)
        except Drop:
            refused += 1
        else:
            taken += 1
        tried = rejection.pk
    left = Rejection.objects.filter(reason=reason, replayed_at=None, pk__gt=tried).count()
    more = " " + ngettext("%(n)d more waits.", "%(n)d more wait.", left) % {"n": left} if left else ""
    messages.success(
        request, gettext("%(taken)s taken, %(refused)s rejected again.") % {"taken": taken, "refused": refused} + more
    )
    query = urlencode([("reason", reason), *([("tried", tried)] if left else [])])
    return redirect(f"{reverse('debugger:events', args=[request.workspace.slug])}?{query}")


def _found(request: WorkspaceRequest, message_id: str) -> str:
    query = urlencode({"message": message_id, "outcome": "stored"})
    return f"{reverse('debugger:events', args=[request.workspace.slug])}?{query}"
