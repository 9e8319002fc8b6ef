from tests.workspaces.verdicts import FORBIDDEN

VERDICTS = {
    "features:index": ("get", {}, 200, 200),
    "features:show": ("get", {"key": "feature"}, 200, 200),
    "features:change": ("post", {"key": "feature"}, FORBIDDEN, 422),
    "features:archival": ("post", {"key": "feature"}, FORBIDDEN, 302),
    "features:grant": ("post", {"key": "feature"}, FORBIDDEN, 422),
    "features:revocation": ("post", {"pk": "grant"}, FORBIDDEN, 302),
    "features:of_person": ("get", {"pk": "person"}, 200, 200),
}


def things(workspace, ana) -> dict:
    """Dashboards, which ana granted to dora."""
    from onboarding.features import granting
    from onboarding.features.models import Feature
    from onboarding.people.models import Person

    feature = Feature.objects.create(key="dashboards", name="Dashboards")
    dora = Person.objects.get(external_id="dora")
    return {"feature": feature.key, "grant": granting.grant(feature, dora, by=ana, reason="A pilot.").pk}
