"""Whether accounts grew stays told when somebody of theirs is erased.

That is when an account began and, where it goes with the last of its people, what its values were. Inside a scope.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from milestones.ladders.models import LadderVersion
from onboarding.leaving.models import LeftAccount, LeftStart
from onboarding.people.subjects import accounts_of, shared
from onboarding.progress.cells import JourneyState
from onboarding.progress.models import AccountTraitValue
from workspaces.privacy.subjects import Subject
from workspaces.scope import current_workspace_id
from workspaces.scope.bulk import insert_rows
from workspaces.tenants.models import Workspace

# A value is compared with what it is so long after the start. Products often say an account's size a moment after its
# first person has signed up.
AFTER = timedelta(days=30)
GRACE = timedelta(days=1)
HIGHEST = 1e15  # more is no number of anything that is sold

_EARLIER = (
    "(workspace_id, account_id, version_id) DO UPDATE SET "
    "began_at = least(leaving_leftstart.began_at, excluded.began_at), "
    "cohort_on = least(leaving_leftstart.cohort_on, excluded.cohort_on)"
)


class Start(NamedTuple):
    version_id: int
    began_at: datetime
    cohort_on: Any


def keep(subject: Subject, journeys: Collection[JourneyState], now: datetime) -> None:
    """Before what they said of accounts goes, and their memberships."""
    mine = [Start(one.began_version_id, one.started_at, one.cohort_on) for one in journeys]
    accounts = accounts_of(subject.sender_ids)
    staying = shared(accounts, subject.sender_ids)
    insert_rows(
        LeftStart,
        [{"account_id": account, **start._asdict()} for account in sorted(staying) for start in mine],
        on_conflict=_EARLIER,
    )
    traits = Workspace.objects.values_list("values", flat=True).get(pk=current_workspace_id())
    for account in accounts - staying:
        before = LeftStart.objects.filter(account_id=account)
        kept = [Start(*row) for row in before.values_list("version_id", "began_at", "cohort_on")]
        starts = _earliest([*mine, *kept])
        before._raw_delete("default")
        LeftAccount.objects.bulk_create(
            LeftAccount(trait=trait, **start._asdict(), **_values(account, trait, start.began_at, now))
            for trait in traits
            for start in starts
        )


def _earliest(starts: Collection[Start]) -> list[Start]:
    """The first on each ladder."""
    ladders = dict(
        LadderVersion.objects.filter(pk__in={one.version_id for one in starts}).values_list("pk", "ladder_id")
    )
    first: dict[int | None, Start] = {}
    for one in sorted(starts, key=lambda start: start.began_at):
        first.setdefault(ladders.get(one.version_id), one)
    return list(first.values())


def _values(account: int, trait: str, began: datetime, now: datetime) -> dict[str, float | None]:
    """What was said of it at the start, and last on the day or, if that is still to come, by now."""
    sayings = AccountTraitValue.objects.filter(account=account, name=trait, said_at__lte=min(began + AFTER, now))
    said = sorted(sayings.values_list("said_at", "message_id", "value"), key=lambda saying: saying[:2])
    before = [value for at, _, value in said if at <= began]
    soon = [value for at, _, value in said if began < at <= began + GRACE]
    return {
        "at_start": _number(before[-1:] or soon[:1]),
        "later": _number([value for _, _, value in said][-1:]),
    }


def _number(said: Iterable[Any]) -> float | None:
    value = next(iter(said), None)
    if not isinstance(value, int | float) or isinstance(value, bool) or abs(value) >= HIGHEST:
        return None
    return float(value)
