"""Which addresses the server may speak to for a customer: only public ones, checked as they are connected to.

A customer chooses the URL, and the server stands inside a network: without this, a webhook could reach what only
that network may (server-side request forgery). Pure but for `resolve`.
"""

import ipaddress
import socket
from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, ip_network

from django.utils.translation import gettext as _

Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], list[str]]  # host and port → addresses as text, the preferred first

# IANA's special-purpose registries (RFC 6890), written out: what the standard library takes for public has changed
# between Python's releases.
_NOT_PUBLIC_4 = [
    ip_network(network)
    for network in (
        "0.0.0.0/8",  # this network; 0.0.0.0 is this very machine
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # shared by carriers; also a cloud's metadata at 100.100.100.200
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # public by its number, but the host of a virtual machine at Azure
        "169.254.0.0/16",  # link-local; the metadata of most clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved; 255.255.255.255 is everybody
    )
]
_PUBLIC_6 = ip_network("2000::/3")  # all that has been given out
_NOT_PUBLIC_6 = [
    ip_network(network)
    for network in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which carries any IPv4 address
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
]
_NAT64 = ip_network("64:ff9b::/96")  # how networks without IPv4 reach an IPv4 address, which is the last 32 bits


class Refused(Exception):
    """The server does not send there. The message says why, to the customer."""


def is_public(text: str) -> bool:
    """Whether everybody can reach this address. What is no address is not public."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return _is_public(address)


def _is_public(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    if address.ipv4_mapped is not None or address.scope_id is not None:
        # The former would be connected to as IPv4, the latter by one network card; no public host is found so.
        return False
    if address in _NAT64:
        return _is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    return address in _PUBLIC_6 and not any(address in network for network in _NOT_PUBLIC_6)


def checked(host: str, port: int, *, resolve: Resolver, allow_private: bool) -> list[str]:
    """The addresses of a host, looked up this once; connect to one of these and look up no more.

    Raises Refused when any is not public: a host that is both inside and outside is none of ours to choose from.
    """
    try:
        found = resolve(host, port)
    except (OSError, UnicodeError):
        found = []
    if not found:
        raise Refused(_("%(host)s has no address. Is its name right?") % {"host": host})
    if not allow_private and not all(is_public(address) for address in found):
        # Which address that is, is nothing that a customer should learn of a network that is not theirs.
        raise Refused(_("%(host)s is not a public address. Firstmile speaks to public ones only.") % {"host": host})
    return found


def resolve(host: str, port: int) -> list[str]:
    """By the operating system."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(place[0]) for *_, place in found))
