"""The description of the API and what it does are the same: schemathesis makes up calls from the one, with a real key,
and holds the answers of the other to it.
"""

from pathlib import Path

import jsonschema_rs
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from drf_spectacular.drainage import GENERATOR_STATS, reset_generator_stats
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as bounded
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.workspaces.api.operations import operations
from tests.workspaces.api.test_routes import REFUSED
from workspaces.api.management.commands.openapi import PATH
from workspaces.api.openapi import document, text
from workspaces.api.problems import CODES, MEDIA_TYPE

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES = 2  # of each operation
CONFIG = SchemathesisConfig.from_dict(
    {"generation": {"with-security-parameters": False, "deterministic": True, "max-examples": EXAMPLES}}
)
BOUNDED = bounded(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def test_the_description_that_lies_in_the_docs_is_the_one_that_is_served(client):
    assert PATH.read_text(encoding="utf-8") == text(), "run bin/manage openapi"
    answer = client.get("/api/openapi.json")
    assert answer.json() == document()
    assert client.get("/api/openapi.json", headers={"If-None-Match": answer["ETag"]}).status_code == 304
    assert document()["openapi"] == "3.1.0"


def test_no_two_shapes_share_a_name_and_nothing_is_guessed():
    reset_generator_stats()
    SchemaGenerator(api_version="1").get_schema(public=True)
    assert not GENERATOR_STATS, [*GENERATOR_STATS._warn_cache, *GENERATOR_STATS._error_cache]


def test_every_schema_is_a_schema_and_every_example_fits_its_own():
    schemas = document()["components"]["schemas"]
    for schema in schemas.values():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})
    for path in document()["paths"].values():
        for op in path.values():
            shown = [op.get("requestBody", {}), *op["responses"].values()]
            for content in (content for one in shown for content in one.get("content", {}).values()):
                for example in content.get("examples", {}).values():
                    whole = {**content["schema"], "components": {"schemas": schemas}}
                    jsonschema_rs.validate(whole, example["value"], validate_formats=True)


def test_nearly_every_answer_is_shown_and_every_problem(program):
    answers = {op["operationId"]: op["responses"] for path in document()["paths"].values() for op in path.values()}
    silent = [name for name, told in answers.items() if not _shows(told) and name not in NOT_SHOWN]
    assert sorted(silent) == sorted(name for name in REFUSED if _has_content(answers[name]) and name not in NOT_SHOWN)
    problem = program.post("milestones", {"name": 5}).json()
    shown = document()["components"]["responses"]["Problem422"]["content"][MEDIA_TYPE]["examples"]
    assert problem.keys() - {"errors"} == shown["invalid"]["value"].keys()
    assert problem["title"] == shown["invalid"]["value"]["title"]


NOT_SHOWN = {  # files that say nothing on a page
    "adoption_pdf", "audit_lines", "editions_html", "editions_pdf", "exports_file", "people_export",
    "people_summary_pdf", "accounts_summary_pdf", "playbooks_html", "playbooks_pdf",
}  # fmt: skip


def _has_content(responses) -> bool:
    return any("content" in response for status, response in responses.items() if status.startswith("2"))


def _shows(responses) -> bool:
    contents = [
        c for status, one in responses.items() if status.startswith("2") for c in one.get("content", {}).values()
    ]
    return not contents or any("examples" in content for content in contents)


def test_no_call_made_up_from_the_description_is_answered_otherwise(workspace, program, things, settings):
    settings.API_REQUESTS_PER_MINUTE = 0
    schema = schemathesis.openapi.from_dict(document(), config=CONFIG)
    schema.app = WSGIHandler()
    found = {one.name: one for one in operations()}
    made = {op.ok().definition.raw["operationId"]: op.ok() for op in schema.get_all_operations()}
    assert made.keys() == found.keys()
    answered, otherwise = {}, []
    for name in sorted(made, key=lambda name: (found[name].method == "delete", name.endswith("revoke"), name)):
        try:
            answered[name] = tried(made[name], found[name].given(things), program)
        except (AssertionError, BaseExceptionGroup) as error:
            otherwise.append(f"{name}: {error}\n{getattr(error, 'exceptions', '')}")
    assert not otherwise, "\n".join(otherwise)
    assert sum(status < 300 for statuses in answered.values() for status in statuses) > 60


def tried(operation, named, program, bounds=BOUNDED, **where) -> set[int]:
    """Calls of one operation, made up within bounds, some of them with our own things in the address; the statuses they
    got.
    """
    statuses: set[int] = set()
    ours = {"id" if name == "pk" else name: value for name, value in named.items()}  # as the description calls it

    @bounds
    @given(case=operation.as_strategy())
    def one(case):
        case.path_parameters = {**(case.path_parameters or {}), **ours}
        response = case.call(headers={"Authorization": f"Bearer {program.token}"}, **where)
        statuses.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    one()
    return statuses


def test_every_code_that_the_api_refuses_with_is_explained(client):
    page = client.get("/api/problems").content.decode()
    for code, (status, meaning) in CODES.items():
        assert f'<div id="{code}">' in page
        assert 400 <= status < 600
        assert meaning.endswith(".")


def test_the_guide_names_only_what_is_there():
    guide = (Path(PATH).parent / "api.md").read_text(encoding="utf-8")
    for code in ("invalid", "in_progress", "idempotency_key_reused"):
        assert code in guide
        assert code in CODES
