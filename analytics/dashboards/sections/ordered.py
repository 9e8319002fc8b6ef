"""The cards in their order on the page. Each named module has a SECTION."""

from functools import cache
from importlib import import_module

from analytics.dashboards.sections.section import Section

MODULES = (
    "analytics.dashboards.sections.ends",
    "analytics.dashboards.sections.conversion",
    "analytics.dashboards.sections.retention",
    "analytics.dashboards.sections.forecast",
    "analytics.dashboards.sections.features",
    "analytics.dashboards.sections.workflows",
    "analytics.dashboards.sections.expansion",
    "analytics.dashboards.sections.nps",
    "analytics.dashboards.sections.stuck",
    "analytics.dashboards.sections.early_steps",
)
# The figures of the first row that are fetched after the page; reports take them by name (reports/paper.py).
TILES = ("analytics.dashboards.sections.still_active",)


@cache
def sections() -> tuple[Section, ...]:
    """All of them. Two of one key are a programming error."""
    found = _imported(MODULES)
    if len({section.key for section in (*found, *tiles())}) != len(found) + len(TILES):
        raise ValueError("Two sections of the adoption page have the same key")
    return found


@cache
def tiles() -> tuple[Section, ...]:
    return _imported(TILES)


def _imported(modules: tuple[str, ...]) -> tuple[Section, ...]:
    return tuple(import_module(name).SECTION for name in modules)


def section_named(key: str) -> Section | None:
    return next((section for section in (*sections(), *tiles()) if section.key == key), None)
