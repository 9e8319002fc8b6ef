"""Undo gives back the draft as it was, whatever was changed, step by step to the first."""

import uuid

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from milestones.ladders import drafts
from milestones.ladders.composer.changes import change, document_of, newest_of
from milestones.ladders.editing import CannotEdit
from milestones.ladders.models import Ladder, Role
from tests.milestones.ladders.editing.test_sequences import carry_out, steps
from tests.tiers import examples
from workspaces.scope import scope


@settings(
    max_examples=examples(15),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(st.lists(steps, min_size=1, max_size=6))
def test_undo_after_every_change_gives_back_the_draft_before(workspace, ana, sequence):
    with scope(workspace):
        key = f"l-{uuid.uuid4().hex[:8]}"
        role = Role.objects.create(key=key, name="R", rule={"everyone": True})
        ladder = Ladder.objects.create(key=key, name="L", role=role)
        before = [document_of(ladder, None)]
        for step in sequence:
            try:
                done = change(ladder, lambda document, step=step: carry_out(document, *step), by=ana, base=None)
            except CannotEdit:
                continue
            if done.words:
                before.append(done.document)
        draft = newest_of(ladder)
        if draft is None:
            return
        assert draft.document == before[-1]
        for document in reversed(before[:-1]):
            drafts.undo(draft, by=ana)
            assert newest_of(ladder).document == document
        for document in before[1:]:
            drafts.redo(draft, by=ana)
            assert newest_of(ladder).document == document
