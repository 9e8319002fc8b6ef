"""Reporting errors to Sentry, or whatever speaks its protocol, where the operator names a place (FIRSTMILE_SENTRY_DSN).

What goes out says where in the code something went wrong and in which workspace, by number. No request, no address, no
cookie, no local variable, no log-in goes; of an error's text only what cannot be about anybody: databases quote keys.
"""

import re
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config.logs import without_secrets
from workspaces.scope import cause
from workspaces.scope.current import known_workspace_id

LONGEST = 300
KEPT = ("event_id", "timestamp", "platform", "level", "logger", "transaction", "environment", "release", "sdk")

# What somebody chose stands in quotation marks or brackets, has an @, or is a long number or token.
_CHOSEN = re.compile(
    r"'[^']*'|\"[^\"]*\"|“[^”]*”|\([^()]*\)|\S+@\S+|\b\d{5,}\b|\b(?=[\w-]*\d)(?=[\w-]*[A-Za-z])[\w-]{12,}\b|https?://\S+"
)


def start(dsn: str, *, environment: str) -> None:
    """Report from now on, from this process. Without the package, or with a DSN that is none, the start is refused."""
    if not dsn:
        return
    try:
        import sentry_sdk
        from sentry_sdk.integrations.celery import CeleryIntegration
        from sentry_sdk.integrations.django import DjangoIntegration
        from sentry_sdk.utils import BadDsn
    except ImportError as missing:
        raise ImproperlyConfigured("FIRSTMILE_SENTRY_DSN is set, but sentry-sdk is not installed.") from missing
    try:
        sentry_sdk.init(
            dsn=dsn,
            environment=environment,
            send_default_pii=False,
            include_local_variables=False,
            include_source_context=False,
            max_request_body_size="never",
            max_breadcrumbs=0,
            server_name="firstmile",
            default_integrations=True,
            auto_enabling_integrations=False,
            integrations=[DjangoIntegration(middleware_spans=False, signals_spans=False), CeleryIntegration()],
            traces_sample_rate=0,
            auto_session_tracking=False,
            send_client_reports=False,
            before_send=scrubbed,  # type: ignore[arg-type]
        )
    except BadDsn as bad:
        raise ImproperlyConfigured(
            "FIRSTMILE_SENTRY_DSN is no DSN; it looks like https://key@sentry.example/7."
        ) from bad


def scrubbed(event: dict[str, Any], hint: dict[str, Any]) -> dict[str, Any]:
    """Only what is known to be nobody's: a list of what stays, so that what an SDK adds some day does not go out."""
    kept: dict[str, Any] = {name: event[name] for name in KEPT if name in event}
    values = (event.get("exception") or {}).get("values") or []
    if values:
        kept["exception"] = {"values": [_exception(value) for value in values if isinstance(value, dict)]}
    message = (event.get("logentry") or {}).get("message") or event.get("message")
    if isinstance(message, str):  # as it stands in the code, without what was put into it
        kept["logentry"] = {"message": without_what_was_chosen(message)}
    task_name, _ = cause.task.get()
    known = {"workspace": known_workspace_id(), "request_id": cause.request_id.get(), "task": task_name}
    kept["tags"] = {name: str(value) for name, value in known.items() if value}
    return kept


def without_what_was_chosen(text: str) -> str:
    first = without_secrets(text).partition("\n")[0]
    return _CHOSEN.sub("…", first)[:LONGEST]


def _exception(value: dict[str, Any]) -> dict[str, Any]:
    frames = (value.get("stacktrace") or {}).get("frames") or []
    places = ("filename", "function", "module", "lineno", "in_app")
    return {
        "type": value.get("type"),
        "module": value.get("module"),
        "value": without_what_was_chosen(str(value.get("value") or "")),
        "stacktrace": {"frames": [{name: frame.get(name) for name in places} for frame in frames]},
    }
