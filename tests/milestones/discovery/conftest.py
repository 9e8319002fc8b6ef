"""Discoveries at Acme and at Globex."""

import pytest
from django.urls import reverse

from milestones.discovery.answering import send
from milestones.discovery.links import ask_url, make_link
from milestones.discovery.models import Discovery, Response
from workspaces.scope import scope

TYPED = {"success": "Nobody asks for figures.", "outcomes": ["insight"], "team": "25"}


def begin(workspace, member, name):
    with scope(workspace):
        return Discovery.objects.create(
            name=name,
            role_key="administrator",
            role_name="Administrator",
            kind="administrator",
            product="saas-analytics",
            made_by=member.user,
        )


@pytest.fixture
def discovery(workspace, ana):
    return begin(workspace, ana, "Northwind")


@pytest.fixture
def other_discovery(other_workspace, cyd):
    return begin(other_workspace, cyd, "Hooli")


@pytest.fixture
def answered(workspace, discovery, ana):
    """The discovery with the members' own answers."""
    with scope(workspace):
        response = Response.objects.create(discovery=discovery, typed=TYPED, by="Ana")
        assert send(response, member=ana) == []
    return response


@pytest.fixture
def link(workspace, discovery, ana):
    with scope(workspace):
        return make_link(discovery, label="Maria of Northwind", days=14, by=ana)


@pytest.fixture
def address(workspace, link) -> str:
    with scope(workspace):
        return ask_url(link)


@pytest.fixture
def url(workspace):
    def of(name, *arguments):
        return reverse(f"discovery:{name}", args=[workspace.slug, *arguments])

    return of
