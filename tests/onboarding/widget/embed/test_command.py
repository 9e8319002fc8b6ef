"""`manage.py widget`: setting the widget up without a page."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from onboarding.widget.models import IdentitySecret, WidgetSettings
from workspaces.scope import scope


def run(workspace, *arguments: str) -> str:
    out = StringIO()
    call_command("widget", "--workspace", workspace.slug, *arguments, stdout=out)
    return out.getvalue()


def test_it_sets_what_it_is_told_and_shows_how_things_stand(workspace, other_workspace):
    said = run(workspace, "--allow", "app.example.com", "--allow", "http://localhost:3000", "--enforce", "on")
    assert "Sites: https://app.example.com, http://localhost:3000\n" in said
    assert "Only signed users: yes" in said
    said = run(workspace, "--disallow", "http://localhost:3000", "--new-secret", "--enforce", "off")
    secret = re.search(r"shown this once: (fm_identity_\S+)", said)[1]
    with scope(workspace):
        live = IdentitySecret.live().get()
        assert live.key() == secret.encode()
        assert WidgetSettings.of(workspace).allowed_origins == ["https://app.example.com"]
    assert secret not in run(workspace)
    assert "Secrets: none" in run(workspace, "--revoke-secret", str(live.pk))
    assert "Sites: none" in run(other_workspace)


def test_what_cannot_be_changes_nothing(workspace):
    with pytest.raises(CommandError, match="is not encrypted"):
        run(workspace, "--allow", "https://good.example", "--allow", "http://bad.example")
    with pytest.raises(CommandError, match="No live secret"):
        run(workspace, "--revoke-secret", "12345")
    assert "Sites: none" in run(workspace)
    with pytest.raises(CommandError, match="no workspace"):
        call_command("widget", "--workspace", "nobodys")
