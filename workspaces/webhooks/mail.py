"""The e-mail to a workspace's owners when a webhook disabled itself."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from workspaces.scope import scope
from workspaces.tenants.access import Level
from workspaces.tenants.letters import letter
from workspaces.tenants.models import Workspace
from workspaces.tenants.speaking import speaking_to
from workspaces.webhooks.models import Delivery, Endpoint


def tell_owners(workspace_id: int) -> int:
    """Write to the owners of each webhook that disabled itself and that they were not told of; returns how many mails.

    An endpoint is claimed by its lock and stamped once the mails are out, each in a transaction of its own: two
    workers never tell of the same one. When sending fails (OSError) it stays unstamped, and the sweep tries again.
    """
    sent, tried = 0, set[int]()
    while True:
        with scope(workspace_id):
            untold = Endpoint.untold().exclude(pk__in=tried).order_by("pk")
            endpoint = untold.select_for_update(skip_locked=True, of=("self",), no_key=True).first()
            if endpoint is None:
                return sent
            tried.add(endpoint.pk)
            sent += _tell(endpoint, Workspace.objects.get(pk=workspace_id))
            Endpoint.objects.filter(pk=endpoint.pk).update(told_at=timezone.now())


def _tell(endpoint: Endpoint, workspace: Workspace) -> int:
    failed = Delivery.objects.filter(endpoint=endpoint, state=Delivery.State.FAILED)
    tried = failed.exclude(tries=[]).order_by("-created_at").first()
    context = {
        "endpoint": endpoint,
        "workspace": workspace,
        "failed": failed.count(),
        "last_error": tried.tries[-1]["error"] if tried else "",
        "page": settings.BASE_URL + reverse("webhooks:show", args=[workspace.slug, endpoint.pk]),
    }
    sent = 0
    for owner in workspace.members.filter(level=Level.OWNER).order_by("user__email").select_related("user"):
        with speaking_to(owner.user):
            subject = render_to_string("webhooks/mail/disabled_subject.txt", context)
            body = render_to_string("webhooks/mail/disabled.txt", context)
            mail = letter(subject, body, [owner.user.email])
        sent += mail.send()
    return sent
