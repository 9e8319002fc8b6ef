"""Making a workspace's progress once more from its raw log, beside the one in use, and correcting where they differ.

1. `look` reads one moment of the database, in which the kept state and the watermark belong together: what the log up
   to the watermark says, and what is kept. It writes nothing and locks nothing; engine and intake go on.
2. What differs is spooled. If nothing does, that was all.
3. `swapped` takes the watermark's lock, looks once more at those of the wrong whom messages since then concern, and
   writes the differences, all in one transaction. The engine goes on from there.

Those about whom nothing was wrong at the first moment need no second look: from there the engine did right by them.

Where criteria or segments read of accounts, whoever shares one with somebody who is wrong is looked at with them, and
at that second look the engine replays them, from evidence that has been put right by then.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime

from django.db import DatabaseError, connection

from onboarding.people.directory import Message
from onboarding.people.models import AccountMembership, Person
from onboarding.progress import accounts_afresh, engine, history, news
from onboarding.progress.accounts_afresh import Accounts as AccountsAfresh
from onboarding.progress.earlier import Earlier
from onboarding.progress.models import Ruling, Watermark
from onboarding.progress.news import Position
from onboarding.progress.plan import AccountNeeds, Plan
from onboarding.progress.rebuild import account_evidence, apply
from onboarding.progress.rebuild import evidence as evidence_rows
from onboarding.progress.rebuild.accounts import Accounts
from onboarding.progress.rebuild.compare import Comparison
from onboarding.progress.rebuild.fixes import Fix, Spool, account
from onboarding.progress.rebuild.links import Links
from onboarding.progress.rebuild.load import Loaded, load
from onboarding.progress.rebuild.names import Names
from onboarding.progress.rebuild.portions import portions, those
from onboarding.progress.rebuild.processes import side_by_side
from workspaces.scope import scope
from workspaces.scope.snapshots import snapshot
from workspaces.scope.wakes import announce
from workspaces.tenants.models import Workspace

MESSAGES_AT_ONCE = 10_000_000  # in a portion; about a hundred bytes of memory each
PEOPLE_AT_ONCE = 2_000
WORTH_PROCESSES = 20_000  # people from whom on more than one process pays
OF_ACCOUNTS = "evidence of accounts"

Tell = Callable[[str, int, int], None]  # what is being done, how many people are done, of how many


class AlreadyRebuilding(RuntimeError):
    """Another rebuild of the same workspace is under way."""


class LaddersChanged(RuntimeError):
    """What ladders ask for changed while the log was read."""


# What the advisory lock is for; the workspace's id makes the other half of it.
_LOCK = 7_262_104


@contextmanager
def alone(workspace_id: int) -> Iterator[None]:
    """Keep every other rebuild of the workspace out until the end, or until this session of the database ends."""
    with connection.cursor() as cursor:
        key = (_LOCK << 32) + workspace_id
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        if not cursor.fetchone()[0]:
            raise AlreadyRebuilding("Another rebuild of this workspace is under way; wait until it has ended.")
        try:
            yield
        finally:
            with suppress(DatabaseError):  # a session that has ended holds it no more
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


class Rebuilding:
    """One rebuild of one workspace: `look`, then within `swapped` whatever is to be changed in the same transaction."""

    def __init__(
        self,
        workspace_id: int,
        *,
        tell: Tell | None = None,
        processes: int | None = None,
    ) -> None:
        self.workspace_id = workspace_id
        self.differences: Counter[str] = Counter()
        self._begins: datetime | None = None  # before it the log may be gone; what is kept from before is true
        self.messages = 0  # how many were read
        self.seconds_locked = 0.0
        self._tell = tell or (lambda stage, done, total: None)
        self._processes = processes or len(os.sched_getaffinity(0))
        self._links, self._spool = Links(), Spool()
        self._accounts, self._names = Accounts(), Names()
        self._plan: Plan | None = None
        self._until = news.START
        self._ruled: set[tuple[int, str]] = set()

    def __enter__(self) -> "Rebuilding":
        return self

    def __exit__(self, *_: object) -> None:
        self._spool.close()

    def look(self) -> Counter[str]:
        """Find every difference between what is kept and what the log says, by kind. Writes nothing.

        Of some kinds it is known only when they have been corrected how many there were; see `differences` then.
        """
        differences = self.differences
        self._catch_up_with_ladders()
        with snapshot(whole=True), scope(self.workspace_id):
            mark = Watermark.objects.first()
            plan = self._plan = engine.plan_of(self.workspace_id)
            self._until, self._ruled, self._begins = _position(mark), _ruled(), news.log_begins_at()
            self._accounts.sayings.ask_for(plan.account_needs.traits)
            self._tell("reading who is who", 0, 0)
            if self._begins:
                self._links.remember(self._begins)
                self._accounts.remember(self._begins)
            self._links.hear(row.about_people() for row in news.first_links(after=news.START, until=self._until))
            accounts = AccountsAfresh()
            if plan.account_needs:
                self._tell("reading what accounts did", 0, 0)
                accounts = accounts_afresh.from_the_log(plan, self._until, Earlier.of_workspace())
            messages = news.count(until=self._until)
            for portion in portions(-(-messages // MESSAGES_AT_ONCE), self._links):
                self._tell("reading the log", 0, 0)
                loaded = load(plan, self._until, self._links, portion, begins=self._begins)
                self.messages += loaded.rows
                for fixes in self._compared(loaded, accounts):
                    self._spool.add(fixes)
                    for fix in fixes:
                        differences.update(fix.found)
                self._accounts.note(loaded.accounts)
            self._accounts.read(self._until, self._begins)
            differences["accounts"] += self._accounts.compare()
            if plan.account_needs:
                differences[OF_ACCOUNTS] += self._compare_accounts(plan.account_needs, accounts)
            self._tell("counting names", 0, 0)
            if self._begins is None:  # counts cannot be told apart by when
                differences["names"] += self._names.compare(self._until)
        return differences

    def _compare_accounts(self, needs: AccountNeeds, accounts: AccountsAfresh) -> int:
        """How many rows of accounts' evidence are wrong; note who shares an account with whom."""
        wrong = account_evidence.different(needs) + self._accounts.sayings.compare(self._begins)
        circles, roots = self._spool.circles, self._links.roots
        for key in wrong:
            circles.add(account(key))
        for sender, joined in accounts.since.items():
            for key in joined:
                circles.join(sender, account(key))
            circles.join(sender, roots.get(sender, sender))
        for sender, key in AccountMembership.objects.values_list("sender__key", "account__key").iterator():
            circles.join(sender, account(key))
        return wrong.total()

    def _catch_up_with_ladders(self) -> None:
        """What has just been published or declared is taken into account first, by the engine."""
        with scope(self.workspace_id):
            mark = Watermark.objects.first()
            behind = history.is_behind(engine.plan_of(self.workspace_id)) or (mark and not mark.names_counted)
        if behind:
            engine.settle(self.workspace_id)

    @contextmanager
    def swapped(self) -> Iterator[None]:
        """A transaction, under the watermark's lock, in which all differences are corrected and the caller's follow.

        Raises LaddersChanged, and nothing has been changed, when the plan is another by now.
        """
        with scope(self.workspace_id):
            mark = engine.locked_watermark()
            locked_at = time.monotonic()
            plan = engine.plan_of(self.workspace_id)
            Workspace.objects.select_for_update(no_key=True).get(pk=self.workspace_id)  # its log may begin no later now
            if not self._still_holds(plan) or history.is_behind(plan):
                raise LaddersChanged("The workspace's ladders or settings were changed while its log was read.")
            self._write(plan, _position(mark))
            yield
            announce("progress.news", self.workspace_id)
        self.seconds_locked = time.monotonic() - locked_at

    def _still_holds(self, plan: Plan) -> bool:
        """Whether it was compared with what the same plan makes of the same log."""
        assert self._plan is not None
        same = replace(plan, revoked=self._plan.revoked) == self._plan  # whom revocations concern is looked at again
        return same and news.log_begins_at() == self._begins

    def _write(self, plan: Plan, until: Position) -> None:
        self._plan = plan
        later = [row for rows in news.between(self._until, until) for row in rows]
        again = self._touched([row.about_people() for row in later])
        self._accounts.write()
        for fixes in self._spool:
            apply.write([fix for fix in fixes if fix.root not in again], plan)
        deserted = [fix for fixes in self._spool for fix in fixes if fix.deserted]
        if again:
            loaded = load(plan, until, self._links, those(again, self._links), begins=self._begins)
            accounts = None if plan.account_needs else AccountsAfresh()
            for fixes in self._compared(loaded, accounts, processes=1):
                apply.write(fixes, plan)
                deserted += fixes
        if plan.account_needs:
            self._write_accounts(plan, again)
        apply.tidy(deserted)
        self._accounts.tidy()
        self._names.write(later)

    def _touched(self, messages: list[Message]) -> set[str]:
        """The senders that must be looked at again: wrong ones, and whoever is in a circle with them, of whom messages
        since the first look, or rulings, make the engine write.
        """
        ruled = {sender for _, sender in self._ruled ^ _ruled()}
        named = {key for message in messages for key in (message.sender, *message.links)} | ruled
        touched = named | {self._links.roots.get(key, key) for key in named}  # whoever loses a sender is concerned too
        self._links.hear(messages)
        for message in messages:
            self._accounts.hear(message)
        roots, circles = self._links.roots, self._spool.circles
        touched |= {roots.get(key, key) for key in named}
        for key in {*circles, *named} if touched else ():
            circles.join(key, roots.get(key, key))
        if self._plan is not None and self._plan.account_needs:
            for message in messages:
                if message.account:
                    circles.join(message.sender, account(message.account))
        again = circles.around(touched)
        return self._links.whole(again) | again

    def _write_accounts(self, plan: Plan, again: set[str]) -> None:
        """Put accounts' evidence right, and have those who were looked at again replayed from it."""
        self._accounts.sayings.write()
        prefix = account("")
        wrong = [node.removeprefix(prefix) for node in self._spool.circles.wrong() if node.startswith(prefix)]
        changed = account_evidence.correct(plan.account_needs, wrong)
        self.differences[OF_ACCOUNTS] = self._accounts.sayings.wrong + changed
        engine.replay_people(Person.objects.filter(key__in=again).values_list("pk", flat=True), plan)

    def _compared(
        self, loaded: Loaded, accounts: AccountsAfresh | None, *, processes: int | None = None
    ) -> Iterator[list[Fix]]:
        """What is wrong about a portion, in parts."""
        assert self._plan is not None
        comparison = Comparison(loaded, self._plan, self._links.of, accounts=accounts, begins=self._begins)
        total = len(loaded.keys)
        ranges = [(first, min(first + PEOPLE_AT_ONCE, total)) for first in range(0, total, PEOPLE_AT_ONCE)]
        processes = processes or (self._processes if total >= WORTH_PROCESSES else 1)
        for done, fixes in enumerate(side_by_side(comparison, ranges, processes), 1):
            self._tell("comparing", min(done * PEOPLE_AT_ONCE, total), total)
            yield fixes
        yield from evidence_rows.fixes(loaded, self._plan, self._links.roots)


def _ruled() -> set[tuple[int, str]]:
    """The rulings in force and whose they are."""
    return set(Ruling.objects.filter(withdrawn_at=None).values_list("pk", "sender"))


def _position(mark: Watermark | None) -> Position:
    return Position(mark.transaction, mark.row) if mark else news.START
