"""Real PostgreSQL, real Redis, the ordinary role. Every test commits for real, in fresh workspaces of its own:
tenancy itself keeps the tests apart. Two populated workspaces are always there, so a leak changes an assertion.
"""

import gc
import itertools
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import Client
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from tests.tiers import EXHAUSTIVE, examples

# How fast examples come says how busy the machine is, not whether anything is right.
hypothesis_settings.register_profile(
    "patient", deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=examples(100)
)
hypothesis_settings.load_profile("patient")

PASSWORD = "a long enough password"
_numbers = itertools.count(1)


# What looks at every workspace of the installation comes before other tests have made thousands of them; then the
# folders and files that take longest, so that processes side by side end at about the same time.
LONGEST = (
    "running/test_demo.py",
    "running/test_chaos.py",
    "travel",
    "browser/test_pages.py",
    "workspaces/test_urls.py",
    "workspaces/test_garbage.py",
    "onboarding/progress",
    "browser",
    "demo",
    "running",
    "onboarding",
    "analytics",
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    if not EXHAUSTIVE:
        left_out = {item for item in items if item.get_closest_marker("exhaustive")}
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [item for item in items if item not in left_out]

    def place(item: pytest.Item) -> int:
        if item.get_closest_marker("every_workspace"):
            return -1
        path = item.path.relative_to(here).as_posix() if here in item.path.parents else ""
        return next((place for place, begins in enumerate(LONGEST) if path.startswith(begins)), len(LONGEST))

    items.sort(key=place)


def pytest_collection_finish() -> None:
    gc.freeze()  # what is imported by now stays, and need not be looked through for garbage again and again


def _point_both_aliases_at(name: str) -> None:
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = settings.DATABASES[alias]["NAME"] = name


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker) -> Iterator[None]:
    """A database of this run's own, made by the owner role and used by the ordinary one."""
    original = str(settings.DATABASES["owner"]["NAME"])
    name = f"test_{original}_{os.getpid()}"
    server = psycopg2.connect(**_parameters("owner"))
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    with django_db_blocker.unblock():
        _point_both_aliases_at(name)
        call_command("migrate", verbosity=0)
        yield
        _point_both_aliases_at(original)
    _drop(server, name)
    server.close()


def _drop(server: psycopg2.extensions.connection, name: str) -> None:
    """Drop the database, ending what is still connected to it.

    Playwright's event loop gives Django connections of their own to the tests that run under it, which nothing closes;
    and the backend of a process that was killed may not have noticed yet. A role may end its own sessions only.
    """
    for alias in ("default", "owner"):
        with psycopg2.connect(**_parameters(alias)) as role, role.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                "WHERE datname = %s AND usename = current_user AND pid <> pg_backend_pid()",
                [name],
            )
        role.close()
    with server.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}"')


def _parameters(alias: str) -> dict[str, object]:
    parameters = connections[alias].get_connection_params()
    parameters.pop("cursor_factory", None)
    parameters.pop("context", None)
    return parameters


@pytest.fixture(autouse=True)
def _database(request, django_db_blocker) -> Iterator[None]:
    """Open the database to every test; those that never touch it don't pay for making it."""
    if "pure" in request.keywords:
        yield
        return
    request.getfixturevalue("django_db_setup")
    with django_db_blocker.unblock():
        yield


@pytest.fixture(autouse=True, scope="session")
def _static_files_found_once() -> Iterator[None]:
    """Every client of a test makes its chain of middleware anew; the disk is searched for static files but once."""
    from whitenoise.middleware import WhiteNoiseMiddleware

    search, found = WhiteNoiseMiddleware.add_files_from_finders, {}

    def remember(self) -> None:
        if not found:
            search(self)
            found.update(self.files)
        self.files.update(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", remember)
        yield


@pytest.fixture(autouse=True)
def _nobody_counts_the_refused(settings) -> None:
    """All tests come from one address, and try every operation without a key."""
    settings.API_REFUSED_PER_MINUTE = 0


@pytest.fixture(autouse=True)
def _quick_passwords(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def clock() -> datetime:
    """The fixed moment that tests call now: a Monday noon."""
    return datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def make_workspace() -> Callable:
    """Make a workspace under a name of its own, with nobody in it."""
    from workspaces.tenants.models import Workspace

    def make(name: str = "Acme", **fields):
        return Workspace.objects.create(name=name, slug=f"{name.lower()}-{os.getpid()}-{next(_numbers)}", **fields)

    return make


@pytest.fixture
def make_member() -> Callable:
    from workspaces.tenants.models import User

    def make(workspace, name: str, level):
        email = f"{name}-{os.getpid()}-{next(_numbers)}@example.com"
        return workspace.join(User.objects.create_user(email, PASSWORD, name=name.title()), level)

    return make


def _populate(workspace, *names: str) -> None:
    from onboarding.people.models import Person
    from workspaces.scope import scope

    with scope(workspace):
        for name in names:
            Person.objects.create(
                key=f"u:{name}", external_id=name, traits={"email": f"{name}@{workspace.slug}.example"}
            )


@pytest.fixture
def workspace(make_workspace):
    """Acme, in which dora and emil are end users."""
    acme = make_workspace("Acme", segments=["plan"])
    _populate(acme, "dora", "emil")
    return acme


@pytest.fixture
def other_workspace(make_workspace):
    """Globex, in which finn is an end user."""
    globex = make_workspace("Globex", segments=["plan"])
    _populate(globex, "finn")
    return globex


@pytest.fixture
def ana(workspace, make_member):
    """Owner of Acme."""
    from workspaces.tenants.access import Level

    return make_member(workspace, "ana", Level.OWNER)


@pytest.fixture
def ben(workspace, make_member):
    """Viewer in Acme."""
    from workspaces.tenants.access import Level

    return make_member(workspace, "ben", Level.VIEWER)


@pytest.fixture
def cyd(other_workspace, make_member):
    """Owner of Globex, a stranger in Acme."""
    from workspaces.tenants.access import Level

    return make_member(other_workspace, "cyd", Level.OWNER)


@pytest.fixture
def client_for() -> Callable[..., Client]:
    """A browser in which this member is logged in."""

    def log_in(member) -> Client:
        client = Client()
        client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return log_in


@pytest.fixture
def write_key(workspace) -> str:
    from workspaces.keys.models import ApiKey

    return ApiKey.issue(workspace, kind="write", name="test")[1]


@pytest.fixture
def other_write_key(other_workspace) -> str:
    from workspaces.keys.models import ApiKey

    return ApiKey.issue(other_workspace, kind="write", name="test")[1]
