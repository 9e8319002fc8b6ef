"""What is for members only stays behind, whatever a section's template writes."""

import pytest

from analytics.reports.blocks import Sentence, blocks_of
from analytics.reports.markup import read, without_what_is_for_members

pytestmark = pytest.mark.pure


def left(html, **options):
    return without_what_is_for_members(read(html), **options).inner


def test_lists_of_people_go_item_by_item_marked_or_not():
    assert "Dora" not in left('<ul><li><a href="/w/acme/people/7/">Dora</a>, Initech</li></ul>')
    assert "Initech" not in left('<ul><li><a href="/w/acme/people/7/">Dora</a>, Initech</li></ul>')
    row = '<table><tr><td><a href="/w/acme/people/7/">Dora</a></td><td>stuck</td></tr><tr><td>All</td></tr></table>'
    assert left(row) == "<table><tr><td>All</td></tr></table>"
    assert left('<p>Ask <a href="/w/acme/people/7/">Dora</a></p>') == "<p>Ask </p>"
    assert left("<div data-members>Dora</div>") == ""


def test_a_link_that_is_a_name_or_a_number_keeps_its_text_and_any_other_goes():
    assert left('<table><tr><th scope="row"><a href="/w/x/">Invite</a></th></tr></table>') == (
        '<table><tr><th scope="row"><span>Invite</span></th></tr></table>'
    )
    assert left('<div class="kpi"><a class="kpi-value" href="/x">41%</a></div>') == (
        '<div class="kpi"><span class="kpi-value">41%</span></div>'
    )
    assert left('<p class="small"><a href="/x">See the 3 people</a></p><p>Kept</p>') == "<p>Kept</p>"
    assert left('<p>Finished: <a href="/x">12.4%</a> of 424</p>') == "<p>Finished: <span>12.4%</span> of 424</p>"


def test_an_icon_has_no_place_on_paper_and_a_drawing_has():
    icon, chart = '<svg class="icon" viewBox="0 0 24 24"></svg>', '<svg viewBox="0 0 9 9"></svg>'
    assert left(f"<p>{icon}Note</p>{chart}") == f"<p>Note</p>{chart}"
    assert left(f"<p>{icon}Note</p>", folds=True) == f"<p>{icon}Note</p>"


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<form action='/x'><button>Go</button></form>",
        "<nav>Menu</nav>",
        "<iframe src='/x'></iframe>",
        '<div class="toolbar">Filter</div>',
        '<div class="card section-place" hx-get="/x">Later</div>',
    ],
)
def test_what_runs_or_asks_goes(html):
    assert left(html) == ""


def test_attributes_that_act_or_lead_somewhere_go():
    kept = left('<p class="a" onclick="x()" hx-get="/x" data-chart="/x" style="color:red" title="t">T</p>')
    assert kept == '<p class="a" title="t">T</p>'


def test_text_stays_text():
    assert left("<p>&lt;script&gt;&amp;&quot;</p>") == '<p>&lt;script&gt;&amp;"</p>'
    assert left('<p title="&quot;&gt;&lt;b&gt;">x</p>') == '<p title="&quot;&gt;&lt;b&gt;">x</p>'


def test_what_folds_is_unfolded_on_paper_and_stays_on_a_screen():
    html = "<details><summary>See the numbers</summary><p>41%</p></details>"
    assert left(html) == "<div><p>41%</p></div>"
    assert left(html, folds=True) == html


def test_drawings_keep_the_names_that_browsers_and_printers_want():
    svg = '<svg viewBox="0 0 9 9"><defs><clipPath id="c"></clipPath></defs><path d="M0,0"></path></svg>'
    assert left(svg) == svg


def test_a_line_s_name_keeps_which_line_of_the_picture_it_is():
    card = read('<figure class="card"><ul class="legend"><li class="series-2">Version 1</li></ul><p>Said.</p></figure>')
    assert blocks_of(next(iter(card.every("figure")))) == (
        Sentence("Version 1", "item", "series-2"),
        Sentence("Said."),
    )
