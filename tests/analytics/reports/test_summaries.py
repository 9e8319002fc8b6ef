"""What a customer is told of themselves: what they have, and nothing of ours."""

from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.urls import reverse

from milestones.ladders.models import LadderVersion
from onboarding.features.learning import learn
from onboarding.people.models import Account, AccountMembership, Person, Sender
from onboarding.progress.models import Completion, Journey, Unlock
from workspaces.scope import scope

START = datetime(2026, 2, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def climb(workspace):
    """Let somebody of Acme's begin, and complete rungs so many days after."""

    def begin(name, **reached):
        with scope(workspace):
            person, _ = Person.objects.get_or_create(key=f"u:{name}", defaults={"external_id": name})
            version = LadderVersion.objects.get()
            value = next(rung.key for rung in version.rungs.all() if rung.first_value)
            journey = Journey.objects.create(
                person=person,
                ladder_id=version.ladder_id,
                version=version,
                began_version=version,
                started_at=START,
                cohort_on=START.date(),
                first_value_at=START + reached[value] * DAY if value in reached else None,
            )
            for rung, days in reached.items():
                Completion.objects.create(journey=journey, rung_key=rung, completed_at=START + days * DAY)
                unlock = version.rungs.get(key=rung).says.get("unlock")
                if unlock:
                    Unlock.objects.create(
                        journey=journey, rung_key=rung, person=person, feature=unlock, unlocked_at=START + days * DAY
                    )
            return person

    return begin


@pytest.fixture
def initech(workspace, publish, climb):
    """An account of four: two have reached first value, one has begun, one is nobody's concern."""
    publish(workspace)
    with scope(workspace):
        learn()
        account = Account.objects.create(key="initech", name="Initech")
    climb("dora", connect=1, invite=2, report=4)
    climb("emil", connect=1, invite=3, report=8)
    climb("gina", connect=2)
    with scope(workspace):
        for name in ("dora", "emil", "gina"):
            person = Person.objects.get(external_id=name)
            sender, _ = Sender.objects.get_or_create(key=f"u:{name}", defaults={"person": person})
            AccountMembership.objects.create(sender=sender, account=account, since=START)
    return account


@pytest.fixture
def page(ana, client_for):
    def get(name, *args, query=""):
        response = client_for(ana).get(reverse(f"reports:{name}", args=[ana.workspace.slug, *args]) + query)
        assert response.status_code == 200
        return response

    return get


def text_of(response):
    return " ".join(unescape(response.content.decode()).split())


def test_a_person_is_told_what_they_set_up_and_when_first_value_came(workspace, initech, page):
    with scope(workspace):
        dora = Person.objects.get(external_id="dora")
        LadderVersion.objects.all()
    text = text_of(page("person", dora.pk))
    assert "4 days after beginning" in text
    assert "on 6 February 2026" in text
    assert "3 of 3 steps are done" in text
    assert "Invite a teammate" in text
    assert "4 February 2026" in text


def test_an_account_is_told_how_many_of_its_people_got_there(initech, page):
    text = text_of(page("account", initech.pk))
    assert "<b>2 of your 3 people</b> have reached first value" in text
    assert "2 of your 3 people have reached first value" in text  # in the text to mail
    assert "Half of those who did took 6 days or less" in text
    assert "The first did on 6 February 2026" in text
    assert "3 of 3" in text


def test_nothing_internal_is_told(workspace, initech, page):
    with scope(workspace):
        rungs = LadderVersion.objects.get().rungs.all()
        inside = [str(risk) for rung in rungs for risk in rung.says.get("risks", [])]
        inside += [rung.says["purpose"] for rung in rungs if rung.says.get("purpose")]
    response = page("account", initech.pk)
    article = response.content.decode().partition("<article")[2].partition("</article>")[0]
    for word in ("gina", "dora", "Gina", "stuck", "overdue", "Kaplan", "interval", "segment", "role", *inside):
        assert word not in article
    assert "href" not in article


def test_the_pdf_is_one(workspace, initech, page):
    with scope(workspace):
        dora = Person.objects.get(external_id="dora")
    assert page("person_pdf", dora.pk).content.startswith(b"%PDF")
    assert page("account_pdf", initech.pk).content.startswith(b"%PDF")


def test_an_account_without_anybody_says_so(workspace, publish, page):
    publish(workspace)
    with scope(workspace):
        account = Account.objects.create(key="empty", name="")
    assert "Nobody of empty has begun yet." in text_of(page("account", account.pk))


def test_accounts_and_people_are_found_by_how_they_begin(workspace, initech, page):
    assert "Initech" in text_of(page("summaries"))
    found = text_of(page("summaries", query="?q=ini"))
    assert "Initech" in found
    found = text_of(page("summaries", query="?q=dor"))
    assert "dora" in found
    assert "No account begins so." in found
    assert "Nobody begins so." in text_of(page("summaries", query="?q=%00zzz"))


def test_what_customers_are_called_is_text_and_never_markup(workspace, initech, page):
    with scope(workspace):
        Account.objects.update(name="<script>alert(1)</script>")
    assert "<script>alert" not in page("account", initech.pk).content.decode()
    assert page("account_pdf", initech.pk).content.startswith(b"%PDF")
