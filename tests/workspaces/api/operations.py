"""Every operation of the REST API, found in the routes; and which of our things each address names."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import get_resolver, reverse

# Which things of tests/workspaces/verdicts the addresses of routes name. One that takes arguments and is missing fails.
_NAMED = (
    ({"pk": "api key"}, "key key_adopt key_rotate key_revoke"),
    ({"pk": "colleague"}, "member"),
    ({"pk": "invitation"}, "invitation invitation_again invitation_link invitation_revoke"),
    ({"pk": "sign-in domain"}, "domain domain_check"),
    ({"pk": "erasure"}, "erasure"),
    ({"pk": "export"}, "export export_file"),
    ({"pk": "webhook"}, "webhook webhook_rotate webhook_enable webhook_disable webhook_test webhook_deliveries"),
    ({"pk": "webhook"}, "webhook_failed_again"),
    ({"pk": "webhook", "number": "webhook delivery"}, "webhook_delivery webhook_again"),
    ({"key": "milestone"}, "milestone milestone_archive milestone_restore"),
    ({"key": "milestone", "language": "word: de"}, "milestone_translations"),
    ({"key": "ladder"}, "ladder_schedule"),
    ({"key": "ladder"}, "ladder ladder_archive ladder_restore ladder_publish versions playbook"),
    ({"key": "ladder"}, "draft draft_bring_back draft_undo draft_redo draft_reviews draft_changes dry_runs comments"),
    ({"key": "ladder"}, "playbook_markdown playbook_html playbook_pdf"),
    ({"key": "ladder", "step": "rung"}, "step_effect"),
    ({"pk": "dry run"}, "dry_run"),
    ({"pk": "remark"}, "comment_resolve"),
    ({"key": "ladder", "?": "before=1&after=1"}, "ladder_compare"),
    ({"key": "ladder", "number": "number"}, "version version_yaml version_return version_duplicate"),
    ({"pk": "discovery"}, "discovery discovery_archive discovery_restore discovery_answers discovery_responses"),
    ({"pk": "discovery"}, "discovery_links proposal proposal_decisions proposal_ladder"),
    ({"pk": "discovery", "link": "discovery link"}, "discovery_link_revoke"),
    ({"key": "role"}, "role"),
    ({"key": "word: saas-analytics-administrator"}, "pack pack_adopt"),
    ({"pk": "import"}, "import import_start import_cancel import_rejected"),
    ({"pk": "import", "?": "offset=0"}, "import_bytes"),
    ({"key": "key workflow"}, "workflow workflow_archive workflow_restore"),
    ({"key": "feature"}, "feature feature_archive feature_restore grants"),
    ({"pk": "grant"}, "grant_revoke"),
    ({"pk": "person"}, "person rulings person_features person_export person_roles"),
    ({"pk": "person"}, "person_summary person_summary_pdf"),
    ({"pk": "ruling"}, "ruling_withdraw"),
    ({"pk": "account"}, "account account_people account_summary account_summary_pdf"),
    ({"name": "word: funnel"}, "adoption_csv"),
    ({"pk": "identity secret"}, "widget_secret_revoke"),
    ({"ref": "rejection"}, "event replay"),
    ({"key": "word: activation"}, "metric"),
    ({"pk": "shared view"}, "view"),
    ({"pk": "report"}, "report report_pause report_resume recipients editions"),
    ({"pk": "recipient"}, "recipient"),
    ({"pk": "edition"}, "edition edition_html edition_pdf edition_again"),
    ({"pk": "dispatch"}, "dispatch_again"),
    ({"pk": "share link"}, "link_revoke"),
)
NAMES: dict[str, dict[str, str]] = {route: named for named, routes in _NAMED for route in routes.split()}


@dataclass(frozen=True)
class Found:
    """One operation as it is reached."""

    route: str
    method: str
    handler: Any

    @property
    def name(self) -> str:
        return self.handler.operation.name

    @property
    def names_ours(self) -> bool:
        named = NAMES.get(self.route, {})
        return any(argument != "?" and not thing.startswith("word: ") for argument, thing in named.items())

    def given(self, things: dict[str, Any]) -> dict[str, Any]:
        """The address' arguments: our things, and words that are nobody's."""
        return {
            argument: thing.removeprefix("word: ") if thing.startswith("word: ") else things[thing]
            for argument, thing in NAMES.get(self.route, {}).items()
            if argument != "?"
        }

    def path(self, things: dict[str, Any], **other: Any) -> str:
        query = NAMES.get(self.route, {}).get("?")
        return reverse(f"api:{self.route}", kwargs={**self.given(things), **other}) + (f"?{query}" if query else "")

    def send(self, program: Any, things: dict[str, Any]) -> Any:
        op = self.handler.operation
        body = op.body.example if op.body else b"{}" if op.raw else None
        headers = {"If_Match": "*"} if op.matches else {}
        return program(self.method, self.path(things), body, **headers)


def operations() -> Iterator[Found]:
    for route, view in _routes(next(p for p in get_resolver().url_patterns if getattr(p, "namespace", "") == "api")):
        for method in ("get", "post", "put", "patch", "delete"):
            handler = getattr(view, method, None)
            if handler is not None:
                yield Found(route, method, handler)


def _routes(resolver: Any) -> Iterator[tuple[str, Any]]:
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _routes(pattern)
        elif hasattr(pattern.callback, "view_class"):
            yield pattern.name, pattern.callback.view_class
