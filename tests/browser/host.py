"""A customer's product: a site of another origin, whose pages allow Firstmile what its documentation asks for."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.processes import wait_until

CSP = "default-src 'none'; script-src {origin}; frame-src {origin}; require-trusted-types-for 'script'"
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{path}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">{scripts}</head>
<body><main><h1>Their product</h1><button id="theirs">Theirs</button><div id="place"></div></main></body></html>"""


class Host:
    """`address` is its origin. Set `csp`, `headers` and `scripts` to have other pages; `asked` lists the requests."""

    def __init__(self, address: str, origin: str) -> None:
        self.address, self.origin = address, origin
        self.asked: list[str] = []
        self.headers: dict[str, str] = {}
        self.csp = CSP.format(origin=origin)
        self.scripts = ""
        self.pages: dict[str, str] = {}

    def install(self, key: str, **data: str) -> None:
        """Put the documented tag into every page."""
        attributes = "".join(f' data-{name}="{value}"' for name, value in {"key": key, **data}.items())
        self.scripts = f'<script async src="{self.origin}/sdk/v1.js"{attributes}></script>'


@contextmanager
def serving(origin: str, *, name: str = "localhost") -> Iterator[Host]:
    """A product whose pages may load from `origin`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host.asked.append(self.path)
            page = host.pages.get(self.path) or PAGE.format(path=self.path, scripts=host.scripts)
            self.send_response(204 if self.path == "/favicon.ico" else 200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if host.csp:
                self.send_header("Content-Security-Policy", host.csp)
            for header, value in host.headers.items():
                self.send_header(header, value)
            self.end_headers()
            self.wfile.write(page.encode())

        def log_message(self, *_: object) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    host = Host(f"http://{name}:{server.server_port}", origin)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()


def until(page, true: str) -> None:
    """Wait for an expression; Playwright's own waiting evaluates text, which the product's policy forbids."""
    wait_until(lambda: page.evaluate(true), seconds=5, what=f"{true} is not so")


def pill(page):
    return page.locator("firstmile-widget button")


def frame(page):
    return page.frame_locator("firstmile-widget iframe")


def step(page, name: str):
    return frame(page).locator(".step").filter(has=page.get_by_text(name, exact=True))
