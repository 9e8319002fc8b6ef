"""For whoever gets a report by mail: say yes, or stop. Opening a page does nothing; mail programs open them all.

While a workspace is suspended nobody can begin to get its reports, but anybody can stop.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from analytics.reports import consent
from analytics.reports.consent import CONFIRM, UNSUBSCRIBE, NoSuchLink
from analytics.reports.models import Recipient
from workspaces.operator.gate import is_shut


@never_cache
@csrf_exempt  # the token is the proof, and mail programs post by themselves (RFC 8058)
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    return _answer(request, token, CONFIRM, consent.confirm)


@never_cache
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    return _answer(request, token, UNSUBSCRIBE, consent.unsubscribe)


def _answer(request: HttpRequest, token: str, purpose: str, do: Callable[[Recipient], None]) -> HttpResponse:
    try:
        with consent.behind(token, purpose) as (workspace, recipient):
            if purpose == CONFIRM and is_shut(workspace):
                return render(request, "reports/closed_for_now.html", status=403)
            if request.method == "POST":
                do(recipient)
            context = {
                "purpose": purpose,
                "workspace_name": workspace.name,
                "report": recipient.report,
                "recipient": recipient,
                "done": request.method == "POST" or _is_done(recipient, purpose),
            }
            response = render(request, "reports/mailed.html", context)
    except NoSuchLink:
        response = render(request, "reports/mailed.html", {"purpose": ""}, status=404)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _is_done(recipient: Recipient, purpose: str) -> bool:
    return recipient.state == ("active" if purpose == CONFIRM else "unsubscribed")
