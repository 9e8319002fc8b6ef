"""Reviews: asked, answered, counted for what was looked at, and needed where the workspace says so."""

import threading

import pytest
from django.core import mail
from django.db import connection

from milestones.ladders import tasks
from milestones.ladders.models import LadderVersion, Review
from milestones.ladders.publication import NotPublishable
from milestones.ladders.versions import reviews, scheduling
from milestones.ladders.versions.mail import tell_reviewers
from milestones.ladders.versions.state import state_of
from tests.milestones.ladders.versions.test_scheduling import plan
from workspaces.audit.models import Entry
from workspaces.scope import scope
from workspaces.tenants.access import Level


@pytest.fixture
def needed(workspace, ladder):
    """From now on: version 1 is live already."""
    workspace.review_needed = True
    workspace.save()


def published(workspace) -> list[int]:
    with scope(workspace):
        return list(LadderVersion.objects.filter(state="published").order_by("number").values_list("number", flat=True))


def ask(ladder, by, of, note="Is the title clear?") -> Review:
    with scope(by.workspace):
        return reviews.ask(ladder.draft, by=by, of=of, note=note)


def approve(ladder, by) -> None:
    with scope(by.workspace):
        reviews.answer(ladder.draft, by=by, verdict="approved", words="")


def test_a_member_is_asked_by_name_and_told_by_e_mail(workspace, ladder, ana, eve, pages, settings):
    settings.BASE_URL = "https://firstmile.example"
    page = pages(ana).post("publication/review/", of=eve.pk, note="Is the title clear?")
    assert "Eve is asked to review it, here and by e-mail." in page
    assert tell_reviewers(workspace.pk) == 1
    (sent,) = mail.outbox
    assert sent.to == [eve.user.email]
    assert sent.subject == "Ana asks you to review Administrators, version 2"
    assert "Is the title clear?" in sent.body
    assert f"https://firstmile.example/w/{workspace.slug}/ladders/admins/publication/" in sent.body
    [(html, kind)] = sent.alternatives
    assert (kind, "Is the title clear?" in html) == ("text/html", True)
    with scope(workspace):
        assert Entry.objects.get(action="review.asked").details["of"] == eve.user.email


@pytest.mark.every_workspace
def test_a_mail_goes_out_once_even_with_two_workers(workspace, other_workspace, ladder, other_ladder, ana, eve):
    ask(ladder, ana, eve)
    together, sent = threading.Barrier(2), []

    def work() -> None:
        together.wait()
        try:
            sent.append(tell_reviewers(workspace.pk))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    tasks.tell_all_reviewers()
    assert sum(sent) == 1
    assert len(mail.outbox) == 1


@pytest.mark.every_workspace
def test_a_mail_that_cannot_be_sent_is_tried_again(workspace, ladder, ana, eve, monkeypatch):
    ask(ladder, ana, eve)

    def away(*_, **__):
        raise ConnectionRefusedError("no mail server")

    with monkeypatch.context() as patched:
        patched.setattr("django.core.mail.EmailMultiAlternatives.send", away)
        tasks.tell_all_reviewers()
    tasks.tell_all_reviewers()
    assert len(mail.outbox) == 1


def test_who_has_left_meanwhile_gets_no_mail(workspace, ladder, ana, eve):
    ask(ladder, ana, eve)
    eve.delete()
    assert tell_reviewers(workspace.pk) == 0
    assert mail.outbox == []


def test_a_name_with_markup_or_line_breaks_stays_text_in_the_mail(workspace, ladder, ana, eve):
    ana.user.name = "Ana <b>\nBcc: all@example.com"
    ana.user.save()
    with scope(workspace):
        ladder.name = "A & B"
        ladder.save()
    ask(ladder, ana, eve)
    tell_reviewers(workspace.pk)
    assert mail.outbox[0].subject == "Ana <b> Bcc: all@example.com asks you to review A & B, version 2"


def test_the_asked_member_sees_it_in_the_frame_of_every_page_and_nobody_else(
    workspace, ladder, ana, eve, ben, client_for
):
    ask(ladder, ana, eve)

    def shown(member) -> str:
        return client_for(member).get(f"/w/{workspace.slug}/people/").content.decode()

    assert "asked of you to review" in shown(eve)
    assert "asked of you to review" not in shown(ana)
    assert "asked of you to review" not in shown(ben)
    page = client_for(eve).get(f"/w/{workspace.slug}/ladders/").content.decode()
    assert "Is the title clear?" in page
    assert "version 2 of Administrators" in page
    approve(ladder, eve)
    assert "asked of you to review" not in shown(eve)


def test_a_member_of_two_workspaces_sees_each_ones_questions_there_only(
    workspace, other_workspace, ladder, ana, eve, cyd, client_for
):
    other_workspace.join(eve.user, Level.EDITOR)
    ask(ladder, ana, eve)
    page = client_for(eve).get(f"/w/{other_workspace.slug}/people/").content.decode()
    assert "asked of you to review" not in page


def test_only_others_who_may_edit_can_be_asked(workspace, ladder, ana, eve, ben, cyd, pages):
    page = pages(ana).get()
    for member in (ana, ben, cyd):
        assert f'<option value="{member.pk}"' not in page
        pages(ana).post("publication/review/", of=member.pk, status=422)
    with scope(workspace):
        assert not Review.objects.exists()


def test_approving_and_asking_for_changes_stand_beside_the_draft(workspace, ladder, ana, eve, pages):
    ask(ladder, ana, eve)
    browser = pages(eve)
    assert "Ana asks for your review." in browser.get()
    page = browser.post("publication/answer/", seen=browser.seen(), verdict="changes", answer="Say what for.")
    assert "Changes asked for" in page
    assert "Say what for." in page
    browser.post("publication/answer/", seen=browser.seen(), verdict="approved", answer="")
    page = pages(ana).get()
    assert "Approved</span> by Eve" in page
    with scope(workspace):
        actions = list(
            Entry.objects.filter(action__startswith="review").order_by("id").values_list("action", flat=True)
        )
    assert actions == ["review.asked", "review.changes", "review.approved"]


def test_asking_for_changes_needs_words(workspace, ladder, eve, pages):
    browser = pages(eve)
    page = browser.post("publication/answer/", seen=browser.seen(), verdict="changes", answer=" ", status=422)
    assert "Say what should be changed." in page


def test_an_answer_to_what_was_changed_meanwhile_is_not_taken(workspace, ladder, edit, ana, eve, pages):
    browser = pages(eve)
    seen = browser.seen()
    edit(ladder, ana, title="Something else")
    page = browser.post("publication/answer/", seen=seen, verdict="approved", answer="", status=422)
    assert "The draft was changed while you looked at it" in page
    with scope(workspace):
        assert not Review.objects.exists()


def test_where_a_review_is_needed_nothing_is_published_without_another_members_approval(
    workspace, needed, ladder, ana, eve, pages
):
    browser = pages(ana)
    assert "needs another member’s approval" in browser.get().replace("&#x27;", "’")
    refusal = browser.post(seen=browser.seen(), status=422)
    assert "Needs another member" in refusal
    approve(ladder, ana)  # one's own does not count
    browser.post(seen=browser.seen(), status=422)
    assert published(workspace) == [1]
    approve(ladder, eve)
    assert "Publish version 2 now" in browser.get()
    browser.post(seen=browser.seen(), notes="Notes are no change of what was approved.")
    assert published(workspace) == [1, 2]


def test_the_reviewer_cannot_publish_on_their_own_approval(workspace, needed, ladder, ana, eve):
    approve(ladder, eve)
    with scope(workspace):
        with pytest.raises(NotPublishable, match="another member's approval"):
            ladder.publish(by=eve)
        ladder.publish(by=ana)


def test_an_approval_counts_for_what_was_looked_at_only(workspace, needed, ladder, edit, ana, eve, pages):
    approve(ladder, eve)
    edit(ladder, ana, title="Something else")
    page = pages(ana).get()
    assert "was changed since it was approved" in page
    assert "Eve approved an earlier state" in page
    with scope(workspace), pytest.raises(NotPublishable, match="was changed since it was approved"):
        ladder.publish(by=ana)


def test_another_rule_of_the_role_needs_another_approval(workspace, needed, ladder, ana, eve):
    approve(ladder, eve)
    with scope(workspace):
        ladder.role.rule = {"everyone": True}
        ladder.role.save()
        with pytest.raises(NotPublishable, match="was changed since it was approved"):
            ladder.publish(by=ana)


def test_who_asks_for_changes_after_approving_takes_the_approval_back(workspace, needed, ladder, ana, eve):
    approve(ladder, eve)
    with scope(workspace):
        reviews.answer(ladder.draft, by=eve, verdict="changes", words="On second thought.")
        with pytest.raises(NotPublishable, match="Eve asked for changes; make them, then ask again"):
            ladder.publish(by=ana)


def test_a_plan_needs_the_approval_too_when_its_moment_comes(workspace, needed, ladder, ana, eve):
    plan(ladder, ana)
    assert scheduling.publish_due(workspace.pk) == 0
    approve(ladder, eve)
    plan(ladder, ana)
    assert scheduling.publish_due(workspace.pk) == 1
    assert published(workspace) == [1, 2]


def test_the_command_line_is_the_operators_and_needs_no_review(workspace, needed, ladder):
    with scope(workspace):
        assert ladder.publish(by=None).number == 2


def test_asked_again_the_older_question_is_dropped(workspace, ladder, ana, eve):
    ask(ladder, ana, eve, note="First")
    ask(ladder, ana, eve, note="Second")
    with scope(workspace):
        assert [review.note for review in Review.objects.all()] == ["Second"]
        assert Review.objects.get().state == state_of(ladder.draft)
