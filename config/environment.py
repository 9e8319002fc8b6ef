"""What the environment says, read once and loudly: a missing or unsafe value stops the start with a sentence."""

import os
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# A process that froze in the middle of a transaction would hold its locks, and the horizon up to which every engine may
# read (docs/decisions/0009), for ever. No transaction of ours pauses for so long between two statements.
FROZEN_MILLISECONDS = 300_000

DEVELOPMENT_SECRET = "development-only-secret-never-used-in-production-0123456789"  # noqa: S105


def flag(name: str, *, default: bool) -> bool:
    """Read a yes/no variable. Anything but 1/true/yes/on and 0/false/no/off is refused."""
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}; write 1 or 0.")


def whole_number(name: str, *, default: int, least: int = 1) -> int:
    """Read a whole number of at least `least`."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not (value.isascii() and value.isdecimal()) or int(value) < least:
        raise ImproperlyConfigured(f"{name} is {value!r}; write a whole number of at least {least}.")
    return int(value)


def production() -> bool:
    """Whether FIRSTMILE_ENV says production (development when unset)."""
    name = os.environ.get("FIRSTMILE_ENV", "development")
    if name not in {"development", "production"}:
        raise ImproperlyConfigured(f"FIRSTMILE_ENV is {name!r}; write development or production.")
    return name == "production"


def secret_key(*, in_production: bool) -> str:
    """The signing secret. Production refuses to start without one of its own of at least 50 characters."""
    secret = os.environ.get("FIRSTMILE_SECRET_KEY", "")
    if not in_production:
        return secret or DEVELOPMENT_SECRET
    if not secret or secret == DEVELOPMENT_SECRET or len(secret) < 50:
        raise ImproperlyConfigured(
            "FIRSTMILE_SECRET_KEY must be a secret of your own, 50 characters or more, in production. "
            "Make one with: python -c 'import secrets; print(secrets.token_urlsafe(64))'"
        )
    return secret


def debug(*, in_production: bool) -> bool:
    """Whether error pages show source code. Production refuses to start with it."""
    wanted = flag("FIRSTMILE_DEBUG", default=False)
    if wanted and in_production:
        raise ImproperlyConfigured("FIRSTMILE_DEBUG shows source code to visitors; unset it in production.")
    return wanted


def database(name: str) -> dict[str, object]:
    """Django's settings for the PostgreSQL URL in variable `name`.

    Accepts postgresql://user:password@host:port/database and, for a socket,
    postgresql://user@/database?host=/folder. Query parameters other than host go to libpq,
    as do connect_timeout and options where it doesn't say otherwise.
    """
    url = os.environ.get(name, "")
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise ImproperlyConfigured(
            f"{name} must name a PostgreSQL database, such as postgresql://user:password@host:5432/firstmile. "
            "To run with embedded engines instead, use bin/demo, bin/test or bin/manage."
        )
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 300,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "connect_timeout": 5,
            # Over TCP, a server that the network no longer reaches is given up within seconds.
            "tcp_user_timeout": 20_000,
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "options": f"-c idle_in_transaction_session_timeout={FROZEN_MILLISECONDS}",
            **options,
        },
    }


def give_up_after(seconds: int) -> None:
    """Let PostgreSQL give up every statement of this process that takes longer. Before the first connection."""
    from django.db import connections

    options = connections["default"].settings_dict["OPTIONS"]
    options["options"] = f"{options.get('options', '')} -c statement_timeout={seconds * 1000}".strip()


def sign_up_open(*, in_production: bool) -> bool:
    """Whether anybody may sign up (FIRSTMILE_SIGNUP): open or closed; when nothing is said, closed in production."""
    said = os.environ.get("FIRSTMILE_SIGNUP", "") or ("closed" if in_production else "open")
    if said not in {"open", "closed"}:
        raise ImproperlyConfigured(f"FIRSTMILE_SIGNUP is {said!r}; write open or closed.")
    return said == "open"


def metrics_token(*, in_production: bool) -> str:
    """What Prometheus must send as Bearer to be told anything. Production refuses one that could be guessed."""
    token = os.environ.get("FIRSTMILE_METRICS_TOKEN", "")
    if token and in_production and len(token) < 24:
        raise ImproperlyConfigured(
            "FIRSTMILE_METRICS_TOKEN must have 24 characters or more; without it, /metrics answers nobody."
        )
    return token


def metrics_folder() -> None:
    """Make the folder in which processes count together; it must be there before anything is counted."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
    try:
        if folder:
            os.makedirs(folder, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"PROMETHEUS_MULTIPROC_DIR: {folder} cannot be made: {error.strerror}.") from error


def log_form(*, in_production: bool) -> str:
    """How log lines look: json or lines; when nothing is said, json in production."""
    form = os.environ.get("FIRSTMILE_LOG_FORMAT", "") or ("json" if in_production else "lines")
    if form not in {"json", "lines"}:
        raise ImproperlyConfigured(f"FIRSTMILE_LOG_FORMAT is {form!r}; write json or lines.")
    return form


def celery_broker(redis_url: str) -> str:
    """Redis' address in the form that Celery's transport takes (it names sockets differently)."""
    return redis_url.replace("unix://", "redis+socket://", 1)
