"""How quickly a criterion's effect is told while somebody edits it, on 461,287 messages of 44,202 people.

    bin/bench effect

Each effect is measured against one plain SELECT that counts the criterion's event over the same log. The stream is the
travel stream where it is beside the project (tests/travel), and one of our own of the same size and shape elsewhere.
"""

import os
import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django  # noqa: E402

django.setup()

from django.db import connection  # noqa: E402

from milestones.ladders import drafts  # noqa: E402
from milestones.ladders.exchange import import_ladder  # noqa: E402
from milestones.ladders.models import Ladder  # noqa: E402
from milestones.ladders.yaml_text import load  # noqa: E402
from onboarding.intake.imports.history import Account, import_lines  # noqa: E402
from onboarding.progress import dry_run, engine, role_check  # noqa: E402
from onboarding.progress.effect import effect_of  # noqa: E402
from tests.travel import stream  # noqa: E402
from workspaces.scope import scope  # noqa: E402
from workspaces.tenants.models import Workspace  # noqa: E402

ROUNDS = 20
RUNG = "get-answer"
CRITERIA = {
    "an event that is tracked": {"event": "Answer Received"},
    "one that is not": {"event": "Comment Posted", "at_least": 5, "within": "14 days"},
    "one with a property": {"event": "Badge Earned", "where": [{"property": "class", "equals": 3}]},
    "one that never came": {"event": "Coment Posted"},
    "a trait": {"trait": "location", "contains": "a"},
}


def main() -> None:
    workspace = make_workspace()
    with scope(workspace):
        draft = drafts.begin(Ladder.objects.get(), by=None)
        document = draft.document
        for name, criterion in CRITERIA.items():
            place = next(n for n, rung in enumerate(document["rungs"]) if rung["milestone"]["key"] == RUNG)
            document["rungs"][place]["milestone"]["criterion"] = criterion
            drafts.write(draft, document, by=None, words="bench", place="bench")
            tell(name, workspace, draft, criterion.get("event", ""))
        elapsed = seconds(role_check.count_people)
        print(f"everybody by role: {elapsed:.2f} s")
        elapsed = seconds(lambda: dry_run.rehearse(draft, at=datetime.now(UTC), moves=True))
        print(f"a rehearsal that moves everybody, with criteria that are not tracked: {elapsed:.1f} s")


def tell(name: str, workspace: Workspace, draft, event: str) -> None:  # type: ignore[no-untyped-def]
    """Print the ratio of the effect to the plain SELECT, by turns, and how long most of them took."""
    plain, told = [], []
    for _ in range(ROUNDS):
        plain.append(seconds(lambda: count(workspace, event)))
        told.append(seconds(lambda: effect_of(draft, RUNG)))
    found = effect_of(draft, RUNG)
    assert found is not None
    print(
        f"effect of {name}: ratio to a plain count of its event "
        f"{statistics.median(t / p for t, p in zip(told, plain, strict=True)):.1f}, "
        f"median {statistics.median(told):.2f} s, p95 {sorted(told)[int(0.95 * ROUNDS) - 1]:.2f} s "
        f"(the count {statistics.median(plain) * 1000:.0f} ms; {found.passed:,} of {found.began:,} would pass)"
    )


def count(workspace: Workspace, event: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM intake_event WHERE workspace_id = %s AND event = %s", [workspace.pk, event]
        )
        cursor.fetchone()


def make_workspace() -> Workspace:
    """The stream in a workspace of its own, read by the engine, with the travel ladder published."""
    path = stream.whole_file()
    lines = stream.lines_of(path) if path else stream.own(people=44_202)
    workspace = Workspace.objects.create(name="Bench", slug=f"bench-effect-{os.getpid()}")
    numbered = ((number, line.encode()) for number, line in enumerate(lines, 1))
    account = Account()
    import_lines(workspace.pk, numbered, received_at=datetime.now(UTC), account=account, reject=lambda *_: None)
    with scope(workspace):
        text = (ROOT / "tests" / "travel" / "ladder.yaml").read_text()
        import_ladder(load(text), by=None).ladder.publish(by=None, at=datetime.now(UTC))
    engine.settle(workspace.pk, seconds=900)
    print(f"{account.stored:,} messages")
    return workspace


def seconds(work) -> float:  # type: ignore[no-untyped-def]
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
