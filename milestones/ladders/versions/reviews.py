"""Reviews: asking another member to look at a draft, their answer, and whether it allows to publish.

An approval counts for what the draft said when it was given: any later change, of the role's rule too, needs another.
"""

from typing import TYPE_CHECKING

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from milestones.ladders.versions.state import state_of
from workspaces.api.acting import answers_for
from workspaces.audit.models import Entry
from workspaces.scope import current_workspace_id
from workspaces.scope.wakes import announce
from workspaces.tenants.access import PERMISSIONS
from workspaces.tenants.models import Member, User

if TYPE_CHECKING:
    from milestones.ladders.models import LadderVersion, Review


def reviewers(member: Member) -> QuerySet[Member]:
    """Whom `member` can ask: everybody else of the workspace who may edit ladders."""
    others = member.workspace.members.filter(level__gte=PERMISSIONS["ladders.edit"])
    return others.exclude(user=answers_for(member)).select_related("user").order_by("user__name", "user__email")


def ask(draft: "LadderVersion", *, by: Member, of: Member, note: str, answering: User | None = None) -> "Review":
    """Ask a member to look at the draft; they are told by e-mail. Asked again, the older question is dropped.

    Where a key asks, `answering` is who made it.
    """
    draft.reviews.filter(asked_of=of.user, answered_at=None).delete()
    review = draft.reviews.create(
        revision=draft.revision, state=state_of(draft), asked_by=answering or by.user, asked_of=of.user, note=note
    )
    Entry.record(by=by, action="review.asked", target=draft, of=of.user.email, revision=draft.revision, note=note)
    announce("reviews.asked", current_workspace_id())
    return review


def answer(draft: "LadderVersion", *, by: Member, verdict: str, words: str, answering: User | None = None) -> "Review":
    """Approve the draft as it is now or ask for changes, whether one was asked or not.

    Answers every open question to this member. Where a key asks for changes, `answering` is who made it; a key approves
    nothing, as then one person's two programs would do for four eyes.
    """
    answers = answering or by.user
    said = {
        "verdict": verdict,
        "answer": words,
        "answered_by": answers,
        "answered_at": timezone.now(),
        "revision": draft.revision,
        "state": state_of(draft),
    }
    review = draft.reviews.filter(asked_of=answers, answered_at=None).order_by("-asked_at").first()
    if review is None:
        review = draft.reviews.create(asked_of=answers, mailed_at=timezone.now(), **said)
    else:
        draft.reviews.filter(pk=review.pk).update(**said)
        review.refresh_from_db()
    Entry.record(by=by, action=f"review.{verdict}", target=draft, revision=draft.revision, answer=words)
    return review


def verdicts(draft: "LadderVersion") -> dict[int, "Review"]:
    """By log-in, the last word of each who has reviewed what the draft says now."""
    now = state_of(draft)
    answered = draft.reviews.filter(answered_at__isnull=False).select_related("answered_by").order_by("answered_at")
    return {
        review.answered_by_id: review
        for review in answered
        if review.answered_by_id and review.state == now and review.revision == draft.revision
    }


def refusal(draft: "LadderVersion", *, by: Member) -> str:
    """Why `by` can't publish the draft for want of a review; '' where none is needed or there is one."""
    if not by.workspace.review_needed:
        return ""
    own = answers_for(by)  # nobody approves their own draft and has a key of theirs publish it
    said = {user: review for user, review in verdicts(draft).items() if user != own}
    if any(review.verdict == review.Verdict.APPROVED for review in said.values()):
        return ""
    if said:
        names = _(" and ").join(str(review.answered_by) for review in said.values())
        return _("%(names)s asked for changes; make them, then ask again") % {"names": names}
    if draft.reviews.filter(verdict="approved").exclude(answered_by=own).exists():
        return _("was changed since it was approved; ask another member to look at it again")
    return _("needs another member's approval in this workspace; ask somebody to review it")


def waiting_for(member: Member) -> QuerySet["Review"]:
    """The drafts that this member was asked to review and hasn't, the oldest question first."""
    from milestones.ladders.models import Review

    waiting = Review.objects.filter(asked_of=member.user, answered_at=None, version__state="draft")
    return waiting.select_related("version__ladder", "asked_by").order_by("asked_at")
