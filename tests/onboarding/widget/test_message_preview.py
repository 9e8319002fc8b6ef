"""A milestone's messages as a real person would get them, harmless whatever that person is called."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from milestones.ladders import drafts
from milestones.ladders.document import read
from milestones.ladders.exchange import import_ladder
from milestones.ladders.models import Ladder
from milestones.ladders.yaml_text import load
from onboarding.people.models import Person
from tests.analytics.events import identify, send, track
from workspaces.scope import scope

LADDER = (Path(__file__).parents[2] / "milestones/playbook/ladder.yaml").read_text()
NASTY = "<script>alert(1)</script> {{ email }} [x](javascript:alert(1)) **bold**"


@pytest.fixture
def climbed(workspace, other_workspace, ana, cyd):
    """Acme's administrators: gil has done the first step, nasty has a name that is an attack, hal climbs nothing."""
    start = timezone.now() - timedelta(days=3)
    for where, by in ((workspace, ana), (other_workspace, cyd)):
        with scope(where):
            import_ladder(load(LADDER), by=by).ladder.publish(by=by, at=start - timedelta(days=30))
    send(
        workspace,
        [
            identify("gil", start, role="admin", email="gil@customer.example", name="Gil Grunt", plan="scale"),
            track("gil", "Signed Up", start),
            track("gil", "Connected", start + timedelta(hours=1)),
            identify("nasty", start, role="admin", email="nasty@customer.example", name=NASTY),
            track("nasty", "Signed Up", start - timedelta(days=1)),
            identify("hal", start, role="other", email="hal@customer.example"),
        ],
    )
    send(other_workspace, [identify("zoe", start, role="admin", email="zoe@other.example", name="Zoe Other")])
    return workspace


def preview(client, workspace, who="", rung="connect"):
    url = reverse("widget:message_preview", args=[workspace.slug, "admins", rung])
    return client.get(url, {"who": who})


def test_the_variables_are_this_persons(climbed, ben, client_for):
    html = preview(client_for(ben), climbed, "gil@").content.decode()
    assert "Gil Grunt" in html
    assert '<mark title="first_name">Gil</mark>, one connection and  never types again.' in html
    assert '<mark title="step">Connect a source</mark>, <mark title="first_name">Gil</mark>' in html
    assert 'You have done <mark title="steps_done">1</mark> of <mark title="steps_total">2</mark>.' in html
    assert "Ask <strong>IT</strong> for an account, Gil Grunt." in html


def test_without_a_name_it_is_for_whoever_began_last(climbed, ben, client_for):
    assert "gil@customer.example" in preview(client_for(ben), climbed).content.decode()


def test_somebody_who_does_not_climb_gets_what_is_known(climbed, ben, client_for):
    html = preview(client_for(ben), climbed, "hal").content.decode()
    assert "Hello" in html  # the fallback of first_name
    assert "You have done  of ." in html


def test_a_persons_name_stays_text(climbed, ben, client_for):
    html = preview(client_for(ben), climbed, "nasty").content.decode()
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "{{ email }}" in html  # not filled again
    assert 'href="javascript' not in html
    assert "<strong>bold</strong>" not in html


def test_nobody_found_is_said(climbed, ben, client_for):
    html = preview(client_for(ben), climbed, "<b>nobody").content.decode()
    assert "Nobody here has an e-mail address or user id that begins with “&lt;b&gt;nobody”." in html


def test_other_workspaces_people_are_never_found(climbed, ben, client_for):
    assert "Nobody here" in preview(client_for(ben), climbed, "zoe").content.decode()


def test_a_rung_that_is_not_there_is_not_found(climbed, ben, client_for):
    assert preview(client_for(ben), climbed, rung="nothing").status_code == 404


def test_a_person_gets_messages_in_their_language_as_far_as_they_are_translated(climbed, ana, client_for):
    climbed.languages = ["de"]
    climbed.save()
    with scope(climbed):
        ladder = Ladder.objects.get(key="admins")
        draft = drafts.begin(ladder, by=ana)
        document = draft.document
        milestone = document["rungs"][0]["milestone"]
        kind = next(kind for kind in milestone["messages"] if kind != "email_subject")
        milestone["translations"] = {"de": {"messages": {kind: "Guten Tag {{ first_name }}, weiter geht es."}}}
        drafts.write(draft, read({"ladder": document}), by=ana, words="Translated", place="")
        ladder.publish(by=ana)
        person = Person.objects.get(external_id="gil")
        url = reverse("widget:message_preview", args=[climbed.slug, "admins", milestone["key"]]) + "?who=gil"
        assert "weiter geht es" not in client_for(ana).get(url).content.decode()
        person.traits |= {"language": "de"}
        person.save()
    assert "weiter geht es" in client_for(ana).get(url).content.decode()
