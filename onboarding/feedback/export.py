"""All answers as CSV, in parts. No cell is taken for a formula by a spreadsheet."""

import csv
import io
from collections.abc import Iterator, Sequence

from onboarding.feedback.models import Answer
from onboarding.feedback.people import people_of
from onboarding.intake.imports.reports import harmless
from workspaces.scope import scope
from workspaces.tenants.models import Workspace

COLUMNS = ("user_id", "email", "name", "score", "said_at", "source", "comment")
A_PART = 1_000


def export(workspace: Workspace) -> Iterator[str]:
    """The oldest first. Enters the workspace's scope for each part by itself."""
    yield _csv([COLUMNS])
    after = 0
    while True:
        with scope(workspace):
            answers = list(Answer.objects.filter(pk__gt=after).order_by("pk")[:A_PART])
            people = people_of(answers)
        if not answers:
            return
        after = answers[-1].pk
        rows = []
        for answer in answers:
            person = people.get(answer.sender)
            user, email, name = (person.external_id, person.email, person.name) if person else ("", "", "")
            said_at = answer.said_at.astimezone(workspace.zone).isoformat()
            rows.append((user, email, name, str(answer.score), said_at, answer.source, answer.comment))
        yield _csv(rows)


def _csv(rows: Sequence[tuple[str, ...]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue()
