"""From the lines of a file to answers of people who are known. Inside a scope.

Importing the same file again keeps nothing twice: the same person, moment and source are the same answer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext

from onboarding.feedback.models import Answer
from onboarding.feedback.reading import Said, Sheet, Wrong
from onboarding.people.models import Person, Sender
from workspaces.audit.models import Entry
from workspaces.tenants.models import Member

AT_ONCE = 1_000


@dataclass(frozen=True)
class Checked:
    """`new` answers with whose they are, how many are kept already, and what is wrong with the other lines."""

    sheet: Sheet
    new: tuple[tuple[Said, Person], ...]
    kept: int
    problems: tuple[Wrong, ...]


def check(sheet: Sheet) -> Checked:
    """What would become of the lines; nothing is written."""
    users, emails = _people_by_user(sheet.answers), _people_by_email(sheet.answers)
    new: dict[tuple[int, datetime, str], tuple[Said, Person]] = {}
    problems, again = list(sheet.problems), 0
    found: list[tuple[Said, Person]] = []
    for said in sheet.answers:
        people = users.get(said.user, []) if said.user else emails.get(said.email, [])
        if len(people) == 1:
            found.append((said, people[0]))
        else:
            problems.append(Wrong(said.line, _nobody(said, len(people))))
    kept = _kept({person.pk for _, person in found})
    for said, person in found:
        key = (person.pk, said.said_at, said.source)
        if key in kept or key in new:
            again += 1
        else:
            new[key] = said, person
    return Checked(sheet, tuple(new.values()), again, tuple(sorted(problems, key=lambda wrong: wrong.line)))


def keep(checked: Checked, *, by: Member, name: str) -> int:
    """Keep the new answers. Returns how many they were; what came in meanwhile is not kept twice."""
    before = Answer.objects.count()
    Answer.objects.bulk_create(
        (
            Answer(
                sender=person.key,
                score=said.score,
                said_at=said.said_at,
                comment=said.comment,
                source=said.source,
            )
            for said, person in checked.new
        ),
        batch_size=AT_ONCE,
        ignore_conflicts=True,
    )
    stored = Answer.objects.count() - before
    Entry.record(
        by=by,
        action="feedback.imported",
        target=by.workspace,
        file=name[:200],
        stored=stored,
        kept_already=checked.kept,
        wrong_lines=len(checked.problems),
    )
    return stored


def _people_by_user(answers: Iterable[Said]) -> dict[str, list[Person]]:
    """By the user ids that the product sends; who was merged is the person that they became."""
    keys = {f"u:{said.user}" for said in answers if said.user}
    found = {sender.key[2:]: [sender.person] for sender in Sender.objects.filter(key__in=keys).select_related("person")}
    for person in Person.objects.filter(key__in=keys - {f"u:{user}" for user in found}):
        found[person.key[2:]] = [person]
    return found


def _people_by_email(answers: Iterable[Said]) -> dict[str, list[Person]]:
    found: dict[str, list[Person]] = {}
    for person in Person.objects.filter(email__in={said.email for said in answers if said.email}).exclude(email=""):
        found.setdefault(person.email, []).append(person)
    return found


def _nobody(said: Said, people: int) -> str:
    who = said.user or said.email
    if people:
        return gettext("%(people)s people have the e-mail address %(who)s; name the user id instead") % {
            "people": people,
            "who": who[:80],
        }
    return gettext("nobody known is “%(who)s”; people are known once the product has sent an event of theirs") % {
        "who": who[:80]
    }


def _kept(people: set[int]) -> set[tuple[int, datetime, str]]:
    whose: dict[str, int] = dict(Sender.objects.filter(person__in=people).values_list("key", "person"))
    whose |= dict(Person.objects.filter(pk__in=people).values_list("key", "pk"))
    rows = Answer.objects.filter(sender__in=whose).values_list("sender", "said_at", "source")
    return {(whose[sender], said_at, source) for sender, said_at, source in rows}
