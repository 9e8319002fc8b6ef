"""The pages of setting up, of what comes in and of what is written about ladders, for a member who reads German."""

import json

from django.utils.translation import override

from milestones.discovery.answers import Answers
from milestones.discovery.proposal import to_data
from milestones.discovery.proposing import propose
from tests.milestones.discovery.candidates import administrators

HEADINGS = {
    "features/": "Funktionen",
    "discoveries/": "Erkundung",
    "playbooks/": "Playbooks",
    "feedback/": "Feedback",
    "imports/": "Importe",
    "events/": "Ereignisse",
    "widget/": "Widget installieren",
    "widget/look/": "Aussehen des Widgets",
}


def test_pages_speak_german(ana, client_for, workspace):
    ana.user.language = "de"
    ana.user.save()
    browser = client_for(ana)
    for path, heading in HEADINGS.items():
        page = browser.get(f"/w/{workspace.slug}/{path}").content.decode()
        assert f"<h1>{heading}" in page, path


def test_what_is_proposed_does_not_depend_on_who_asks_and_why_is_told_in_their_language():
    answers = Answers(role="Administrator", kind="administrator", product="analytics", outcomes=("insight",), team=25)
    english = propose(answers, administrators())
    with override("de"):
        german = propose(answers, administrators())
    assert [step.key for step in german.steps] == [step.key for step in english.steps]
    assert (german.title, german.value_proposition) == (english.title, english.value_proposition)
    words = json.dumps(to_data(german), ensure_ascii=False)
    assert "Weil das Team 25 Personen hat" in words
    assert "Because" not in words
