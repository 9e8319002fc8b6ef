"""The e-mail to a member who was asked for a review."""

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from milestones.ladders.models import Review
from workspaces.scope import scope
from workspaces.tenants.letters import letter
from workspaces.tenants.models import Workspace
from workspaces.tenants.speaking import speaking_to


def tell_reviewers(workspace_id: int) -> int:
    """Write to everybody in the workspace who was asked and not told yet; returns how many mails were sent.

    A question is claimed by its lock and stamped once its mail is out, each in a transaction of its own: two workers
    never send the same one. When sending fails (OSError) it stays unstamped, and the sweep tries again.
    """
    sent, tried = 0, set[int]()
    while True:
        with scope(workspace_id):
            untold = Review.objects.filter(mailed_at=None, answered_at=None).exclude(pk__in=tried).order_by("pk")
            review = untold.select_for_update(skip_locked=True, of=("self",)).first()
            if review is None:
                return sent
            tried.add(review.pk)
            sent += _tell(review, Workspace.objects.get(pk=workspace_id))
            Review.objects.filter(pk=review.pk).update(mailed_at=timezone.now())


def _tell(review: Review, workspace: Workspace) -> int:
    asked = review.asked_of
    if asked is None or workspace.member(user=asked) is None:
        return 0  # has left meanwhile
    with speaking_to(asked):
        ladder = review.version.ladder
        page = reverse("ladders:publication", args=[workspace.slug, ladder.key])
        context = {
            "review": review,
            "ladder": ladder,
            "workspace": workspace,
            "asked_by": review.asked_by or _("A member"),
            "page": f"{settings.BASE_URL}{page}",
        }
        subject = render_to_string("ladders/mail/review_subject.txt", context)
        body = render_to_string("ladders/mail/review.txt", context)
        mail = letter(subject, body, [asked.email])
    return mail.send()
