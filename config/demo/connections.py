"""What Berthline's own product uses: a feature for whole accounts, one for a pilot, and a webhook to be switched on."""

from datetime import timedelta

from django.utils import timezone

from onboarding.features.granting import grant
from onboarding.features.models import Feature
from onboarding.people.models import Account
from workspaces.tenants.models import Member
from workspaces.webhooks import endpoints

FOR_ALL_COLLEAGUES = "team-views"
PILOT = "custom-roles"
# Nobody answers there: it is made switched off, for the address of whoever tries it out.
WEBHOOK = "https://hooks.berthline.example/firstmile"
LAST = "webhook.disabled"


def set_up(*, by: Member) -> None:
    """Inside the workspace's scope, once, after its features were learnt. Ends with the audit entry LAST."""
    Feature.objects.filter(key=FOR_ALL_COLLEAGUES).update(
        reach=Feature.Reach.ACCOUNT, description="The week of every colleague on one board."
    )
    pilot, customer = Feature.objects.filter(key=PILOT).first(), Account.objects.order_by("key").first()
    if pilot is not None and customer is not None:
        until = timezone.now() + timedelta(days=60)
        grant(pilot, customer, by=by, reason="Pilot of custom roles, agreed with their IT.", until=until)
    endpoint, _ = endpoints.add(
        url=WEBHOOK,
        description="Example: put an address of yours here, then enable it",
        topics=["feature.unlocked", "feature.locked"],
        by=by,
    )
    endpoints.disable(endpoint, by=by)
