"""What readers do with the widget is kept: where they stand, and a line for each thing that happened."""

from datetime import timedelta

import pytest
from django.utils import timezone

from onboarding.intake import rate
from onboarding.intake.reasons import Drop, Reason
from onboarding.widget.models import WidgetEvent, WidgetSettings, WidgetState
from tests.analytics.events import send, track
from tests.onboarding.widget.embed.conftest import SITE, Caller
from workspaces.scope import scope


@pytest.fixture
def pia(caller, climb):
    climb("pia", 2)
    assert caller.begin().status_code == 200
    return caller


def events(workspace) -> list[tuple[str, str, str]]:
    with scope(workspace):
        return list(WidgetEvent.objects.order_by("pk").values_list("kind", "rung_key", "reason"))


def opened_step(answer: dict) -> str:
    return answer["html"].partition('data-open="')[2].partition('"')[0]


def test_a_skipped_step_is_turned_to_last_stays_undone_and_can_be_brought_back(pia, workspace):
    before = pia.steps().json()
    assert opened_step(before) == "invite-teammate"
    answer = pia.act("skipped", "invite-teammate", "not-relevant").json()
    assert opened_step(answer) == "build-report"
    assert answer["state"]["done"] == 2
    assert "You set this step aside as not relevant for you." in answer["html"]
    assert pia.begin().json()["tag"] == answer["tag"]  # it survives the page
    assert answer["tag"] != before["tag"]
    answer = pia.act("unskipped", "invite-teammate").json()
    assert opened_step(answer) == "invite-teammate"
    assert "You set this step aside" not in answer["html"]
    assert events(workspace) == [("skipped", "invite-teammate", "not-relevant"), ("unskipped", "invite-teammate", "")]


def test_doing_a_skipped_step_counts_all_the_same(pia, workspace):
    pia.act("skipped", "invite-teammate", "later")
    send(workspace, [track("pia", "Member Invited", timezone.now())])
    answer = pia.steps().json()
    assert answer["state"]["done"] == 3
    assert "set this step aside" not in answer["html"]


def test_when_all_is_set_aside_it_says_so_and_is_not_finished(pia):
    for step in ("invite-teammate", "build-report", "set-alert", "automate-export"):
        answer = pia.act("skipped", step, "elsewhere").json()
    assert "Nothing is left to do now." in answer["html"]
    assert answer["state"]["finished"] is False


def test_dismissing_is_remembered_with_its_reason_and_resuming_undoes_it(pia, workspace):
    answer = pia.act("dismissed", reason="know-it").json()
    assert answer["state"]["dismissed"] is True
    assert "Your checklist is put away" in answer["html"]
    assert pia.begin().json()["state"]["dismissed"] is True
    with scope(workspace):
        state = WidgetState.objects.get()
        assert (state.dismiss_reason, state.dismissed_at is not None) == ("know-it", True)
    answer = pia.act("resumed").json()
    assert answer["state"]["dismissed"] is False
    assert opened_step(answer) == "invite-teammate"
    assert events(workspace) == [("dismissed", "", "know-it"), ("resumed", "", "")]


def test_the_first_opening_shows_what_it_is_for_and_is_kept(pia, workspace):
    proposition = "In a quarter of an hour your team sees its first report."
    tag = pia.begin().json()["tag"]
    pia.act("opened")
    assert pia.steps(tag).status_code == 304  # it does not go while they read it
    with scope(workspace):
        first = WidgetState.objects.get().opened_at
    pia.act("hidden")
    pia.act("opened")
    assert proposition in pia.steps().json()["html"]
    with scope(workspace):
        state = WidgetState.objects.get()
        assert state.opened_at == first
        assert state.kickoff_seen_at == first
        WidgetState.objects.update(opened_at=first - timedelta(hours=1))
    assert proposition not in pia.begin().json()["html"]
    assert events(workspace) == [("opened", "", ""), ("hidden", "", ""), ("opened", "", "")]


def test_being_in_sight_is_noted_once_a_day(pia, workspace):
    pia.act("seen")
    pia.act("seen")
    assert events(workspace) == [("seen", "", "")]
    with scope(workspace):
        WidgetState.objects.update(seen_on="2020-01-01")
    pia.act("seen")
    assert events(workspace) == [("seen", "", ""), ("seen", "", "")]


def test_what_is_done_after_it_came_into_sight_is_news_until_it_was_celebrated_in_any_tab(pia, climb, workspace):
    assert pia.begin().json()["fresh"] == []
    pia.act("seen")
    assert pia.begin().json()["fresh"] == []  # what was done before is no news
    send(workspace, [track("pia", "Member Invited", timezone.now())])
    other_tab = Caller(pia.key)
    assert other_tab.begin().json()["fresh"] == ["invite-teammate"]
    assert pia.steps().json()["fresh"] == ["invite-teammate"]
    assert [tab.act("step_completed", "invite-teammate").status_code for tab in (pia, other_tab)] == [204, 204]
    assert events(workspace) == [("seen", "", ""), ("step_completed", "invite-teammate", "")]
    assert pia.begin().json()["fresh"] == []


def test_nobody_completes_anything_by_saying_so(pia, workspace):
    assert pia.act("step_completed", "build-report").json()["code"] == "not_completed"
    assert pia.act("completed").json()["code"] == "not_completed"
    assert events(workspace) == []
    assert pia.steps().json()["state"]["done"] == 2


def test_a_finished_checklist_is_completed_once_and_is_not_dismissed(caller, climb, workspace):
    climb("rosa", 7)
    assert caller.begin("rosa").json()["state"]["finished"] is True
    assert caller.act("completed").status_code == 204
    assert caller.act("completed").status_code == 204
    assert events(workspace) == [("completed", "", "")]
    with scope(workspace):
        assert WidgetState.objects.get().dismissed_at is None


@pytest.mark.parametrize(
    ("kind", "step", "reason", "code"),
    [
        ("exploded", "", "", "unknown_act"),
        ("", "", "", "unknown_act"),
        ("skipped", "", "later", "bad_step"),
        ("skipped", "no-such-step", "later", "bad_step"),
        ("skipped", "invite-teammate\x00", "later", "bad_step"),
        ("skipped", "invite-teammate", "", "bad_reason"),
        ("skipped", "invite-teammate", "<script>", "bad_reason"),
        ("dismissed", "", "because", "bad_reason"),
        ("dismissed", "invite-teammate", "later", "bad_step"),
        ("opened", "", "later", "bad_reason"),
    ],
)
def test_what_cannot_be_is_refused(kind, step, reason, code, pia, workspace):
    response = pia.act(kind, step, reason)
    assert response.status_code == 422
    assert response.json()["code"] == code
    assert events(workspace) == []


def test_somebody_without_a_checklist_does_nothing(caller):
    caller.begin("newcomer")
    assert caller.act("seen").json()["code"] == "no_checklist"


def test_too_many_acts_are_told_to_come_back(pia, monkeypatch):
    def full(workspace_id: int, events: int) -> None:
        raise Drop(Reason.RATE_LIMITED, "The workspace's limit is reached; send the same again.", retry_after=3)

    monkeypatch.setattr(rate, "admit", full)
    response = pia.act("opened")
    assert (response.status_code, response["Retry-After"]) == (429, "3")


def test_what_one_does_is_nothing_to_another_person_or_workspace(
    pia, climb, workspace, other_workspace, other_write_key
):
    climb("quinn", 1)
    pia.act("dismissed", reason="later")
    other = Caller(pia.key)
    assert other.begin("quinn").json()["state"]["dismissed"] is False
    with scope(other_workspace):
        WidgetSettings.of(other_workspace).allow(SITE, by=None)
        assert not WidgetEvent.objects.exists()


def test_what_was_done_stays_with_a_person_who_is_merged(pia, workspace):
    pia.act("skipped", "invite-teammate", "later")
    alias = track("pia-2", "", timezone.now())
    alias.type, alias.event, alias.previous_id, alias.message_id = "alias", "", "pia", "merge"
    send(workspace, [alias])
    under_the_new_name = Caller(pia.key)
    answer = under_the_new_name.begin("pia-2").json()
    assert answer["state"]["done"] == 2
    assert opened_step(answer) == "build-report"
    under_the_new_name.act("unskipped", "invite-teammate")
    assert opened_step(pia.steps().json()) == "invite-teammate"
