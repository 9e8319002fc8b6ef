"""What PostgreSQL is asked to find who is stuck (stuck.py)."""

# The waits of the latest who passed a step: since the last of the steps before it, or the beginning. Whoever did it
# before one of those did not wait for it, and who was helped over it by hand says nothing about how long it takes.
PASSED = """
SELECT passed.journey_id, extract(epoch FROM passed.completed_at - greatest(passed.started_at, b.since))::float
FROM (
    SELECT c.journey_id, c.completed_at, j.started_at FROM progress_completion c
    CROSS JOIN LATERAL (
        SELECT journey.started_at FROM progress_journey journey
        WHERE journey.workspace_id = %(workspace)s AND journey.id = c.journey_id
          AND journey.version_id = ANY(%(versions)s) OFFSET 0
    ) j
    WHERE c.workspace_id = %(workspace)s AND c.rung_key = %(rung)s AND c.completed_at < %(until)s
      AND c.ruling_id IS NULL
    ORDER BY c.completed_at DESC LIMIT %(latest)s
) passed
CROSS JOIN LATERAL (
    SELECT max(b.completed_at) AS since, count(*) AS steps FROM progress_completion b
    WHERE b.workspace_id = %(workspace)s AND b.journey_id = passed.journey_id AND b.rung_key = ANY(%(before)s::text[])
      AND b.completed_at <= passed.completed_at
) b
WHERE b.steps = cardinality(%(before)s::text[])
"""

# Those of `came` who wait before a step. Each look-up is fenced (OFFSET 0, LIMIT 1): how many rows a workspace has is
# not known to the planner (workspaces/scope/operations.py), which would otherwise read all of them to sort a few. What
# narrows the list is asked first (CASE): most who came to a step have passed it, and need not be looked up any further.
WAITING = """
SELECT j.person_id, p.name, p.email, p.external_id, p.last_seen_at, greatest(j.started_at, b.since), a.called
FROM unnest(%(came)s::bigint[]) WITH ORDINALITY came (journey_id, place)
CROSS JOIN LATERAL (
    SELECT * FROM progress_journey journey
    WHERE journey.workspace_id = %(workspace)s AND journey.id = came.journey_id
      AND CASE WHEN journey.version_id = ANY(%(versions)s) AND journey.cohort_on BETWEEN %(first)s AND %(last)s
        {narrower} THEN (
        SELECT true FROM progress_completion d
        WHERE d.workspace_id = %(workspace)s AND d.journey_id = came.journey_id AND d.rung_key = %(rung)s
          AND d.completed_at < %(until)s LIMIT 1) IS NULL END
    OFFSET 0
) j
CROSS JOIN LATERAL (
    SELECT max(b.completed_at) AS since, count(*) AS steps FROM progress_completion b
    WHERE b.workspace_id = %(workspace)s AND b.journey_id = j.id AND b.rung_key = ANY(%(before)s::text[])
      AND b.completed_at < %(until)s
    OFFSET 0
) b
CROSS JOIN LATERAL (
    SELECT * FROM people_person person WHERE person.workspace_id = %(workspace)s AND person.id = j.person_id OFFSET 0
) p
LEFT JOIN LATERAL (
    SELECT coalesce(nullif(account.name, ''), account.key) AS called
    FROM people_sender s
    JOIN people_accountmembership m ON m.workspace_id = %(workspace)s AND m.sender_id = s.id
    JOIN people_account account ON account.workspace_id = %(workspace)s AND account.id = m.account_id
    WHERE s.workspace_id = %(workspace)s AND s.person_id = p.id
    ORDER BY m.since DESC, account.id LIMIT 1
) a ON true
WHERE b.steps = cardinality(%(before)s::text[]) AND greatest(j.started_at, b.since) < %(waits_since)s
ORDER BY came.place
"""
# The planner takes a workspace's rows for few, and would sort all that ever came to a step to take the latest; in the
# order of the index only these are read.
IN_INDEX_ORDER = "SET LOCAL enable_sort = off; SET LOCAL enable_bitmapscan = off"
IN_ANY_ORDER = "SET LOCAL enable_sort TO DEFAULT; SET LOCAL enable_bitmapscan TO DEFAULT"
SEEN_LATELY = """ AND (
        SELECT seen.last_seen_at FROM people_person seen
        WHERE seen.workspace_id = %(workspace)s AND seen.id = journey.person_id LIMIT 1) >= %(seen_since)s"""
# Who came to a step, the latest first: who reached the step before it, or began.
AFTER_A_STEP = """
    SELECT c.journey_id FROM progress_completion c
    WHERE c.workspace_id = %(workspace)s AND c.rung_key = %(previous)s AND c.completed_at < %(waits_since)s
    ORDER BY c.completed_at DESC, c.journey_id DESC LIMIT %(stretch)s OFFSET %(after)s"""
AFTER_BEGINNING = """
    SELECT began.id FROM progress_journey began
    WHERE began.workspace_id = %(workspace)s AND began.ladder_id = %(ladder)s AND began.started_at < %(waits_since)s
    ORDER BY began.started_at DESC, began.id DESC LIMIT %(stretch)s OFFSET %(after)s"""
