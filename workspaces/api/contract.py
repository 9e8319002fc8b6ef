"""What an operation of the REST API says of itself: the one place that code, description and tests go by."""

from dataclasses import dataclass

from rest_framework.serializers import Serializer

from workspaces.api.deprecation import Deprecation
from workspaces.api.shapes import Body

JSON = "application/json"
OCTETS = "application/octet-stream"
READS = ("GET", "HEAD")


@dataclass(frozen=True)
class Operation:
    """`answer` renders what the handler returns (None: nothing is answered, 204); with `pages` a Page of them.

    `matches`: whether a change needs If-Match with the ETag of the same address. `media`: of an answer that is no JSON.
    `plain`: the handler returns plain data, which `answer` only describes. `vouched`: whether who made the key must
    still be a member who may do this (acting.py). `waits`: it may answer 202 while a worker makes what is asked for.
    """

    name: str
    permission: str
    summary: str
    answer: type[Serializer] | None = None
    body: type[Body] | None = None
    query: type[Serializer] | None = None
    pages: bool = False
    status: int = 200
    matches: bool = False
    media: str = JSON
    refuses: tuple[int, ...] = ()
    plain: bool = False
    raw: int = 0  # the most bytes of a body that is no JSON; the handler finds them as body["content"]
    vouched: bool = False
    waits: bool = False
    deprecated: Deprecation | None = None
