"""The environment for tests of a workspace: a workspace of its own, with the same team and nothing else in common.

Its keys, people, events, secrets, ladders and settings are apart by the three walls that keep any two workspaces apart.
"""

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
        copied = {field: getattr(live, field) for field in LIKE_LIVE}
        test = Workspace.objects.create(live=live, name=test_name(live), slug=_free_slug(live), **copied)
        for environment in (live, test):
            with scope(environment):
                Entry.record(by=by, action="environment.made", target=test)
        return test


def test_name(live: Workspace) -> str:
    return live.name[: Workspace._meta.get_field("name").max_length - len(NAMED)] + NAMED  # type: ignore[operator]


def _free_slug(live: Workspace) -> str:
    for number in range(1, 1_000):
        suffix = SUFFIX if number == 1 else f"{SUFFIX}-{number}"
        slug = live.slug[: 60 - len(suffix)] + suffix
        if not Workspace.objects.filter(slug=slug).exists():
            return slug
    raise ValueError(f"There is no free address for the environment for tests of {live.slug}.")
