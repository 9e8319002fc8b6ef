"""The cards in their order on the page. Each named module has a SECTION."""

from functools import cache
from importlib import import_module

from analytics.dashboards.sections.section import Section

MODULES = (
    "analytics.dashboards.sections.retention",
    "analytics.dashboards.sections.forecast",
    "analytics.dashboards.sections.features",
    "analytics.dashboards.sections.workflows",
    "analytics.dashboards.sections.expansion",
    "analytics.dashboards.sections.nps",
    "analytics.dashboards.sections.stuck",
    "analytics.dashboards.sections.early_steps",
)


@cache
def sections() -> tuple[Section, ...]:
    """All of them. Two of one key are a programming error."""
    found: tuple[Section, ...] = tuple(import_module(name).SECTION for name in MODULES)
    if len({section.key for section in found}) != len(found):
        raise ValueError("Two sections of the adoption page have the same key")
    return found


def section_named(key: str) -> Section | None:
    return next((section for section in sections() if section.key == key), None)
