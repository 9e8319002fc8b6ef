from collections.abc import Iterable

from django import template

from analytics.metrics.subject import Subject

register = template.Library()


@register.filter
def by_role(subjects: Iterable[Subject]) -> list[tuple[str, list[Subject]]]:
    """The ladders under their roles, in their order; under no heading when there is but one role."""
    found: dict[str, list[Subject]] = {}
    for subject in subjects:
        found.setdefault(subject.role, []).append(subject)
    return list(found.items()) if len(found) > 1 else [("", ladders) for ladders in found.values()]
