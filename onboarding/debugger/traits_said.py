"""What reads the traits that a message said: of a person (identify), or of an account (group). Pure."""

from collections.abc import Iterator, Sequence

from milestones.library.conditions import TraitCondition, leaves
from milestones.library.operators import lookup
from onboarding.debugger.fates import TraitUse
from onboarding.debugger.situation import Said
from onboarding.progress.facts import Facts, Saying
from onboarding.progress.plan import Plan

ABOUT = {"identify": "person", "group": "account"}


def uses_of(said: Said, plan: Plan, facts: Facts | None) -> Iterator[TraitUse]:
    """What reads each of the traits that were said."""
    whose = ABOUT.get(said.type)
    if whose is None:
        return
    newest = [versions[-1] for versions in plan.ladders.values()]
    steps: dict[str, list[str]] = {}
    roles: dict[str, list[str]] = {}
    for version in newest:
        for leaf in leaves(version.rule) if whose == "person" else ():
            if isinstance(leaf, TraitCondition):
                roles.setdefault(leaf.trait, []).append(version.role_key)
        for rung in version.rungs:
            for leaf in leaves(rung.criterion):
                if isinstance(leaf, TraitCondition) and leaf.by == whose:
                    steps.setdefault(leaf.trait, []).append(rung.name)
    known = plan.traits if whose == "person" else plan.account_needs.traits
    segments = plan.person_segments if whose == "person" else tuple(plan.account_segments.values())
    # Dotted paths reach into what was said, so each of them is a trait of its own beside those that were said.
    paths = [*said.traits, *sorted(path for path in known - said.traits.keys() if said.says(path))]
    for name in paths:
        value = said.traits[name] if name in said.traits else lookup(said.traits, name)
        later = [saying for saying in _sayings(said, whose, name, facts) if saying.at > said.at]
        yield TraitUse(
            name,
            value,
            tuple(dict.fromkeys(roles.get(name, ()))),
            tuple(dict.fromkeys(steps.get(name, ()))),
            name in segments,
            later[0].at if later else None,
        )


def _sayings(said: Said, whose: str, name: str, facts: Facts | None) -> Sequence[Saying]:
    if facts is None:
        return ()
    if whose == "person":
        return facts.sayings.get(name, ())
    accounts = [membership.account for membership in facts.accounts if membership.account.key == said.group_id]
    return accounts[0].sayings.get(name, ()) if accounts else ()
