"""The frame speaks its reader's language, whoever says which that is."""

import re

import pytest
from django.utils import timezone

from onboarding.widget.embed.acts import REASONS
from tests.analytics.events import identify, send
from tests.onboarding.widget.embed.conftest import SITE
from tests.onboarding.widget.embed.test_frame import data
from workspaces.scope import scope
from workspaces.tenants.languages import LANGUAGES


@pytest.fixture
def pia(caller, climb, workspace):
    workspace.languages = [tag for tag in LANGUAGES if tag != workspace.language]
    workspace.save()
    climb("pia", 2)
    return caller


def language(response) -> tuple[str, str]:
    return re.search(r'<html lang="([^"]*)" dir="([^"]*)"', response.content.decode()).groups()


def accepting(caller, header: str):
    form = {"key": caller.key, "user": "pia"}
    return caller.client.post("/widget/v1/frame", form, headers={"Origin": SITE, "Accept-Language": header})


def test_the_page_says_it_before_the_person_and_the_person_before_the_browser(pia, workspace):
    assert language(accepting(pia, "ja,en;q=0.5")) == ("ja", "ltr")
    send(workspace, [identify("pia", timezone.now(), locale="de-AT")])
    assert language(accepting(pia, "ja,en;q=0.5")) == ("de", "ltr")
    assert language(pia.frame(lang="ar")) == ("ar", "rtl")
    assert language(pia.frame(lang="x" * 9_000)) == ("de", "ltr")


def test_a_language_stays_with_every_answer(pia):
    begin = data(pia.frame(lang="de"))
    assert begin["lang"] == "de"
    assert begin["state"]["label"] == "Get set up: 2 von 7 erledigt"
    assert begin["words"]["close"] == "Schließen"
    pia.session = begin["session"]
    assert pia.steps(begin["tag"], "?lang=de").status_code == 304
    other = pia.steps(begin["tag"], "?lang=fr").json()
    assert other["words"]["lang"] == "fr"
    skipped = pia.act("skipped", "invite-teammate", "later", lang="de").json()
    assert "Sie haben diesen Schritt für später zurückgestellt." in skipped["html"]
    assert pia.begin(lang="pt-BR").json()["words"]["lang"] == "pt"


def test_a_frame_without_its_reader_speaks_the_browsers_language_until_they_are_known(pia, workspace):
    pia.site = "null"
    assert language(pia.frame(lang="")) == ("en", "ltr")
    form = {"key": pia.key}
    response = pia.client.post("/widget/v1/frame", form, headers={"Origin": "null", "Accept-Language": "fr"})
    assert language(response) == ("fr", "ltr")


@pytest.mark.parametrize("tag", LANGUAGES)
def test_every_reason_has_a_button_in_every_language(tag, pia):
    answer = pia.begin(lang=tag).json()
    for kind, reasons in REASONS.items():
        for reason in reasons:
            if reason != "done":  # for who has finished
                assert f'data-act="{kind}" data-reason="{reason}"' in answer["html"]
    assert "{" not in answer["html"].replace("data-news", "").partition("<ol>")[2]


def test_a_language_that_the_workspace_does_not_offer_is_not_spoken(caller, climb, workspace):
    climb("pia", 2)
    with scope(workspace):
        assert workspace.offers == ("en",)
    assert language(caller.frame(lang="de")) == ("en", "ltr")
