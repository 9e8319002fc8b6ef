"""Is the process alive, and can it serve? For load balancers and container health checks."""

import logging

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse

log = logging.getLogger(__name__)


def alive(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers; touches nothing else, so a slow database restarts no web server."""
    return JsonResponse({"status": "ok"})


def ready(request: HttpRequest) -> JsonResponse:
    """200 when PostgreSQL answers and is migrated. Redis is reported but not required: intake is durable without."""
    report = {"database": _database(), "redis": _redis()}
    ok = report["database"] == "ok"
    return JsonResponse({"status": "ok" if ok else "unavailable", **report}, status=200 if ok else 503)


def _database() -> str:
    try:
        connection.ensure_connection()
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return "migrations are missing: run manage.py migrate"
    except DatabaseError:
        log.warning("The database does not answer", exc_info=True)
        return "does not answer"
    return "ok"


def _redis() -> str:
    try:
        redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1).ping()
    except (redis.RedisError, OSError):
        return "does not answer"
    return "ok"
