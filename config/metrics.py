"""GET /metrics, for Prometheus: what every process has counted, and what is looked up for it (gauges.py).

A WSGI application of its own, beside Django's: Prometheus asks each replica by its address, so no host name is
expected, and there is no session to look up. Workers, which have no web server, serve the same on a port of their own.
"""

import hmac
import os
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from django.conf import settings
from django.db import close_old_connections
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from config.gauges import Installation

PATH = "/metrics"

Start = Callable[[str, list[tuple[str, str]]], Any]


class Metrics:
    """The answer to GET /metrics; `collectors` add to what processes have counted."""

    def __init__(self, *collectors: Collector) -> None:
        self._collectors = collectors

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        status = _verdict(environ)
        body, kind = (self._text(), CONTENT_TYPE_LATEST) if status == HTTPStatus.OK else (b"", "text/plain")
        headers = [("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")]
        if status == HTTPStatus.UNAUTHORIZED:
            headers.append(("WWW-Authenticate", "Bearer"))
        start_response(f"{status.value} {status.phrase}", headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]

    def _text(self) -> bytes:
        close_old_connections()
        try:
            return _counted() + generate_latest(self._registry())
        finally:
            close_old_connections()

    def _registry(self) -> CollectorRegistry:
        registry = CollectorRegistry()
        for collector in self._collectors:
            registry.register(collector)
        return registry


def _counted() -> bytes:
    """What this process has counted, or all of them where they share a folder."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)
    return generate_latest(registry)


def _verdict(environ: dict[str, Any]) -> HTTPStatus:
    """Who may ask: whoever has the token. Without one in the settings, everybody in development and nobody else."""
    if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
        return HTTPStatus.METHOD_NOT_ALLOWED
    if not settings.METRICS_TOKEN:
        return HTTPStatus.NOT_FOUND if settings.PRODUCTION else HTTPStatus.OK
    scheme, _, token = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    given, wanted = token.strip().encode("latin-1", "replace"), settings.METRICS_TOKEN.encode()
    right = scheme.lower() == "bearer" and hmac.compare_digest(given, wanted)
    return HTTPStatus.OK if right else HTTPStatus.UNAUTHORIZED


application = Metrics(Installation())


class _Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: a line for every scrape says nothing."""


def _not_found_elsewhere(metrics: Metrics) -> Callable[[dict[str, Any], Start], Iterable[bytes]]:
    def answer(environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        if environ["PATH_INFO"] == PATH:
            return metrics(environ, start_response)
        start_response("404 Not Found", [("Content-Length", "0")])
        return []

    return answer


def serve(port: int) -> None:
    """Answer on a port, for ever: for a thread of a worker's. It counts tasks; the web servers tell the rest."""
    server = make_server("0.0.0.0", port, _not_found_elsewhere(Metrics()), handler_class=_Quiet)  # noqa: S104
    server.serve_forever()
