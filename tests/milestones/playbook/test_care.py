"""Owners, cadences, reviews and remarks."""

from datetime import timedelta

from django.utils import timezone

from milestones.playbook.care import Care, cadence_words, review, take_care
from milestones.playbook.models import Change, Comment, Playbook
from milestones.playbook.remarks import change, delete, resolve, say
from workspaces.audit.models import Entry


def care(**said):
    return Care(**{"owner": None, "cadence_weeks": None, "due_on": None, "window_days": 14, **said})


def test_a_cadence_makes_the_next_review_due_one_period_from_today(within, ladder, ana):
    today = timezone.localdate()
    changes = take_care(ladder, care(owner=ana.user, cadence_weeks=6), by=ana)
    playbook = Playbook.of(ladder)
    assert (playbook.owner, playbook.due_on) == (ana.user, today + timedelta(weeks=6))
    assert changes == [
        "made Ana the owner (was nobody)",
        "set reviews to every 6 weeks (was never)",
        f"set the next review to {playbook.due_on:%-d %b %Y} (was none)",
    ]
    assert Change.objects.get(playbook=playbook).what == "; ".join(changes)


def test_a_due_date_that_is_said_holds_beside_the_cadence(within, ladder, ana):
    day = timezone.localdate() + timedelta(days=3)
    take_care(ladder, care(cadence_weeks=6, due_on=day), by=ana)
    assert Playbook.of(ladder).due_on == day


def test_saying_the_same_again_changes_nothing(within, ladder, ana):
    take_care(ladder, care(owner=ana.user), by=ana)
    assert take_care(ladder, care(owner=ana.user), by=ana) == []
    assert Change.objects.filter(playbook__ladder=ladder).count() == 1


def test_a_review_is_noted_and_the_next_one_is_due_from_today(within, ladder, ana, dan):
    today = timezone.localdate()
    take_care(ladder, care(cadence_weeks=2, due_on=today - timedelta(days=9)), by=ana)
    assert Playbook.of(ladder).is_due(today)
    playbook = review(ladder, by=dan, note="All still true")
    assert (playbook.reviewed_by, playbook.due_on) == ("Dan", today + timedelta(weeks=2))
    line = Change.objects.filter(playbook=playbook).first()
    assert (line.actor, line.what, line.why) == ("Dan", "reviewed the playbook", "All still true")
    assert Entry.objects.filter(action="playbook.reviewed", details__note="All still true").exists()


def test_without_a_cadence_no_further_review_is_due(within, ladder, ana):
    take_care(ladder, care(due_on=timezone.localdate()), by=ana)
    assert review(ladder, by=ana, note="x").due_on is None


def test_remarks_are_said_changed_resolved_and_deleted_with_an_entry_each(within, ladder, ana):
    remark = say(ladder, "milestone-connect", text="IT is slow here", by=ana)
    change(remark, text="IT is slow at Berthline", by=ana)
    assert remark.edited_at is not None
    resolve(remark, by=ana)
    assert (remark.resolved_by, remark.resolved_at is None) == ("Ana", False)
    resolve(remark, by=ana)
    assert (remark.resolved_by, remark.resolved_at) == ("", None)
    delete(remark, by=ana)
    assert not Comment.objects.exists()
    actions = Entry.objects.filter(action__startswith="comment.").order_by("pk").values_list("action", flat=True)
    assert list(actions) == [
        "comment.added",
        "comment.changed",
        "comment.resolved",
        "comment.reopened",
        "comment.deleted",
    ]


def test_cadences_in_words():
    assert [cadence_words(weeks) for weeks in (None, 1, 6)] == ["never", "every week", "every 6 weeks"]
