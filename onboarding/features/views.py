"""The features of the workspace's product: the list, and one of them with what switches it on and for whom."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from onboarding.features import changing
from onboarding.features.counting import people_having
from onboarding.features.forms import FeatureForm, GrantToForm
from onboarding.features.granting import grant as give
from onboarding.features.granting import named
from onboarding.features.learning import learn, places
from onboarding.features.models import Feature, Grant
from workspaces.tenants.views_access import WorkspaceRequest, workspace_view

RECENT_GRANTS = 100


@workspace_view("features.read")
@require_GET
def index(request: WorkspaceRequest) -> HttpResponse:
    learn()  # so that what was published a moment ago is there
    now = timezone.now()
    named_by, people = places(), people_having(now=now)
    grants: dict[int, int] = {}
    for one in Grant.objects.filter(revoked_at=None):
        grants[one.feature_id] = grants.get(one.feature_id, 0) + one.in_force(now)
    rows = [
        {
            "feature": feature,
            "places": named_by.get(feature.key, []),
            "people": people.get(feature.key, 0),
            "grants": grants.get(feature.pk, 0),
        }
        for feature in Feature.objects.order_by("archived_at", "name", "key")
    ]
    return render(request, "features/list.html", {"rows": rows})


@workspace_view("features.read")
@require_GET
def show(request: WorkspaceRequest, key: str) -> HttpResponse:
    return _page(request, _feature(key))


@workspace_view("features.change")
@require_POST
def change(request: WorkspaceRequest, key: str) -> HttpResponse:
    """What it is called, and whom it reaches: that takes effect at once."""
    feature = _feature(key)
    before = changing.state_of(feature)
    form = FeatureForm(request.POST, instance=feature)
    if not form.is_valid():
        return _page(request, _feature(key), form=form, status=422)
    changing.change(form, before, by=request.member)
    messages.success(request, gettext("%(feature)s is saved.") % {"feature": feature.name})
    return redirect(feature)


@workspace_view("features.change")
@require_POST
def archival(request: WorkspaceRequest, key: str) -> HttpResponse:
    """Archive it, or with `restore` bring it back."""
    feature = _feature(key)
    restores = "restore" in request.POST
    (changing.restore if restores else changing.archive)(feature, by=request.member)
    said = (
        gettext("%(feature)s counts again for everybody who has it.")
        if restores
        else gettext("%(feature)s is off for everybody.")
    )
    messages.success(request, said % {"feature": feature.name})
    return redirect(feature)


@workspace_view("features.grant")
@require_POST
def grant(request: WorkspaceRequest, key: str) -> HttpResponse:
    feature = _feature(key)
    form = GrantToForm(request.POST)
    if not form.is_valid():
        return _page(request, feature, grant_form=form, status=422)
    given = form.cleaned_data
    give(feature, given["to"], by=request.member, reason=given["reason"], until=given["until"])
    messages.success(
        request, gettext("%(feature)s is granted to %(to)s.") % {"feature": feature.name, "to": given["to"]}
    )
    return redirect(feature)


def _feature(key: str) -> Feature:
    return get_object_or_404(Feature.objects.select_related("workspace"), key=key)


def _page(
    request: WorkspaceRequest,
    feature: Feature,
    *,
    form: FeatureForm | None = None,
    grant_form: GrantToForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    grants = list(feature.grants.select_related("user", "revoked_user").order_by("-granted_at", "-pk")[:RECENT_GRANTS])
    names = named(grants)
    context = {
        "feature": feature,
        "places": places().get(feature.key, []),
        "people": people_having(now=now).get(feature.key, 0),
        "grants": [{"grant": one, "to": names[one.pk], "in_force": one.in_force(now)} for one in grants],
        "form": form or FeatureForm(instance=feature),
        "grant_form": grant_form or GrantToForm(),
        "asked_at": request.build_absolute_uri(f"/ofrep/v1/evaluate/flags/{feature.key}"),
    }
    return render(request, "features/show.html", context, status=status)
