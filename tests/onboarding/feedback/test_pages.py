"""From a file to answers, and back to a file."""

import csv
import io
import re
from datetime import UTC, datetime
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from onboarding.feedback import reading
from onboarding.feedback.models import Answer
from onboarding.people import directory
from onboarding.people.models import Person
from workspaces.audit.models import Entry
from workspaces.scope import scope
from workspaces.tenants.access import Level

FILE = """user_id,email,score,said_at,comment,source
dora,,9,2026-02-01T10:00:00Z,=HYPERLINK("x"),survey
emil,,3,2026-02-02T10:00:00Z,Too slow,survey
nobody,,5,2026-02-02T10:00:00Z,,survey
dora,,12,2026-02-03T10:00:00Z,,survey
"""


@pytest.fixture
def browser(workspace, make_member, client_for):
    return client_for(make_member(workspace, "eve", Level.EDITOR))


def look(browser, workspace, text=FILE):
    file = SimpleUploadedFile("answers.csv", text.encode(), "text/csv")
    return browser.post(reverse("feedback:upload", args=[workspace.slug]), {"file": file})


def bring(browser, workspace, text=FILE):
    return browser.post(
        reverse("feedback:keep", args=[workspace.slug]), {"text": text, "name": "answers.csv"}, follow=True
    )


def answers(workspace):
    with scope(workspace):
        return list(Answer.objects.order_by("said_at").values_list("sender", "score", "comment", "source"))


def test_a_file_is_looked_at_before_anything_is_kept(browser, workspace):
    page = look(browser, workspace)
    text = unescape(page.content.decode())
    assert page.status_code == 200
    assert "2 new answers in answers.csv" in text
    assert "2 lines are not taken" in text
    assert "Line 4: nobody known is “nobody”" in text
    assert "Line 5: “12” is no answer from 0 to 10." in text
    assert answers(workspace) == []
    carried = unescape(re.search(r'name="text" value="(.*?)">', page.content.decode(), re.S)[1])
    assert carried == FILE


def test_the_largest_file_that_is_looked_at_can_be_kept(browser, workspace):
    comment = "“Überall Kommas, Umlaute; Anführungszeichen”" * 20
    lines = "".join(f'dora,9,2026-01-05T10:{n // 60:02}:{n % 60:02}Z,"{comment}"\n' for n in range(900))
    text = "user_id,score,said_at,comment\n" + lines
    assert 0.9 * reading.LARGEST < len(text.encode()) <= reading.LARGEST
    form = re.search(
        r"<form [^>]*>(?=<input[^>]*csrf[^>]*><input[^>]*name=\"name\")",
        look(browser, workspace, text).content.decode(),
    )
    assert 'enctype="multipart/form-data"' in form[0]  # as what the test's own browser sends
    assert "900 answers are kept" in bring(browser, workspace, text).content.decode()


def test_answers_are_kept_once_however_often_the_file_comes(browser, workspace, other_workspace):
    assert "2 answers are kept. 2 lines were not taken." in unescape(bring(browser, workspace).content.decode())
    kept = [("u:dora", 9, '=HYPERLINK("x")', "survey"), ("u:emil", 3, "Too slow", "survey")]
    assert answers(workspace) == kept
    assert "0 answers are kept. 2 were here already." in unescape(bring(browser, workspace).content.decode())
    assert answers(workspace) == kept
    assert answers(other_workspace) == []
    with scope(workspace):
        entries = Entry.objects.filter(action="feedback.imported").order_by("pk")
        assert [(one.details["file"], one.details["stored"]) for one in entries] == [
            ("answers.csv", 2),
            ("answers.csv", 0),
        ]


def test_people_are_found_by_their_address_unless_two_have_it(browser, workspace):
    with scope(workspace):
        Person.objects.filter(external_id="dora").update(email="dora@acme.example")
        Person.objects.create(key="u:twin", external_id="twin", email="twin@acme.example")
        Person.objects.create(key="u:twin2", external_id="twin2", email="twin@acme.example")
    text = (
        "email,score,said_at\nDORA@acme.example,7,2026-02-01\n"
        "twin@acme.example,7,2026-02-01\nno@acme.example,7,2026-02-01"
    )
    page = unescape(look(browser, workspace, text).content.decode())
    assert "1 new answer in" in page
    assert "Line 3: 2 people have the e-mail address twin@acme.example; name the user id instead." in page
    assert "Line 4: nobody known is “no@acme.example”" in page


def test_after_a_merge_the_same_answer_is_still_the_same(browser, workspace):
    at = datetime(2026, 2, 1, tzinfo=UTC)
    with scope(workspace):
        directory.note([directory.Message("u:ada", at, "1"), directory.Message("u:lovelace", at, "2")])
    file = "user_id,score,said_at\nada,9,2026-02-01\n"
    bring(browser, workspace, file)
    with scope(workspace):
        directory.note([directory.Message("u:lovelace", at, "3", links=("u:ada",))])
    page = unescape(look(browser, workspace, file.replace("ada", "lovelace")).content.decode())
    assert "0 new answers" in page
    assert "1 are here already" in page
    listed = browser.get(reverse("feedback:index", args=[workspace.slug])).content.decode()
    assert "lovelace" in listed


def test_the_download_holds_every_answer_and_no_formula(browser, workspace):
    bring(browser, workspace)
    response = browser.get(reverse("feedback:download", args=[workspace.slug]))
    rows = list(csv.reader(io.StringIO(b"".join(response.streaming_content).decode())))
    assert rows[0] == ["user_id", "email", "name", "score", "said_at", "source", "comment"]
    assert [row[0] for row in rows[1:]] == ["dora", "emil"]
    assert rows[1][6] == '\'=HYPERLINK("x")'


def test_a_file_that_is_none_gets_a_sentence(browser, workspace):
    for response in (
        look(browser, workspace, "a,b\n1,2\n"),
        browser.post(reverse("feedback:upload", args=[workspace.slug]), {}),
        browser.post(reverse("feedback:keep", args=[workspace.slug]), {}),
    ):
        assert response.status_code == 422
        assert "note bad" in response.content.decode()


def test_an_empty_list_offers_the_import_to_those_who_may(workspace, browser, ben, client_for):
    address = reverse("feedback:index", args=[workspace.slug])
    assert "Import answers" in browser.get(address).content.decode()
    assert reverse("feedback:upload", args=[workspace.slug]) not in client_for(ben).get(address).content.decode()
