"""The debugger's pages: what stands in them, who gets them, and how they keep themselves up to date."""

import json
import re
from datetime import timedelta

from django.utils import timezone

from milestones.ladders.models import Ladder
from onboarding.debugger import reading
from onboarding.intake.log import append
from onboarding.intake.models import LoggedEvent, Rejection
from onboarding.people.models import Person
from onboarding.progress import rule
from tests.onboarding.debugger.conftest import LADDER
from tests.onboarding.progress.scenes import publish
from workspaces.audit.models import Entry
from workspaces.scope import scope

MARKUP = "<script>alert(1)</script>"


def text(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def refs(response) -> list[str]:
    return re.findall(r'data-entry="([^"]+)"', response.content.decode())


def rejection(workspace) -> Rejection:
    with scope(workspace):
        return Rejection.objects.latest("pk")


def test_the_list_says_of_each_message_what_it_did(ladder, track, send, ben, client_for, url):
    track("Signed Up")
    track("Connected", 1)
    track("Connected", 1)
    track("Report Shared", 2, properties={"audience": "team"})
    track("Report Shared", 3, properties={"audience": "guests"})
    track("Report shared", 4)
    send("track", userId="dora")
    page = text(client_for(ben).get(url("events")))
    assert "Began Get started" in page
    assert "Completed Connect" in page
    assert "Duplicate It was in the log already" in page
    assert "Counted Share a report: the 1st of 3 needed" in page
    assert "No effect Share a report: it asks that audience is team, but this is guests" in page
    assert "No ladder looks at this event; one looks at Report Shared" in page
    assert "Rejected A track call needs the event's name" in page.replace("&#x27;", "'")


def test_a_message_in_full_says_who_when_and_why(ladder, track, ben, client_for, url, workspace):
    track("Signed Up")
    track("Report Shared", 3, properties={"audience": "guests", "n": 7}, context={"locale": "pt-BR"})
    browser = client_for(ben)
    [ref, _] = refs(browser.get(url("events")))
    page = browser.get(url("message", ref))
    assert page.status_code == 200
    said = text(page)
    assert "Share a report : it asks that audience is team, but this is guests; so it does not count" in said
    assert "audience is team: no, it is guests" in said
    assert "user dora" in said
    assert "dora-Report Shared-3" in said
    assert "&quot;n&quot;: 7" in page.content.decode()
    assert "pt-BR" in said
    fragment = browser.get(url("message", ref), headers={"HX-Request": "true"})
    assert "<html" not in fragment.content.decode()
    assert "audience is team" in text(fragment)


def test_a_duplicate_shows_what_the_message_did_the_first_time(ladder, track, ben, client_for, url):
    track("Signed Up")
    track("Connected", 1)
    track("Connected", 1)
    browser = client_for(ben)
    page = text(browser.get(url("message", refs(browser.get(url("events")))[0])))
    assert "It was in the log already" in page
    assert "Connect : completed by it; switched on dashboards" in page


def test_the_fragment_answers_304_until_something_happens(ladder, track, ben, client_for, url, workspace):
    track("Signed Up")
    browser = client_for(ben)
    first = browser.get(url("latest") + "?person=dora")
    tag = first["HX-PTag"]
    assert f'hx-ptag="{tag}"' in first.content.decode()
    assert browser.get(url("events") + "?person=dora").content.decode().count(f'hx-ptag="{tag}"') == 1
    assert browser.get(url("latest") + "?person=dora", headers={"HX-PTag": tag}).status_code == 304
    assert browser.get(url("latest") + "?person=emil", headers={"HX-PTag": tag}).status_code == 200
    track("Connected", 1, read=False)
    unread = browser.get(url("latest") + "?person=dora", headers={"HX-PTag": tag})
    assert "Not read by the engine yet" in text(unread)
    track("Looked", 2)  # the engine reads both
    read = browser.get(url("latest") + "?person=dora", headers={"HX-PTag": unread["HX-PTag"]})
    assert "Completed Connect" in text(read)


def test_asking_whether_anything_happened_costs_few_queries(
    ladder, track, ben, client_for, url, django_assert_max_num_queries
):
    track("Signed Up")
    browser = client_for(ben)
    tag = browser.get(url("latest"))["HX-PTag"]
    with django_assert_max_num_queries(
        9
    ):  # session, user, member, policy, transaction, scope, state; suspensions, at times
        assert browser.get(url("latest"), headers={"HX-PTag": tag}).status_code == 304


def test_the_list_costs_the_same_however_many_people_it_is_about(
    ladder, track, ben, client_for, url, django_assert_max_num_queries
):
    for number in range(12):
        track("Signed Up", number, user=f"user-{number}")
    browser = client_for(ben)
    browser.get(url("latest"))  # the first visit notes the session and the member's
    with django_assert_max_num_queries(29):  # with the suspensions, which are read again at times
        assert len(refs(browser.get(url("latest")))) == 12


def test_older_pages_and_what_lies_in_the_past_do_not_poll(ladder, track, ben, client_for, url, monkeypatch):
    monkeypatch.setattr(reading.page, "__kwdefaults__", {"limit": 2})
    for number in range(5):
        track("Looked", number)
    browser = client_for(ben)
    page = browser.get(url("events"))
    seen = refs(page)
    assert "data-poll" in page.content.decode()
    while found := re.search(r'rel="next" href="([^"]+)"', page.content.decode()):
        page = browser.get(url("events") + found[1])
        seen += refs(page)
        assert "data-poll" not in page.content.decode()
    assert len(seen) == len(set(seen)) == 5
    assert "data-poll" not in browser.get(url("events") + "?until=2030-01-01T00:00").content.decode()


def test_an_empty_list_says_what_to_do(workspace, ana, ben, client_for, url, track):
    assert "Get a write key" in text(client_for(ana).get(url("events")))
    assert "Get a write key" not in text(client_for(ben).get(url("events")))
    track("Looked")
    assert "No such message" in text(client_for(ben).get(url("events") + "?event=Nothing"))


def test_a_filter_that_cannot_be_understood_is_answered_in_words(workspace, ben, client_for, url):
    response = client_for(ben).get(url("events") + "?from=soon&before=nonsense")
    assert response.status_code == 422
    assert "“soon” is no time" in text(response)
    assert client_for(ben).get(url("latest") + "?outcome=lost").status_code == 400
    assert client_for(ben).get(url("events") + "?before=nonsense").status_code == 200


def test_markup_in_whatever_was_sent_is_shown_as_text(ladder, send, ana, client_for, url, workspace):
    named = {"userId": MARKUP, "event": MARKUP, "properties": {MARKUP: MARKUP}, "messageId": MARKUP}
    send("track", **named, context={MARKUP: [MARKUP]}, timestamp="2026-03-02T12:00:00Z")
    send("track", **named, timestamp="2026-03-02T12:00:00Z")
    send("identify", userId=MARKUP, traits={MARKUP: MARKUP, "name": MARKUP})
    send("track", event=MARKUP, x=MARKUP)
    send("group", userId=MARKUP, groupId=MARKUP)
    send("alias", userId=MARKUP, previousId=MARKUP)
    browser = client_for(ana)
    page = browser.get(url("events"))
    found = refs(page)
    assert len(found) == 6
    for response in [page, *(browser.get(url("message", ref)) for ref in found)]:
        assert response.status_code == 200
        assert "<script>alert" not in response.content.decode()
        assert "&lt;script&gt;alert" in response.content.decode()


def test_a_name_that_no_message_has_is_not_there(workspace, ben, client_for, url):
    for ref in ("1-1", "r1", "d1", "x", "9" * 40 + "-1", "r" + "9" * 30, "１-１"):
        assert client_for(ben).get(url("message", ref)).status_code == 404


def test_another_workspaces_messages_are_not_there(ladder, track, send, ana, cyd, client_for, url, other_workspace):
    track("Looked")
    track("Looked")
    send("track", userId="dora")
    ours = refs(client_for(ana).get(url("events")))
    assert len(ours) == 3
    for ref in ours:
        assert client_for(cyd).get(url("message", ref, workspace=other_workspace)).status_code == 404
        assert client_for(cyd).post(url("replay", ref, workspace=other_workspace), {"text": "{}"}).status_code == 404


def test_a_rejected_message_is_mended_and_sent_again(ladder, track, send, ana, client_for, url, workspace, clock):
    track("Signed Up", -5)
    send("track", userId="dora", messageId="m1", timestamp=clock.isoformat())
    browser, row = client_for(ana), rejection(workspace)
    page = browser.get(url("message", f"r{row.pk}"))
    assert "&quot;userId&quot;: &quot;dora&quot;" in page.content.decode()
    mended = json.dumps({**json.loads(row.message), "event": "Connected"}, indent=2)
    response = browser.post(url("replay", f"r{row.pk}"), {"text": mended})
    assert response["Location"] == url("events") + "?message=m1&outcome=stored"
    with scope(workspace):
        stored = LoggedEvent.objects.get(message_id="m1")
        entry = Entry.objects.get(action="rejection.replayed")
    assert (stored.event, stored.occurred_at, stored.type) == ("Connected", clock, "track")
    assert stored.received_at > row.received_at
    row = rejection(workspace)
    assert (row.replayed_by, row.replayed_as) == (ana.user.email, "m1")
    assert (entry.action, entry.user) == ("rejection.replayed", ana.user)
    assert "sent the rejected message" in text(browser.get(f"/w/{workspace.slug}/settings/audit/"))
    assert f"{ana.user.email} sent it again" in text(browser.get(url("message", f"r{row.pk}")))


def test_what_is_still_wrong_is_said_beside_the_text_and_nothing_is_lost(send, ana, client_for, url, workspace):
    send("track", userId="dora", messageId="m1")
    row = rejection(workspace)
    for typed, says in (
        ('{"userId": "dora", "type": "tracks"}', "The type must be one of"),
        ('{"type": "track", "event": "X"}', "An event needs a userId"),
        ("{ not json", "This is not JSON"),
        ("[1]", "The body must be a JSON object"),
        ("", "This is not JSON"),
        (
            '{"type": "track", "userId": "d", "event": "X", "x": "' + "y" * 33_000 + '"}',
            "larger than 32",
        ),
        (" " * 140_000, "longer than 128"),
    ):
        response = client_for(ana).post(url("replay", f"r{row.pk}"), {"text": typed})
        assert response.status_code == 422, typed[:50]
        assert says in text(response), typed[:50]
        assert typed.strip()[:40].replace('"', "&quot;") in response.content.decode()
    with scope(workspace):
        assert LoggedEvent.objects.count() == 0
        assert Rejection.objects.get().replayed_at is None
        assert not Entry.objects.exists()


def test_sending_again_twice_has_no_second_effect(send, ana, client_for, url, workspace):
    send("track", userId="dora")
    row = rejection(workspace)
    for _ in range(2):
        typed = json.dumps({**json.loads(row.message), "event": "Looked"})
        assert client_for(ana).post(url("replay", f"r{row.pk}"), {"text": typed}).status_code == 302
    with scope(workspace):
        assert LoggedEvent.objects.count() == 1
        assert Entry.objects.count() == 1


def test_a_message_without_a_time_counts_from_when_it_first_came(send, ana, client_for, url, workspace):
    send("track", userId="dora")
    row = rejection(workspace)
    typed = json.dumps({**json.loads(row.message), "event": "Looked"})
    client_for(ana).post(url("replay", f"r{row.pk}"), {"text": typed})
    with scope(workspace):
        assert LoggedEvent.objects.get().occurred_at == row.received_at


def test_the_skew_of_the_clock_is_told_by_the_first_receipt(send, ana, client_for, url, workspace):
    send(
        "batch",
        batch=[{"type": "track", "userId": "dora", "originalTimestamp": "2026-03-02T10:00:00Z"}],
        sentAt="2026-03-02T10:00:05Z",
    )
    row = rejection(workspace)
    typed = json.dumps({**json.loads(row.message), "event": "Looked"})
    client_for(ana).post(url("replay", f"r{row.pk}"), {"text": typed})
    with scope(workspace):
        assert abs((row.received_at - LoggedEvent.objects.get().occurred_at).total_seconds() - 5) < 0.001


def test_what_is_kept_of_a_rejection_holds_no_key(send, workspace, write_key):
    send("track", userId="dora", writeKey=write_key)
    assert write_key not in rejection(workspace).message
    assert json.loads(rejection(workspace).message) == {"userId": "dora", "type": "track"}


def test_only_editors_send_again_and_only_what_was_rejected(send, track, ana, ben, client_for, url, workspace):
    track("Looked")
    send("track", userId="dora")
    row = rejection(workspace)
    assert client_for(ben).post(url("replay", f"r{row.pk}"), {"text": row.message}).status_code == 403
    assert "Editors can mend it" in text(client_for(ben).get(url("message", f"r{row.pk}")))
    stored = next(ref for ref in refs(client_for(ana).get(url("events"))) if "-" in ref)
    assert client_for(ana).post(url("replay", stored), {"text": "{}"}).status_code == 404


def test_everything_of_one_reason_is_sent_again_when_the_fault_was_here(
    send, ana, ben, client_for, url, workspace, monkeypatch
):
    from onboarding.intake import steps

    monkeypatch.setattr(steps, "TYPES", steps.TYPES - {"screen"})
    for number in range(3):
        send("batch", batch=[{"type": "screen", "userId": "dora", "messageId": f"m{number}"}])
    send("batch", batch=[{"type": "nix", "userId": "dora"}])
    monkeypatch.undo()
    browser = client_for(ana)
    page = browser.get(url("events") + "?reason=unknown_type")
    assert "Send all of this reason again" in text(page)
    assert "Send all of this reason again" not in text(client_for(ben).get(url("events") + "?reason=unknown_type"))
    answer = browser.post(url("all_again"), {"reason": "unknown_type"}, follow=True)
    assert "3 taken, 1 rejected again." in text(answer)
    with scope(workspace):
        assert LoggedEvent.objects.count() == 3
        assert Rejection.objects.filter(replayed_at=None).count() == 1


def test_what_is_rejected_again_is_in_nobodys_way(send, ana, client_for, url, workspace, monkeypatch):
    from onboarding.debugger import views_replay
    from onboarding.intake import steps

    monkeypatch.setattr(views_replay, "MOST_AT_ONCE", 1)
    monkeypatch.setattr(steps, "TYPES", steps.TYPES - {"screen"})
    send("batch", batch=[{"type": "nix", "userId": "dora"}])
    send("batch", batch=[{"type": "screen", "userId": "dora"}])
    monkeypatch.setattr(steps, "TYPES", steps.TYPES | {"screen"})
    browser = client_for(ana)
    first = browser.post(url("all_again"), {"reason": "unknown_type"}, follow=True)
    assert "0 taken, 1 rejected again. 1 more waits." in text(first)
    [after] = re.findall(r'name="after" value="(\d+)"', first.content.decode())
    second = browser.post(url("all_again"), {"reason": "unknown_type", "after": after}, follow=True)
    assert "1 taken, 0 rejected again." in text(second)
    assert "Send all of this reason again" in text(second)


def test_text_that_was_cut_is_shown_and_said_to_be(workspace, ana, client_for, url, clock):
    from onboarding.intake.reasons import Drop, Reason

    long = {"type": "track", "userId": "dora", "event": "Looked", "x": "y" * 40_000}
    append(
        workspace.pk,
        [],
        received_at=clock,
        rejections=[(long, Drop(Reason.EVENT_TOO_LARGE, "The event is too large."))],
    )
    browser = client_for(ana)
    page = browser.get(url("message", f"r{rejection(workspace).pk}"))
    assert "It was too large to be kept whole" in text(page)
    assert "Looked" in text(browser.get(url("events") + "?person=dora"))


def test_a_message_that_completed_something_for_colleagues_says_for_whom(
    ladder, track, send, ben, client_for, url, workspace
):
    everyones = LADDER.replace("{event: Connected}", "{event: Connected, by: account}").replace("start\n", "crew\n", 1)
    publish(workspace, everyones, at=ladder.published_at)
    for user in ("dora", "emil"):
        track("Signed Up", user=user)
        send("group", userId=user, groupId="acme", traits={"name": "Acme Ltd"})
    send("identify", userId="robot", context={"groupId": "acme"}, traits={"name": "Robot"})
    track("Connected", 5, user="robot")
    browser = client_for(ben)
    listed = browser.get(url("events") + "?event=Connected")
    assert "Completed for 2 others Connect" in text(listed)
    page = text(browser.get(url("message", refs(listed)[0])))
    assert "For its own sender it counts for nothing yet" in page
    assert "It completed something for 2 other people" in page
    assert "user dora" not in page
    assert "dora : Connect" in page
    [ref] = refs(browser.get(url("events") + "?event=identify"))
    said = text(browser.get(url("message", ref)))
    assert "is kept as said of them in the account Acme Ltd too" in said


def test_a_step_that_was_completed_by_hand_or_revoked_says_whose_word_it_was(
    ladder, track, ben, client_for, url, workspace, clock, monkeypatch
):
    track("Signed Up")
    track("Report Shared", 1, properties={"audience": "team"})
    monkeypatch.setattr(timezone, "now", lambda: clock + timedelta(minutes=5))
    with scope(workspace):
        dora, ladder = Person.objects.get(external_id="dora"), Ladder.objects.get()
        rule.complete(dora.pk, ladder, "connect", by=ben, reason=MARKUP)
        rule.complete(dora.pk, ladder, "share", by=ben, reason="Seen.")
        rule.revoke(dora.pk, ladder, "share", by=ben, reason="A test.")
    monkeypatch.setattr(timezone, "now", lambda: clock + timedelta(minutes=20))
    track("Connected", 9)
    browser = client_for(ben)
    connected, shared, _ = refs(browser.get(url("events")))
    page = browser.get(url("message", connected))
    assert MARKUP not in page.content.decode()
    assert f"Connect : complete already; completed by hand by {ben.user}" in text(page)
    page = text(browser.get(url("message", shared)))
    assert "Share a report : the step was revoked, so what came up to" in page
    assert f"by {ben.user}: “A test.”" in page
