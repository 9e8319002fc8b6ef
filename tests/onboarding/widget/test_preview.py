"""The preview that a ladder's editor sees: the real checklist on the draft, for a made-up person."""

import pytest
from django.urls import reverse

from milestones.ladders import drafts
from milestones.ladders.document import read
from milestones.ladders.exchange import import_ladder
from milestones.ladders.models import Ladder
from milestones.ladders.yaml_text import load
from workspaces.scope import scope

LADDER = """
ladder:
  key: office
  name: Office
  role: {key: everyone, name: Everyone, rule: {everyone: true}}
  title: Open the office
  value_proposition: A morning without paper.
  kickoff: The first desk is booked.
  done_looks_like: Everybody has a desk.
  new_steps_a_session: 2
  stories: [{text: We stopped queueing., who: Kim}]
  impact: {before: Hours of queueing, after: "{{ first_name }} did {{ steps_done }} of {{ steps_total }} steps"}
  rungs:
    - milestone: {key: desk, name: Book a desk, criterion: {event: Desk Booked}, action_label: Book, action_url: /desks}
      phase: quick wins
    - milestone: {key: badge, name: Print a badge, criterion: {event: Badge Printed, within: 1 hour}}
      phase: core
      first_value: true
      spacing: 1 day
    - milestone: {key: lunch, name: Order lunch, criterion: {event: Lunch Ordered}}
      phase: core
"""


@pytest.fixture
def shown(workspace, ana, client_for):
    with scope(workspace):
        import_ladder(load(LADDER), by=ana)

    def show(**asked) -> str:
        url = reverse("widget:preview", args=[workspace.slug, "office"], query=asked)
        return client_for(ana).get(url).content.decode()

    return show


def test_a_fresh_one_tells_what_done_looks_like_and_a_story(shown):
    html = shown()
    assert "0 of 3 done" in html
    assert "The first desk is booked." in html
    assert "We stopped queueing." in html
    assert html.count('data-state="open"') == 2
    assert html.count('data-state="waiting"') == 1


def test_half_way_the_impact_is_not_told_before_first_value(shown):
    html = shown(state="half")
    assert "1 of 3 done" in html
    assert "Hours of queueing" not in html


def test_done_tells_the_impact_in_the_persons_numbers(shown):
    html = shown(state="done")
    assert "All 3 done" in html
    assert "Everybody has a desk." in html
    assert "Robin did 3 of 3 steps" in html


def test_it_polls_nothing_and_leads_nowhere(shown):
    html = shown(open="lunch")
    assert "hx-get" not in html
    assert "href" not in html
    assert 'data-open="lunch"' in html or 'data-open="desk"' in html


def test_it_follows_the_draft_at_once(shown, workspace, ana):
    with scope(workspace):
        ladder = import_ladder(load(LADDER), by=ana).ladder
        document = ladder.draft.document
        changed = {**document, "title": "<script>alert(1)</script>"}
        drafts.write(ladder.draft, changed, by=ana, words="Title", place="title")
    html = shown()
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_an_empty_draft_says_what_to_do(workspace, ana, client_for):
    with scope(workspace):
        import_ladder({**load(LADDER), "rungs": [], "key": "empty"}, by=ana)
    url = reverse("widget:preview", args=[workspace.slug, "empty"])
    assert "Add a milestone" in client_for(ana).get(url).content.decode()


def test_it_is_shown_in_the_language_that_is_asked_for_offered_or_not(workspace, ana, shown):
    with scope(workspace):
        draft = Ladder.objects.get(key="office").draft
        document = draft.document
        after = "{{ first_name }} hat {{ steps_done }} von {{ steps_total }} Schritten getan"
        document["translations"] = {"de": {"title": "Öffnen Sie das Büro", "impact": {"after": after}}}
        document["stories"][0]["translations"] = {"de": {"text": "Wir stehen nicht mehr an."}}
        drafts.write(draft, read({"ladder": document}), by=ana, words="Translated", place="")
    html = shown(lang="de", state="fresh")
    assert '<section class="checklist" id="checklist" lang="de" dir="ltr"' in html
    assert "0 von 3 erledigt" in html
    assert '<blockquote>Wir stehen nicht mehr an.</blockquote><figcaption lang="en" dir="auto">Kim' in html
    assert '<p class="preview-lede" lang="en" dir="auto">A morning without paper.</p>' in html
    done = shown(lang="de", state="done")
    assert "<dd>Robin hat 3 von 3 Schritten getan</dd>" in done
    assert '<dd lang="en" dir="auto">Hours of queueing</dd>' in done
    assert "0 of 3 done" in shown(lang="xx")
    assert 'dir="rtl"' in shown(lang="ar")
