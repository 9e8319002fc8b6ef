"""An edition for each week or month: made when it is due, rendered once, and kept as it will be sent."""

import json
import threading
from datetime import timedelta

import pytest
from django.db import connections

from analytics.reports import editions, keeping
from analytics.reports.letters import Letter
from analytics.reports.models import Dispatch, Edition, Part, Report
from milestones.ladders.models import Ladder
from workspaces.audit.models import Entry
from workspaces.scope import scope
from workspaces.webhooks import endpoints
from workspaces.webhooks.models import Message
from workspaces.webhooks.topics import TOPICS

WEEK = timedelta(days=7)


@pytest.fixture
def edition_of(workspace, clock):
    """Make what is due at a moment, render it, and return the edition."""

    def make(at=clock):
        editions.make_due(workspace, now=at)
        editions.render_waiting(workspace, now=at)
        with scope(workspace):
            return Edition.objects.order_by("due_at").last()

    return make


def test_it_is_made_once_however_often_anybody_looks(workspace, report, clock):
    assert editions.make_due(workspace, now=clock) == 1
    assert editions.make_due(workspace, now=clock) == 0
    assert editions.make_due(workspace, now=clock + 6 * timedelta(days=1)) == 0
    assert editions.make_due(workspace, now=clock + WEEK) == 1


def test_the_database_itself_refuses_a_second_edition_of_a_week(workspace, report, clock):
    editions.make_due(workspace, now=clock)
    with scope(workspace):
        first = Edition.objects.get()
        again = Edition(report=report, cadence=first.cadence, period_on=first.period_on, due_at=clock)
        Edition.objects.bulk_create([again], ignore_conflicts=True)
        assert Edition.objects.get() == first


def test_what_was_due_before_it_was_made_or_while_it_is_paused_is_not(workspace, report, clock):
    with scope(workspace):
        Report.objects.update(counts_from=clock)
    assert editions.make_due(workspace, now=clock) == 0
    with scope(workspace):
        Report.objects.update(counts_from=clock - WEEK, paused_at=clock)
    assert editions.make_due(workspace, now=clock) == 0


def test_after_weeks_out_of_order_only_the_latest_is_made_and_what_waited_is_overtaken(workspace, report, clock):
    editions.make_due(workspace, now=clock)  # and nobody renders it
    assert editions.make_due(workspace, now=clock + 4 * WEEK) == 1
    with scope(workspace):
        old, new = Edition.objects.order_by("due_at")
        assert (old.state, old.error) == ("failed", editions.OVERTAKEN)
        assert new.due_at - old.due_at == 4 * WEEK
        assert new.state == "waiting"


def test_what_nobody_could_send_for_a_week_is_overtaken(workspace, edition_of, report, clock):
    edition_of()
    edition_of(clock + WEEK)
    with scope(workspace):
        assert list(Dispatch.objects.order_by("edition__due_at").values_list("state", flat=True)) == [
            "overtaken",
            "waiting",
        ]


def test_it_keeps_the_letter_as_of_the_end_of_the_day_before(workspace, edition_of, report):
    edition = edition_of()
    assert edition.state == "ready"
    assert edition.as_of.isoformat() == "2026-03-02T00:00:00+00:00"
    assert edition.subject.startswith("Weekly adoption: ")
    assert "as of 2 Mar 2026, 00:00 (UTC)" in edition.text
    assert edition.done == edition.steps > 3
    with scope(workspace):
        kinds = set(Part.objects.values_list("name", "kind"))
        assert ("report.pdf", "application/pdf") in kinds
        assert ("0-curve", "image/png") in kinds
        (dispatch,) = Dispatch.objects.all()
        assert dispatch.state == "waiting"


def test_its_times_are_the_workspaces_own(workspace, edition_of, report):
    workspace.time_zone = "America/New_York"
    workspace.save()
    edition = edition_of(report.counts_from + WEEK)
    assert "as of 2 Mar 2026, 00:00 (America/New_York)" in edition.text
    assert "as of 2 Mar 2026, 00:00 (America/New_York)" in edition.html


def test_two_workers_at_once_render_it_once(workspace, report, clock):
    editions.make_due(workspace, now=clock)
    made = []

    def render():
        try:
            made.append(editions.render_waiting(workspace, now=clock))
        finally:
            connections.close_all()

    workers = [threading.Thread(target=render) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(made) == 1
    with scope(workspace):
        assert Edition.objects.get().attempts == 1
        assert Dispatch.objects.count() == 1


def test_a_worker_that_ended_while_rendering_is_made_up_for_when_its_lease_is_over(workspace, report, clock):
    editions.make_due(workspace, now=clock)
    with scope(workspace):
        pk = Edition.objects.get().pk
    assert editions._claim(workspace, pk, clock) is not None  # and then it is killed
    assert editions.render_waiting(workspace, now=clock) == 0
    assert editions.render_waiting(workspace, now=clock + editions.LEASE + timedelta(seconds=1)) == 1


def test_a_worker_taken_for_dead_keeps_nothing(workspace, report, clock):
    editions.make_due(workspace, now=clock)
    with scope(workspace):
        pk = Edition.objects.get().pk
    late = editions._claim(workspace, pk, clock)
    later = clock + editions.LEASE + timedelta(seconds=1)
    assert editions.render_waiting(workspace, now=later) == 1
    with scope(workspace):
        letter = editions.letter_in(Edition.objects.get())
        parts = Part.objects.count()
    assert editions._keep(workspace, late, letter) is False
    with scope(workspace):
        assert Part.objects.count() == parts


def test_of_days_on_which_nobody_began_that_is_what_it_says(workspace, edition_of, report):
    edition = edition_of(report.counts_from + 52 * WEEK)
    assert edition.subject == "Weekly adoption: Nobody began in these 90 days"
    assert edition.state == "ready"
    with scope(workspace):
        assert list(Part.objects.values_list("name", flat=True)) == ["report.pdf"]


def test_what_cannot_be_told_any_more_fails_with_its_reason(workspace, report, clock):
    with scope(workspace):
        Report.objects.update(split="trait:colour")
    editions.make_due(workspace, now=clock)
    editions.render_waiting(workspace, now=clock)
    with scope(workspace):
        edition = Edition.objects.get()
        assert edition.state == "failed"
        assert "“colour” is no segment here" in edition.error


def test_what_fails_is_tried_again_later_and_given_up_in_the_end(workspace, report, clock, monkeypatch, caplog):
    def broken(*_, **__):
        raise RuntimeError("the drawing broke")

    monkeypatch.setattr(editions, "letter_of", broken)
    editions.make_due(workspace, now=clock)
    now = clock
    for _ in range(editions.MOST_ATTEMPTS):
        editions.render_waiting(workspace, now=now)
        assert editions.render_waiting(workspace, now=now) == 0
        now += timedelta(minutes=30)
    with scope(workspace):
        edition = Edition.objects.get()
        assert (edition.state, edition.attempts) == ("failed", editions.MOST_ATTEMPTS)
        assert edition.error == editions.BROKEN
        assert "RuntimeError" not in edition.error
    assert "the drawing broke" in caplog.text


def test_one_that_kills_whoever_makes_it_is_given_up_too(workspace, report, clock):
    editions.make_due(workspace, now=clock)
    with scope(workspace):
        pk = Edition.objects.get().pk
    now = clock
    for _ in range(editions.MOST_ATTEMPTS):
        assert editions._claim(workspace, pk, now) is not None  # and then the worker is killed
        now += editions.LEASE + timedelta(seconds=1)
    assert editions.render_waiting(workspace, now=now) == 0
    with scope(workspace):
        assert Edition.objects.values_list("state", "error").get() == ("failed", editions.KILLED)


def test_a_report_that_is_paused_while_its_edition_waits_or_is_made_sends_nothing(workspace, report, ana, clock):
    editions.make_due(workspace, now=clock)
    with scope(workspace):
        pk = Edition.objects.get().pk
    under_way = editions._claim(workspace, pk, clock)
    with scope(workspace):
        keeping.pause(report, by=ana)
    letter = Letter("Subject", "", "", ())
    assert editions._keep(workspace, under_way, letter) is False
    assert editions.render_waiting(workspace, now=clock + WEEK) == 0
    with scope(workspace):
        assert Edition.objects.values_list("state", "error").get() == ("failed", keeping.PAUSED)
        assert not Dispatch.objects.exists()


def test_a_report_that_is_removed_while_its_edition_is_made_is_no_failure(workspace, report, ana, clock, monkeypatch):
    def removed_meanwhile(*_, **__):
        with scope(workspace):
            keeping.remove(Report.objects.get(), by=ana)
        raise RuntimeError("the drawing broke")

    monkeypatch.setattr(editions, "letter_of", removed_meanwhile)
    editions.make_due(workspace, now=clock)
    assert editions.render_waiting(workspace, now=clock) == 0


def test_a_failed_edition_is_made_again_for_a_member_unless_a_later_one_is_due(workspace, report, ana, clock):
    editions.make_due(workspace, now=clock)
    with scope(workspace):
        Edition.objects.update(state="failed", attempts=5, error="The disk was full")
        failed = Edition.objects.get()
        assert keeping.make_again(failed, by=ana)
        assert not keeping.make_again(Edition.objects.get(), by=ana)  # it waits already
    assert editions.render_waiting(workspace, now=clock) == 1
    with scope(workspace):
        assert Dispatch.objects.count() == 1
        Edition.objects.update(state="failed")
    editions.make_due(workspace, now=clock + WEEK)
    with scope(workspace):
        assert not keeping.make_again(failed, by=ana)
        assert Entry.objects.filter(action="report.made_again").count() == 1


def test_other_workspaces_reports_are_not_looked_at(workspace, other_workspace, report, clock):
    assert editions.make_due(other_workspace, now=clock) == 0
    with scope(workspace):
        assert Ladder.objects.exists()
        assert not Edition.objects.exists()


def test_programs_are_told_once_when_it_is_there(workspace, other_workspace, report, edition_of, ana, cyd):
    for where, who in ((workspace, ana), (other_workspace, cyd)):
        with scope(where):
            endpoints.add(url="https://hooks.example.com/firstmile", by=who)
    edition = edition_of()
    edition_of()
    with scope(workspace):
        told = [json.loads(message.body) for message in Message.objects.filter(topic="report.ready")]
    assert [message["data"]["report"] for message in told] == [report.name]
    assert told[0]["data"].keys() == TOPICS["report.ready"].example.keys()
    assert told[0]["data"]["url"].endswith(f"/w/{workspace.slug}/reports/editions/{edition.pk}/")
    with scope(other_workspace):
        assert not Message.objects.filter(topic="report.ready").exists()
