"""All that a reader's checklist rests on besides its versions, by one statement: an open one asks every second.

The same statement serves pages (in a scope) and the short way, where it is prepared and the right to ask is looked up
in the same round trip. OFFSET 0 keeps look-ups look-ups while the statistics of a growing table are old.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
from django.db import connection
from django.utils import timezone

from onboarding.people.models import Person
from onboarding.widget.words import choose
from workspaces.keys.models import ApiKey
from workspaces.scope.prepared import Statements
from workspaces.tenants.languages import LANGUAGES

# {workspace}, {sender} and {signer} (an identity secret's id; 0 for none).
_STATEMENT = """
WITH person AS MATERIALIZED (
    SELECT id, key, traits FROM people_person WHERE workspace_id = {workspace} AND id = (
        SELECT min(id) FROM (
            SELECT id FROM people_person WHERE workspace_id = {workspace} AND key = {sender}
            UNION ALL SELECT person_id FROM people_sender WHERE workspace_id = {workspace} AND key = {sender}) found)),
names AS MATERIALIZED (
    SELECT key FROM person
    UNION SELECT s.key FROM person CROSS JOIN LATERAL (
        SELECT key FROM people_sender WHERE workspace_id = {workspace} AND person_id = person.id OFFSET 0) s),
climbs AS MATERIALIZED (
    SELECT j.*, l.name, l.archived_at, v.fingerprint, v.new_steps_a_session IS NOT NULL OR EXISTS (
            SELECT FROM ladders_rung WHERE workspace_id = {workspace} AND version_id = j.version_id
            AND spacing IS NOT NULL) AS paced
    FROM person CROSS JOIN LATERAL (
        SELECT id, ladder_id, version_id, started_at, first_value_at, finished_at FROM progress_journey
        WHERE workspace_id = {workspace} AND person_id = person.id OFFSET 0) j
    CROSS JOIN LATERAL (
        SELECT name, archived_at FROM ladders_ladder WHERE workspace_id = {workspace} AND id = j.ladder_id OFFSET 0) l
    CROSS JOIN LATERAL (
        SELECT fingerprint, new_steps_a_session FROM ladders_ladderversion
        WHERE workspace_id = {workspace} AND id = j.version_id OFFSET 0) v)
SELECT current_setting('app.workspace_id', true),
    EXISTS (
        SELECT FROM widget_identitysecret WHERE workspace_id = {workspace} AND id = {signer} AND revoked_at IS NULL),
    (SELECT json_build_array(allowed_origins, enforced, position, theme)
     FROM widget_widgetsettings WHERE workspace_id = {workspace})::text,
    (SELECT json_build_array(language, languages, time_zone, name) FROM tenants_workspace WHERE id = {workspace})::text,
    (SELECT json_build_array(traits->'locale', traits->'language', traits->'industry') FROM person)::text,
    COALESCE((SELECT bool_or(paced) FROM climbs), false),
    (SELECT json_agg(json_build_array(id, ladder_id, version_id, fingerprint, name, archived_at IS NOT NULL, started_at,
        first_value_at, finished_at) ORDER BY id) FROM climbs)::text,
    (SELECT json_agg(json_build_array(c.journey_id, c.rung_key, c.completed_at) ORDER BY c.journey_id, c.rung_key)
     FROM climbs CROSS JOIN LATERAL (
        SELECT journey_id, rung_key, completed_at FROM progress_completion
        WHERE workspace_id = {workspace} AND journey_id = climbs.id OFFSET 0) c)::text,
    (SELECT json_agg(json_build_array(
        w.ladder_id, w.dismissed_at, w.skipped, extract(epoch FROM w.opened_at), w.began_at)
        ORDER BY w.changed_at, w.id)
     FROM names CROSS JOIN LATERAL (
        SELECT id, ladder_id, dismissed_at, skipped, opened_at, began_at, changed_at FROM widget_widgetstate
        WHERE workspace_id = {workspace} AND sender = names.key OFFSET 0) w)::text,
    (SELECT json_agg(u.feature ORDER BY u.feature) FROM person CROSS JOIN LATERAL (
        SELECT DISTINCT feature FROM progress_unlock
        WHERE workspace_id = {workspace} AND person_id = person.id OFFSET 0) u)::text,
    (SELECT json_agg(json_build_array(g.id, (
        SELECT key FROM features_feature WHERE workspace_id = {workspace} AND id = g.feature_id)) ORDER BY g.id)
     FROM names CROSS JOIN LATERAL (
        SELECT id, feature_id FROM features_grant
        WHERE workspace_id = {workspace} AND sender = names.key AND sender <> '' AND revoked_at IS NULL
        AND (until IS NULL OR until > now()) OFFSET 0) g)::text,
    (SELECT json_agg(key ORDER BY key) FROM features_feature
     WHERE workspace_id = {workspace} AND archived_at IS NOT NULL)::text,
    EXISTS (SELECT FROM features_feature WHERE workspace_id = {workspace} AND reach = 'account' AND archived_at IS NULL)
    OR EXISTS (SELECT FROM features_grant WHERE workspace_id = {workspace} AND account_key <> ''
        AND revoked_at IS NULL AND (until IS NULL OR until > now()))
"""

# With a key that was revoked, or is another workspace's, no scope is bound, and the wall shows nothing. The plan is
# made once for all; what takes longer than this is given up.
_BIND = f"""
SELECT set_config('app.workspace_id', coalesce(
        (SELECT workspace_id::text FROM {ApiKey._meta.db_table}
         WHERE id = $2 AND workspace_id = $1 AND revoked_at IS NULL), ''), true),
    set_config('plan_cache_mode', 'force_generic_plan', true), set_config('jit', 'off', true),
    set_config('statement_timeout', '5s', true)"""

STATEMENTS = Statements(f"""
PREPARE widget_bind (bigint, bigint) AS {_BIND};
PREPARE widget_glance (bigint, text, bigint) AS {_STATEMENT.format(workspace="$1", sender="$2", signer="$3")};
PREPARE widget_told (bigint, text, bigint) AS
    SELECT coalesce(array_agg(rung_key), '{{}}') FROM widget_widgetevent
    WHERE workspace_id = $1 AND sender = $2 AND ladder_id = $3 AND kind = 'step_completed';
PREPARE widget_count (bigint, date, int, int) AS
    INSERT INTO widget_identitycount AS counted (workspace_id, day, signed, unsigned, refused)
    VALUES ($1, $2, $3, $4, 0) ON CONFLICT (workspace_id, day) DO UPDATE
    SET signed = counted.signed + excluded.signed, unsigned = counted.unsigned + excluded.unsigned""")

_CALL_BIND = "EXECUTE widget_bind(%(workspace)s, %(key)s)"
_CALLS = (_CALL_BIND, "EXECUTE widget_glance(%(workspace)s, %(sender)s, %(signer)s)")
_CALLS_TOLD = (_CALL_BIND, "EXECUTE widget_told(%(workspace)s, %(sender)s, %(ladder)s)")
# A count need not be on the disk before the reader has an answer.
_CALLS_COUNT = (
    _CALL_BIND,
    "SET LOCAL synchronous_commit = off",
    "EXECUTE widget_count(%(workspace)s, %(day)s, %(signed)s, %(unsigned)s)",
)
_PLAIN = _STATEMENT.format(workspace="%(workspace)s", sender="%(sender)s", signer="%(signer)s")


class Climb(NamedTuple):
    """One ladder that the person climbs. Where the version is published, `fingerprint` says which content it has."""

    id: int
    ladder_id: int
    version_id: int
    fingerprint: str
    ladder: str  # its name
    archived: bool
    started_at: datetime
    first_value_at: datetime | None
    finished_at: datetime | None


class State(NamedTuple):
    """What one of the person's names did with the widget of a ladder."""

    ladder_id: int
    dismissed_at: str | None
    skipped: Mapping[str, str]
    opened_at: float | None  # first; seconds since 1970
    began_at: str


class Glance(NamedTuple):
    """What was found. `by_accounts`: features may come by accounts, which takes more than a glance to tell."""

    bound: bool
    secret_lives: bool
    settings: Sequence[Any] | None  # allowed origins, whether tokens are enforced, position, theme; None: never set
    workspace: Sequence[Any]  # the language that texts are written in, further languages, the time zone, the name
    person: Sequence[Any] | None  # what was said of their locale, language and industry; None: nobody yet
    paced: bool
    climbing: str
    completions: str
    states: Sequence[State]  # what was changed last at the end
    having: tuple[str, str, str]  # features that are unlocked, granted, archived
    by_accounts: bool

    def language(self, *, asked: str, accepts: str) -> str:
        own, further, *_ = self.workspace
        offered = (own, *(tag for tag in LANGUAGES if tag in further and tag != own))
        traits: Mapping[str, Any] = dict(zip(("locale", "language"), self.person or (None, None), strict=False))
        return choose(asked=asked, traits=traits, accepts=accepts, offered=offered)

    @property
    def climbs(self) -> list[Climb]:
        return [
            Climb._make([*climb[:6], datetime.fromisoformat(climb[6]), _moment(climb[7]), _moment(climb[8])])
            for climb in orjson.loads(self.climbing or "[]")
        ]

    def completed(self, climb: Climb) -> dict[str, datetime]:
        """When each rung was that is."""
        rows = orjson.loads(self.completions or "[]")
        return {rung: datetime.fromisoformat(at) for journey, rung, at in rows if journey == climb.id}

    @property
    def features(self) -> list[str]:
        """What the person has, where nothing comes by accounts."""
        unlocked, granted, archived = (orjson.loads(keys or "[]") for keys in self.having)
        return sorted({*unlocked, *(key for _, key in granted)} - {*archived})


def take(workspace_id: int, sender: str) -> Glance:
    """Inside the workspace's scope."""
    with connection.cursor() as cursor:
        cursor.execute(_PLAIN, {"workspace": workspace_id, "sender": sender, "signer": 0})
        return _read(*cursor.fetchone())


def take_short(workspace_id: int, sender: str, *, key_id: int, secret_id: int) -> Glance:
    """Outside of any scope, by the right of a write key. One round trip; raises DatabaseError."""
    parameters = {"workspace": workspace_id, "key": key_id, "sender": sender, "signer": secret_id}
    return _read(*STATEMENTS.row(_CALLS, parameters, anew_if_lost=True))


def told_short(workspace_id: int, sender: str, ladder_id: int, *, key_id: int) -> set[str]:
    """The rungs whose completion this reader was shown, likewise."""
    parameters = {"workspace": workspace_id, "key": key_id, "sender": sender, "ladder": ladder_id}
    (told,) = STATEMENTS.row(_CALLS_TOLD, parameters, anew_if_lost=True)
    return set(told)


def count_short(workspace_id: int, *, key_id: int, signed: bool) -> None:
    """Count somebody who was let in (IdentityCount), likewise."""
    parameters = {"workspace": workspace_id, "key": key_id, "day": timezone.now().date()}
    parameters |= {"signed": int(signed), "unsigned": int(not signed)}
    STATEMENTS.run(_CALLS_COUNT, parameters)


def _read(
    bound: str | None,
    secret_lives: bool,
    settings: str | None,
    workspace: str | None,
    person: str | None,
    paced: bool,
    climbing: str | None,
    completions: str | None,
    states: str | None,
    *having: Any,
) -> Glance:
    *kinds, by_accounts = having
    return Glance(
        bool(bound),
        secret_lives,
        orjson.loads(settings) if settings else None,
        orjson.loads(workspace or "[]"),
        orjson.loads(person) if person else None,
        paced,
        climbing or "",
        completions or "",
        [State(*state) for state in orjson.loads(states)] if states else [],
        (kinds[0] or "", kinds[1] or "", kinds[2] or ""),
        by_accounts,
    )


def _moment(at: str | None) -> datetime | None:
    return datetime.fromisoformat(at) if at else None


def tag_of(
    glance: Glance, *, language: str, view: str, now: datetime, began: int = 0, by_accounts: Sequence[str] = ()
) -> str:
    """A tag that stays the same as long as the checklist does, seen by a session that `began` (seconds since 1970).

    The hour of `now`, in the workspace's time zone, is part of it because due dates are shown in words, where steps are
    paced the minute, because they are offered by the clock; `view` is what the reader chose to see. Every completion
    is, as a ruling may take one while another comes. `by_accounts`: the features that the person has, where they may
    come by accounts.
    """
    clock = f"{now:%Y-%m-%d %H:%M}" if glance.paced else f"{now:%Y-%m-%d %H}"
    stands = []
    for state in glance.states:
        # What greets the reader stays while they look at it first.
        was_opened = state.opened_at is not None and state.opened_at < began
        if was_opened or state.dismissed_at or state.skipped:
            stands.append((state.ladder_id, state.dismissed_at, state.skipped, was_opened))
    look = glance.settings[2:] if glance.settings else None
    seen = (
        glance.climbing, glance.completions, clock, language, view, stands, look, glance.having, by_accounts,
        glance.person, glance.workspace,
    )  # fmt: skip
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:20]


def tag_on_page(person: Person, *, language: str, view: str) -> str:
    """The tag where a page shows a person's checklist. Inside the workspace's scope and time zone."""
    seen = take(person.workspace_id, person.key)
    return tag_of(seen, language=language, view=f"page {view}", now=timezone.localtime())
