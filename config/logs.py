"""Log lines: JSON in production, one readable line in development, both with what caused them and without secrets."""

import logging
import re
from datetime import UTC, datetime
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from config import environment
from workspaces.scope import cause
from workspaces.scope.current import known_workspace_id

# What stands in URLs (the tokens of checklists, questionnaires, reports, invitations and password resets, the write key
# that the browser SDK asks its settings with), and keys wherever they stand. No line should hold any; here none gets
# through.
_PLACES = "c|d|s|invitations|sso/domain|reports/confirm|reports/unsubscribe|v1/projects|reset/key|confirm-email"
_IN_PATHS = re.compile(rf"(/(?:{_PLACES})/)(?!…)[^/\s\"'<>?]+")
_KEYS = re.compile(r"\b(fm_(?:write|secret|flags|identity|pass)_|whsec_)[\w+/=-]+")


def without_secrets(text: str) -> str:
    """The text with keys and tokens in URLs replaced by an ellipsis."""
    return _KEYS.sub(r"\1…", _IN_PATHS.sub(r"\1…", text))


class Cause(logging.Filter):
    """Adds to every record which request, task and workspace it belongs to, where that is known."""

    def filter(self, record: logging.LogRecord) -> bool:
        task_name, task_id = cause.task.get()
        known = {
            "request_id": cause.request_id.get(),
            "task": task_name,
            "task_id": task_id,
            "workspace": known_workspace_id(),
        }
        for name, value in known.items():
            if value and not hasattr(record, name):
                setattr(record, name, value)
        return True


class Json(JsonFormatter):
    """One JSON object a line: time, level, logger, message, then whatever else is known."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s %(message)s", rename_fields={"levelname": "level", "name": "logger"})

    def add_fields(self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]) -> None:
        log_data["time"] = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        super().add_fields(log_data, record, message_dict)
        for name in ("request", "data"):  # Django's and Celery's own extras: whole objects
            log_data.pop(name, None)

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


class Lines(logging.Formatter):
    """Time, level, logger, message, and in brackets what caused it."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:
        known = [(name, getattr(record, name, "")) for name in ("request_id", "task_id", "workspace")]
        cause = ", ".join(f"{name.removesuffix('_id')} {value}" for name, value in known if value)
        return super().formatMessage(record) + (f" [{cause}]" if cause else "")

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


def formatter() -> logging.Formatter:
    """The one that the environment asks for, for programs that know no settings (docker/granian-logging.json)."""
    form = environment.log_form(in_production=environment.production())
    return Json() if form == "json" else Lines()


def configuration(*, form: str, level: str) -> dict[str, Any]:
    """Django's LOGGING for "json" or "lines"."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"cause": {"()": Cause}},
        "formatters": {"json": {"()": Json}, "lines": {"()": Lines}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": form, "filters": ["cause"]},
        },
        "loggers": {
            # The access line says of every refused request what these would say again, with the whole path.
            "django.request": {"level": "ERROR"},
            # Two lines for every task would be most of the log; what fails, it says by itself.
            "celery.app.trace": {"level": "WARNING"},
            "celery.worker.strategy": {"level": "WARNING"},
            "celery.beat": {"level": "WARNING"},
            "celery.apps.worker": {"level": "INFO"},  # that it is ready, whatever else is said
        },
        "root": {"handlers": ["console"], "level": level},
    }
