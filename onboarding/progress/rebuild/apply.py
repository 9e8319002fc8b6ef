"""Writing fixes: the differences alone, in sets. Runs under the watermark's lock, in the caller's transaction."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.db import connection, models

from onboarding.people import directory
from onboarding.people.models import Account, AccountMembership, Person, Sender
from onboarding.progress import journeys
from onboarding.progress.models import AccountActivity, AccountTraitValue, Activity, TraitValue
from onboarding.progress.plan import Plan
from onboarding.progress.rebuild.fixes import Fix, Row
from workspaces.scope import current_workspace_id
from workspaces.scope.bulk import insert_rows

ROWS_AT_ONCE = 20_000


def write(fixes: Sequence[Fix], plan: Plan) -> None:
    """Make what is kept of these people what the log says. Persons and senders keep their ids, by their keys."""
    _upsert(Person, ("key",), [row for fix in fixes for row in fix.persons])
    persons = _persons(fix.root for fix in fixes if fix.senders or fix.journeys is not None)
    senders = [{**row, "person_id": persons[fix.root]} for fix in fixes for row in fix.senders]
    _upsert(Sender, ("key",), senders)
    _delete_evidence(fixes)
    _insert_evidence(fixes)
    after = [replace(state, person_id=persons[fix.root]) for fix in fixes for state in fix.journeys or ()]
    concerned = {persons[fix.root] for fix in fixes if fix.journeys is not None}
    concerned |= {person for fix in fixes for person in fix.strangers}
    journeys.store(journeys.stored(concerned), after, plan, tell=False)


def tidy(fixes: Iterable[Fix]) -> None:
    """Take away the persons that have lost their last sender. After all fixes have been written."""
    directory.vanish({person for fix in fixes for person in fix.deserted})


def _persons(keys: Iterable[str]) -> dict[str, int]:
    return dict(Person.objects.filter(key__in=set(keys)).values_list("key", "pk"))


def _delete_evidence(fixes: Sequence[Fix]) -> None:
    gone = [pk for fix in fixes for pk in fix.gone_senders]
    kept_by_sender = (AccountActivity, AccountTraitValue, Activity, TraitValue, AccountMembership)
    for model in kept_by_sender if gone else ():
        model.objects.filter(sender__in=gone)._raw_delete("default")
    for table in ("progress_accountactivity", "progress_activity"):
        _delete(
            table,
            {"sender_id": "bigint", "signal": "text", "occurred_at": "timestamptz", "message_id": "text"},
            [row for fix in fixes for row in fix.gone_activity],
        )
    _delete(
        "progress_traitvalue",
        {"sender_id": "bigint", "name": "text", "said_at": "timestamptz", "message_id": "text"},
        [row for fix in fixes for row in fix.gone_sayings],
    )
    _delete(
        "progress_unlock",
        {"journey_id": "bigint", "rung_key": "text", "feature": "text"},
        [row for fix in fixes for row in fix.gone_unlocks],
    )
    left = [row for fix in fixes for row in fix.gone_memberships]
    accounts = dict(Account.objects.filter(key__in={key for _, key in left}).values_list("key", "pk")) if left else {}
    for table in ("progress_accountactivity", "people_accountmembership"):
        _delete(
            table,
            {"sender_id": "bigint", "account_id": "bigint"},
            [(sender, accounts[key]) for sender, key in left],
        )
    if gone:
        Sender.objects.filter(pk__in=gone)._raw_delete("default")


def _insert_evidence(fixes: Sequence[Fix]) -> None:
    named = {row["sender"] for fix in fixes for rows in (fix.activity, fix.sayings, fix.memberships) for row in rows}
    if not named:
        return
    senders = dict(Sender.objects.filter(key__in=named).values_list("key", "pk"))
    _upsert(Activity, (), [_of_sender(row, senders) for fix in fixes for row in fix.activity])
    _upsert(TraitValue, (), [_of_sender(row, senders) for fix in fixes for row in fix.sayings])
    memberships = [_of_sender(row, senders) for fix in fixes for row in fix.memberships]
    accounts = dict(Account.objects.filter(key__in={row["account"] for row in memberships}).values_list("key", "pk"))
    for row in memberships:
        row["account_id"] = accounts[row.pop("account")]
    _upsert(AccountMembership, ("sender_id", "account_id"), memberships)


def _of_sender(row: Row, senders: dict[str, int]) -> Row:
    found = {**row, "sender_id": senders[row["sender"]]}
    del found["sender"]
    return found


def _upsert(model: type[models.Model], key: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert the rows; those that are there under the same key take the other values. Without a key, they stay."""
    for first in range(0, len(rows), ROWS_AT_ONCE):
        some = rows[first : first + ROWS_AT_ONCE]
        values = ", ".join(f'"{name}" = excluded."{name}"' for name in some[0] if name not in key)
        conflict = f"(workspace_id, {', '.join(key)}) DO UPDATE SET {values}" if key else "DO NOTHING"
        insert_rows(model, some, on_conflict=conflict)


def _delete(table: str, columns: dict[str, str], rows: Sequence[tuple[Any, ...]]) -> None:
    if not rows:
        return
    arrays = ", ".join(f"%s::{type_}[]" for type_ in columns.values())
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} WHERE workspace_id = %s "
            f"AND ({', '.join(columns)}) IN (SELECT * FROM unnest({arrays}))",
            [current_workspace_id(), *map(list, zip(*rows, strict=True))],
        )
