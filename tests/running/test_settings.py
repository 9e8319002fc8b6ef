"""What production refuses to start with: each case in a process of its own, as it would be started."""

import secrets
import sys
from collections.abc import Iterator

import pytest

SECRET = secrets.token_urlsafe(64)
START_WEB = "import config.wsgi"
GOOD = {
    "FIRSTMILE_ENV": "production",
    "FIRSTMILE_SECRET_KEY": SECRET,
    "FIRSTMILE_ALLOWED_HOSTS": "app.example.com",
    "FIRSTMILE_BASE_URL": "https://app.example.com",
}


@pytest.fixture(scope="module")
def servers(tmp_path_factory) -> Iterator[dict[str, str]]:
    import embedded

    with embedded.attach(tmp_path_factory.mktemp("data"), throw_away=True) as attached:
        yield attached.environment


@pytest.fixture
def start(run, servers):
    """Start the web application in production; return its status and the last line that it printed."""

    def start(**changes: str) -> tuple[int, str]:
        status, output = run.finish(sys.executable, "-W", "ignore", "-c", START_WEB, **{**GOOD, **servers, **changes})
        return status, output.strip().rpartition("\n")[2]

    return start


def test_production_starts_with_a_secret_of_its_own_under_an_ordinary_role(start):
    assert start() == (0, "")


@pytest.mark.parametrize("secret", ["", "short", "development-only-secret-never-used-in-production-0123456789"])
def test_production_refuses_a_missing_short_or_default_secret(start, secret):
    status, line = start(FIRSTMILE_SECRET_KEY=secret)
    assert status == 1
    assert "FIRSTMILE_SECRET_KEY must be a secret of your own" in line


def test_production_refuses_debug(start):
    status, line = start(FIRSTMILE_DEBUG="1")
    assert status == 1
    assert "FIRSTMILE_DEBUG shows source code to visitors" in line


def test_production_refuses_a_superuser(start, servers):
    status, line = start(DATABASE_URL=servers["DATABASE_URL"].replace("firstmile_app@", "postgres@"))
    assert status == 1
    assert "role 'postgres' is a superuser" in line


def test_development_starts_as_a_superuser_too_so_that_only_production_is_strict(start, servers):
    as_superuser = servers["DATABASE_URL"].replace("firstmile_app@", "postgres@")
    assert start(FIRSTMILE_ENV="development", DATABASE_URL=as_superuser) == (0, "")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("FIRSTMILE_ENV", "prod"),
        ("FIRSTMILE_DEBUG", "perhaps"),
        ("DATABASE_URL", "sqlite:///x.db"),
        ("FIRSTMILE_LOG_FORMAT", "xml"),
        ("FIRSTMILE_METRICS_TOKEN", "guessable"),
        ("FIRSTMILE_WORKER_METRICS_PORT", "many"),
        ("PROMETHEUS_MULTIPROC_DIR", "/proc/nothing/can/be/made/here"),
        ("FIRSTMILE_IMPORTS_AT_ONCE", "0"),
        ("FIRSTMILE_INTAKE_WRITERS", "0"),
        ("FIRSTMILE_EVENTS_PER_SECOND", "-1"),
        ("FIRSTMILE_FLAGS_PER_SECOND", "many"),
        ("FIRSTMILE_OPENINGS_PER_SECOND", "-1"),
        ("FIRSTMILE_OPENINGS_PER_ADDRESS", "few"),
        ("FIRSTMILE_PROXIES", "yes"),
    ],
)
def test_a_value_that_means_nothing_is_named(start, name, value):
    status, line = start(**{name: value})
    assert status == 1
    assert name in line


def test_a_worker_in_production_refuses_a_superuser_too(run, servers):
    worker = (sys.executable, "-W", "ignore", "-m", "celery", "-A", "config", "worker", "--pool", "solo")
    superuser = servers["DATABASE_URL"].replace("firstmile_app@", "postgres@")
    status, output = run.finish(*worker, **{**GOOD, **servers, "DATABASE_URL": superuser})
    assert status == 1, output
    assert "role 'postgres' is a superuser" in output
    assert "ready." not in output
