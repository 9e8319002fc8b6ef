"""Who may read the widget's checklist, as a browser meets it: tokens, sites, sandboxes, and strangers in the page."""

from datetime import timedelta

import jwt
import pytest
from django.utils import timezone
from playwright.sync_api import expect

from onboarding.intake import rate
from onboarding.intake.reasons import Drop
from onboarding.widget.embed import limits
from onboarding.widget.models import IdentitySecret, WidgetSettings
from tests.browser import host as hosts
from tests.browser.conftest import FLAGS, _chromium
from tests.browser.host import frame, pill, until
from workspaces.scope import scope

REFUSED = "Firstmile: "


@pytest.fixture
def enforced(world):
    """Acme lets in signed users only. Returns how its server signs."""
    with scope(world.workspace):
        _, secret = IdentitySecret.make(by=None)
        WidgetSettings.of(world.workspace).enforce(True, by=None)

    def sign(user: str, *, minutes: float = 10, key: str = secret) -> str:
        return jwt.encode({"sub": user, "exp": timezone.now() + timedelta(minutes=minutes)}, key, algorithm="HS256")

    return sign


@pytest.fixture
def console():
    """What a page says in its console from now on."""

    def listen(page) -> list[str]:
        said: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        return said

    return listen


def identify(page, user: str, token: str) -> None:
    page.evaluate("([user, token]) => firstmile.identify(user, undefined, {token})", [user, token])


def refusal(page, said: list[str]) -> str:
    """The one line that says why there is no checklist."""
    until(page, "document.querySelector('firstmile-widget') === null")
    page.wait_for_timeout(100)
    lines = [line for line in said if line.startswith(REFUSED)]
    assert len(lines) == 1
    return lines[0]


def test_a_signed_user_sees_their_own_checklist(visit, world, enforced):
    page = visit()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    token = enforced("pia")
    identify(page, "pia", token)
    expect(pill(page)).to_have_text("2 of 7")
    pill(page).click()
    expect(frame(page).get_by_text("2 of 7 done", exact=False).first).to_be_visible()
    page.wait_for_timeout(1200)
    assert asked
    assert not any(token in url for url in asked)  # never in an address
    assert page.evaluate("[document.cookie, localStorage.length, sessionStorage.length]") == ["", 0, 0]
    assert page.context.cookies() == []
    assert token not in page.content()


def test_every_fault_is_told_in_the_console_and_shows_nothing(visit, world, enforced, console):
    faults = {
        enforced("pia", minutes=-5): "The token has expired. Give identify a function",
        enforced("pia", key="somebody-elses-secret-of-a-good-length"): "The token was not signed with a secret of this",
        enforced("sven"): "The token's sub is not the id given to identify.",
        "": "This workspace lets in signed users only.",
    }
    page = visit(expect=("Firstmile: ", "status of 403"))
    page.evaluate("() => { window.codes = []; firstmile.on('refused', ({code}) => codes.push(code)); }")
    for token, sentence in faults.items():
        said = console(page)
        identify(page, "pia", token)
        assert sentence in refusal(page, said)
        page.evaluate("firstmile.reset()")
    assert page.evaluate("codes") == ["token_expired", "token_forged", "token_of_another", "token_missing"]


def test_a_new_token_is_fetched_when_the_session_ends(visit, world, enforced):
    page = visit(expect=("status of 401",))
    tokens = [enforced("pia"), ""]
    page.expose_function("freshToken", lambda: tokens[-1] or tokens[0])
    page.evaluate("firstmile.identify('pia', {}, {token: () => freshToken()})")
    expect(pill(page)).to_have_text("2 of 7")
    pill(page).click()
    with scope(world.workspace):
        (old,) = IdentitySecret.live()
        _, secret = IdentitySecret.make(by=None)
        tokens[-1] = enforced("pia", key=secret)
        old.revoke(by=None)
    world.send("pia", "Member Invited")
    expect(pill(page)).to_have_text("3 of 7", timeout=4000)


def test_an_open_checklist_ends_when_its_secret_is_revoked_and_no_new_token_comes(visit, world, enforced, console):
    page = visit(expect=("Firstmile: ", "status of 401"))
    said = console(page)
    identify(page, "pia", enforced("pia"))
    pill(page).click()
    expect(frame(page).get_by_text("2 of 7 done", exact=False).first).to_be_visible()
    with scope(world.workspace):
        IdentitySecret.live().get().revoke(by=None)
    assert "no identity secret" in refusal(page, said)


def test_a_site_that_is_not_allowed_is_refused_with_its_name_and_where_to_add_it(visit, world, product, console):
    with scope(world.workspace):
        WidgetSettings.of(world.workspace).disallow(product.address, by=None)
    page = visit(expect=("Firstmile: ", "status of 403"))
    said = console(page)
    page.evaluate("firstmile.identify('pia')")
    line = refusal(page, said)
    assert f"{product.address} is not one of the sites on which this workspace's checklist may stand." in line
    assert "Widget, Install" in line


def test_another_site_cannot_hold_the_frame_even_without_saying_who_it_is(tab, site, world, product, console):
    """Clickjacking: a page that hides its origin gets a frame that the browser itself holds back."""
    with hosts.serving(site, name="127.0.0.1") as evil:
        evil.headers["Referrer-Policy"] = "no-referrer"
        evil.csp = ""
        evil.install(world.write_key)
        page = tab(expect=("Firstmile: ", "frame-ancestors", "ancestor violates"))
        said = console(page)
        page.goto(evil.address + "/")
        until(page, "window.firstmile?.loaded")
        page.evaluate("firstmile.identify('pia')")
        page.wait_for_timeout(1000)
        assert any("frame-ancestors" in line for line in said)
        expect(pill(page)).to_be_hidden()


def test_a_page_that_hides_its_origin_but_is_allowed_gets_its_checklist(visit, product, world, enforced):
    product.headers["Referrer-Policy"] = "no-referrer"
    page = visit()
    identify(page, "pia", enforced("pia"))
    expect(pill(page)).to_have_text("2 of 7")
    pill(page).click()
    expect(frame(page).get_by_text("2 of 7 done", exact=False).first).to_be_visible()


def test_an_isolated_page_may_hold_it(visit, product, enforced):
    product.headers["Cross-Origin-Embedder-Policy"] = "require-corp"
    page = visit()
    identify(page, "pia", enforced("pia"))
    expect(pill(page)).to_have_text("2 of 7")


def test_a_page_that_forbids_forms_gets_its_checklist_too(visit, product, enforced):
    product.csp += "; form-action 'none'"
    page = visit(expect=("form-action", "Sending form data"))
    page.evaluate("window.violations = Object.assign([], { push() {} })")  # the one that is meant
    identify(page, "pia", enforced("pia"))
    expect(pill(page)).to_have_text("2 of 7")


def test_a_sandboxed_page_without_forms_gets_its_checklist_after_a_while(tab, product, enforced):
    product.pages["/outer"] = (
        "<!doctype html><title>Outer</title><iframe name=inner sandbox='allow-scripts allow-same-origin' "
        f"src='{product.address}/home' width=800 height=700></iframe>"
    )
    product.csp = product.csp.replace("frame-src", "frame-src 'self'")
    page = tab(expect=("Blocked form submission", "both allow-scripts"))
    page.goto(product.address + "/outer")
    inner = page.frame("inner")
    until(inner, "window.firstmile?.loaded")
    inner.evaluate("token => firstmile.identify('pia', {}, {token})", enforced("pia"))
    expect(page.frame_locator("[name=inner]").locator("firstmile-widget button")).to_have_text("2 of 7", timeout=9000)


def test_a_page_without_an_origin_is_refused_with_a_clear_line(tab, product, enforced, console):
    product.pages["/outer"] = (
        "<!doctype html><title>Outer</title><iframe name=inner sandbox='allow-scripts allow-forms' "
        f"src='{product.address}/home'></iframe>"
    )
    product.csp = product.csp.replace("frame-src", f"frame-src {product.address}")
    page = tab(expect=("Firstmile: "))
    said = console(page)
    page.goto(product.address + "/outer")
    inner = page.frame("inner")
    until(inner, "window.firstmile?.loaded")
    inner.evaluate("token => firstmile.identify('pia', {}, {token})", enforced("pia"))
    page.wait_for_timeout(300)
    assert [line for line in said if line.startswith(REFUSED)] == [
        "Firstmile: a page without an origin cannot hold the checklist (not_started)"
    ]


def test_storage_that_is_forbidden_is_not_missed(visit, enforced):
    page = visit()
    page.context.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage', 'indexedDB', 'caches'])"
        " Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError'); } });"
        "Object.defineProperty(document, 'cookie', { get() { throw new DOMException('no', 'SecurityError'); } });"
    )
    page.reload()
    until(page, "window.firstmile?.loaded")
    identify(page, "pia", enforced("pia"))
    pill(page).click()
    expect(frame(page).get_by_text("2 of 7 done", exact=False).first).to_be_visible()


def test_third_party_cookies_that_are_blocked_are_not_missed(chromium, product, world, enforced):
    browser = chromium.browser_type.launch(
        executable_path=_chromium(), args=[*FLAGS, "--test-third-party-cookie-phaseout"]
    )
    try:
        page = browser.new_page()
        page.goto(product.address + "/home")
        until(page, "window.firstmile?.loaded")
        identify(page, "pia", enforced("pia"))
        pill(page).click()
        expect(frame(page).get_by_text("2 of 7 done", exact=False).first).to_be_visible()
        world.send("pia", "Member Invited")
        expect(pill(page)).to_have_text("3 of 7", timeout=3000)
        assert page.context.cookies() == []
    finally:
        browser.close()


def test_messages_of_strangers_are_not_heard(visit, product):
    page = visit("pia")
    expect(pill(page)).to_have_text("2 of 7")
    page.evaluate(
        """() => {
            window.heard = [];
            for (const name of ["navigate", "refused", "unlocked"]) firstmile.on(name, () => heard.push(name));
            const { port1, port2 } = new MessageChannel();
            window.kept = port1;
            window.postMessage({ firstmile: 1 }, "*", [port2]);
            window.postMessage({ firstmile: 1, refused: { code: "x", message: "x" } }, "*");
            const stranger = document.body.appendChild(document.createElement("iframe"));
            stranger.contentWindow.parent.postMessage({ firstmile: 1, refused: { code: "x", message: "x" } }, "*");
            port1.postMessage({ type: "navigate", url: "https://evil.example/" });
            port1.postMessage({ type: "state", state: { features: ["stolen"], style: "" } });
            const frame = document.querySelector("firstmile-widget").shadowRoot.querySelector("iframe");
            frame.contentWindow.postMessage({ type: "identity", user: "sven", origin: location.origin }, "*");
            frame.contentWindow.postMessage({ type: "open" }, "*");
        }"""
    )
    page.wait_for_timeout(500)
    assert page.evaluate("heard") == []
    expect(pill(page)).to_have_text("2 of 7")
    assert page.url == product.address + "/home"


def test_a_page_without_the_directive_for_frames_is_told_which_one_is_missing(visit, product, console):
    product.csp = product.csp.split("; frame-src")[0]
    page = visit(expect=("Firstmile: ", "frame-src", "default-src", "Framing"))
    page.evaluate("window.violations = Object.assign([], { push() {} })")  # the one that is meant
    said = console(page)
    page.clock.install()
    page.evaluate("firstmile.identify('pia')")
    page.wait_for_timeout(300)
    page.clock.run_for(16_000)
    assert "Content-Security-Policy allow frame-src" in refusal(page, said)


def test_a_page_that_hides_its_origin_is_known_by_its_greeting_where_the_browser_does_not_say(
    tab, site, world, enforced
):
    """As in Firefox: no ancestorOrigins, and a site that is allowed by a pattern alone."""
    with hosts.serving(site, name="app.product.localhost") as product:
        port = product.address.rpartition(":")[2]
        with scope(world.workspace):
            WidgetSettings.of(world.workspace).allow(f"http://*.product.localhost:{port}", by=None)
        product.headers["Referrer-Policy"] = "no-referrer"
        product.install(world.write_key)
        page = tab()

        def unsaid(route) -> None:
            answer = route.fetch()
            text = answer.text()
            assert "location.ancestorOrigins?.[0]" in text
            route.fulfill(response=answer, body=text.replace("location.ancestorOrigins?.[0]", "undefined"))

        page.route("**/widget/v1/frame**", unsaid)
        page.goto(product.address + "/home")
        until(page, "window.firstmile?.loaded")
        identify(page, "pia", enforced("pia"))
        expect(pill(page)).to_have_text("2 of 7")


def test_whoever_came_too_often_gets_the_checklist_a_moment_later(visit, enforced):
    page = visit(expect=("status of 429",))
    for _ in range(1000):
        try:
            rate.admit_one("127.0.0.1", limits._ADDRESS)
        except Drop:
            break
    answers = []
    page.on("response", lambda response: answers.append(response.status) if "/v1/frame" in response.url else None)
    identify(page, "pia", enforced("pia"))
    expect(pill(page)).to_have_text("2 of 7", timeout=10_000)
    assert answers[-1] == 200
