"""A person's features, as a fragment of their page: what is on and why, what was granted, and granting.

The page above embeds it by its URL's name; where there are no scripts, it leads back there.
"""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from onboarding.features import granting
from onboarding.features.evaluation import evaluate_all
from onboarding.features.forms import GrantWhatForm
from onboarding.features.models import Feature, Grant
from onboarding.features.showing import Shown, shown_of
from onboarding.features.standing import standing_of
from onboarding.people.models import Person
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view


@workspace_view("features.read")
@never_cache
@require_http_methods(["GET", "POST"])
def of_person(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """The features of a person; POST grants one, to those who may."""
    person = get_object_or_404(Person, pk=pk)
    may = request.member.may("features.grant")
    form = None
    if request.method == "POST":
        if not may:
            raise Http404("Nothing is granted here")
        form = GrantWhatForm(request.POST)
        if form.is_valid():
            given = form.cleaned_data
            granting.grant(given["feature"], person, by=request.member, reason=given["reason"], until=given["until"])
            return _led_back(request, person.pk)
    now = timezone.now()
    grants = Grant.objects.filter(sender__in=person.senders.values("key"))
    grants = grants.select_related("feature", "user", "revoked_user").order_by("-granted_at", "-pk")
    context = {
        "person": person,
        "shown": _shown(person),
        "grants": [{"grant": one, "in_force": one.in_force(now)} for one in grants],
        "form": form or GrantWhatForm(),
        "opened": form is not None,
        "may": may,
    }
    template = "features/_person.html" if request.headers.get("HX-Request") else "features/person.html"
    return render(request, template, context, status=200 if form is None else 422)


@workspace_view("features.grant")
@require_POST
def revocation(request: WorkspaceRequest, pk: int) -> HttpResponse:
    """Revoke a grant. With `person`, back to that person's features, else to the feature."""
    made = get_object_or_404(Grant.objects.select_related("feature__workspace"), pk=pk)
    granting.revoke(made, by=request.member)
    person = Person.objects.filter(senders__key=made.sender).first() if made.sender else None
    if person is not None and "person" in request.POST:
        return _led_back(request, person.pk)
    messages.success(request, gettext("The grant of %(feature)s is revoked.") % {"feature": made.feature})
    return redirect(made.feature)


def _led_back(request: WorkspaceRequest, person_id: int) -> HttpResponse:
    """To the fragment alone for htmx, else to the whole page."""
    page = "features:of_person" if request.headers.get("HX-Request") else "widget:person"
    return HttpResponseRedirect(reverse(page, args=[request.workspace.slug, person_id]))


def _shown(person: Person) -> list[Shown]:
    standing = standing_of(person)
    on = [one for one in evaluate_all(standing.features, standing.given) if one.value]
    return shown_of(on, {feature.key: feature for feature in Feature.objects.all()})
