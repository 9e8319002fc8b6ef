"""Where the browser's SDK is told to send: wherever it asked."""

import pytest

from onboarding.intake.address import address_of

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    "headers, answer",
    [
        ({"Host": "a.example:8123"}, ("http", "a.example:8123")),
        ({"Host": "[::1]:8000"}, ("http", "[::1]:8000")),
        ({"Host": "f.example"}, ("https", "f.example")),
        ({"Host": "internal", "X-Forwarded-Host": "e.customer.example, b"}, ("http", "e.customer.example")),
        (
            {"Host": "internal", "X-Forwarded-Host": "e.example", "X-Forwarded-Proto": "HTTPS, http"},
            ("https", "e.example"),
        ),
        ({"Host": "a.example", "X-Forwarded-Prefix": "/events/"}, ("http", "a.example/events")),
        ({"Host": "a.example", "X-Forwarded-Prefix": "//evil"}, ("http", "a.example")),
        ({"Host": "a.example", "X-Forwarded-Prefix": "/a b"}, ("http", "a.example")),
        ({"Host": "a.example", "X-Forwarded-Proto": "javascript"}, ("http", "a.example")),
        ({"X-Forwarded-Host": "evil.example/path?"}, ("https", "f.example")),
        ({"Host": "user@evil.example"}, ("https", "f.example")),
        ({}, ("https", "f.example")),
    ],
)
def test_the_address_is_the_one_that_was_asked(headers, answer):
    assert address_of(headers, scheme="http", base_url="https://f.example") == answer
