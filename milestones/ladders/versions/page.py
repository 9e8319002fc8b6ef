"""What the publication page shows: what is missing, what changes, who has reviewed it, and when it is published."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.urls import NoReverseMatch, reverse

from milestones.ladders.document import missing_for_publication
from milestones.ladders.models import Ladder, LadderVersion, Review, Schedule
from milestones.ladders.versions import reviews
from milestones.ladders.versions.comparison import Group, compare, without_notes
from milestones.ladders.versions.state import state_of
from milestones.library.problems import Problem
from workspaces.tenants.models import Member

# Where on which page each thing that can be missing is written, by the first part of its place.
WRITTEN_AT = {"rungs": ("ladders:ladder", ""), "title": ("ladders:story", "title"), "review": ("", "review")}


@dataclass
class Publication:
    """A ladder's draft on its way to being published, as one member sees it."""

    ladder: Ladder
    member: Member

    @cached_property
    def draft(self) -> LadderVersion | None:
        draft = self.ladder.draft
        if draft is not None:
            draft.ladder = self.ladder
        return draft

    @cached_property
    def live(self) -> LadderVersion | None:
        return self.ladder.published

    @cached_property
    def document(self) -> dict[str, Any]:
        assert self.draft is not None
        return self.draft.document

    @cached_property
    def seen(self) -> str:
        return state_of(self.draft) if self.draft else ""

    @cached_property
    def missing(self) -> list[tuple[Problem, str]]:
        """What the draft lacks, each with the address of the place where it is written."""
        return [(problem, self._address(problem.place)) for problem in missing_for_publication(self.document)]

    def _address(self, place: str) -> str:
        page, anchor = WRITTEN_AT.get(place.partition("[")[0], ("ladders:ladder", ""))
        anchor = f"#{anchor}" if anchor else ""
        try:
            return reverse(page, args=[self.ladder.workspace.slug, self.ladder.key]) + anchor if page else anchor
        except NoReverseMatch:  # the page is not part of this installation
            return self.ladder.get_absolute_url()

    @cached_property
    def changes(self) -> tuple[Group, ...]:
        """Against the live version; notes are of the version, not of what people climb."""
        return compare(without_notes(self.live.document), without_notes(self.document)) if self.live else ()

    @cached_property
    def schedule(self) -> Schedule | None:
        return self.draft.schedules.select_related("by").first() if self.draft else None

    @property
    def schedule_is_stale(self) -> bool:
        """Whether the draft was changed since it was scheduled, so that it will not be published as it is."""
        return self.schedule is not None and self.schedule.state != self.seen

    @cached_property
    def verdicts(self) -> list[Review]:
        return list(reviews.verdicts(self.draft).values()) if self.draft else []

    @cached_property
    def outdated(self) -> list[Review]:
        """Answers about the draft as it was before it was changed, the newest first."""
        if self.draft is None:
            return []
        current = [review.pk for review in self.verdicts]
        answered = self.draft.reviews.filter(answered_at__isnull=False).exclude(pk__in=current)
        return list(answered.select_related("answered_by").order_by("-answered_at")[:5])

    @cached_property
    def asked(self) -> list[Review]:
        """The questions that nobody has answered yet."""
        if self.draft is None:
            return []
        waiting = self.draft.reviews.filter(answered_at=None).select_related("asked_of", "asked_by")
        return list(waiting.order_by("asked_at"))

    @property
    def mine(self) -> Review | None:
        """The question that waits for this member's own answer."""
        return next((review for review in self.asked if review.asked_of_id == self.member.user_id), None)

    @cached_property
    def unreviewed(self) -> str:
        """Why this member can't publish for want of a review."""
        return reviews.refusal(self.draft, by=self.member) if self.draft else ""

    @property
    def may_publish(self) -> bool:
        return self.member.may("ladders.publish")

    @property
    def ready(self) -> bool:
        """Whether nothing stands in the way of this member's publishing it."""
        return bool(self.draft and not self.missing and not self.unreviewed and self.may_publish and not self.archived)

    @property
    def archived(self) -> bool:
        return self.ladder.archived_at is not None
