"""New ladders: empty, from a file; renaming one and taking it away as a file."""

from milestones.ladders.models import Ladder, Role
from milestones.ladders.yaml_text import dump, load
from tests.milestones.ladders.documents import two_rungs
from workspaces.audit.models import Entry
from workspaces.scope import scope

NEW = {"name": "Operators: first week", "role": "new:", "role_name": "Operator"}
RULE = {"rule.kind": "trait", "rule.trait": "job", "rule.operator": "equals", "rule.operand": "operator"}


def url(workspace, path):
    return f"/w/{workspace.slug}/ladders/{path}"


def words(response):
    return " ".join(response.content.decode().split())


def test_an_empty_ladder_with_a_role_of_its_own(workspace, ana, client_for):
    response = client_for(ana).post(url(workspace, "new/"), {**NEW, **RULE})
    assert response["Location"] == url(workspace, "operators-first-week/")
    with scope(workspace):
        ladder = Ladder.objects.get()
        assert (ladder.name, ladder.role.key) == ("Operators: first week", "operator")
        assert ladder.role.rule == {"trait": "job", "equals": "operator"}
        assert set(Entry.objects.values_list("action", flat=True)) == {"role.made", "ladder.made"}
    assert "No milestones yet." in words(client_for(ana).get(response["Location"]))


def test_a_ladder_for_a_role_that_is_there(workspace, ladder, ana, client_for):
    client_for(ana).post(url(workspace, "new/"), {"name": "Administrators", "role": "administrator"})
    with scope(workspace):
        assert Ladder.objects.get(key="administrators").role.key == "administrator"
        assert Role.objects.count() == 1


def test_a_key_that_a_page_or_a_ladder_has_is_not_given_again(workspace, ladder, ana, client_for):
    for name, key in [("New", "new-2"), ("Admins", "admins-2"), ("招待", "ladder")]:
        response = client_for(ana).post(url(workspace, "new/"), {"name": name, "role": "administrator"})
        assert response["Location"] == url(workspace, f"{key}/")


def test_what_is_missing_is_told_at_its_field_and_nothing_is_made(workspace, ana, client_for):
    response = client_for(ana).post(url(workspace, "new/"), {"name": "", "role": "new:", "role_name": "x" * 121})
    assert response.status_code == 422
    assert "Write a name, for example" in words(response)
    assert "This is 121 characters long; at most 120 fit." in words(response)
    response = client_for(ana).post(url(workspace, "new/"), {"name": "N", "role": "nobody"})
    assert "Choose whom the ladder is for." in words(response)
    response = client_for(ana).post(url(workspace, "new/"), {**NEW, **RULE, "rule.trait": ""})
    assert response.status_code == 422
    with scope(workspace):
        assert not Ladder.objects.exists()
        assert not Role.objects.exists()


def test_a_file_becomes_a_ladder_and_a_second_time_changes_nothing(workspace, ana, client_for):
    client = client_for(ana)
    response = client.post(url(workspace, "import/"), {"text": dump(two_rungs())})
    assert response["Location"] == url(workspace, "admins/")
    with scope(workspace):
        assert Ladder.objects.get().draft.document == two_rungs()
    response = client.post(url(workspace, "import/"), {"text": dump(two_rungs())}, follow=True)
    assert "says all of this already; nothing was changed." in words(response)


def test_a_file_with_mistakes_brings_nothing_and_says_where_they_are(workspace, ana, client_for):
    for text, said in [
        ("ladder:\n  key: x\n", "has no name"),
        ("ladder: [", "is not YAML"),
        ("", "Choose a file, or paste its text."),
        (dump({**two_rungs(), "key": "new"}), "is kept for a page of Firstmile"),
        ("<script>alert(1)</script>: 1", "&lt;script&gt;"),
    ]:
        response = client_for(ana).post(url(workspace, "import/"), {"text": text})
        assert response.status_code == 422
        assert said in words(response)
        assert "<script>alert(1)" not in words(response)
    with scope(workspace):
        assert not Ladder.objects.exists()


def test_a_file_that_is_no_text_or_too_large_is_refused(workspace, ana, client_for):
    from django.core.files.uploadedfile import SimpleUploadedFile

    for data, said in [(b"\xff\xfe\x00", "This is no text in UTF-8"), (b"#" * 1_000_001, "at most 1,000,000 are read")]:
        response = client_for(ana).post(url(workspace, "import/"), {"file": SimpleUploadedFile("l.yaml", data)})
        assert response.status_code == 422
        assert said in words(response)


def test_every_version_can_be_taken_away_as_a_file(composer, workspace, ben, client_for):
    composer.save("invite-team", "cue", cue="Because.")
    response = client_for(ben).get(url(workspace, "admins/versions/1/yaml/"))
    assert response["Content-Disposition"] == 'attachment; filename="admins-1.yaml"'
    assert load(response.content.decode()) == two_rungs()
    assert load(client_for(ben).get(url(workspace, "admins/versions/2/yaml/")).content.decode()) == composer.document


def test_a_ladder_is_renamed_and_its_versions_stay(composer, workspace):
    composer.client.post(composer.root + "name/", {"name": "Admins of all kinds"})
    response = composer.client.post(composer.root + "name/", {"name": " "}, follow=True)
    assert "the ladder is still called Admins of all kinds" in response.content.decode()
    with scope(workspace):
        assert Ladder.objects.get().name == "Admins of all kinds"
        assert Entry.objects.get(action="ladder.renamed").details == {
            "before": "Administrators",
            "after": "Admins of all kinds",
        }
