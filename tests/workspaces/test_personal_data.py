"""Every table has a verdict on whose data it may hold; what holds somebody's is erased by something; docs say so."""

from pathlib import Path

from django.conf import settings
from django.db import connection

from config import data_map
from config.data_map import END_USERS, MEMBERS, NOTHING

DOCS = Path(__file__).resolve().parents[2] / "docs" / "privacy.md"
SENDERS = """
SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
  AND a.attname IN ('sender', 'sender_id', 'person_id') AND NOT a.attisdropped"""


def tables(condition=""):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace "
            "AND c.relkind IN ('r', 'p') AND NOT c.relispartition"
        )
        return {name for (name,) in cursor}


def test_every_table_has_one_verdict():
    verdicts = [*END_USERS, *MEMBERS, *NOTHING]
    assert len(verdicts) == len(set(verdicts))
    assert set(verdicts) == tables()


def test_what_names_senders_or_people_is_end_users_data():
    with connection.cursor() as cursor:
        cursor.execute(SENDERS)
        assert {name for (name,) in cursor} <= END_USERS.keys()


def test_every_eraser_that_is_named_is_one_of_the_settings():
    known = {*settings.PERSON_ERASERS, *settings.PERSON_SWEEPERS}
    named = {data.erased.partition(":")[0] for data in END_USERS.values() if ".erasing" in data.erased}
    named |= {data.erased.partition(":")[0] for data in END_USERS.values() if ".entries" in data.erased}
    assert named == known


def test_the_page_on_privacy_shows_the_map_as_it_is():
    assert data_map.as_markdown() in DOCS.read_text(), "write data_map.as_markdown() into docs/privacy.md"
