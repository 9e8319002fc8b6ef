"""What all operations have in common: pages, ETags, idempotency, limits, problems."""

import os
import threading
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from milestones.library.models import Milestone
from onboarding.people.models import Person
from workspaces.api import limits
from workspaces.api.models import KeptAnswer
from workspaces.api.tasks import forget
from workspaces.audit.models import Entry
from workspaces.scope import scope

INVITE = {"key": "invite", "name": "Invite", "criterion": {"event": "Invited"}}


def test_pages_show_everything_once_also_while_things_come_and_go(workspace, program):
    with scope(workspace):
        people = [Person.objects.create(key=f"u:p{n}", external_id=f"p{n}") for n in range(5)]
        everybody = set(Person.objects.values_list("pk", flat=True))
    seen, path = [], "/api/v1/people?limit=2&state=none"
    while path:
        answer = program.get(path)
        page = answer.json()
        seen += [person["id"] for person in page["data"]]
        if len(seen) == 2:
            with scope(workspace):
                people[-1].delete()
        link = answer.headers.get("Link", "")
        assert bool(link) == (page["next"] is not None)
        address = urlsplit(link.partition(">")[0].removeprefix("<"))
        path = f"{address.path}?{address.query}" if link else ""
    assert len(seen) == len(set(seen))
    assert set(seen) == everybody - {people[-1].pk or max(everybody)}


@pytest.mark.parametrize(
    "cursor", ["nonsense", "W10", "WzEsMl0", "WyJhIl0", "W251bGxd", "x" * 900, "WyJcdTAwMDAiXQ", "WyJcdWQ4MDAiLDFd"]
)
def test_a_cursor_of_nothing_is_refused(program, cursor):
    for path in ("people", "milestones", "ladders", "audit", "webhooks", "events"):
        answer = program.get(f"{path}?cursor={cursor}")
        assert answer.status_code in (200, 400), (path, answer.content)
    answer = program.get(f"people?cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_cursor")


@pytest.mark.parametrize(("query", "parameter"), [("limit=0", "limit"), ("limit=many", "limit"), ("nmae=x", "nmae")])
def test_a_parameter_that_means_nothing_is_named(program, query, parameter):
    answer = program.get(f"people?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad_query")
    assert [error["parameter"] for error in answer.json()["errors"]] == [parameter]


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("post", "keys", '{"name": "Warehouse", "kind": "\\ud800"}'),
        ("post", "webhooks", '{"url": "https://hooks.example.com/", "topics": ["\\udfff"]}'),
        ("patch", "widget/look", '{"light": {"\\ud800": 1}}'),
    ],
)
def test_half_a_character_is_no_text(program, method, path, body):
    answer = Client(raise_request_exception=False).generic(
        method.upper(),
        f"/api/v1/{path}",
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {program.token}", "If-Match": "*"},
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")
    assert "half a character" in answer.json()["detail"]


def test_a_read_that_finds_nothing_new_has_no_body(program):
    first = program.get("workspace")
    again = program.get("workspace", If_None_Match=first["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert program.get("workspace", If_None_Match='"other", W/' + first["ETag"]).status_code == 304
    assert program.get("workspace", If_None_Match='"other"').status_code == 200
    head = program("head", "workspace")
    assert (head.status_code, head.content, head["ETag"]) == (200, b"", first["ETag"])


def test_a_change_names_what_it_saw(workspace, program):
    program.post("milestones", INVITE)
    changed = {"name": "Invite somebody", "criterion": {"event": "Invited"}}
    assert program.put("milestones/invite", changed).json()["code"] == "precondition_required"
    seen = program.get("milestones/invite")["ETag"]
    done = program.put("milestones/invite", changed, If_Match=seen)
    assert (done.status_code, done.json()["name"]) == (200, "Invite somebody")
    late = program.put("milestones/invite", {**changed, "name": "Mine"}, If_Match=seen)
    assert (late.status_code, late.json()["code"]) == (412, "precondition_failed")
    assert late["ETag"] == done["ETag"] == program.get("milestones/invite")["ETag"]
    assert program.put("milestones/invite", changed, If_Match="*").status_code == 200
    assert program.put("milestones/other", changed, If_Match="*").status_code == 404


def test_of_two_who_change_the_same_at_once_one_is_told(workspace, program):
    program.post("milestones", INVITE)
    seen = program.get("milestones/invite")["ETag"]
    answers = at_once(
        *(
            lambda n=n: program.put("milestones/invite", {**INVITE_CHANGED, "name": f"Name {n}"}, If_Match=seen)
            for n in range(2)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412]


INVITE_CHANGED = {"name": "Invite", "criterion": {"event": "Invited"}}


def test_the_same_request_again_gets_the_same_answer_and_does_nothing(workspace, program):
    first = program.post("milestones", INVITE, Idempotency_Key="one")
    again = program.post("milestones", INVITE, Idempotency_Key="one")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again["Location"] == first["Location"]
    assert (again["Idempotency-Replayed"], first.has_header("Idempotency-Replayed")) == ("true", False)
    with scope(workspace):
        assert Entry.objects.filter(action="milestone.created").count() == 1
    for path, body in (("milestones", {**INVITE, "name": "Other"}), ("workflows", INVITE)):
        answer = program.post(path, body, Idempotency_Key="one")
        assert answer.status_code == 422
    assert program.post("milestones", {**INVITE, "name": "O"}, Idempotency_Key="one").json()["code"] == (
        "idempotency_key_reused"
    )


def test_an_idempotency_key_is_the_workspaces_own_and_no_other_keys(workspace, other_workspace, program, program_with):
    program.post("milestones", INVITE, Idempotency_Key="one")
    assert program_with(other_workspace).post("milestones", INVITE, Idempotency_Key="one").status_code == 201
    answer = program_with(workspace).post("milestones", INVITE, Idempotency_Key="one")
    assert answer.json()["code"] == "idempotency_key_reused"


def test_what_was_refused_may_be_sent_mended_under_the_same_key(program):
    assert program.post("milestones", {"name": "Invite"}, Idempotency_Key="one").status_code == 422
    assert program.post("milestones", INVITE, Idempotency_Key="one").status_code == 201


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "ü"])
def test_a_key_that_is_none_is_refused(program, key):
    assert program.post("milestones", INVITE, Idempotency_Key=key).json()["code"] == "bad_idempotency_key"


def test_of_two_at_once_under_one_key_one_acts_and_both_are_answered_alike(workspace, program):
    answers = at_once(*[lambda: program.post("milestones", INVITE, Idempotency_Key="both")] * 2)
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].content == answers[1].content
    with scope(workspace):
        assert Milestone.objects.filter(name="Invite").count() == 1


def test_a_token_that_is_kept_is_kept_sealed_and_forgotten_after_a_day(workspace, program):
    made = program.post("keys", {"name": "New", "kind": "write"}, Idempotency_Key="k")
    with scope(workspace):
        kept = KeptAnswer.objects.get(key="k")
        assert made.json()["token"] not in kept.body
    forget()
    assert program.post("keys", {"name": "New", "kind": "write"}, Idempotency_Key="k").content == made.content
    with scope(workspace):
        KeptAnswer.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert program.post("keys", {"name": "New", "kind": "write"}, Idempotency_Key="k").content != made.content
    with scope(workspace):
        KeptAnswer.objects.update(created_at=timezone.now() - timedelta(hours=25))
    forget()
    with scope(workspace):
        assert not KeptAnswer.objects.exists()


def test_a_workspace_that_asks_too_often_is_told_when_to_come_back(
    workspace, other_workspace, program, program_with, settings
):
    settings.API_REQUESTS_PER_MINUTE = 3
    limits.forget()
    second = program_with(workspace)
    answers = [one.get("workspace") for one in (program, second, program, second)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [answer["RateLimit"].partition(";t=")[0] for answer in answers] == [
        f'"workspace";r={n}' for n in (2, 1, 0, 0)
    ]
    assert answers[0]["RateLimit-Policy"] == '"workspace";q=3;w=60'
    assert 1 <= int(answers[3]["Retry-After"]) <= 60
    assert answers[3].json()["code"] == "rate_limited"
    assert program_with(other_workspace).get("workspace").status_code == 200


def test_whoever_guesses_is_not_even_looked_up_and_whoever_works_beside_them_goes_on(workspace, program_with, settings):
    settings.API_REFUSED_PER_MINUTE = 3
    limits.forget()
    network = f"2001:db8:{os.getpid() % 10_000}:{workspace.pk % 10_000}"  # whose addresses count as one

    def status(token: str, address: str) -> int:
        bearer = {"Authorization": f"Bearer {token}"}
        return Client(REMOTE_ADDR=address).get("/api/v1/workspace", headers=bearer).status_code

    known, new = program_with(workspace).token, program_with(workspace).token
    assert status(known, f"{network}::1") == 200
    assert [status("fm_secret_guess", f"{network}::{n}") for n in range(5)] == [401, 401, 401, 429, 429]
    assert status(known, f"{network}::9") == 200
    assert status(new, f"{network}::9") == 429  # a guess that is right learns nothing either
    assert status(new, "2001:db8:ffff::1") == 200


def test_the_audit_log_is_asked_as_on_its_page(workspace, ana, program):
    program.post("webhooks", {"url": "https://example.com/hook", "topics": ["journey.started"]})
    program.post("keys", {"name": "Reports", "kind": "write"})
    made = program.get("audit?group=key").json()["data"][0]
    assert (made["action"], made["means"], made["actor"]) == ("key.issued", "api", "key Warehouse")
    assert made["address"] == "127.0.0.1"
    assert [entry["id"] for entry in program.get("audit?thing=report").json()["data"]] == [made["id"]]
    assert program.get("audit?group=ke").json()["data"] == program.get("audit?thing=nothing").json()["data"] == []


def test_what_is_refused_for_want_of_a_scope_counts(workspace, program_with, settings):
    settings.API_REQUESTS_PER_MINUTE = 2
    limits.forget()
    narrow = program_with(workspace, "people:read")
    assert [narrow.get("keys").status_code for _ in range(3)] == [403, 403, 429]


def test_without_redis_everybody_is_let_in(program, settings, monkeypatch):
    import redis

    def gone(**_):
        raise redis.ConnectionError("away")

    limits.forget()
    monkeypatch.setattr(limits, "_script", lambda: gone)
    answer = program.get("workspace")
    assert answer.status_code == 200
    assert not answer.has_header("RateLimit")
    limits.forget()


def test_every_failure_is_a_problem_document(program, settings):
    cases = {
        "nowhere": program.get("nowhere"),
        "nothing to change": program.post("webhooks/-1/test"),
        "no json": program("post", "/api/v1/milestones", b"{"),
        "nonsense": program.post("milestones", [1, 2]),
        "wrong": program.post("milestones", {"name": 5, "criterion": {"event": ""}, "colour": "red"}),
        "method": program("delete", "workspace"),
        "nobody": type(program)("").get("workspace"),
        "huge": program.post("milestones", {"name": "x" * 1_100_000}),
    }
    for name, answer in cases.items():
        problem = answer.json()
        assert answer["Content-Type"] == "application/problem+json", name
        assert problem["status"] == answer.status_code, name
        assert problem["request_id"] == answer["X-Request-ID"], name
        assert problem["type"] == f"{settings.BASE_URL}/api/problems#{problem['code']}", name
        assert problem["detail"], name
    pointers = [error["pointer"] for error in cases["wrong"].json()["errors"]]
    assert pointers == ["/colour"]
    wrong = program.post("milestones", {"name": "x", "criterion": {"event": "", "wihin": 3}}).json()
    assert {error["pointer"].split("/")[1] for error in wrong["errors"]} == {"criterion"}
    assert (cases["huge"].status_code, cases["method"].status_code) == (400, 405)


def test_a_fault_of_ours_is_a_problem_too(program, monkeypatch):
    from workspaces.settings import api

    monkeypatch.setattr(api, "_told", lambda workspace: 1 / 0)
    answer = program.get("workspace")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "ZeroDivision" not in answer.content.decode()


def test_what_fails_leaves_nothing_behind(workspace, program, monkeypatch):
    from milestones.library import api

    monkeypatch.setattr(api, "whole", lambda milestone: 1 / 0)
    assert program.post("milestones", INVITE, Idempotency_Key="x").status_code == 500
    with scope(workspace):
        assert not Milestone.objects.filter(key="invite").exists()
        assert not KeptAnswer.objects.exists()


def at_once(*acts):
    """What these come to, begun at the same moment, each on a connection of its own."""
    answers, start = [None] * len(acts), threading.Barrier(len(acts))

    def run(place, act):
        start.wait()
        try:
            answers[place] = act()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
