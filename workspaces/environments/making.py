"""The environment for tests of a workspace: a workspace of its own, with the same team and nothing else in common.

Its keys, people, events, secrets, ladders and settings are apart by the three walls that keep any two workspaces apart.
"""

import functools

from django.db import transaction

from workspaces.audit.models import Entry
from workspaces.scope import scope
from workspaces.tenants.models import Member, Workspace

SUFFIX = "-test"
NAMED = " (test)"
LIKE_LIVE = ("time_zone", "segments", "values", "language", "languages")


def make_test(*, by: Member) -> Workspace:
    """The team's environment for tests, made if there is none, with the settings for data that live has now.

    To be called outside of any scope. Two at once make one.
    """
    with transaction.atomic():
        live = Workspace.objects.select_for_update(no_key=True).get(pk=by.workspace.team.pk)
        if live.test is not None:
            return live.test
        test = _made(live)
        for environment in (live, test):
            with scope(environment):
                Entry.record(by=by, action="environment.made", target=test)
        return test


def make_test_from_within(*, by: Member) -> Workspace | None:
    """The same inside live's scope; None where there is one already. Its own log says so once this is committed."""
    live = Workspace.objects.select_for_update(no_key=True).get(pk=by.workspace.pk)
    if live.test is not None:
        return None
    test = _made(live)
    Entry.record(by=by, action="environment.made", target=test)
    transaction.on_commit(functools.partial(_note_in, test, by))
    return test


def _made(live: Workspace) -> Workspace:
    copied = {field: getattr(live, field) for field in LIKE_LIVE}
    return Workspace.objects.create(live=live, name=test_name(live), slug=_free_slug(live), **copied)


def _note_in(test: Workspace, by: Member) -> None:
    with scope(test):
        Entry.record(by=by, action="environment.made", target=test)


def test_name(live: Workspace) -> str:
    return live.name[: Workspace._meta.get_field("name").max_length - len(NAMED)] + NAMED  # type: ignore[operator]


def _free_slug(live: Workspace) -> str:
    for number in range(1, 1_000):
        suffix = SUFFIX if number == 1 else f"{SUFFIX}-{number}"
        slug = live.slug[: 60 - len(suffix)] + suffix
        if not Workspace.objects.filter(slug=slug).exists():
            return slug
    raise ValueError(f"There is no free address for the environment for tests of {live.slug}.")
