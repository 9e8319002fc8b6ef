"""What is taken along says what the page says."""

import csv
import io
import re
from datetime import timedelta
from html import unescape

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from analytics.dashboards import asked as asking
from analytics.dashboards.sections import ordered
from analytics.dashboards.sections.rendered import Rendered, all_inline
from analytics.dashboards.shown import shown
from analytics.metrics.registry import METRICS
from analytics.reports import paper as reading
from analytics.reports import section_tables, soon, tables, tasks, views_export
from analytics.reports.documents import document
from analytics.reports.letters import letter_of
from analytics.reports.paper import paper_of
from onboarding.people.models import Person
from onboarding.progress.models import Journey
from workspaces.audit.models import Entry
from workspaces.scope import scope

QUERY = "ladder=admin&period=90&as_of=2026-03-02&split=trait:plan"


@pytest.fixture
def taken(ben, client_for):
    """What ben, a viewer, gets at an address of the exports."""
    browser = client_for(ben)

    def get(name, status=200, query=QUERY, **more):
        address = reverse(f"reports:{name}", args=[ben.workspace.slug, *more.pop("args", ())])
        response = browser.get(f"{address}?{query}")
        assert response.status_code == status
        return response

    return get


def rows(response):
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))


@pytest.fixture
def paper(workspace, people, clock):
    with scope(workspace), timezone.override(workspace.zone):
        asked = asking.read(workspace, QueryDict(QUERY), now=timezone.now())
        return paper_of(workspace, asked, query=QUERY)


def test_every_table_of_the_page_can_be_taken_along_with_where_it_comes_from(people, taken):
    page = unescape(taken("export").content.decode())
    names = set(re.findall(r"([a-z]+)\.csv\?", page))
    assert names >= {"curve", "funnel", "rungs", "cohorts", "segments", "people"}
    for name in names & tables.TABLES.keys():
        found = rows(taken("csv", args=[name]))
        assert found, name
        for row in found:
            assert row["window_days"] == row.get("within_days", row.get("age_days", "14"))
            assert row["split"] == ("by plan" if name in ("curve", "segments") else "everybody")
            assert row["n"] == row.get("of", row["n"]) or row["note"]
            assert int(row["n"] or 0) <= 243
            assert 0 <= float(row["immature_share"] or 0) <= 1
            assert row["as_of"] == "2026-03-03T00:00:00+00:00"
            assert re.search(r"\w+ v\d", row["definition"])


def test_while_a_worker_looks_for_tables_the_page_says_how_far_it_is(people, taken, monkeypatch):
    calls = []
    monkeypatch.setattr(soon, "call", lambda wanted, kept_s: calls.append((wanted, kept_s)))
    waiting = taken("export")
    assert waiting["Refresh"] == views_export.ASK_AGAIN_S
    assert "<progress" in waiting.content.decode()
    assert "/funnel.csv?" in waiting.content.decode()
    assert "/stuck.csv?" not in waiting.content.decode()
    ((wanted, kept_s),) = calls
    tasks.write(*wanted, kept_s)
    page = taken("export")
    assert "/stuck.csv?" in page.content.decode()
    assert "Refresh" not in page
    assert len(calls) == 1


def test_the_table_of_every_further_card_can_be_taken_along_too(people, taken, monkeypatch):
    page = unescape(taken("export").content.decode())
    section = ordered.section_named("stuck")
    assert f"/{section.key}.csv?" in page
    html = SafeString(
        '<section class="card"><table><thead><tr><th>Step</th><th>Share</th><th>Note</th></tr></thead><tbody>'
        '<tr><th><a href="/w/x/">=Invite</a></th><td>61%</td><td>n 9</td></tr>'
        '<tr><th>Report</th><td colspan="2">too few</td></tr>'
        '<tr><th><a href="/w/x/people/7/">Dora</a></th><td>1</td><td></td></tr></tbody></table></section>'
    )
    monkeypatch.setattr(section_tables, "rendered", lambda *_, **__: html)
    found = rows(taken("csv", args=[section.key]))
    assert [(row["Step"], row["Share"], row["Note"]) for row in found] == [
        ("'=Invite", "61%", "n 9"),
        ("Report", "too few", ""),
    ]
    assert found[0]["definition"] == "; ".join(f"{key} v{METRICS[key].version}" for key in section.metrics)
    assert found[0]["n"] == ""  # the card does not say


def test_the_file_has_the_numbers_of_the_page(people, taken, workspace, clock):
    with scope(workspace), timezone.override(workspace.zone):
        board = shown(workspace, asking.read(workspace, QueryDict(QUERY), now=timezone.now())).board
    found = {row["step"]: row for row in rows(taken("csv", args=["funnel"]))}
    for step in board.funnel.steps:
        share = step.within.mature
        assert int(found[step.name]["people"]) == share.count
        assert float(found[step.name]["share"]) == share.value
    medians = {row["value"]: row["median_s"] for row in rows(taken("csv", args=["segments"]))}
    for segment in board.segments.segments[:2]:
        median = segment.pace.median_s
        assert medians[segment.label] == ("" if median is None else repr(median))


def test_page_mail_and_pdf_cannot_differ(people, taken, workspace, ben, client_for):
    query = QUERY.replace("trait:plan", "everybody")
    page = client_for(ben).get(reverse("dashboards:adoption", args=[workspace.slug]) + f"?{query}").content.decode()
    for tile in ordered.tiles():  # fetched after the page
        address = reverse("dashboards:section", args=[workspace.slug, tile.key])
        page += client_for(ben).get(f"{address}?{query}", headers={"HX-Request": "true"}).content.decode()
    text = " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())
    with scope(workspace), timezone.override(workspace.zone):
        paper = paper_of(workspace, asking.read(workspace, QueryDict(query), now=timezone.now()), query=query)
    letter = letter_of(paper, workspace, name="R", query=query, with_pdf=False)
    assert paper.headline in text
    assert paper.headline in unescape(letter.html)
    for kpi in paper.kpis:
        assert kpi.value
        assert f"{kpi.name} {kpi.value}" in text
        assert kpi.value in letter.text
        assert kpi.value in letter.html
    assert [figure.key for figure in paper.figures][:3] == ["curve", "funnel", "cohorts"]
    assert 'class="table' not in letter.html  # each has the mail's own look
    later = {section.key for section in ordered.sections()}  # which the page fetches after itself
    for figure in paper.figures:
        assert figure.title in letter.text
        if figure.key in later:
            continue
        assert figure.title in text
        # The one thing that is another: outside, small segments share a row with others (segments.gathered).
        same = re.sub(r'<tr><th scope="row">(?:<span>)?\d+ others.*?</tr>', "", figure.table)
        for cell in re.findall(r"<td[^>]*>([^<]+)</td>", same):
            assert unescape(cell).strip() in text


def test_a_section_that_the_page_gains_is_in_the_next_mail_too(people, workspace, clock, monkeypatch):
    """And the people that it lists for members are not."""
    card = SafeString(
        '<section class="card section" id="section-new"><header><h2 id="section-new-title">Retention holds</h2>'
        '<p>By week.</p></header><ul><li><a href="/w/x/people/7/">Dora Dorendorf</a></li></ul>'
        '<footer><table class="table"><tr><th scope="row"><a href="/w/x/">Week 1</a></th><td>61%</td></tr></table>'
        '<span>n 243</span><p class="told">As of now; defined as Retention, version 1.</p></footer></section>'
    )
    (section, *_) = ordered.sections()
    monkeypatch.setattr(reading, "all_inline", lambda *_: [Rendered(section, card)])
    with scope(workspace), timezone.override(workspace.zone):
        asked = asking.read(workspace, QueryDict(QUERY), now=timezone.now())
        found = paper_of(workspace, asked, query=QUERY)
    new = found.figures[-1]
    assert (new.key, new.title, new.told) == ("new", "Retention holds", "As of now; defined as Retention, version 1.")
    letter = letter_of(found, workspace, name="R", query=QUERY, with_pdf=False)
    printed = document(found, workspace)
    for text in (letter.html, printed):
        assert "Retention holds" in text
        assert "61%" in text
        assert "defined as Retention, version 1" in text
    assert "defined as Retention, version 1" in letter.text
    assert "Dora" not in letter.html + letter.text + printed


def test_no_claim_is_mailed_without_what_stands_beside_it_nor_with_what_nobody_sees(people, workspace, monkeypatch):
    """In both parts of the mail: sentences and findings of the card, its lines with their values, no wide table."""
    card = SafeString(
        '<section class="card section" id="section-new"><header><h2 id="section-new-title">Early birds are sooner</h2>'
        '<p>By what was done. <span class="drawn">The line is the interval.</span></p></header>'
        '<div class="interval-plot"><div class="interval-row"><span class="interval-name">Invite</span>'
        '<svg class="interval"><line/><rect class="interval-line marked" x="20.00%" width="30.00%"/>'
        '<circle class="dot marked" cx="30.00%"/></svg>'
        '<span class="interval-value"><b>61%</b> <small>n <a href="/w/x/">243</a></small></span></div>'
        '<div class="interval-row axis"><svg><text>0%</text><text>100%</text></svg></div></div>'
        '<ul><li><b>Invite</b>: 61% of <a href="/w/x/">those who had done it</a>, 40% of the others.</li></ul>'
        '<p class="note"><span><b>An association, not a cause.</b> Who is keen does more.</span></p>'
        '<p><a href="/w/x/">See them</a></p>'
        '<footer><details class="numbers"><summary>See the numbers</summary><table class="table">'
        "<tr><th>Step</th><th>Did</th><th>Reached</th><th>95% interval</th></tr>"
        "<tr><th>Invite</th><td>97</td><td>61%<small>59</small></td><td>55–67%</td></tr>"
        '<tr><th>Report</th><td colspan="3">too few</td></tr></table></details>'
        '<span><a class="kept" href="/w/x/">243 people</a> ; 9 more are too new</span></footer></section>'
    )
    (section, *_) = ordered.sections()
    monkeypatch.setattr(reading, "all_inline", lambda *_: [Rendered(section, card)])
    with scope(workspace), timezone.override(workspace.zone):
        asked = asking.read(workspace, QueryDict(QUERY), now=timezone.now())
        found = paper_of(workspace, asked, query=QUERY)
    letter = letter_of(found, workspace, name="R", query=QUERY, with_pdf=False)
    _, _, html = unescape(letter.html).partition("Early birds are sooner</h2>")
    _, _, text = letter.text.partition("Early birds are sooner")
    read = " ".join(re.sub(r"<[^>]+>", " ", html).split())
    for said in (
        "Invite: 61% of those who had done it, 40% of the others.",
        "An association, not a cause. Who is keen does more.",
        "243 people; 9 more are too new",
    ):
        assert said in read
        assert said in text
    assert "See them" not in read + text

    assert "The line is the interval." in read
    assert "Invite 61%, n 243" in read
    assert re.findall(r"width: (\d+\.\d%)", html) == ["20.0%", "10.0%", "20.0%"]
    assert "The line is" not in text
    assert "- Invite: Did: 97 · Reached: 61% (59) · 95% interval: 55–67%\n- Report: too few" in text


def test_every_sentence_of_the_page_is_in_the_mail(people, paper, workspace):
    letter = letter_of(paper, workspace, name="R", query=QUERY, with_pdf=False)
    told = 0
    for figure in paper.figures:
        for block in figure.blocks:
            said = getattr(block, "text", "")
            assert said in letter.text
            assert said in " ".join(unescape(re.sub(r"<[^>]+>", " ", letter.html)).split())
            told += bool(said)
        if figure.is_drawn and figure.numbers:
            name, value = figure.numbers.rows[0]
            assert f"- {name}: {value}" in letter.text
    assert told > 3


def test_every_section_of_the_page_is_in_the_sheet(people, paper, workspace, clock):
    with scope(workspace), timezone.override(workspace.zone):
        asked = asking.read(workspace, QueryDict(QUERY), now=timezone.now())
        keys = {one.section.key for one in all_inline(asked, workspace)}
    assert keys <= {figure.key for figure in paper.figures}
    assert keys


def test_every_figure_says_where_it_comes_from(people, paper):
    for figure in paper.figures:
        assert re.match(r"As of 3 Mar 2026, 00:00; .*defined as .*, version \d", figure.told), figure
        windowless = figure.key in ("how-it-ends", "nps", "stuck")
        assert ("within" in figure.told) is not windowless, figure


def test_small_groups_are_withheld_in_files_as_on_the_page(people, taken):
    found = {row["value"]: row for row in rows(taken("csv", args=["segments"]))}
    assert found["secret"]["note"] == "withheld: fewer than five people"
    assert found["secret"]["share"] == found["secret"]["median_s"] == found["secret"]["people"] == ""
    assert found["pro"]["note"] == ""


def test_formula_text_in_traits_names_and_files_is_defused(workspace, publish, versions, count, crowd, clock, taken):
    publish(workspace)
    (version,) = versions(workspace)
    evil = "=HYPERLINK(0)"
    count(workspace, crowd(version, 40, segment={"plan": evil}))
    with scope(workspace):
        dora = Person.objects.get(external_id="dora")
        Person.objects.filter(pk=dora.pk).update(name="@SUM(A1)", email="+1@x.example")
        Journey.objects.create(
            person=dora,
            ladder_id=version.ladder_id,
            version_id=version.version_id,
            began_version_id=version.version_id,
            started_at=clock - timedelta(days=3),
            cohort_on=(clock - timedelta(days=3)).date(),
        )
    segments = taken("csv", args=["segments"])
    assert [row["value"] for row in rows(segments)] == [f"'{evil}"]
    (person,) = rows(taken("csv", args=["people"]))
    assert (person["person"], person["email"]) == ("'@SUM(A1)", "'+1@x.example")
    assert person["user_id"] == "dora"
    assert (person["n"], person["definition"]) == ("1", "began v1")  # of who is in the file, not of the page's 40
    with scope(workspace):
        assert Entry.objects.get(action="people.exported").details["people"] == 1


def test_a_byte_order_mark_on_demand(people, taken):
    assert taken("csv", args=["curve"], query=QUERY + "&bom=1").content.startswith(b"\xef\xbb\xbf")
    assert not taken("csv", args=["curve"]).content.startswith(b"\xef\xbb\xbf")


def test_the_pdf_is_one_and_is_named_after_its_day(people, taken):
    response = taken("pdf")
    assert response.content.startswith(b"%PDF")
    assert response["Content-Disposition"] == 'attachment; filename="admin-adoption-2026-03-02.pdf"'


@pytest.mark.parametrize("query", ["period=31", "ladder=none", "as_of=2999-01-01", "split=trait:x", "window=0"])
def test_a_question_without_sense_gets_a_sentence(lent, query):
    loan = lent("people", "taken")  # nothing is changed
    taken = loan.things[-1]
    for name, args in (("export", []), ("pdf", []), ("csv", ["curve"])):
        assert "That cannot be told" in taken(name, 400, query, args=args).content.decode(), name
    loan.give_back()


def test_there_is_no_other_table(people, taken):
    taken("csv", 404, args=["secrets"])


def test_days_without_anybody_make_no_empty_files(workspace, publish, taken):
    publish(workspace)
    assert "nothing to tell" in unescape(taken("csv", 400, "ladder=admin", args=["funnel"]).content.decode())
    assert taken("pdf", query="ladder=admin").content.startswith(b"%PDF")
