"""A discovery from its questions to a ladder, by program; and what comes through links beside it."""

import pytest

from milestones.discovery.models import Discovery
from milestones.ladders.models import Ladder
from tests.workspaces.api.conftest import Program
from workspaces.audit.models import Entry
from workspaces.keys.models import ApiKey
from workspaces.scope import scope

ANSWERS = {
    "success": "Ward managers open one dashboard every morning.",
    "outcomes": ["together", "insight"],
    "sources": ["Patient administration system", "Staff planning"],
    "deadline": {"weeks": 8},
    "team": 25,
    "risks": ["waiting"],
}


@pytest.fixture
def program(workspace, ana) -> Program:
    return Program(ApiKey.issue(workspace, kind="secret", name="Survey", made_by=ana.user)[1])


@pytest.fixture
def begun(program) -> str:
    made = program.post("discoveries", {"role": "administrator", "product": "saas-analytics"})
    assert made.status_code == 201, made.content
    return made["Location"]


def answered(program, begun, **other):
    etag = program.get(f"{begun}/answers")["ETag"]
    return program.put(f"{begun}/answers", {**ANSWERS, **other}, If_Match=etag)


def test_answers_lead_to_a_proposal_and_that_to_a_ladder(workspace, program, begun):
    questions = {one["key"]: one for one in program.get(begun).json()["questions"]}
    assert {"together", "insight"} <= {choice["key"] for choice in questions["outcomes"]["choices"]}
    assert program.get(f"{begun}/proposal").status_code == 404
    assert program.post(f"{begun}/proposal", {}).json()["code"] == "conflict"  # nothing was answered
    told = answered(program, begun).json()
    assert {name: told["answers"][name] for name in ANSWERS} == ANSWERS
    proposal = program.post(f"{begun}/proposal", {}).json()
    first, second = proposal["steps"][0]["key"], proposal["steps"][1]["key"]
    assert all(step["reasons"] for step in proposal["steps"])
    decide = f"{begun}/proposal/decisions"
    refused = program.post(decide, {"act": "refuse", "milestone": first, "revision": 0}).json()
    assert (refused["refused"][0]["key"], refused["revision"]) == (first, 1)
    stale = program.post(decide, {"act": "accept", "milestone": second, "revision": 0})
    assert (stale.status_code, stale.json()["code"]) == (409, "conflict")
    program.post(decide, {"act": "explain", "milestone": first, "why": "We did that last year.", "revision": 1})
    assert program.get(f"{begun}/proposal").json()["refused"][0]["why"] == "We did that last year."
    undone = program.post(decide, {"act": "undo", "revision": 2}).json()
    assert undone["refused"][0]["why"] == ""
    half = program.post(decide, {"act": "swap", "milestone": second, "revision": 3})
    assert half.json()["errors"][0]["pointer"] == "/other"
    assert program.post(decide, {"act": "take", "milestone": "nothing", "revision": 3}).status_code == 409
    made = program.post(f"{begun}/proposal/ladder", {"name": "Hospital group", "revision": 3})
    assert (made.status_code, made.json()["ladder"]) == (201, "hospital-group")
    rungs = program.get(f"{made['Location']}/draft").json()["document"]["rungs"]
    assert [rung["milestone"]["key"] for rung in rungs] == [step["key"] for step in undone["steps"]]
    assert "stays as it is" in program.post(decide, {"act": "undo", "revision": 3}).json()["detail"]
    with scope(workspace):
        assert Ladder.objects.get().key == "hospital-group"
        actions = Entry.objects.order_by("pk").values_list("action", "actor")
        assert [action for action, actor in actions if actor == "key Survey" and action.startswith("discovery.")] == [
            "discovery.begun",
            "discovery.answered",
            "discovery.proposed",
            "discovery.made",
        ]


@pytest.mark.parametrize(
    "wrong, pointer",
    [
        ({"outcomes": ["fame"]}, "/outcomes"),
        ({"deadline": {"weeks": 8, "on": "2030-01-01"}}, "/deadline"),
        ({"deadline": {"on": "2001-01-01"}}, "/deadline"),
        ({"team": 0}, "/team"),
        ({"success": ""}, "/success"),
        ({"success": "a\u0000b"}, "/success"),
    ],
)
def test_answers_that_make_no_sense_are_refused_at_their_place(program, begun, wrong, pointer):
    refused = answered(program, begun, **wrong)
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, pointer)
    assert program.get(f"{begun}/answers").json()["answers"] is None


def test_somebody_answers_through_a_link_until_it_is_revoked(workspace, program, begun, client):
    link = program.post(f"{begun}/links", {"label": "Dr Bauer", "days": 7}).json()
    path = "/" + link["url"].split("/", 3)[3]
    page = client.get(path)
    assert page.status_code == 200
    assert "Dr Bauer" not in page.content.decode()
    revoked = program.post(f"{begun}/links/{link['id']}/revoke").json()
    assert revoked["revoked_at"] is not None
    assert program.get(f"{begun}/links").json()["data"] == [revoked]
    assert "What does success look like" not in client.get(path).content.decode()
    assert program.post(f"{begun}/links", {"label": "x", "days": 8}).json()["errors"][0]["pointer"] == "/days"


def test_it_goes_into_the_archive_and_comes_back(workspace, program, begun):
    number = int(begun.rpartition("/")[2])
    assert program.post(f"{begun}/archive").json()["archived_at"] is not None
    assert program.get("discoveries").json()["data"] == []
    assert [one["id"] for one in program.get("discoveries?archived=true").json()["data"]] == [number]
    assert program.post(f"{begun}/restore").json()["archived_at"] is None
    with scope(workspace):
        assert Discovery.objects.get(pk=number).made_by is None


def test_a_role_is_one_there_is_or_named(program):
    assert program.post("discoveries", {"role": "nobody"}).json()["errors"][0]["pointer"] == "/role"
    assert program.post("discoveries", {}).json()["errors"][0]["pointer"] == "/role_name"
    made = program.post("discoveries", {"role_name": "Dispatcher"}).json()
    assert (made["role"], made["kind"], made["name"]) == ("dispatcher", "operator", "Dispatcher")
