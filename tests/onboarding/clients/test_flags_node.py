"""OpenFeature's SDKs for JavaScript, with their providers for OFREP: on a server, and on a page of another origin."""

import json
import os
import subprocess

import pytest

from tests.onboarding.clients import flags_world
from tests.onboarding.clients.conftest import HERE
from tests.onboarding.clients.test_browser_sdk import chromium, site

SECONDS = 60


@pytest.fixture
def world(request):
    return flags_world.make(f"flags-{request.node.name.split('_')[-1]}")


def test_on_a_server(world, web_port, node_modules):
    gil = {"targetingKey": "gil", "plan": "team"}
    questions = [
        ["dashboards", False, gil],
        ["bulk-edit", True, gil],
        ["old-reports", True, gil],
        ["teleport", True, gil],
        ["dashboards", False, {}],
    ]
    done = subprocess.run(
        ["node", str(HERE / "node" / "flags_server.js")],
        input=json.dumps({"host": f"http://127.0.0.1:{web_port}", "key": world.key, "questions": questions}),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        env={**os.environ, "NODE_PATH": str(node_modules)},
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    on, off, archived, unknown, nobody = json.loads(done.stdout.splitlines()[-1])
    assert (on["value"], on["reason"], on["variant"]) == (True, "TARGETING_MATCH", "on")
    assert on["flagMetadata"]["step"] == "connect"
    assert (off["value"], off["reason"], off["variant"]) == (False, "DEFAULT", "off")
    assert (archived["value"], archived["reason"]) == (False, "DISABLED")
    assert (unknown["value"], unknown["errorCode"]) == (True, "FLAG_NOT_FOUND")
    assert (nobody["value"], nobody["errorCode"]) == (False, "TARGETING_KEY_MISSING")


@pytest.mark.browser
def test_on_a_page(world, web_port, node_modules):
    """It asks for all flags at once, and again with the ETag: what has changed meanwhile it says by itself."""
    order = {
        "host": f"http://127.0.0.1:{web_port}",
        "key": world.key,
        "user": "gil",
        "flags": ["dashboards", "bulk-edit", "old-reports"],
    }
    scope = node_modules / "@openfeature"
    files = {
        "/core.js": scope / "core" / "dist" / "esm" / "index.js",
        "/web-sdk.js": scope / "web-sdk" / "dist" / "esm" / "index.js",
        "/ofrep-web-provider.js": scope / "ofrep-web-provider" / "index.esm.js",
        "/ofrep-core.js": scope
        / "ofrep-web-provider"
        / "node_modules"
        / "@openfeature"
        / "ofrep-core"
        / "index.esm.js",
    }
    with site(files["/core.js"], order) as page:
        page.files["/"] = ("text/html", (HERE / "flags_page.html").read_bytes())
        page.files |= {path: ("text/javascript", file.read_bytes()) for path, file in files.items()}
        with chromium(f"http://127.0.0.1:{page.server_port}/"):
            assert page.done.wait(SECONDS), "the page said nothing"
            first = page.said
            page.done.clear()
            world.gil_does("Invited")
            assert page.done.wait(SECONDS), "the page did not hear of the change"
            second = page.said
    assert first["failures"] == second["failures"] == []
    assert {flag: found["value"] for flag, found in first["details"].items()} == {
        "dashboards": True,
        "bulk-edit": False,
        "old-reports": False,
    }
    assert first["details"]["dashboards"]["reason"] == "TARGETING_MATCH"
    assert first["details"]["dashboards"]["flagMetadata"]["source"] == "completion"
    assert first["details"]["old-reports"]["reason"] == "DISABLED"
    assert "bulk-edit" in second["changed"]
    assert second["details"]["bulk-edit"]["value"] is True
