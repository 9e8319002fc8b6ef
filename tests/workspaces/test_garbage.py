"""Whatever is typed into whichever field of whichever page, the answer is a page and never an error of ours."""

import pytest
from django.urls import reverse

from tests.tiers import EXHAUSTIVE
from tests.workspaces.test_urls import IN_WORKSPACE, things_of

WORDS = (
    "act after again all another answer base by cadence_weeks criterion.at_least criterion.children.0.kind "
    "criterion.event criterion.kind criterion.of criterion.trait criterion.where.0.operand criterion.where.0.operator "
    "criterion.where.0.property criterion.within_n criterion.within_unit cue date days deadline deadline_on "
    "deadline_weeks description direction down due_after.n due_after.unit due_on event example expected_actions field "
    "from high impact.after impact.before into keep_events_months key kickoff kind label ladder low messages.email "
    "milestone minutes moved moves name new_steps_a_session note notes of open order outcomes owner page phase place "
    "prefix prerequisites product property publishers purpose q reason review_needed revision role role_name "
    "rule.kind rule.operand rule.operator rule.trait seen segments show since size start.event start.kind state "
    "success tags.role team text time time_zone title to topics unlock up url use_case value_proposition verdict "
    "video_url who why why_look window_days within_days "
    "account feature person reach until used_when whom workflow.event workflow.kind workflow.where.0.operand "
    "workflow.where.0.operator workflow.where.0.property "
    "actor addresses keep_audit_months level thing version "
    "may overlap scopes "
    "dark_accent enforced font knowing light_ink light_background position radius scheme shown site use user "
)
FIELDS = WORDS.split()

GARBAGE = {
    "a character that cannot be kept": "a\x00b",
    "a number beyond all": "9" * 5_000,
    "the last day": "9999-12-31",
    "markup": "'\"><script>alert(1)</script>{{ 7 }}{% now %}",
}
FAR = 10**30


@pytest.fixture
def things(workspace, ana):
    return things_of(workspace, ana)


def urls(workspace, things, *, far=False):
    for name, (_, arguments, _, _) in IN_WORKSPACE.items():
        given = {
            argument: thing.removeprefix("word: ") if thing.startswith("word: ") else things[thing]
            for argument, thing in arguments.items()
        }
        numbered = {argument: FAR for argument, thing in given.items() if isinstance(thing, int)}
        if not far or numbered:
            kwargs = {"workspace_slug": workspace.slug, **given, **(numbered if far else {})}
            yield reverse(name, kwargs=kwargs)


@pytest.mark.parametrize("what", GARBAGE)
def test_garbage_in_every_field_is_answered(what, workspace, things, ana, client_for):
    """Sent by forms and by htmx; every day each page gets half of it in the one way, and half in the other."""
    browser = client_for(ana)
    for number, url in enumerate(urls(workspace, things), list(GARBAGE).index(what)):
        ways = [{}, {"HX-Request": "true"}]
        for headers in ways if EXHAUSTIVE else [ways[number % 2]]:
            response = browser.post(url, dict.fromkeys(FIELDS, GARBAGE[what]), headers=headers)
            assert response.status_code < 500, url
            assert b"<script>alert(1)" not in response.content, url


def test_numbers_beyond_the_database_s_name_nothing(workspace, things, ana, client_for):
    browser = client_for(ana)
    for url in urls(workspace, things, far=True):
        for method in ("get", "post"):
            # A change of a draft is refused in a message on the ladder's page.
            assert getattr(browser, method)(url).status_code in (302, 404, 405), url
