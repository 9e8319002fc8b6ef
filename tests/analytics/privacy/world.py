"""A workspace in which Dora Quill did everything that leaves a trace, beside colleagues and others."""

import json
from datetime import timedelta
from pathlib import Path

from django.db import connection

from analytics.cubes.fold import fold
from analytics.cubes.models import Cell
from milestones.ladders.exchange import import_ladder
from milestones.ladders.models import Ladder
from milestones.ladders.yaml_text import load
from onboarding.features.granting import grant
from onboarding.features.models import Feature
from onboarding.feedback.models import Answer
from onboarding.intake.imports.models import Import, RejectedLine
from onboarding.intake.log import append
from onboarding.intake.models import Duplicate
from onboarding.intake.steps import Envelope
from onboarding.intake.taking import take
from onboarding.people.models import Person
from onboarding.progress import engine
from onboarding.progress.rule import revoke
from onboarding.usage import projection
from onboarding.usage.models import UsageCell
from onboarding.widget.states import WidgetEvent, WidgetState
from tests.analytics.events import group, identify, track
from workspaces.scope import scope
from workspaces.webhooks.endpoints import add

LADDER = Path(__file__).parent / "ladder.yaml"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

# Every name she goes by, as it must not stand anywhere afterwards.
TRACES = ("dora-4711", "dora.quill@initech.example", "Dora Quill", "browser-77ab", "203.0.113.77", "Countess")


def publish(workspace, *, at):
    with scope(workspace):
        return import_ladder(load(LADDER.read_text()), by=None).ladder.publish(by=None, at=at)


def send(workspace, *messages):
    append(workspace.pk, list(messages))
    settle(workspace)


def settle(workspace):
    engine.settle(workspace.pk)
    fold(workspace.pk)
    projection.advance(workspace.pk)


def of_dora(start):
    """What she sent: as a visitor, then by name, in her account."""
    visit = track("x", "Page Viewed", start - HOUR)
    visit.sender, visit.anonymous_id, visit.message_id = "a:browser-77ab", "browser-77ab", "visit-browser-77ab"
    visit.context = {"ip": "203.0.113.77"}
    who = identify(
        "dora-4711", start, plan="pro", email="Dora.Quill@initech.example", name="Dora Quill", nickname="Countess"
    )
    who.anonymous_id = "browser-77ab"
    connected = track("dora-4711", "Connected", start + 2 * HOUR)
    connected.properties = {"kind": "warehouse", "by": "dora.quill@initech.example"}
    connected.context = {"ip": "203.0.113.77", "groupId": "initech"}
    return [
        visit,
        who,
        group("dora-4711", start, "initech", name="Initech", seats=12, owner="dora.quill@initech.example"),
        track("dora-4711", "Signed Up", start),
        connected,
        track("dora-4711", "Invited", start + 3 * HOUR),
        track("dora-4711", "Reported", start + 2 * DAY),
    ]


def of_others(start):
    """A colleague whose progress rests on hers, who invited her and borrowed her browser; and people elsewhere."""
    invited = track("emil-1", "Invited", start + 5 * HOUR)
    invited.properties = {"invitee": "dora.quill@initech.example", "quantity": "2"}
    borrowed = identify("emil-1", start + 50 * HOUR, plan="pro")
    borrowed.anonymous_id = "browser-77ab"
    messages = [
        identify("emil-1", start, plan="pro"),
        group("emil-1", start, "initech"),
        track("emil-1", "Signed Up", start + HOUR),
        invited,
        borrowed,
    ]
    for number in range(6):
        user = f"other-{number}"
        messages += [
            identify(user, start + DAY, plan="pro" if number else "rare"),
            track(user, "Signed Up", start + DAY + HOUR),
            track(user, "Invited", start + 2 * DAY),
        ]
    return messages


def live_again(workspace, key, messages, now):
    """Her retries come over the wire, with one that is rejected."""
    raw = {
        "type": "track",
        "userId": "dora-4711",
        "event": messages[-1].event,
        "messageId": messages[-1].message_id,
        "timestamp": messages[-1].client_at.isoformat(),
    }
    bad = {"type": "track", "userId": "dora-4711", "traits": {"email": "dora.quill@initech.example"}}
    return take(workspace.pk, Envelope("batch", [raw, bad]), received_at=now)


def make(workspace, ana, now):
    """All of it, settled and counted."""
    start = now - 60 * HOUR
    publish(workspace, at=now - 30 * DAY)
    with scope(workspace):
        add(url="https://hooks.example/all", by=ana)
    mine = of_dora(start)
    send(workspace, *mine, *of_others(start))
    live_again(workspace, None, mine, now)
    with scope(workspace):
        dora = Person.objects.get(external_id="dora-4711")
        ladder = Ladder.objects.get(key="admin")
        revoke(dora.pk, ladder, "invite", reason="Asked by phone", by=ana)
        feature = Feature.objects.create(key="beta", name="Beta")
        grant(feature, dora, by=ana, reason="Asked nicely")
        Answer.objects.create(sender="u:dora-4711", score=9, said_at=now, comment="Countess was here", source="csv")
        WidgetState.objects.create(sender="u:dora-4711", ladder=ladder)
        WidgetEvent.objects.create(sender="u:dora-4711", ladder=ladder, version_number=1, kind="opened")
        job = Import.objects.create(name="history.csv", size=1, ended_at=now, outcome="finished", made_at=now - DAY)
        RejectedLine.objects.create(
            job=job,
            line=3,
            reason="bad_row",
            sentence="Too short.",
            text="dora-4711;Signed Up;dora.quill@initech.example",
        )
        assert Duplicate.objects.filter(sender="u:dora-4711").exists()
    settle(workspace)


def totals(workspace):
    """What the numbers are told from, whatever the segment."""
    with scope(workspace):
        found = {}
        for row in Cell.objects.all():
            key = (row.version_id, row.measure, row.rung_key, row.cohort_on, row.reached_on, row.elapsed_s)
            found[key] = found.get(key, 0) + row.n
        for row in UsageCell.objects.all():
            key = ("use", row.version_id, row.measure, row.subject, row.cohort_on, row.p, row.q)
            found[key] = found.get(key, 0) + row.n
    return {key: n for key, n in found.items() if n}


def places_of(workspace, *traces):
    """Every table of the database in which any of these stands, with the text of the row."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace "
            "AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1"
        )
        tables = [name for (name,) in cursor.fetchall()]
    with scope(workspace), connection.cursor() as cursor:
        for table in tables:
            cursor.execute("SELECT has_table_privilege(current_user, %s, 'SELECT')", [table])
            if not cursor.fetchone()[0]:
                continue
            for trace in traces:
                quoted = json.dumps(trace, ensure_ascii=False)[1:-1].lower()
                cursor.execute(f'SELECT t::text FROM "{table}" t WHERE position(%s IN lower(t::text)) > 0', [quoted])
                found += [(table, trace, text[:300]) for (text,) in cursor]
    return found
