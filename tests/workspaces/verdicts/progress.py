from tests.workspaces.verdicts import FORBIDDEN

VERDICTS = {
    "progress:ruling": ("post", {"pk": "climber", "key": "ladder", "rung": "rung"}, FORBIDDEN, 422),
    "progress:ruling_withdrawal": ("post", {"pk": "ruling"}, FORBIDDEN, 302),
    "progress:seen": ("get", {"kind": "word: events"}, 200, 200),
    "progress:effect": ("get", {"key": "ladder", "rung": "rung"}, 200, 200),
    "progress:rehearsal": ("get", {"key": "ladder"}, 200, 200),
    "progress:role_people": ("get", {}, 200, 200),
    "progress:role_test": ("get", {}, 200, 200),
    "progress:version_people": ("get", {"key": "ladder"}, 200, 200),
}


def things(workspace, ana) -> dict:
    """Ida climbs the ladder, and ana completed its step by hand."""
    from django.utils import timezone

    from milestones.ladders.models import Ladder
    from onboarding.people.models import Person, Sender
    from onboarding.progress.models import DryRun, Journey, Ruling

    ladder, now = Ladder.objects.get(key="everyone"), timezone.now()
    ida = Person.objects.create(key="u:ida", external_id="ida")
    Sender.objects.create(key=ida.key, person=ida)
    Journey.objects.create(
        person=ida, ladder=ladder, version=ladder.draft, began_version=ladder.draft, started_at=now, cohort_on=now
    )
    ruling = Ruling.objects.create(
        sender=ida.key, ladder=ladder, rung_key="look", verdict="completed", at=now, user=ana.user, reason="Seen."
    )
    run = DryRun.objects.create(version=ladder.draft, fingerprint="0" * 64, moves=True)
    return {"climber": ida.pk, "ruling": ruling.pk, "dry run": run.pk}
