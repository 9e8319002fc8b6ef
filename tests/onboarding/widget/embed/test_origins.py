"""Which sites the widget may stand on."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.widget.embed.origins import BadOrigin, allows, frame_ancestors, origin_of
from onboarding.widget.models import WidgetSettings
from workspaces.audit.models import Entry
from workspaces.scope import scope


@pytest.mark.pure
@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("https://app.example.com", "https://app.example.com"),
        ("  HTTPS://App.Example.com/any/page?q#x ", "https://app.example.com"),
        ("app.example.com", "https://app.example.com"),
        ("https://app.example.com:443", "https://app.example.com"),
        ("https://app.example.com:8443/", "https://app.example.com:8443"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("http://127.0.0.1:80", "http://127.0.0.1"),
        ("http://[::1]:3000", "http://[::1]:3000"),
        ("http://shop.localhost:3000", "http://shop.localhost:3000"),
        ("https://*.example.com", "https://*.example.com"),
        ("https://büro.example", "https://xn--bro-hoa.example"),
    ],
)
def test_an_address_is_understood_as_its_origin(typed, origin):
    assert origin_of(typed) == origin


@pytest.mark.pure
@pytest.mark.parametrize(
    "typed",
    [
        "",
        "*",
        "https://*",
        "https://*.com",
        "https://app.*.com",
        "http://app.example.com",
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.com",
        "https://",
        "https://user:secret@example.com",
        "https://a b.example",
        "https://example.com;script-src",
        "https://example.com 'unsafe-inline'",
        "https://example.com:99999",
        "https://" + "a" * 300 + ".example",
    ],
)
def test_what_is_no_safe_origin_is_refused_with_an_example(typed):
    with pytest.raises(BadOrigin, match="https://"):
        origin_of(typed)


@pytest.mark.pure
@given(st.text(alphabet=string.printable + "é*;'\"", max_size=60))
def test_whatever_is_typed_what_is_understood_can_stand_in_a_header(typed):
    try:
        origin = origin_of(typed)
    except BadOrigin:
        return
    assert origin_of(origin) == origin
    assert not set(origin) & set(" ;,'\"\r\n\t<>")
    assert frame_ancestors([origin]) == f"frame-ancestors {origin}"


@pytest.mark.pure
def test_a_star_lets_in_subdomains_and_neither_the_name_itself_nor_a_neighbour():
    allowed = ["https://*.example.com", "http://localhost:3000"]
    assert allows(allowed, "https://acme.example.com")
    assert allows(allowed, "https://a.b.example.com")
    assert allows(allowed, "http://localhost:3000")
    for other in (
        "https://example.com",
        "https://.example.com",
        "https://evilexample.com",
        "https://acme.example.com.evil.test",
        "http://acme.example.com",
        "https://acme.example.com:8443",
        "http://localhost:3001",
        "null",
        "",
        "https://*.example.com",
    ):
        assert not allows(allowed, other), other


@pytest.mark.pure
def test_nothing_allowed_means_nowhere():
    assert frame_ancestors([]) == "frame-ancestors 'none'"
    assert not allows([], "https://app.example.com")


def test_sites_are_kept_by_workspace_and_every_change_is_in_the_audit_log(workspace, other_workspace, ana):
    with scope(workspace):
        assert WidgetSettings.of(workspace).allow("app.example.com/x", by=ana) == "https://app.example.com"
        WidgetSettings.of(workspace).allow("https://app.example.com", by=ana)
        WidgetSettings.of(workspace).allow("http://localhost:3000", by=ana)
        WidgetSettings.of(workspace).disallow("https://never.example", by=ana)
        WidgetSettings.of(workspace).disallow("https://app.example.com", by=ana)
        assert WidgetSettings.of(workspace).allowed_origins == ["http://localhost:3000"]
        said = list(Entry.objects.filter(action__startswith="widget.").order_by("pk").values_list("action", "details"))
    assert said == [
        ("widget.origin_allowed", {"origin": "https://app.example.com"}),
        ("widget.origin_allowed", {"origin": "http://localhost:3000"}),
        ("widget.origin_removed", {"origin": "https://app.example.com"}),
    ]
    with scope(other_workspace):
        assert WidgetSettings.of(other_workspace).allowed_origins == []


def test_two_who_read_the_settings_before_either_changed_them_lose_nothing(workspace):
    with scope(workspace):
        one, two = WidgetSettings.of(workspace), WidgetSettings.of(workspace)
        one.allow("https://one.example", by=None)
        two.allow("https://two.example", by=None)
        two.enforce(True, by=None)
        settings = WidgetSettings.objects.get()
    assert settings.allowed_origins == ["https://one.example", "https://two.example"]
    assert settings.enforced
