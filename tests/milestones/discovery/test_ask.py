"""The questionnaire behind a link: for somebody without a log-in, and for whoever tries to get more out of it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from milestones.discovery.links import ask_url, make_link
from milestones.discovery.models import MOST_SAVES_A_MINUTE, Link, Response
from workspaces.audit.models import Entry
from workspaces.scope import scope

from .conftest import TYPED


def post(client, address, **typed):
    return client.post(address, {"base": "0", "page": "p", **TYPED, **typed})


def the_response(workspace):
    with scope(workspace):
        return Response.objects.get()


def test_answers_arrive_with_who_and_when(workspace, address, client, ana):
    response = post(client, address, by="Maria")
    assert response.status_code == 302
    assert "Thank you" in client.get(response["Location"]).content.decode()
    found = the_response(workspace)
    assert (found.by, found.answers["team"]) == ("Maria", 25)
    assert timezone.now() - found.answered_at < timedelta(minutes=1)
    with scope(workspace):
        assert Entry.objects.get(action="discovery.answered").actor == "link for Maria of Northwind"


def test_nothing_of_the_workspace_shows_but_its_name_and_the_questions(workspace, answered, address, client, ana):
    text = client.get(address).content.decode()
    assert "Acme" in text
    assert "What does success look like?" in text
    for secret in ("Northwind", "Maria", "Nobody asks", workspace.slug, ana.user.email, "dora", "/w/"):
        assert secret not in text


def test_the_page_is_not_kept_indexed_or_told_to_other_sites(address, client):
    response = client.get(address)
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"
    assert response["Referrer-Policy"] == "same-origin"


def test_answers_can_be_changed_until_the_link_closes_and_are_one_submission(workspace, address, client):
    post(client, address)
    post(client, address, base="1", success="Something else.")
    assert the_response(workspace).answers["success"] == "Something else."
    with scope(workspace):
        assert [entry.action for entry in Entry.objects.order_by("pk")][-2:] == [
            "discovery.answered",
            "discovery.answers_changed",
        ]


@pytest.mark.parametrize("closed", [{"revoked_at": timezone.now()}, {"expires_at": timezone.now()}])
def test_a_closed_link_shows_nothing_and_takes_nothing(closed, workspace, address, client):
    post(client, address)
    with scope(workspace):
        Link.objects.update(**closed)
    assert client.get(address).status_code == 410
    assert "Nobody asks" not in client.get(address).content.decode()
    assert post(client, address, base="1", success="Replayed.").status_code == 410
    assert post(client, f"{address}draft/", base="1", success="Replayed.").status_code == 410
    assert the_response(workspace).answers["success"] == TYPED["success"]


def test_a_replayed_form_overwrites_nothing(workspace, address, client):
    post(client, address)
    post(client, address, base="1", page="another", success="Later.")
    replayed = post(client, address)
    assert replayed.status_code == 422
    assert "somebody else changed these answers" in replayed.content.decode()
    assert the_response(workspace).answers["success"] == "Later."


def test_the_page_that_saved_last_may_go_on_saving(workspace, address, client):
    for success in ("One.", "Two."):
        assert post(client, f"{address}draft/", success=success).status_code == 200
    found = the_response(workspace)
    assert found.typed["success"] == "Two."
    assert found.answers is None


def test_a_link_opens_no_other_questionnaire(
    workspace, link, discovery, address, other_workspace, other_discovery, cyd, client
):
    with scope(other_workspace):
        theirs = ask_url(make_link(other_discovery, label="Them", days=7, by=cyd))
    token = theirs.strip("/").split("/")[1]
    for wrong in (token[:-3] + "abc", token.replace(":", "", 1), "x" * 500, "W10:a:b"):
        assert client.get(f"/d/{wrong}/").status_code == 404
    post(client, theirs, success="Theirs.")
    assert "Theirs." not in client.get(address).content.decode()
    with scope(workspace):
        assert not Response.objects.exists()


def test_script_in_an_answer_stays_text(workspace, address, ana, client, client_for, discovery, url):
    evil = "<script>alert(1)</script>{{ workspace }}"
    post(client, address, success=evil, by=evil)
    for page in (address, url("discovery", discovery.pk), url("response", discovery.pk, the_response(workspace).pk)):
        text = client_for(ana).get(page).content.decode()
        assert "<script>alert(1)" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_huge_answers_are_refused_and_keep_what_was_there(workspace, address, client):
    post(client, address)
    assert post(client, address, base="1", notes="x" * 70_000).status_code == 413
    longer = post(client, address, base="1", success="x" * 2_001)
    assert longer.status_code == 422
    assert "at most 2000 fit" in longer.content.decode()
    assert the_response(workspace).answers["success"] == TYPED["success"]


def test_a_program_that_saves_all_the_time_is_stopped_for_a_minute(workspace, address, client):
    for _ in range(MOST_SAVES_A_MINUTE):
        assert post(client, f"{address}draft/").status_code == 200
    assert post(client, f"{address}draft/", success="Once more.").status_code == 429
    assert post(client, address, success="Once more.").status_code == 429
    with scope(workspace):
        Response.objects.update(minute_began_at=timezone.now() - timedelta(minutes=2))
    assert post(client, f"{address}draft/", success="Later.").status_code == 200
    assert the_response(workspace).typed["success"] == "Later."


def test_a_form_of_another_site_cannot_answer(address):
    assert Client(enforce_csrf_checks=True).post(address, TYPED).status_code == 403


def test_nobody_is_thanked_for_answers_that_were_not_sent(address, client):
    assert "Thank you" not in client.get(f"{address}?sent").content.decode()


def test_a_link_with_the_longest_label_takes_answers_too(workspace, discovery, ana, client):
    with scope(workspace):
        longest = ask_url(make_link(discovery, label="x" * 200, days=7, by=ana))
    assert post(client, longest, by="y" * 500).status_code == 302
    assert the_response(workspace).by == "y" * 200


def test_what_is_wrong_is_said_beside_its_question(address, client):
    response = client.post(address, {"base": "0", "page": "p", "success": " "})
    assert response.status_code == 422
    text = response.content.decode()
    assert "2 answers below need another look" in text
    assert 'id="q-success-error"' in text


def test_a_page_that_calls_itself_by_what_cannot_be_kept_is_answered_all_the_same(workspace, address, client):
    assert post(client, address, page="\0").status_code == 302
    assert the_response(workspace).page == ""
