"""Ruling on a step from a person's page: the form as a fragment of it, and what is sent by it.

After a ruling the browser is led to the fragment of the page above that shows the climbs, by its URL's name.
"""

from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from milestones.ladders.models import Ladder
from onboarding.progress import rule
from onboarding.progress.foresee import foresee
from onboarding.progress.models import Ruling
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

COMPLETED, REVOKED = Ruling.Verdict.COMPLETED, Ruling.Verdict.REVOKED


class RulingForm(forms.Form):
    verdict = forms.ChoiceField(choices=Ruling.Verdict.choices, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why?"),
        min_length=3,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "autofocus": True}),
        error_messages={
            "required": _("Say why: whoever reads the numbers will want to know."),
            "min_length": _("Say why in a few words, at least three characters."),
        },
    )


@workspace_view("progress.rule")
@never_cache
@require_http_methods(["GET", "POST"])
def ruling(request: WorkspaceRequest, pk: int, key: str, rung: str) -> HttpResponse:
    """One step of one person: the form to complete it by hand, or to revoke it when it is done; and what it sends."""
    ladder = get_object_or_404(Ladder, key=key)
    try:
        journey, step, done = rule.standing(pk, ladder, rung)
        form = RulingForm(request.POST) if request.method == "POST" else None
        if form is not None and form.is_valid():
            verb = rule.revoke if form.cleaned_data["verdict"] == REVOKED else rule.complete
            return _led_back(request, verb(pk, ladder, rung, by=request.member, reason=form.cleaned_data["reason"]))
    except rule.NobodyThere as nobody:
        raise Http404(str(nobody)) from None
    except rule.CannotRule as refusal:
        assert form is not None
        form.add_error(None, str(refusal))
    asked = request.POST.get("verdict", "")
    verdict = asked if asked in Ruling.Verdict else (REVOKED if done else COMPLETED).value
    foreseen = foresee(journey, rung, verdict, now=timezone.now())
    names = rule.names_of(ladder, [*foreseen.gained, *foreseen.lost])
    context = {
        "form": form or RulingForm(initial={"verdict": verdict}),
        "journey": journey,
        "rung_key": rung,
        "place": f"{journey.ladder_id}-{rung}",  # on the person's page
        "step": step,
        "revokes": verdict == REVOKED,
        "foreseen": foreseen,
        "gained": [names.get(key, key) for key in foreseen.gained],
        "lost": [names.get(key, key) for key in foreseen.lost],
    }
    template = "progress/_ruling_form.html" if request.headers.get("HX-Request") else "progress/ruling.html"
    return render(request, template, context, status=200 if form is None else 422)


@workspace_view("progress.rule")
@require_POST
def withdrawal(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Withdraw a ruling."""
    try:
        return _led_back(request, rule.withdraw(pk, by=request.member))
    except rule.NobodyThere as nobody:
        raise Http404(str(nobody)) from None
    except rule.CannotRule as refusal:
        return HttpResponse(str(refusal), status=503, content_type="text/plain; charset=utf-8")


def _led_back(request: WorkspaceRequest, outcome: rule.Outcome) -> HttpResponse:
    """To the climbs alone for htmx, else to the whole page."""
    fragment = request.headers.get("HX-Request")
    page = reverse("widget:climbs" if fragment else "widget:person", args=[request.workspace.slug, outcome.person.pk])
    told = {"ruled": outcome.ruling.pk, **({"waits": 1} if outcome.waits else {})}
    return HttpResponseRedirect(f"{page}?{urlencode(told)}")
