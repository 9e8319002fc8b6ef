"""Reviews of a draft: which there are, asking for one, and asking for changes as who made the key.

An approval is a second person's word. A key is in many hands, so it gives none (docs/decisions/0171).
"""

from typing import Any

from django.shortcuts import get_object_or_404

from milestones.ladders.api import shapes
from milestones.ladders.models import LadderVersion, Review
from milestones.ladders.versions import publishing, reviews
from milestones.ladders.versions.state import state_of
from workspaces.api.operations import Answer, Call, operation
from workspaces.api.paging import Page, page
from workspaces.api.problems import At, Refused
from workspaces.api.views import KeyedView


class Reviews(KeyedView):
    @operation(
        "ladders_reviews",
        "ladders.read",
        "Reviews of the draft, the newest first: asked for, and given",
        answer=shapes.ReviewTold,
        pages=True,
        plain=True,
    )
    def get(self, call: Call, key: str) -> Page:
        draft = _draft(key)
        people = ("asked_by", "asked_of", "answered_by")
        found = page(
            Review.objects.filter(version=draft).select_related(*people), call.asked, order=("-asked_at", "-pk")
        )
        counting = {review.pk for review in reviews.verdicts(draft).values()}
        return Page([_told(review, counts=review.pk in counting) for review in found.items], found.after)

    @operation(
        "ladders_ask_review",
        "ladders.edit",
        "Ask a member to review the draft; they are told by e-mail",
        answer=shapes.ReviewTold,
        body=shapes.ReviewBody,
        status=201,
        plain=True,
    )
    def post(self, call: Call, key: str) -> Answer:
        draft = _draft(key)
        of = reviews.reviewers(call.by).filter(user__email=call.body["of"].strip().lower()).first()
        if of is None:
            sentence = "No other member who may edit ladders has this address."
            raise Refused("invalid", errors=[At(sentence, pointer="/of")])
        made = reviews.ask(draft, by=call.by, of=of, note=call.body["note"], answering=call.key.made_by)
        return Answer(_told(made, counts=False))


class ChangesAsked(KeyedView):
    @operation(
        "ladders_ask_for_changes",
        "ladders.edit",
        "Say what of the draft should be changed, in the name of whoever made the key; approving is for people",
        answer=shapes.ReviewTold,
        body=shapes.ChangesBody,
        status=201,
        plain=True,
        vouched=True,
        refuses=(409,),
    )
    def post(self, call: Call, key: str) -> Answer:
        draft = _draft(key)
        try:
            seen = publishing.seen_draft(draft.ladder, call.body.get("state") or state_of(draft))
        except publishing.ChangedMeanwhile:
            raise Refused("conflict", "The draft was changed since you read it; nothing was done.") from None
        if seen is None:
            raise Refused("conflict", f"{draft.ladder.name} has no draft any more.")
        said = {"verdict": Review.Verdict.CHANGES, "words": call.body["words"]}
        made = reviews.answer(seen, by=call.by, answering=call.key.made_by, **said)
        return Answer(_told(made, counts=True))


def _told(review: Review, *, counts: bool) -> dict[str, Any]:
    return {**shapes.ReviewTold(review).data, "counts": counts}


def _draft(key: str) -> LadderVersion:
    found = LadderVersion.objects.select_related("ladder__role", "ladder__workspace")
    return get_object_or_404(found, ladder__key=key, state=LadderVersion.State.DRAFT)
