"""The e-mail to a workspace's owners before a key ends."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from workspaces.keys.models import ApiKey
from workspaces.tenants.access import Level
from workspaces.tenants.letters import letter
from workspaces.tenants.speaking import speaking_to

SOON = timedelta(days=7)


def tell_of_ends() -> int:
    """Write to the owners of each key that ends within a week and that they were not told of; returns how many keys.

    A key is claimed by its lock and stamped once the mails are out: two workers never tell of the same one. When
    sending fails (OSError) it stays unstamped, and is tried again.
    """
    told = 0
    while True:
        now = timezone.now()
        with transaction.atomic():
            ending = ApiKey.live().filter(expires_at__lte=now + SOON, told_at=None).select_related("workspace")
            key = ending.order_by("expires_at").select_for_update(skip_locked=True, of=("self",)).first()
            if key is None:
                return told
            with timezone.override(key.workspace.zone):
                _tell(key)
            ApiKey.objects.filter(pk=key.pk).update(told_at=now)
        told += 1


def _tell(key: ApiKey) -> None:
    workspace = key.workspace
    context = {
        "key": key,
        "workspace": workspace,
        "page": settings.BASE_URL + reverse("keys:keys", args=[workspace.slug]),
    }
    for owner in workspace.members.filter(level=Level.OWNER).order_by("user__email").select_related("user"):
        with speaking_to(owner.user):
            subject = render_to_string("workspaces/mail/key_ends_subject.txt", context)
            body = render_to_string("workspaces/mail/key_ends.txt", context)
            mail = letter(subject, body, [owner.user.email])
        mail.send()
