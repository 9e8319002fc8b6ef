"""Everything that the log says, and everything that is kept, of a portion of the people: as columns, by person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from onboarding.progress import rulings
from onboarding.progress.facts import Ruled, RungKey
from onboarding.progress.models import Ruling
from onboarding.progress.news import Position
from onboarding.progress.plan import Plan, by_event
from onboarding.progress.rebuild.activity import activity_of, differing, with_earlier
from onboarding.progress.rebuild.columns import NUMBER, TEXT, TIME, ByPerson, Types, fetch, microseconds
from onboarding.progress.rebuild.links import Links
from onboarding.progress.rebuild.portions import Portion
from workspaces.scope import current_workspace_id

# What lies before the log's beginning counts no more than if it were gone (news.STANDING).
LOG = (
    "intake_event WHERE workspace_id = %(workspace)s AND (written_xid, id) <= (%(xid)s::text::xid8, %(row)s) "
    "AND greatest(client_at, occurred_at) >= %(begins)s"
)

# 40 bits of each row's hash, so that the sum over a sender's rows of one signal stays within a bigint.
HASH = "hash_record_extended(({at}, {id}, {account}), 0) & 1099511627775"

SEEN = f"""
SELECT sender AS key, group_id AS account, min(occurred_at) AS first_at, max(occurred_at) AS last_at, count(*) AS n
FROM {LOG} AND {{sender}} GROUP BY 1, 2
UNION ALL
SELECT s.key, '', s.first_seen_at,
    CASE WHEN s.last_seen_at < %(begins)s THEN s.last_seen_at ELSE s.first_seen_at END, 0
FROM people_sender s WHERE s.workspace_id = %(workspace)s AND s.first_seen_at < %(begins)s AND {{kept}}
UNION ALL
SELECT s.key, a.key, m.since, m.since, 0
FROM people_accountmembership m
JOIN people_sender s ON s.workspace_id = m.workspace_id AND s.id = m.sender_id
JOIN people_account a ON a.workspace_id = m.workspace_id AND a.id = m.account_id
WHERE m.workspace_id = %(workspace)s AND m.since < %(begins)s AND {{kept}}"""
SEEN_TYPES: Types = {"key": TEXT, "account": TEXT, "first_at": TIME, "last_at": TIME, "n": NUMBER}

EVIDENCE = f"""
SELECT sender AS key, coalesce(array_position(%(events)s::text[], event), 0) AS place, occurred_at AS at, message_id,
    group_id AS account,
    {HASH.format(at="occurred_at", id="message_id", account="group_id")} AS hash,
    CASE WHEN event = ANY(%(conditional)s::text[]) THEN properties::text END AS properties,
    CASE WHEN type = 'identify' THEN traits::text END AS traits,
    CASE WHEN type = 'identify' THEN written_xid::text::bigint END AS transaction,
    CASE WHEN type = 'identify' THEN id END AS row
FROM {LOG} AND (event = ANY(%(events)s::text[]) OR type = 'identify') AND {{sender}}"""
EVIDENCE_TYPES: Types = {
    **{"key": TEXT, "place": NUMBER, "at": TIME, "message_id": TEXT, "account": TEXT, "hash": NUMBER},
    **{"properties": TEXT, "traits": TEXT, "transaction": NUMBER, "row": NUMBER},
}

SENDERS = """
SELECT s.key, s.id, s.person_id, p.key AS person_key, s.linked_to, s.linked_at, s.linked_by,
    s.first_seen_at, s.last_seen_at,
    nullif(s.traits, '{{}}')::text AS traits, nullif(s.traits_at, '{{}}')::text AS traits_at
FROM people_sender s JOIN people_person p ON p.workspace_id = s.workspace_id AND p.id = s.person_id
WHERE s.workspace_id = %(workspace)s AND {sender}"""
SENDER_TYPES: Types = {
    **{"key": TEXT, "id": NUMBER, "person_id": NUMBER, "person_key": TEXT, "linked_to": TEXT, "linked_at": TIME},
    **{"linked_by": TEXT, "first_seen_at": TIME, "last_seen_at": TIME, "traits": TEXT, "traits_at": TEXT},
}

PERSONS = """
SELECT key, id, external_id, email, name, nullif(traits, '{{}}')::text AS traits, first_seen_at, last_seen_at
FROM people_person WHERE workspace_id = %(workspace)s AND {person}"""
PERSON_TYPES: Types = {
    **{"key": TEXT, "id": NUMBER, "external_id": TEXT, "email": TEXT, "name": TEXT, "traits": TEXT},
    **{"first_seen_at": TIME, "last_seen_at": TIME},
}

MEMBERSHIPS = """
SELECT s.key, s.id AS sender_id, a.key AS account, m.since,
    nullif(m.traits, '{{}}')::text AS traits, nullif(m.traits_at, '{{}}')::text AS traits_at
FROM people_accountmembership m
JOIN people_sender s ON s.workspace_id = m.workspace_id AND s.id = m.sender_id
JOIN people_account a ON a.workspace_id = m.workspace_id AND a.id = m.account_id
WHERE m.workspace_id = %(workspace)s AND {sender}"""
MEMBERSHIP_TYPES: Types = {
    **{"key": TEXT, "sender_id": NUMBER, "account": TEXT, "since": TIME, "traits": TEXT, "traits_at": TEXT}
}

SAYINGS = """
SELECT s.key, s.id AS sender_id, t.name, t.said_at, t.message_id, t.value::text AS value
FROM progress_traitvalue t JOIN people_sender s ON s.workspace_id = t.workspace_id AND s.id = t.sender_id
WHERE t.workspace_id = %(workspace)s AND t.name = ANY(%(traits)s::text[]) AND {sender}"""
SAYING_TYPES: Types = {
    **{"key": TEXT, "sender_id": NUMBER, "name": TEXT, "said_at": TIME, "message_id": TEXT, "value": TEXT}
}

KEPT_ACTIVITY = f"""
SELECT s.key, a.signal, a.n, a.hash
FROM (
    SELECT sender_id, signal, count(*) AS n,
        sum({HASH.format(at="occurred_at", id="message_id", account="account_key")})::bigint AS hash
    FROM progress_activity
    WHERE workspace_id = %(workspace)s AND signal = ANY(%(signals)s::text[]) AND occurred_at >= %(begins)s
        AND {{own}} GROUP BY 1, 2
) a JOIN people_sender s ON s.workspace_id = %(workspace)s AND s.id = a.sender_id
WHERE {{sender}}"""
EARLIER_ACTIVITY = """
SELECT s.key, a.signal, a.occurred_at AS at, a.message_id, a.account_key AS account
FROM progress_activity a JOIN people_sender s ON s.workspace_id = a.workspace_id AND s.id = a.sender_id
WHERE a.workspace_id = %(workspace)s AND a.signal = ANY(%(signals)s::text[]) AND a.occurred_at < %(begins)s
    AND {sender}"""
EARLIER_ACTIVITY_TYPES: Types = {"key": TEXT, "signal": TEXT, "at": TIME, "message_id": TEXT, "account": TEXT}

KEPT_ACTIVITY_TYPES: Types = {"key": TEXT, "signal": TEXT, "n": NUMBER, "hash": NUMBER}

JOURNEYS = """
SELECT p.key, j.id, j.person_id, j.ladder_id, j.version_id, j.began_version_id, j.started_at,
    j.cohort_on::text AS cohort_on, j.segment::text AS segment, j.first_value_at, j.finished_at
FROM progress_journey j JOIN people_person p ON p.workspace_id = j.workspace_id AND p.id = j.person_id
WHERE j.workspace_id = %(workspace)s AND {person}"""
JOURNEY_TYPES: Types = {
    **{"key": TEXT, "id": NUMBER, "person_id": NUMBER, "ladder_id": NUMBER, "version_id": NUMBER},
    **{"began_version_id": NUMBER, "started_at": TIME, "cohort_on": TEXT, "segment": TEXT, "first_value_at": TIME},
    "finished_at": TIME,
}

OF_JOURNEYS = """
SELECT p.key, r.journey_id, r.rung_key, {columns}
FROM {table} r
JOIN progress_journey j ON j.workspace_id = r.workspace_id AND j.id = r.journey_id
JOIN people_person p ON p.workspace_id = j.workspace_id AND p.id = j.person_id
WHERE r.workspace_id = %(workspace)s AND {person}"""
COMPLETION_TYPES: Types = {
    **{"key": TEXT, "journey_id": NUMBER, "rung_key": TEXT, "completed_at": TIME, "message_id": TEXT},
    **{"in_order_at": TIME, "ruling_id": NUMBER},
}
UNLOCK_TYPES: Types = {
    **{"key": TEXT, "journey_id": NUMBER, "rung_key": TEXT, "feature": TEXT, "unlocked_at": TIME},
    "same_person": pa.bool_(),
}


@dataclass(frozen=True)
class Loaded:
    """A portion's rows. Persons and senders go by their place in `keys`; a person's is that of its root."""

    keys: list[str]
    names: pa.Array  # the same
    seen: ByPerson
    activity: ByPerson
    said: ByPerson
    senders: ByPerson
    persons: ByPerson
    memberships: ByPerson
    sayings: ByPerson
    journeys: ByPerson
    completions: ByPerson
    unlocks: ByPerson
    members: dict[int, list[int]]  # per root its senders in the log, where it has others than itself
    rulings: Mapping[int, Mapping[RungKey, Ruled]]  # by person
    suspects: list[str]  # senders whose kept evidence is not what the log says
    accounts: list[str]  # that the senders were seen in
    rows: int  # how many messages the portion has in the log


def load(plan: Plan, until: Position, links: Links, portion: Portion, *, begins: datetime | None) -> Loaded:
    """Read a portion, in the current scope and transaction.

    Before `begins` the log may have been deleted: what is kept from before is taken for true, as if the log said so.
    """
    conditions = by_event(plan.signals.values())
    events = sorted(conditions)
    parameters = {
        **portion.parameters,
        **{"workspace": current_workspace_id(), "xid": str(until.transaction), "row": until.row},
        "begins": begins or "-infinity",
        **{"events": events, "signals": sorted(plan.signals), "traits": sorted(plan.traits)},
        "conditional": [event for event in events if any(condition.where for condition in conditions[event])],
    }

    def rows(query: str, types: Types, **texts: str) -> pa.Table:
        sender = portion.of("sender" if "intake_event" in query else "s.key")
        person = portion.of("p.key" if "people_person p" in query else "key")
        kept = portion.of("s.key")
        return fetch(query.format(sender=sender, person=person, kept=kept, **texts), parameters, types)

    seen, evidence = rows(SEEN, SEEN_TYPES), rows(EVIDENCE, EVIDENCE_TYPES)
    by_sender = {
        "senders": rows(SENDERS, SENDER_TYPES),
        "memberships": rows(MEMBERSHIPS, MEMBERSHIP_TYPES),
        "sayings": rows(SAYINGS, SAYING_TYPES),
    }
    by_key = {
        "persons": rows(PERSONS, PERSON_TYPES),
        "journeys": rows(JOURNEYS, JOURNEY_TYPES),
        "completions": rows(
            OF_JOURNEYS,
            COMPLETION_TYPES,
            table="progress_completion",
            columns="r.completed_at, r.message_id, r.in_order_at, r.ruling_id",
        ),
        "unlocks": rows(
            OF_JOURNEYS,
            UNLOCK_TYPES,
            table="progress_unlock",
            columns="r.feature, r.unlocked_at, r.person_id = j.person_id AS same_person",
        ),
    }
    own = "TRUE"
    if "keys" in portion.parameters:  # a few: by the index
        own = "sender_id = ANY(%(sender_ids)s::bigint[])"
        parameters["sender_ids"] = by_sender["senders"].column("id").to_pylist()
    kept_activity = rows(KEPT_ACTIVITY, KEPT_ACTIVITY_TYPES, own=own)

    known = set(seen.column("key").to_pylist())
    linked = links.roots.keys() if portion.linked is None else portion.linked
    texts = [table.column("key") for table in (*by_sender.values(), *by_key.values())]
    chunks = [chunk for column in texts for chunk in column.chunks]
    kept = pc.unique(pa.chunked_array(chunks, TEXT)).to_pylist() if chunks else []
    keys = list(dict.fromkeys([*known, *linked, *kept, *(links.roots[key] for key in linked)]))
    place = {key: number for number, key in enumerate(keys)}
    names = pa.array(keys, TEXT)
    root = list(range(len(keys)))
    members: dict[int, list[int]] = {}
    for key in linked:
        number = place[key]
        root[number] = place[links.roots[key]]
        members.setdefault(root[number], []).append(number)
    roots = pa.array(root, NUMBER)

    def placed(table: pa.Table) -> ByPerson:
        sender = pc.index_in(table.column("key"), value_set=names).cast(NUMBER)
        columns = {"person": roots.take(sender.combine_chunks()), "sender": sender}
        columns |= {name: table.column(name) for name in table.column_names if name != "key"}
        return ByPerson(pa.table(columns))

    activity = activity_of(evidence, plan)
    counting = activity.drop_columns(["hash"])
    suspects: list[str] = []
    if begins is not None:
        earlier = rows(EARLIER_ACTIVITY, EARLIER_ACTIVITY_TYPES)
        number = pc.index_in(earlier.column("signal"), value_set=pa.array(sorted(plan.signals), TEXT)).cast(NUMBER)
        earlier = earlier.set_column(1, "signal", number)
        counting, old = with_earlier(counting, earlier, microseconds(begins))
        suspects = old
        activity = activity.filter(pc.greater_equal(activity.column("at"), microseconds(begins)))
    identifies = evidence.filter(pc.is_valid(evidence.column("traits")))
    return Loaded(
        keys,
        names,
        seen=placed(seen),
        activity=placed(counting),
        said=placed(identifies.select(["key", "at", "message_id", "account", "traits", "transaction", "row"])),
        **{name: placed(table) for name, table in (by_sender | by_key).items()},
        members=members,
        rulings=_rulings(place, root),
        suspects=list(dict.fromkeys([*suspects, *differing(activity, kept_activity, sorted(plan.signals))])),
        accounts=[key for key in pc.unique(seen.column("account")).to_pylist() if key],
        rows=pc.sum(seen.column("n")).as_py() or 0,
    )


def _rulings(place: Mapping[str, int], root: list[int]) -> dict[int, dict[RungKey, Ruled]]:
    """What members ruled of these people. Rulings are made by hand, so there are few."""
    ruled = Ruling.objects.filter(withdrawn_at=None).values_list("sender", flat=True).distinct()
    return rulings.in_force({key: root[place[key]] for key in ruled if key in place})
