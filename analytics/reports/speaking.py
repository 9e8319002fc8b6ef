"""In whose words reports and shared views speak: their maker's language, the workspace's time zone.

Everybody who gets one reads the same, and the zone that its times are in is named beside them.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils import timezone, translation

from workspaces.tenants.models import User, Workspace
from workspaces.tenants.speaking import speaking_to


def language_of(maker: User | None) -> str:
    """English where its maker chose none, or is gone."""
    return (maker.language if maker else "") or settings.LANGUAGE_CODE


@contextmanager
def in_the_words_of(maker: User | None, workspace: Workspace) -> Iterator[None]:
    with (
        speaking_to(maker) if maker else translation.override(settings.LANGUAGE_CODE),
        timezone.override(workspace.zone),
    ):
        yield
