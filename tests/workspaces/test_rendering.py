"""The tests' database is migrated by rendering what is new only; it is the one that Django's own migration makes."""

import os

import psycopg2
import pytest
from django.core.management import call_command
from django.db import connections

from tests.conftest import _drop, _parameters

SCHEMA = (
    "SELECT table_name, column_name, ordinal_position, column_default, is_nullable, data_type, generation_expression "
    "FROM information_schema.columns WHERE table_schema = 'public'",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid <> 0",
    "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies",
    "SELECT relname, relkind, relrowsecurity, relforcerowsecurity, relacl::text FROM pg_class "
    "WHERE relnamespace = 'public'::regnamespace",
    "SELECT proname, prosrc, prosecdef, proacl::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
)


def schema() -> list[list[tuple]]:
    with connections["owner"].cursor() as cursor:
        found = []
        for statement in SCHEMA:
            cursor.execute(statement)
            found.append(sorted(map(repr, cursor.fetchall())))
        return found


@pytest.fixture
def another_database():
    """An empty database, which is the owner's for the time being."""
    owner = connections["owner"]
    name, usual = f"test_plain_{os.getpid()}", owner.settings_dict["NAME"]
    server = psycopg2.connect(**_parameters("owner"))
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"')
    owner.close()
    owner.settings_dict["NAME"] = name
    yield
    owner.close()
    owner.settings_dict["NAME"] = usual
    _drop(server, name)
    server.close()


@pytest.mark.exhaustive
def test_the_schema_is_the_one_that_django_makes_by_itself(request):
    ours = schema()
    assert len(ours[0]) > 500
    request.getfixturevalue("another_database")
    call_command("migrate", verbosity=0)
    assert schema() == ours
