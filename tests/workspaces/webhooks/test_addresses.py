"""Which addresses the server speaks to: public ones, whatever the name, the spelling or the resolver says."""

import ipaddress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workspaces.webhooks.addresses import Refused, checked, is_public
from workspaces.webhooks.targets import parse

pytestmark = pytest.mark.pure

PRIVATE = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.192",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.250",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "2002:7f00:1::",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "2606:4700::1%eth0",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
    "no address",
    "",
]
PUBLIC = ["8.8.8.8", "172.32.0.1", "100.63.255.255", "100.128.0.1", "2606:4700:4700::1111", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_inside_are_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_outside_are_public(address):
    assert is_public(address)


@given(st.ip_addresses())
@example(ipaddress.ip_address("192.88.99.1"))
def test_nothing_is_public_that_pythons_own_list_calls_something_else(address):
    if is_public(str(address)):
        inner = address
        if isinstance(address, ipaddress.IPv6Address) and address in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.ip_address(int(address) & 0xFFFFFFFF)
        assert inner.is_global
        others = ("is_private", "is_loopback", "is_link_local", "is_multicast", "is_reserved", "is_unspecified")
        assert [name for name in others if getattr(inner, name)] == []


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_is_never_more_public_for_being_written_as_ipv6(address):
    assert not is_public(f"::ffff:{address}")
    assert not is_public(f"::{address}")
    assert not is_public(str(ipaddress.IPv6Address((0x2002 << 112) | (int(address) << 80))))
    assert is_public(str(ipaddress.IPv6Address((0x64FF9B << 96) | int(address)))) == is_public(str(address))


@given(st.lists(st.ip_addresses().map(str), min_size=1, max_size=4))
def test_a_host_is_refused_if_any_of_its_addresses_is_inside(found):
    if all(is_public(address) for address in found):
        assert checked("host.example", 443, resolve=lambda *_: found, allow_private=False) == found
    else:
        with pytest.raises(Refused, match="is not a public address") as refusal:
            checked("host.example", 443, resolve=lambda *_: found, allow_private=False)
        assert not any(address in str(refusal.value) for address in found)  # tells nothing of the network inside
    assert checked("host.example", 443, resolve=lambda *_: found, allow_private=True) == found


def test_a_host_without_an_address_is_said_to_have_none():
    def fails(*_):
        raise OSError("no such host")

    for resolver in (fails, lambda *_: []):
        with pytest.raises(Refused, match="has no address"):
            checked("host.example", 443, resolve=resolver, allow_private=False)


def judged(url: str, **allowed) -> str:
    try:
        target = parse(url, **{"allow_private": False, "allow_http": False, **allowed})
    except Refused as refusal:
        return str(refusal)
    return f"{target.host} {target.port} {target.path}"


@pytest.mark.parametrize(
    "url, reason",
    [
        ("", "whole address"),
        ("hooks.example.com/x", "whole address"),
        ("ftp://example.com/", "whole address"),
        ("file:///etc/passwd", "whole address"),
        ("gopher://example.com/", "whole address"),
        ("https:///x", "whole address"),
        ("http://example.com/", "Write https"),
        ("https://me:secret@example.com/", "Leave the user"),
        ("https://example.com#@evil/", "Leave out"),
        ("https://example.com:22/", "Port 22"),
        ("https://example.com:25/", "Port 25"),
        ("https://example.com:0/", "Port 0"),
        ("https://example.com:99999/", "no address"),
        ("https://example.com:x/", "no address"),
        ("https://[::1/", "no address"),
        ("https://exa mple.com/", "a space"),
        ("https://example.com/\r\nHost: inside", "a space"),
        ("https://example.com/\x00", "a space"),
        ("https://example.com/" + "x" * 500, "longer"),
        ("https://exa$mple.com/", "no name of a host"),
        ("https://-x.example.com/", "no name of a host"),
        ("https://" + "x" * 64 + ".com/", "no name of a host"),
        ("https://localhost/", "not on the public internet"),
        ("https://LOCALHOST./", "not on the public internet"),
        ("https://db/", "not on the public internet"),
        ("https://metadata.google.internal/", "not on the public internet"),
        ("https://127.0.0.1/", "not on the public internet"),
        ("https://2130706433/", "not on the public internet"),
        ("https://[::1]/", "not on the public internet"),
        ("https://[::ffff:10.0.0.1]/", "not on the public internet"),
        ("https://169.254.169.254/latest/", "not on the public internet"),
    ],
)
def test_addresses_that_are_refused_say_why(url, reason):
    assert reason in judged(url)


@pytest.mark.parametrize(
    "url, target",
    [
        ("https://hooks.example.com", "hooks.example.com 443 /"),
        ("https://hooks.example.com:8443/a/b?c=d&e", "hooks.example.com 8443 /a/b?c=d&e"),
        ("https://HOOKS.example.com:80/ü", "hooks.example.com 80 /%C3%BC"),
        ("https://bücher.example/%20x", "xn--bcher-kva.example 443 /%20x"),
        ("https://[2606:4700::1]:8443/", "2606:4700::1 8443 /"),
        ("https://8.8.8.8/", "8.8.8.8 443 /"),
    ],
)
def test_addresses_that_are_taken(url, target):
    assert judged(url) == target


def test_the_operator_may_allow_private_ones_and_http():
    assert judged("http://localhost:3000/x", allow_private=True, allow_http=True) == "localhost 3000 /x"


@given(st.text(max_size=60) | st.from_regex(r"https://[\x00-\x7f]{0,30}", fullmatch=True))
def test_whatever_is_written_is_judged(url):
    judged(url)
    judged(url, allow_private=True, allow_http=True)
