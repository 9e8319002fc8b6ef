"""What members do to a feature itself, each noted in the audit log. Inside a scope."""

from onboarding.features.forms import FeatureForm
from onboarding.features.models import Feature
from onboarding.usage.declaring import use_of
from workspaces.audit.models import Entry
from workspaces.tenants.models import Member


def state_of(feature: Feature) -> dict[str, str]:
    used_when = use_of(feature.key)
    return {
        "name": feature.name,
        "description": feature.description,
        "reach": feature.reach,
        "used_when": used_when.name if used_when else "",
    }


def change(form: FeatureForm, before: dict[str, str], *, by: Member) -> Feature:
    """Save a form that is valid; `before` is what the feature was. Whom it reaches takes effect at once."""
    feature: Feature = form.save()
    if (after := state_of(feature)) != before:
        Entry.record(by=by, action="feature.changed", target=feature, before=before, after=after)
    return feature


def archive(feature: Feature, *, by: Member) -> None:
    """Off for everybody. Doing it twice changes nothing."""
    if feature.archived_at is None:
        feature.archive()
        Entry.record(by=by, action="feature.archived", target=feature)


def restore(feature: Feature, *, by: Member) -> None:
    """It counts again for everybody who has it."""
    if feature.archived_at is not None:
        feature.restore()
        Entry.record(by=by, action="feature.restored", target=feature)
