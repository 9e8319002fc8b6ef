"""What a rehearsal's fragment is told."""

import hashlib
from datetime import datetime
from typing import Any

from onboarding.people.models import Person
from onboarding.progress.dry_run import number_of_people
from onboarding.progress.models import DryRun
from onboarding.progress.tally import people_of


def rehearsal_context(run: DryRun) -> dict[str, Any]:
    """The run with what its result tells, people in place of their ids. In its workspace's scope."""
    context: dict[str, Any] = {"run": run, "tag": _tag(run), "polls": run.finished_at is None}
    if run.finished_at is None:
        return {**context, "total": number_of_people()}
    if run.result is None:
        return context
    told: dict[str, Any] = dict(run.result)
    people = Person.objects.in_bulk(people_of(told))
    lines = {}
    for name, line in told["lines"].items():
        some = sorted((people[pk] for pk in line["people"] if pk in people), key=str)
        lines[name] = {"n": line["n"], "people": some, "more": line["n"] - len(some)}
    lately = told["lately"]
    rungs = [
        {
            **rung,
            "more": rung["after"] - rung["before"],
            "lately": lately["reached"].get(rung["key"], 0),
            "share": lately["reached"].get(rung["key"], 0) / lately["began"] if lately["began"] else None,
        }
        for rung in told["rungs"]
    ]
    told |= {"lines": lines, "rungs": rungs, "without": told["people"] - told["journeys"]}
    return {
        **context,
        "told": told,
        "a_day_digits": 0 if told["a_day"] >= 10 else 1,
        "lately_until": datetime.fromisoformat(lately["until"]),
    }


def _tag(run: DryRun) -> str:
    """A tag that stays the same as long as what the fragment shows of an unfinished run does."""
    state = repr((run.pk, run.done, run.total, run.claimed_at, run.finished_at))
    return hashlib.sha256(state.encode()).hexdigest()[:20]
