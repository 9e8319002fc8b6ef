"""What a log line says, and what it never says."""

import json
import logging

import pytest

from config.logs import Cause, Json, Lines, without_secrets
from workspaces.scope.cause import caused_by, sane_id


def written(formatter, message, *arguments, **extra) -> str:
    record = logging.getLogger("a.room").makeRecord(
        "a.room", logging.WARNING, __file__, 1, message, arguments, extra.pop("exc_info", None), extra=extra
    )
    assert Cause().filter(record)
    return formatter.format(record)


def test_in_production_a_line_is_one_json_object_with_what_caused_it():
    with caused_by("request-1234", task_name="progress.advance", task_id="task-9"):
        line = json.loads(written(Json(), "%s people\nwere replayed", 7))
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "WARNING",
        "logger": "a.room",
        "message": "7 people\nwere replayed",
        "request_id": "request-1234",
        "task": "progress.advance",
        "task_id": "task-9",
    }


def test_what_is_not_known_is_left_out_and_what_is_given_beside_stays():
    line = json.loads(written(Json(), "Done", status=200, workspace=7, request=object()))
    assert {name: line[name] for name in line if name != "time"} == {
        "level": "WARNING", "logger": "a.room", "message": "Done", "status": 200, "workspace": 7,
    }  # fmt: skip


def test_a_traceback_is_part_of_its_line():
    with pytest.raises(ZeroDivisionError) as caught:
        raise ZeroDivisionError("at /c/secret-token/steps/")
    text = written(Json(), "Failed", exc_info=(caught.type, caught.value, caught.tb))
    assert "\n" not in text
    assert "ZeroDivisionError" in json.loads(text)["exc_info"]
    assert "secret-token" not in text


def test_in_development_a_line_reads_as_one():
    with caused_by("request-1234"):
        assert written(Lines(), "Done").endswith(" WARNING a.room Done [request request-1234]")
    assert written(Lines(), "Done").endswith(" WARNING a.room Done")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Not Found: /c/eyJhbGciOi.x_y-z/steps/", "Not Found: /c/…/steps/"),
        ("GET https://app.example.com/d/abc123/?x=1", "GET https://app.example.com/d/…/?x=1"),
        ("/v1/projects/fm_write_abc-DEF/settings", "/v1/projects/…/settings"),
        ("key fm_secret_abc-DEF_9 was used", "key fm_secret_… was used"),
        ("/accounts/password/reset/key/1-set-password/", "/accounts/password/reset/key/…/"),
        ("/w/acme/ladders/c/", "/w/acme/ladders/c/"),
    ],
)
def test_tokens_and_keys_never_get_through(said, kept):
    assert without_secrets(said) == kept


@pytest.mark.parametrize("given", ["", "short", "with space in it", "new\nline-in-it", "x" * 200, "<script>alert(1)"])
def test_a_request_id_that_is_not_sane_is_replaced(given):
    made = sane_id(given)
    assert made != given
    assert len(made) == 32


@pytest.mark.parametrize("given", ["1-67891233-abcdef012345678912345678", "Root=1-63441c4a-abcdef", "a" * 32])
def test_a_sane_one_is_kept(given):
    assert sane_id(given) == given
