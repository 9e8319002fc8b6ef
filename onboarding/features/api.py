"""Features for programs: what they are called, who has them and why, and grants by hand."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone

from onboarding.features import changing, granting, shapes
from onboarding.features.counting import people_having
from onboarding.features.evaluation import evaluate_all
from onboarding.features.forms import FeatureForm, GrantToForm
from onboarding.features.learning import learn, places
from onboarding.features.models import Feature, Grant
from onboarding.features.standing import standing_of
from onboarding.people.models import Person
from onboarding.usage.declaring import use_of
from workspaces.api.forms import refused_form
from workspaces.api.operations import Answer, Call, operation
from workspaces.api.paging import Page, page, page_of_list
from workspaces.api.problems import At, Refused
from workspaces.api.views import KeyedView


class Features(KeyedView):
    @operation(
        "features_list",
        "features.read",
        "The features that ladders switch on",
        answer=shapes.FeatureLine,
        query=shapes.FeatureFilters,
        pages=True,
    )
    def get(self, call: Call) -> Page:
        learn()  # so that what was published a moment ago is there
        found = Feature.objects.filter(archived_at__isnull=not call.asked["archived"])
        return page(found, call.asked, order=("name", "pk"))


class OneFeature(KeyedView):
    @operation("features_read", "features.read", "One feature", answer=shapes.FeatureInFull, plain=True)
    def get(self, call: Call, key: str) -> dict[str, Any]:
        learn()
        return _whole(_feature(key))

    @operation(
        "features_change",
        "features.change",
        "What it is called, whom it reaches and when it is used; that takes effect at once",
        answer=shapes.FeatureInFull,
        body=shapes.FeatureBody,
        matches=True,
        plain=True,
    )
    def put(self, call: Call, key: str) -> dict[str, Any]:
        feature = _feature(key)
        before = changing.state_of(feature)
        form = FeatureForm({name: value for name, value in call.body.items() if value is not None}, instance=feature)
        if not form.is_valid():
            raise refused_form(form)
        changing.change(form, before, by=call.by)
        return _whole(_feature(key))


class Archive(KeyedView):
    @operation(
        "features_archive", "features.change", "Switch it off for everybody", answer=shapes.FeatureInFull, plain=True
    )
    def post(self, call: Call, key: str) -> dict[str, Any]:
        feature = _feature(key)
        changing.archive(feature, by=call.by)
        return _whole(feature)


class Restore(KeyedView):
    @operation(
        "features_restore",
        "features.change",
        "Let unlocks and grants of it count again",
        answer=shapes.FeatureInFull,
        plain=True,
    )
    def post(self, call: Call, key: str) -> dict[str, Any]:
        feature = _feature(key)
        changing.restore(feature, by=call.by)
        return _whole(feature)


class Grants(KeyedView):
    @operation(
        "features_grants",
        "features.read",
        "Grants of a feature by hand, the newest first",
        answer=shapes.GrantTold,
        pages=True,
    )
    def get(self, call: Call, key: str) -> Page:
        found = Grant.objects.filter(feature=_feature(key)).select_related("feature", "user", "revoked_user")
        return page(found, call.asked, order=("-granted_at", "-pk"))

    @operation(
        "features_grant",
        "features.grant",
        "Switch a feature on for a person or everyone in an account",
        answer=shapes.GrantTold,
        body=shapes.GrantBody,
        status=201,
    )
    def post(self, call: Call, key: str) -> Answer:
        feature, said = _feature(key), call.body
        if ("user_id" in said) == ("account" in said):
            raise Refused("invalid", errors=[At("Name either user_id or account.")])
        kind = "person" if "user_id" in said else "account"
        whom = said.get("user_id") or said.get("account")
        form = GrantToForm({"kind": kind, "whom": whom, "until": said.get("until"), "reason": said["reason"]})
        if not form.is_valid():
            raise refused_form(form)
        given = form.cleaned_data
        made = granting.grant(feature, given["to"], by=call.by, reason=given["reason"], until=given["until"])
        return Answer(made)


class Revocation(KeyedView):
    @operation("grants_revoke", "features.grant", "End a grant now", answer=shapes.GrantTold)
    def post(self, call: Call, pk: int) -> Grant:
        made = get_object_or_404(Grant.objects.select_related("feature"), pk=pk)
        granting.revoke(made, by=call.by)
        return made


class FeaturesOfPerson(KeyedView):
    @operation(
        "people_features",
        "features.read",
        "Every feature as a person has it now, and why",
        answer=shapes.Having,
        pages=True,
        plain=True,
    )
    def get(self, call: Call, pk: int) -> Page:
        standing = standing_of(get_object_or_404(Person, pk=pk))
        names = ("source", "since", "until", "ladder", "step", "account")
        found = [
            {
                "key": one.key,
                "value": one.value,
                "reason": one.reason,
                **{name: one.metadata.get(name) for name in names},
            }
            for one in evaluate_all(standing.features, standing.given)
        ]
        return page_of_list(found, call.asked)


def _feature(key: str) -> Feature:
    return get_object_or_404(Feature.objects.select_related("workspace"), key=key)


def _whole(feature: Feature) -> dict[str, Any]:
    used = use_of(feature.key)
    return {
        **shapes.FeatureLine(feature).data,
        "people": people_having(now=timezone.now()).get(feature.key, 0),
        "used_when": used.key if used else None,
        "unlocked_by": shapes.FeaturePlace(places().get(feature.key, []), many=True).data,
    }
